//! Who counts as a person who is remembered.

use chrono::DateTime;
use ledger::{Field, HashKey, RequestMemory, ResidentMemory, RowVersion, RunId, Sent};
use wire::{HelpRequest, NhsNumber};

use super::super::values::values_of_row;
use super::Subject;

fn key() -> HashKey {
    HashKey::new(&"key".into())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn john_smith() -> HelpRequest {
    HelpRequest { first_name: some("John"), last_name: some("Smith"), ..HelpRequest::default() }
}

fn born(day: &str) -> HelpRequest {
    HelpRequest { dob_day: some(day), dob_month: some("2"), dob_year: some("1950"), ..john_smith() }
}

fn subject(request: &HelpRequest) -> Subject {
    Subject::new(&key(), request, values_of_row(&key(), request, None))
}

/// A person whose row was accepted on a request and sent all that it has.
fn remembered(request: &HelpRequest) -> ResidentMemory {
    let by = RowVersion { claimed_at: DateTime::UNIX_EPOCH, run: RunId::of("file", "1"), row: 2 };
    let subject = subject(request);
    let mut memory = ResidentMemory::default();
    for (field, value) in subject.values.clone() {
        memory.remember_sent("spl", field, Sent::new(value, by.clone()));
    }
    let accepted = RequestMemory {
        by,
        key: subject.request_key.clone(),
        ingestion_row: None,
        accepted: subject.accepted(),
        notes: [].into(),
        follow_up: None,
        callback_required: false,
    };
    memory.requests.insert(17, accepted);
    memory
}

#[test]
fn names_are_shared_and_need_one_thing_more() {
    let by_phone = HelpRequest { contact_telephone_number: some("020 7946 0000"), ..john_smith() };
    let by_mobile = HelpRequest { contact_mobile_number: some("02079460000"), ..john_smith() };
    let by_email = HelpRequest { email_address: some("js@example.org"), ..john_smith() };
    let by_uprn = HelpRequest { uprn: some("100"), ..john_smith() };
    let by_number = HelpRequest { nhs_number: NhsNumber::read("9434765919"), ..HelpRequest::default() };
    let cases = [
        ("two John Smiths without a birthday stay two", john_smith(), john_smith(), false),
        ("father and son", born("1"), born("3"), false),
        ("one has a birthday", john_smith(), born("1"), false),
        ("the birthday", born("1"), born("01"), true),
        ("a phone, in either field", by_phone.clone(), by_mobile, true),
        ("another phone", by_phone, HelpRequest { contact_mobile_number: some("07700 900123"), ..john_smith() }, false),
        ("the e-mail", by_email.clone(), by_email.clone(), true),
        ("the UPRN", by_uprn.clone(), by_uprn, true),
        ("the number alone", by_number.clone(), by_number, true),
        (
            "the e-mail under another name",
            by_email.clone(),
            HelpRequest { first_name: some("Jane"), ..by_email },
            false,
        ),
    ];
    for (case, before, now, is_known) in cases {
        assert_eq!(subject(&now).is_known_as(&remembered(&before)).is_some(), is_known, "{case}");
        assert_eq!(subject(&now).is_one_with(&subject(&before)), is_known, "{case}, of a row in doubt");
    }
}

#[test]
fn two_rows_of_one_id_may_be_of_one_person_whatever_they_say_of_them() {
    let of = |id: &str, request: HelpRequest| HelpRequest {
        metadata: [("nsss_id".to_owned(), id.into())].into_iter().collect(),
        ..request
    };
    let ctas = |id: &str| HelpRequest { nhs_ctas_id: some(id), ..john_smith() };
    let married = HelpRequest { last_name: some("Grey"), ..born("1") };
    let cases = [
        ("another spelling", of("17", born("1")), of("17", married.clone()), true),
        ("another birthday", of("17", born("1")), of("17", born("3")), true),
        ("another id", of("17", born("1")), of("18", married), false),
        ("one ctas id and one name in two feeds", ctas("a"), ctas("a"), true),
        ("another ctas id", ctas("a"), ctas("b"), false),
    ];
    for (case, one, other, is_one) in cases {
        assert_eq!(subject(&one).is_one_with(&subject(&other)), is_one, "{case}");
    }
}

#[test]
fn a_key_among_one_residents_requests_finds_no_namesakes() {
    let generic = |request: HelpRequest| HelpRequest {
        metadata: [("generic_ingestion_id".to_owned(), "EUSS".into())].into_iter().collect(),
        ..request
    };
    let memory = remembered(&generic(born("1")));
    let found = |request: HelpRequest| subject(&generic(request)).request_of([(5, &memory)].into_iter()).is_some();
    assert!(found(born("1")));
    assert!(!found(born("3")) && !found(john_smith()));
    assert!(memory.last("spl", Field::Birthday).is_some());
}

/// The resident is joined with somebody, and the feed's last values are theirs.
#[test]
fn a_person_is_known_on_their_request_of_a_common_key_whatever_the_feed_said_since() {
    let son = HelpRequest {
        contact_mobile_number: some("020 7946 0000"),
        metadata: [("generic_ingestion_id".to_owned(), "EUSS".into())].into_iter().collect(),
        ..john_smith()
    };
    let mut memory = remembered(&son);
    let by = RowVersion { claimed_at: DateTime::UNIX_EPOCH, run: RunId::of("file", "1"), row: 3 };
    let another =
        values_of_row(&key(), &HelpRequest { contact_mobile_number: some("07700 900123"), ..son.clone() }, None);
    for (field, value) in another {
        memory.remember_sent("spl", field, Sent::new(value, by.clone()));
    }
    assert_eq!(subject(&son).is_known_as(&memory), None);
    assert!(subject(&son).request_of([(5, &memory)].into_iter()).is_some());
    let namesake = HelpRequest { contact_mobile_number: some("07700 900999"), ..son };
    assert!(subject(&namesake).request_of([(5, &memory)].into_iter()).is_none());
}
