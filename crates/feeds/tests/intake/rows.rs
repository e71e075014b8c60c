//! One row: filters, values, who can be told apart, the request, the address, the notes.

use std::collections::BTreeSet;

use feeds::{Cell, Decision, Judged, Post, SheetRow, all};
use serde_json::{Value, json};
use wire::{AddressWhen, NhsNumber};

use crate::common::{feed, good_row, ingest, judge, post, problems, reason};

const FEEDS_WITH_NHS_NUMBER: [&str; 3] = ["contact-tracing", "nsss", "self-isolation"];

/// The feed's own name for a column.
fn column(feed: &str, of: &str) -> &'static str {
    match (feed, of) {
        ("contact-tracing" | "self-isolation", "nhs") => "NHS Number",
        ("nsss", "nhs") => "nhs_number",
        ("spl", "nhs") => "Traced_NHSNUMBER",
        ("contact-tracing" | "self-isolation", "first") => "Forename",
        ("nsss", "first") => "first_name",
        ("spl", "first") => "PatientFirstName",
        ("generic", "first") => "First name",
        ("nsss", "last") => "last_name",
        ("spl", "last") => "PatientSurname",
        (_, "last") => "Surname",
        ("contact-tracing" | "self-isolation", "dob") => "Date of Birth",
        ("nsss", "dob") => "date_of_birth",
        ("spl", "dob") => "DateOfBirth",
        ("generic", "dob") => "d.o.b",
        ("nsss", "email") => "contact_email",
        ("spl", "email") => "PatientEmailAddress",
        (_, "email") => "Email",
        ("contact-tracing", "phone") => "Phone",
        ("self-isolation", "phone") => "Phone2",
        ("nsss", "phone") => "contact_number_calls",
        ("spl", "phone") => "landline",
        ("generic", "phone") => "Phone number",
        ("contact-tracing", "mobile") => "Phone2",
        ("self-isolation", "mobile") => "Phone",
        ("nsss", "mobile") => "contact_number_texts",
        ("spl", "mobile") => "mobile",
        ("generic", "mobile") => "Phone number 2",
        ("nsss", "uprn") => "address_uprn",
        ("spl", "uprn") => "uprn",
        (_, "uprn") => "UPRN",
        ("nsss", "postcode") => "address_postcode",
        ("spl", "postcode") => "PatientAddress_PostCode",
        (_, "postcode") => "Postcode",
        ("nsss", "line 1") => "address_line1",
        ("spl", "line 1") => "PatientAddress_Line1",
        ("contact-tracing", "line 1") => "House Number",
        (_, "line 1") => "Address Line 1",
        other => panic!("no such column: {other:?}"),
    }
}

fn as_json(post: &Post) -> Value {
    json!({ "request": post.request, "address": post.address, "notes": post.notes, "follow_up": post.follow_up })
}

fn problem_columns(judged: &Judged) -> Vec<&str> {
    problems(judged).iter().map(|problem| problem.column.as_deref().unwrap_or("-")).collect()
}

