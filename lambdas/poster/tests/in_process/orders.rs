//! One person's rows of four feeds, posted in every order: the resident, the requests and the notes at the end are those of the
//! sheets' order. (The same of the fields alone, for any rows: `reconcile/fields/tests.rs`.)

use chrono::TimeDelta;
use serde_json::Value;
use simulators::here_to_help::Fields;

use crate::stage::{Sheet, Stage};

/// The sheets in the order in which they were dropped. They agree on who it is and on nothing else, and each knows something
/// that the others do not.
fn sheets() -> [Sheet; 4] {
    [
        Sheet::of("spl").row(&[
            ("Traced_NHSNUMBER", "9434765919"),
            ("PatientFirstName", "Ann"),
            ("PatientSurname", "Lee"),
            ("DateOfBirth", "04/07/1948"),
            ("PatientEmailAddress", "spl@example.org"),
            ("PatientAddress_Line1", "1 Mare Street"),
            ("PatientAddress_PostCode", "E8 1AB"),
            ("mobile", "07700 900001"),
            ("category", "GP"),
        ]),
        Sheet::of("generic").row(&[
            ("First name", "Ann"),
            ("Surname", "Lee"),
            ("d.o.b", "04/07/1948"),
            ("Help Request Type", "EUSS"),
            ("Email", "generic@example.org"),
            ("Phone number", "020 7946 0002"),
            ("UPRN", "100002"),
            ("Case Note 1", "Rings twice"),
        ]),
        Sheet::of("self-isolation").row(&[
            ("ID", "si-1"),
            ("Forename", "Ann"),
            ("Surname", "Lee"),
            ("Date of Birth", "04/07/1948"),
            ("House Number", "3"),
            ("Postcode", "E8 3AB"),
            ("Phone", "07700 900003"),
            ("LA Support Required", "yes"),
            ("Date Tested", "07/03/2021"),
            ("Status Report", "completed"),
            ("Comments", "Needs shopping"),
            ("Day 4 Outcome", "Well"),
        ]),
        Sheet::of("nsss").row(&[
            ("ID", "17"),
            ("nhs_number", "9434765919"),
            ("first_name", "Ann"),
            ("last_name", "Lee"),
            ("date_of_birth", "04/07/1948"),
            ("address_line1", "4 Well Street"),
            ("address_postcode", "E9 4AB"),
            ("contact_number_calls", "020 7946 0004"),
            ("contact_number_texts", "07700 900004"),
            ("do_you_want_supermarket_deliveries", "yes"),
        ]),
    ]
}

/// A request's fields, its metadata and its notes.
type Request = (Fields, Vec<(String, Value)>, Vec<String>);

/// Everything but numbers and times: residents, and requests with their notes.
#[derive(Debug, PartialEq)]
struct End {
    residents: Vec<Fields>,
    requests: Vec<Request>,
}

async fn end(order: [usize; 4]) -> End {
    let stage = Stage::new().await;
    let sheets = sheets();
    let mut runs = Vec::new();
    for (place, sheet) in sheets.iter().enumerate() {
        stage.pass(TimeDelta::minutes(5));
        runs.push(stage.run(&format!("sheet {place}"), sheet).await);
    }
    for place in order {
        assert_eq!(stage.deliver_until_done(&runs[place], 2).await, 1, "{order:?}");
    }
    let state = stage.api.state();
    let mut requests: Vec<_> = state
        .help_requests
        .iter()
        .map(|request| {
            let mut fields = request.fields.clone();
            fields.remove("DateTimeRecorded");
            let ids = ["spl_id", "nsss_id", "generic_ingestion_id", "LA_support_required"];
            let metadata: Vec<(String, Value)> =
                ids.into_iter().filter_map(|id| Some((id.to_owned(), request.metadata(id)?.into()))).collect();
            let mut notes: Vec<String> = state.notes_of(request.id).filter_map(|note| note.says()).collect();
            notes.sort();
            (fields, metadata, notes)
        })
        .collect();
    requests.sort_by_key(|(fields, metadata, _)| format!("{fields:?}{metadata:?}"));
    End { residents: state.residents.into_iter().map(|resident| resident.fields).collect(), requests }
}

fn orders() -> Vec<[usize; 4]> {
    let all =
        (0..4).flat_map(|a| (0..4).flat_map(move |b| (0..4).flat_map(move |c| (0..4).map(move |d| [a, b, c, d]))));
    all.filter(|order| (0..4).all(|place| order.contains(&place))).collect()
}

#[tokio::test]
async fn the_order_in_which_rows_are_posted_does_not_matter() {
    let orders = orders();
    assert_eq!((orders.len(), orders[0]), (24, [0, 1, 2, 3]));
    let expected = end(orders[0]).await;
    let [resident] = &expected.residents[..] else { panic!("not one: {:?}", expected.residents) };
    let of = |field: &str| resident.get(field).and_then(Value::as_str).unwrap_or_default();
    let said =
        ["NhsNumber", "EmailAddress", "ContactTelephoneNumber", "ContactMobileNumber", "AddressFirstLine", "Postcode"];
    let newest = [
        "9434765919",
        "generic@example.org",
        "020 7946 0002 / 020 7946 0004",
        "07700 900001 / 07700 900003 / 07700 900004",
        "4 Well Street",
        "E9 4AB",
    ];
    assert_eq!(said.map(of), newest);
    assert_eq!(expected.requests.iter().map(|(.., notes)| notes.len()).collect::<Vec<_>>(), [1, 1, 1, 2]);
    let mut wrong = Vec::new();
    for order in &orders[1..] {
        let end = end(*order).await;
        if end != expected {
            wrong.push((order, end));
        }
    }
    assert!(wrong.is_empty(), "expected {expected:#?}, not {wrong:#?}");
}