#[test]
fn contact_tracing_row() {
    insta::assert_json_snapshot!(as_json(post(&judge("contact-tracing", &[]))), @r#"
    {
      "request": {
        "CallbackRequired": true,
        "ContactMobileNumber": "+44 20 7946 0000",
        "ContactTelephoneNumber": "07700900123",
        "DobDay": "5",
        "DobMonth": "11",
        "DobYear": "1964",
        "EmailAddress": "m@example.org",
        "FirstName": "Mary",
        "HelpNeeded": "Contact Tracing",
        "HelpWithSomethingElse": true,
        "LastName": "Cohen",
        "Metadata": {
          "first_symptomatic_at": "2021-03-01",
          "date_tested": "07/03/2021"
        },
        "NhsCtasId": "70001",
        "NhsNumber": "9434765919",
        "Postcode": "E8 1AB"
      },
      "address": {
        "AddressFirstLine": "12",
        "Postcode": "E8 1AB",
        "when": "missing"
      },
      "notes": [
        {
          "author": "Data Ingestion: Contact Tracing",
          "note": "said \"later\""
        }
      ],
      "follow_up": null
    }
    "#);
}

#[test]
fn nsss_row() {
    insta::assert_json_snapshot!(as_json(post(&judge("nsss", &[]))), @r#"
    {
      "request": {
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "CallbackRequired": true,
        "ContactMobileNumber": "07700900123",
        "ContactTelephoneNumber": "+44 20 7946 0000",
        "DobDay": "5",
        "DobMonth": "11",
        "DobYear": "1964",
        "EmailAddress": "m@example.org",
        "FirstName": "Mary",
        "HelpNeeded": "Shielding",
        "HelpWithSomethingElse": true,
        "LastName": "Cohen",
        "Metadata": {
          "nsss_id": "si-1"
        },
        "NhsNumber": "9434765919",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001"
      },
      "address": {
        "AddressFirstLine": "A road",
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001",
        "when": "different"
      },
      "notes": [
        {
          "author": "Data Ingestion: National Shielding Service System",
          "note": "CEV: Dec 2020 Tier 4 NSSS Submitted on:  2021-03-01 10:21:00. Do you want supermarket deliveries? Yes. Do you have someone to go shopping for you? No. Do you need someone to contact you about local support? Yes."
        }
      ],
      "follow_up": null
    }
    "#);
}

#[test]
fn spl_row() {
    insta::assert_json_snapshot!(as_json(post(&judge("spl", &[]))), @r#"
    {
      "request": {
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "CallbackRequired": false,
        "ContactMobileNumber": "07700900123",
        "ContactTelephoneNumber": "+44 20 7946 0000",
        "DobDay": "5",
        "DobMonth": "11",
        "DobYear": "1964",
        "EmailAddress": "m@example.org",
        "FirstName": "Mary",
        "HelpNeeded": "Shielding",
        "HelpWithSomethingElse": true,
        "LastName": "Cohen",
        "Metadata": {
          "spl_id": "9434765919"
        },
        "NhsNumber": "9434765919",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001"
      },
      "address": {
        "AddressFirstLine": "A road",
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001",
        "when": "different"
      },
      "notes": [
        {
          "author": "Data Ingestion: Shielding Patient List",
          "note": "SPL Category: GP."
        }
      ],
      "follow_up": null
    }
    "#);
}

#[test]
fn self_isolation_row() {
    insta::assert_json_snapshot!(as_json(post(&judge("self-isolation", &[]))), @r#"
    {
      "request": {
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "CallbackRequired": true,
        "ContactMobileNumber": "07700900123",
        "ContactTelephoneNumber": "+44 20 7946 0000",
        "DobDay": "5",
        "DobMonth": "11",
        "DobYear": "1964",
        "EmailAddress": "m@example.org",
        "FirstName": "Mary",
        "HelpNeeded": "Welfare Call",
        "LastName": "Cohen",
        "Metadata": {
          "LA_support_required": "1",
          "LA_support_letter_received": "1"
        },
        "NhsCtasId": "si-1",
        "NhsNumber": "9434765919",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001"
      },
      "address": {
        "AddressFirstLine": "12 A road",
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001",
        "when": "different"
      },
      "notes": [
        {
          "author": "Data Ingestion: Self Isolation",
          "note": "Day 4 Outcome: four"
        },
        {
          "author": "Data Ingestion: Self Isolation",
          "note": "Day 7 Outcome: seven"
        },
        {
          "author": "Data Ingestion: Self Isolation",
          "note": "Day 10 Outcome: ten"
        },
        {
          "author": "Data Ingestion: Self Isolation",
          "note": "Day 13 Outcome: thirteen"
        },
        {
          "author": "Data Ingestion: Self Isolation",
          "note": "Comments: said \"later\""
        }
      ],
      "follow_up": {
        "note": {
          "author": "Data Ingestion: Self Isolation",
          "note": "--- self-reported CEV resident identified through self-isolation support process ---"
        },
        "request": {
          "CallbackRequired": false,
          "HelpNeeded": "Shielding"
        }
      }
    }
    "#);
}

#[test]
fn generic_row() {
    insta::assert_json_snapshot!(as_json(post(&judge("generic", &[("Subtype", "repairs")]))), @r#"
    {
      "request": {
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "CallbackRequired": true,
        "ContactMobileNumber": "+44 20 7946 0000",
        "ContactTelephoneNumber": "07700900123",
        "DobDay": "5",
        "DobMonth": "11",
        "DobYear": "1964",
        "EmailAddress": "m@example.org",
        "FirstName": "Mary",
        "HelpNeeded": "EUSS",
        "HelpNeededSubtype": "Repairs",
        "LastName": "Cohen",
        "Metadata": {
          "Author": "Data Ingestion: Generic Ingestion",
          "generic_ingestion_id": "EUSSRepairs"
        },
        "Postcode": "E8 1AB",
        "Uprn": "0023000001"
      },
      "address": {
        "AddressFirstLine": "A road",
        "AddressSecondLine": "Flat 2",
        "AddressThirdLine": "London",
        "Postcode": "E8 1AB",
        "Uprn": "0023000001",
        "when": "different"
      },
      "notes": [
        {
          "author": "Data Ingestion: Generic Ingestion",
          "note": "Note from Data Ingestion: one"
        },
        {
          "author": "Data Ingestion: Generic Ingestion",
          "note": "Note from Data Ingestion: two"
        },
        {
          "author": "Data Ingestion: Generic Ingestion",
          "note": "Note from Data Ingestion: three"
        },
        {
          "author": "Data Ingestion: Generic Ingestion",
          "note": "Note from Data Ingestion: four"
        }
      ],
      "follow_up": null
    }
    "#);
}

#[test]
fn a_blank_cell_leaves_its_field_out_and_no_field_is_ever_empty() {
    fn no_empty_text(value: &Value) -> bool {
        match value {
            Value::String(text) => !text.is_empty(),
            Value::Object(fields) => fields.values().all(no_empty_text),
            Value::Null => false,
            _ => true,
        }
    }
    let kept = ["Account ID", "ID", "Traced_NHSNUMBER", "nhs_number", "Date Tested", "UTLA", "Status Report"];
    let kept =
        |name: &str| kept.contains(&name) || ["LA Support Required", "Help Request Type", "NHS Number"].contains(&name);
    for feed in all() {
        for (blank, _) in good_row(feed) {
            let judged = judge(feed.name(), &[(blank, " \u{a0}\n")]);
            if let Decision::Post(post) = &judged.decision {
                assert!(no_empty_text(&json!(post.request)), "{feed}: {blank}");
            }
        }
        let all_blank: Vec<(&str, &str)> =
            good_row(feed).into_iter().filter(|(name, _)| !kept(name)).map(|(name, _)| (name, "")).collect();
        let judged = judge(feed.name(), &all_blank);
        match &judged.decision {
            Decision::Post(post) => assert!(no_empty_text(&json!(post.request)), "{feed}"),
            _ => assert_eq!(feed.name(), "generic", "nobody is known without a name there"),
        }
    }
}

#[test]
fn a_blank_id_rejects_the_row() {
    for (feed, id) in
        [("contact-tracing", "Account ID"), ("self-isolation", "ID"), ("nsss", "ID"), ("spl", "Traced_NHSNUMBER")]
    {
        let judged = judge(feed, &[(id, "  ")]);
        assert_eq!(problem_columns(&judged), [id], "{feed}");
        assert_eq!(problems(&judged)[0].problem, "the id is blank");
        assert!(problems(&judged)[0].how_to_fix.starts_with("Fill the id in"));
    }
}

#[test]
fn an_nsss_id_with_a_wildcard_rejects_the_row() {
    for id in ["50%", "a_b", r"a\b", "%", "_"] {
        let judged = judge("nsss", &[("ID", id)]);
        assert_eq!(problem_columns(&judged), ["ID"]);
        assert_eq!(problems(&judged)[0].text, id);
    }
    // Elsewhere ids are not looked up with LIKE.
    for (feed, id) in [("contact-tracing", "Account ID"), ("self-isolation", "ID")] {
        assert_eq!(post(&judge(feed, &[(id, r"5_0%\")])).request.nhs_ctas_id.as_deref(), Some(r"5_0%\"));
    }
}

#[test]
fn ids_go_out_as_the_sheet_shows_them() {
    for id in ["0012", "12345e67", "1e5", "+44", "00", "NaN"] {
        assert_eq!(post(&judge("nsss", &[("ID", id)])).request.metadata["nsss_id"], id);
        assert_eq!(post(&judge("self-isolation", &[("ID", id)])).request.nhs_ctas_id.as_deref(), Some(id));
    }
    assert_eq!(post(&judge("nsss", &[("ID", " a \u{a0} b ")])).request.metadata["nsss_id"], "a b");
}

#[test]
fn a_wrong_nhs_number_is_left_out_with_a_warning_but_rejects_the_row_of_spl() {
    for feed in FEEDS_WITH_NHS_NUMBER {
        let nhs = column(feed, "nhs");
        for number in ["9434765918", "0000000000", "unknown"] {
            let judged = judge(feed, &[(nhs, number)]);
            assert_eq!(post(&judged).request.nhs_number, None);
            assert_eq!(judged.warnings, [format!("{nhs}: \"{number}\" is not a valid NHS number and was left out")]);
        }
        assert_eq!(
            post(&judge(feed, &[(nhs, "943-476-5919")])).request.nhs_number.as_ref().map(NhsNumber::as_str),
            Some("9434765919")
        );
    }
    for number in ["9434765918", "0000000000", "unknown"] {
        let judged = judge("spl", &[("Traced_NHSNUMBER", number)]);
        assert_eq!(problem_columns(&judged), ["Traced_NHSNUMBER"]);
        assert_eq!(problems(&judged)[0].text, number);
    }
    let judged = judge("spl", &[("Traced_NHSNUMBER", "943 476 5919")]);
    assert_eq!(post(&judged).request.metadata["spl_id"], "9434765919", "the id after the clean-up");
}

#[test]
fn contacts_that_are_none_are_left_out_with_a_warning() {
    for feed in all() {
        let feed = feed.name();
        let mut wrong = vec![("phone", "N/A"), ("mobile", "000000000"), ("email", "none")];
        if feed != "contact-tracing" {
            wrong.push(("uprn", "0"));
        }
        let changes: Vec<(&str, &str)> = wrong.iter().map(|(of, text)| (column(feed, of), *text)).collect();
        let judged = judge(feed, &changes);
        let request = &post(&judged).request;
        assert_eq!((&request.contact_telephone_number, &request.contact_mobile_number), (&None, &None), "{feed}");
        assert_eq!((&request.email_address, &request.uprn), (&None, &None), "{feed}");
        assert_eq!(judged.warnings.len(), wrong.len(), "{feed}: {:?}", judged.warnings);
        for (name, text) in changes {
            let start = format!("{name}: \"{text}\" is not a");
            assert!(judged.warnings.iter().any(|warning| warning.starts_with(&start)), "{feed}: {:?}", judged.warnings);
        }
    }
}

#[test]
fn the_placeholder_date_of_birth_is_left_out_with_a_warning() {
    for feed in all() {
        let judged = judge(feed.name(), &[(column(feed.name(), "dob"), "01/01/1900")]);
        assert_eq!(post(&judged).request.dob_day, None);
        assert_eq!(judged.warnings.len(), 1, "{feed}");
    }
}

#[test]
fn the_parts_of_a_date_of_birth_have_no_leading_zeros() {
    let judged = judge("generic", &[("d.o.b", "05/09/0970")]);
    assert_eq!(problem_columns(&judged), ["d.o.b"]);
    let judged = judge("generic", &[("d.o.b", "05/09/1970")]);
    let request = &post(&judged).request;
    let parts = [&request.dob_day, &request.dob_month, &request.dob_year].map(|part| part.as_deref());
    assert_eq!(parts, [Some("5"), Some("9"), Some("1970")]);
}

#[test]
fn a_date_error_rejects_the_row_with_column_text_and_what_to_write() {
    for feed in all() {
        let dob = column(feed.name(), "dob");
        let judged = judge(feed.name(), &[(dob, " 31/02/1980 ")]);
        let problem = &problems(&judged)[0];
        assert_eq!((problem.column.as_deref(), problem.text.as_str()), (Some(dob), "31/02/1980"));
        assert!(problem.how_to_fix.contains("25/12/1980"), "{feed}");
        assert_eq!(problems(&judged).len(), 1, "{feed}");
    }
}

#[test]
fn dates_that_the_feed_does_not_read_may_be_anything() {
    post(&judge("contact-tracing", &[("First Symptomatic At", "31/02/1980"), ("Date Updated", "soon")]));
    post(&judge("spl", &[("DateOfDeath", "31/02/1980"), ("InceptionDate", "soon")]));
    post(&judge("nsss", &[("submission_datetime", "yesterday")]));
}

#[test]
fn an_id_that_is_a_number_cell_and_a_phone_without_its_zero_get_a_warning() {
    let expected = [
        ("contact-tracing", "Account ID", "Phone"),
        ("nsss", "ID", "contact_number_texts"),
        // A valid NHS number has all its digits.
        ("spl", "", "mobile"),
        ("self-isolation", "ID", "Phone"),
        ("generic", "", "Phone number"),
    ];
    for (name, id, phone) in expected {
        let good = good_row(feed(name));
        let header = SheetRow::of_text(1, good.iter().map(|(name, _)| *name));
        // A cell whose format shows the zero is whole, and so is a number with its country's code.
        let shown = |column: &str, text: &'static str| if column == phone { "7700900123" } else { text };
        let row = SheetRow::new(2, good.iter().map(|(name, text)| Cell::number(shown(name, text))).collect());
        let judged = ingest(feed(name), [header, row]).expect("accepted").remove(0);
        post(&judged);
        let mut expected = vec![format!("{phone}: a zero at the start of the number may be missing")];
        if !id.is_empty() {
            expected.push(format!("{id}: the cell is a number, not text; a zero at its start may be missing"));
        }
        assert_eq!(BTreeSet::from_iter(judged.warnings), BTreeSet::from_iter(expected), "{name}");
    }
}

#[test]
fn who_can_be_told_apart_is_judged_by_what_is_sent() {
    // In the generic feed no NHS number and no id help.
    let only = |facts: &[(&'static str, &'static str)]| {
        let others = ["d.o.b", "UPRN", "Email", "Phone number", "Phone number 2"].map(|name| (name, ""));
        judge("generic", &others.into_iter().chain(facts.iter().copied()).collect::<Vec<_>>())
    };
    let enough = [
        ("d.o.b", "05/11/1964"),
        ("UPRN", "100"),
        ("Email", "a@b"),
        ("Phone number", "07700900123"),
        ("Phone number 2", "07700900123"),
    ];
    for fact in enough {
        post(&only(&[fact]));
        for name in ["First name", "Surname"] {
            let judged = only(&[fact, (name, "")]);
            assert_eq!(problem_columns(&judged), [name], "{fact:?} without {name}");
            assert!(problems(&judged)[0].problem.ends_with(&format!(": {name}")), "{}", problems(&judged)[0].problem);
        }
    }
    let not_enough = [
        ("d.o.b", "01/01/1900"),
        ("UPRN", "0"),
        ("Email", "none"),
        ("Phone number", "N/A"),
        ("Phone number 2", "000000"),
    ];
    for fact in not_enough {
        assert_eq!(problem_columns(&only(&[fact])), ["-"], "{fact:?}");
    }
    let judged = only(&not_enough);
    insta::assert_snapshot!(problems(&judged)[0].problem, @"this is not enough to tell who the person is; missing or left out: one of d.o.b, Email, Phone number, Phone number 2, UPRN");
    insta::assert_snapshot!(problems(&judged)[0].how_to_fix, @"Fill in First name and Surname and one of d.o.b, Email, Phone number, Phone number 2, UPRN.");
    assert_eq!(judged.warnings.len(), 5);
}

#[test]
fn an_nhs_number_is_enough_and_an_id_is_enough_with_both_names() {
    for name in FEEDS_WITH_NHS_NUMBER {
        let blank: Vec<(&str, &str)> = ["dob", "phone", "mobile", "email", "postcode", "line 1"]
            .into_iter()
            .map(|of| (column(name, of), ""))
            .chain(if name == "contact-tracing" { None } else { Some((column(name, "uprn"), "")) })
            .collect();
        let without = |more: &[(&'static str, &'static str)]| judge(name, &[&blank, more].concat());
        let (first, last, nhs) = (column(name, "first"), column(name, "last"), column(name, "nhs"));
        post(&without(&[(first, ""), (last, "")]));
        let named = without(&[(nhs, "9434765918")]);
        if name == "nsss" {
            // Its id finds the request, not the person.
            assert_eq!(problem_columns(&named), ["-"]);
        } else {
            post(&named);
        }
        let judged = without(&[(nhs, "9434765918"), (last, "")]);
        assert!(problems(&judged)[0].how_to_fix.starts_with(&format!("Fill in a valid {nhs}, or {first} and {last}")));
    }
    post(&judge("spl", &[("PatientFirstName", ""), ("PatientSurname", "")]));
}

#[test]
fn names_and_postcode() {
    for feed in all() {
        let feed = feed.name();
        let (first, last, postcode) = (column(feed, "first"), column(feed, "last"), column(feed, "postcode"));
        let judged = judge(feed, &[(first, " MARY \u{a0} JANE "), (last, "o’neil-mcdonald"), (postcode, " n16  8qr ")]);
        let request = &post(&judged).request;
        assert_eq!(request.first_name.as_deref(), Some("Mary Jane"));
        assert_eq!(request.last_name.as_deref(), Some("O’Neil-McDonald"));
        assert_eq!(request.postcode.as_deref(), Some("N16 8QR"));
    }
}

#[test]
fn the_first_line_waits_only_where_there_is_a_postcode_too() {
    for feed in all() {
        let feed = feed.name();
        let (line, postcode) = (column(feed, "line 1"), column(feed, "postcode"));
        let house: &[(&str, &str)] = if feed == "self-isolation" { &[("House Number", "")] } else { &[] };

        let both = judge(feed, &[&[(line, "7 B road"), (postcode, "e5 0nb")], house].concat());
        let (request, address) = (&post(&both).request, post(&both).address.as_ref().expect("an address"));
        assert_eq!((&request.address_first_line, request.postcode.as_deref()), (&None, Some("E5 0NB")), "{feed}");
        assert_eq!((address.address_first_line.as_str(), address.postcode.as_str()), ("7 B road", "E5 0NB"), "{feed}");
        assert_eq!(
            (&address.address_second_line, &address.address_third_line, &address.uprn),
            (&request.address_second_line, &request.address_third_line, &request.uprn),
            "{feed}"
        );

        let no_postcode = judge(feed, &[&[(line, "7 B road"), (postcode, "")], house].concat());
        let (request, address) = (&post(&no_postcode).request, &post(&no_postcode).address);
        assert_eq!((request.address_first_line.as_deref(), address), (Some("7 B road"), &None), "{feed}");

        let no_line = judge(feed, &[&[(line, ""), (postcode, "e5 0nb")], house].concat());
        let (request, address) = (&post(&no_line).request, &post(&no_line).address);
        assert_eq!((&request.address_first_line, request.postcode.as_deref()), (&None, Some("E5 0NB")), "{feed}");
        assert_eq!(address, &None, "{feed}");
    }
}

#[test]
fn contact_tracing_lets_through_by_council_then_account_then_date() {
    let skipped = |changes: &[(&'static str, &'static str)]| reason(&judge("contact-tracing", changes)).to_owned();
    for utla in ["Hackney", " hackney ", "HACKNEY", "City of London", "city  of london", "CityofLondon", "CITYOFLONDON"]
    {
        post(&judge("contact-tracing", &[("UTLA", utla)]));
    }
    for utla in ["Camden", "Hackney and City of London", "Hackney, City of London", "City", "London Borough of Hackney"]
    {
        assert_eq!(skipped(&[("UTLA", utla)]), format!("UTLA is \"{utla}\", not Hackney or City of London"));
    }
    let all_wrong = [("UTLA", ""), ("Account ID", "ctas-excluded"), ("Date Tested", "")];
    assert_eq!(skipped(&all_wrong), "UTLA is blank");
    assert_eq!(skipped(&all_wrong[1..]), "this Account ID is on the list of excluded ids");
    assert_eq!(skipped(&all_wrong[2..]), "Date Tested is blank");

    assert_eq!(skipped(&[("Account ID", " other ")]), "this Account ID is on the list of excluded ids");
    for id in ["Other", "other2", "ctas-excluded, other", "CTAS-EXCLUDED"] {
        post(&judge("contact-tracing", &[("Account ID", id)]));
    }
}

#[test]
fn contact_tracing_takes_tests_of_the_last_13_days_and_later_ones() {
    for date in ["08/03/2021", "23/02/2021", "2021-02-23T00:00:00Z", "09/03/21", "01/01/2031", "05/11/21"] {
        let judged = judge("contact-tracing", &[("Date Tested", date)]);
        assert_eq!(post(&judged).request.metadata["date_tested"], date);
    }
    for date in ["22/02/2021", "08/03/2020", "22/02/21", "1900-01-01"] {
        let judged = judge("contact-tracing", &[("Date Tested", date)]);
        assert!(reason(&judged).ends_with("days ago: only the last 13 days are taken"), "{}", reason(&judged));
    }
    // 23:30 UTC is the next day in a London summer, but not in February.
    reason(&judge("contact-tracing", &[("Date Tested", "2021-02-22T23:30:00Z")]));
    let judged = judge("contact-tracing", &[("Date Tested", "soon")]);
    assert_eq!(problem_columns(&judged), ["Date Tested"]);
}

#[test]
fn what_a_filter_leaves_out_is_skipped_whatever_else_is_wrong() {
    let wrong = [("Account ID", ""), ("Date of Birth", "soon"), ("Surname", ""), ("NHS Number", "1"), ("Phone", "0")];
    let mut skipped = wrong.to_vec();
    skipped.push(("UTLA", "Camden"));
    let judged = judge("contact-tracing", &skipped);
    reason(&judged);
    assert_eq!(judged.warnings, Vec::<String>::new(), "nothing of the row was read");
    // An unreadable date that a filter needs rejects, and everything else is named at once.
    let mut rejected = wrong.to_vec();
    rejected.push(("Date Tested", "31/02/2021"));
    let judged = judge("contact-tracing", &rejected);
    assert_eq!(problem_columns(&judged), ["Date Tested", "Account ID", "Date of Birth", "Surname"]);
    // But not where an earlier filter leaves the row out.
    rejected.push(("UTLA", "Camden"));
    reason(&judge("contact-tracing", &rejected));
}

#[test]
fn contact_tracing_adds_its_comment_as_a_note_where_there_is_one() {
    assert_eq!(post(&judge("contact-tracing", &[("Comments", " ")])).notes, []);
    let judged = judge("contact-tracing", &[("Comments", " C:\\new\r\n  \"two\" \u{1f600} ’ ")]);
    assert_eq!(post(&judged).notes[0].note, "C:\\new\r\n  \"two\" \u{1f600} ’");
    assert_eq!(post(&judged).notes[0].author, "Data Ingestion: Contact Tracing");
}

#[test]
fn contact_tracing_knows_only_a_house_number() {
    let judged = judge("contact-tracing", &[("House Number", "12 A road")]);
    assert_eq!(post(&judged).address.as_ref().map(|address| address.when), Some(AddressWhen::Missing));
}

#[test]
fn self_isolation_lets_through_what_is_completed_and_says_yes_and_was_tested_in_the_last_6_days() {
    let skipped = |changes: &[(&'static str, &'static str)]| reason(&judge("self-isolation", changes)).to_owned();
    for status in ["completed", " Completed ", "COMPLETED"] {
        post(&judge("self-isolation", &[("Status Report", status)]));
    }
    let all_wrong = [
        ("Status Report", "In progress"),
        ("LA Support Required", "no"),
        ("LA Support Letter Received", ""),
        ("Date Tested", ""),
    ];
    assert_eq!(skipped(&all_wrong), "Status Report is \"In progress\", not completed");
    assert_eq!(skipped(&[("Status Report", "")]), "Status Report is blank, not completed");
    assert_eq!(skipped(&all_wrong[1..]), "neither LA Support Required nor LA Support Letter Received says yes");
    assert_eq!(skipped(&all_wrong[3..]), "Date Tested is blank");
    for date in ["08/03/2021", "02/03/2021", "02/03/21", "09/03/2021"] {
        post(&judge("self-isolation", &[("Date Tested", date)]));
    }
    assert_eq!(skipped(&[("Date Tested", "01/03/2021")]), "Date Tested is 7 days ago: only the last 6 days are taken");
    problems(&judge("self-isolation", &[("Date Tested", "soon")]));
}

#[test]
fn self_isolation_knows_these_words_for_yes() {
    for (column, other) in
        [("LA Support Required", "LA Support Letter Received"), ("LA Support Letter Received", "LA Support Required")]
    {
        for yes in ["1", "1.0", "yes", "Yes", "y", "Y", "TRUE", "true", " Yes "] {
            let judged = judge("self-isolation", &[(column, yes), (other, "0")]);
            assert_eq!(post(&judged).follow_up.is_some(), column == "LA Support Letter Received", "{column}: {yes}");
        }
        for no in ["0", "", "no", "n", "false", "2", "1.00", "yes please", "x", "wahr"] {
            reason(&judge("self-isolation", &[(column, no), (other, "0")]));
        }
    }
}

#[test]
fn self_isolation_puts_the_house_number_first_unless_the_line_begins_with_it() {
    use AddressWhen::{Different, Missing};
    let table = [
        ("12", "A road", Some("12 A road"), Different),
        ("12", "12 A road", Some("12 A road"), Different),
        ("12", "12, A road", Some("12, A road"), Different),
        ("3a", "3A, A road", Some("3A, A road"), Different),
        ("3A", "3a A road", Some("3a A road"), Different),
        ("12", "122 A road", Some("12 122 A road"), Different),
        ("10a", "10a2 A road", Some("10a 10a2 A road"), Different),
        ("12", "12-14 A road", Some("12 12-14 A road"), Different),
        ("12", "Flat 12 A road", Some("12 Flat 12 A road"), Different),
        ("12", "", Some("12"), Missing),
        ("12", "12", Some("12"), Missing),
        ("17a", " 17A ", Some("17A"), Missing),
        ("Flat  1", "flat 1", Some("flat 1"), Missing),
        ("", "A road", Some("A road"), Different),
        ("", "12", Some("12"), Different),
        ("", "", None, Different),
    ];
    for (house, line, expected, when) in table {
        let cells = [("House Number", house), ("Address Line 1", line)];
        let judged = judge("self-isolation", &cells);
        let address = post(&judged).address.as_ref();
        assert_eq!(address.map(|address| address.address_first_line.as_str()), expected, "{cells:?}");
        assert!(address.is_none_or(|address| address.when == when), "{cells:?}");
        let without_postcode = judge("self-isolation", &[&cells[..], &[("Postcode", "")]].concat());
        assert_eq!(post(&without_postcode).request.address_first_line.as_deref(), expected, "{cells:?}");
    }
}

#[test]
fn self_isolation_has_a_note_for_each_outcome_that_is_not_blank() {
    let judged =
        judge("self-isolation", &[("Day 7 Outcome", ""), ("Day 10 Outcome", " "), ("Comments", " two\nlines ")]);
    let notes: Vec<&str> = post(&judged).notes.iter().map(|note| note.note.as_str()).collect();
    assert_eq!(notes, ["Day 4 Outcome: four", "Day 13 Outcome: thirteen", "Comments: two\nlines"]);
}

#[test]
fn metadata_holds_the_cells_and_not_the_blank_ones() {
    let judged = judge("self-isolation", &[("LA Support Required", " "), ("LA Support Letter Received", " 1.0 ")]);
    assert_eq!(json!(post(&judged).request.metadata), json!({ "LA_support_letter_received": "1.0" }));
    let judged = judge("contact-tracing", &[("First Symptomatic At", ""), ("Date Tested", "7/3/21  9:05")]);
    assert_eq!(json!(post(&judged).request.metadata), json!({ "date_tested": "7/3/21 9:05" }));
}

#[test]
fn nsss_asks_for_a_call_only_on_yes_and_its_note_keeps_its_text() {
    let contact = "do_you_need_someone_to_contact_you_about_local_support";
    for (answer, called) in [("yes", true), (" YES ", true), ("No", false), ("", false), ("y", false), ("1", false)] {
        assert_eq!(post(&judge("nsss", &[(contact, answer)])).request.callback_required, Some(called), "{answer}");
    }
    let blank = [
        "submission_datetime",
        "do_you_want_supermarket_deliveries",
        "do_you_have_someone_to_go_shopping_for_you",
        contact,
    ];
    let judged = judge("nsss", &blank.map(|column| (column, "")));
    assert_eq!(
        post(&judged).notes[0].note,
        "CEV: Dec 2020 Tier 4 NSSS Submitted on:  . Do you want supermarket deliveries? . \
         Do you have someone to go shopping for you? . Do you need someone to contact you about local support? ."
    );
}

#[test]
fn spl_notes_the_date_of_death_and_warns_of_it() {
    let judged = judge("spl", &[("DateOfDeath", "20210101"), ("category", "")]);
    assert_eq!(post(&judged).notes[0].note, "SPL Category: . Date of death: 20210101");
    assert_eq!(judged.warnings.len(), 1);
    let judged = judge("spl", &[]);
    assert_eq!(post(&judged).notes[0].note, "SPL Category: GP.");
}

#[test]
fn generic_knows_two_kinds_and_one_subtype() {
    let table = [
        ("EUSS", "", "EUSS", None, "EUSS"),
        (" euss ", "Repairs", "EUSS", Some("Repairs"), "EUSSRepairs"),
        ("Link Work", " ", "Link Work", None, "LinkWork"),
        ("LINK  WORK", "repairs ", "Link Work", Some("Repairs"), "LinkWorkRepairs"),
    ];
    for (kind, subtype, help_needed, help_needed_subtype, id) in table {
        let judged = judge("generic", &[("Help Request Type", kind), ("Subtype", subtype)]);
        let request = &post(&judged).request;
        assert_eq!(request.help_needed.as_deref(), Some(help_needed));
        assert_eq!(request.help_needed_subtype.as_deref(), help_needed_subtype);
        assert_eq!(
            json!(request.metadata),
            json!({ "Author": "Data Ingestion: Generic Ingestion", "generic_ingestion_id": id })
        );
    }
    let skipped = |changes: &[(&'static str, &'static str)]| reason(&judge("generic", changes)).to_owned();
    assert_eq!(skipped(&[("Help Request Type", "")]), "Help Request Type is blank");
    assert_eq!(
        skipped(&[("Help Request Type", "Link-Work")]),
        "Help Request Type is \"Link-Work\", not EUSS or Link Work"
    );
    assert_eq!(skipped(&[("Subtype", "Plumbing")]), "Subtype is \"Plumbing\", not blank or Repairs");
}

#[test]
fn equal_notes_are_all_listed() {
    let judged = judge(
        "generic",
        &[("Case Note 1", "same"), ("Case Note 2", ""), ("Case Note 3", " same "), ("Case Note 4", "")],
    );
    let notes: Vec<&str> = post(&judged).notes.iter().map(|note| note.note.as_str()).collect();
    assert_eq!(notes, ["Note from Data Ingestion: same", "Note from Data Ingestion: same"]);
}

#[test]
fn a_nul_in_a_used_cell_rejects_the_row() {
    let judged = judge("generic", &[("Case Note 2", "a\0b"), ("Surname", "\0")]);
    assert_eq!(problem_columns(&judged), ["Surname", "Case Note 2"]);
    post(&judge("generic", &[("unused", "a\0b")]));
}

#[test]
fn a_cell_of_40_000_characters_is_sent_whole_and_quoted_in_part() {
    let long = "ä".repeat(40_000);
    let judged = judge("generic", &[("Case Note 1", &long), ("Email", &long)]);
    assert_eq!(post(&judged).notes[0].note.chars().count(), 40_000 + "Note from Data Ingestion: ".len());
    assert!(judged.warnings[0].len() < 400);
    let judged = judge("generic", &[("d.o.b", &long)]);
    assert_eq!(problems(&judged)[0].text.chars().count(), 101);
    assert!(reason(&judge("generic", &[("Subtype", &long)])).len() < 400);
}
