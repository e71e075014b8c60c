//! A.8 step 1: whom a POST takes for the same resident.

use serde_json::{Value, json};
use simulators::here_to_help::{Letters, Options, Ways};

use crate::support::{Caller, with};

/// A resident who is there, a POST, and whether it finds them.
async fn finds(caller: &Caller, stored: &Value, posted: &Value) -> bool {
    caller.simulator.reset();
    caller.create(stored.clone()).await;
    caller.create(posted.clone()).await;
    caller.state().residents.len() == 1
}

async fn check(table: &[(&str, Value, Value, bool)]) {
    let caller = Caller::start().await;
    for (rule, stored, posted, expected) in table {
        assert_eq!(finds(&caller, stored, posted).await, *expected, "{rule}: {posted} after {stored}");
    }
}

fn named(more: Value) -> Value {
    with(&json!({"FirstName": "Ann", "LastName": "Able"}), more)
}

#[tokio::test]
async fn rule_1_the_nhs_number_whatever_the_name() {
    let stored = json!({"FirstName": "Ann", "LastName": "Able", "NhsNumber": "943 476 5919"});
    let other = json!({"FirstName": "Bob", "LastName": "Baker"});
    check(&[
        ("equal without blanks", stored.clone(), with(&other, json!({"NhsNumber": "9434765919"})), true),
        ("blanks on both sides", stored.clone(), with(&other, json!({"NhsNumber": " 94 34765919 "})), true),
        ("no names", stored.clone(), json!({"NhsNumber": "9434765919"}), true),
        ("hyphens matter", stored.clone(), with(&other, json!({"NhsNumber": "943-476-5919"})), false),
        ("tabs matter", stored.clone(), with(&other, json!({"NhsNumber": "9434765919\t"})), false),
        ("no-break spaces matter", stored, with(&other, json!({"NhsNumber": "943\u{a0}4765919"})), false),
        ("blank is not present", json!({"NhsNumber": " "}), json!({"NhsNumber": " "}), false),
    ])
    .await;
}

#[tokio::test]
async fn without_both_names_nothing_else_is_looked_at() {
    let rest = json!({"Uprn": "1", "EmailAddress": "a@b", "DobDay": "1", "DobMonth": "2", "DobYear": "1980"});
    check(&[
        (
            "no last name",
            with(&json!({"FirstName": "Ann"}), rest.clone()),
            with(&json!({"FirstName": "Ann"}), rest.clone()),
            false,
        ),
        (
            "blank first name",
            with(&json!({"FirstName": " ", "LastName": "Able"}), rest.clone()),
            with(&json!({"FirstName": " ", "LastName": "Able"}), rest),
            false,
        ),
    ])
    .await;
}

#[tokio::test]
async fn names_are_trimmed_and_upper_cased_and_nothing_else() {
    let stored = json!({"FirstName": "Mary Jané", "LastName": "O'Neil-Smith", "Uprn": "1"});
    let table: Vec<(&str, Value, Value, bool)> = [
        ("other case", "MARY JANÉ", "o'neil-smith", true),
        ("outer blanks", " Mary Jané ", "\tO'Neil-Smith", true),
        ("inner blanks", "Mary  Jané", "O'Neil-Smith", false),
        ("a no-break space sent is trimmed", "\u{a0}Mary Jané", "O'Neil-Smith", true),
        ("accents", "Mary Jane", "O'Neil-Smith", false),
        ("hyphens", "Mary Jané", "O'Neil Smith", false),
        ("apostrophes", "Mary Jané", "O’Neil-Smith", false),
    ]
    .map(|(rule, first, last, expected)| {
        (rule, stored.clone(), json!({"FirstName": first, "LastName": last, "Uprn": "1"}), expected)
    })
    .into();
    check(&table).await;
}

#[tokio::test]
async fn what_is_stored_is_trimmed_less_than_what_is_sent() {
    let stored = |first: &str| json!({"FirstName": first, "LastName": "Able", "Uprn": "1"});
    check(&[
        ("tab, CR, LF", stored("\tAnn\r\n"), stored("Ann"), true),
        ("a no-break space", stored("Ann\u{a0}"), stored("Ann"), false),
        ("in both", stored("Ann\u{a0}"), stored("Ann\u{a0}"), false),
        ("a vertical tab", stored("Ann\u{b}"), stored("Ann"), false),
    ])
    .await;
}

#[tokio::test]
async fn which_letters_are_folded_depends_on_the_database_and_on_the_build() {
    let named = |first: &str, more: Value| with(&json!({"FirstName": first, "LastName": "Able"}), more);
    let by_uprn = |first| named(first, json!({"Uprn": "1"}));
    // HelpNeeded differs, so that only the resident is found by it.
    let by_ctas_id = |first, need| named(first, json!({"NhsCtasId": "cté", "HelpNeeded": need}));
    for (stored, posted, [all, ascii_stored, ascii_sent]) in [
        (by_uprn("Zoe"), by_uprn("ZOE"), [true, true, true]),
        (by_uprn("Zoë"), by_uprn("Zoë"), [true, false, false]),
        (by_uprn("ZOË"), by_uprn("Zoë"), [true, true, false]),
        (by_uprn("Zoë"), by_uprn("ZOË"), [true, false, true]),
        (by_uprn("Ilkay ı"), by_uprn("Ilkay I"), [true, false, true]),
        (by_uprn("Ilkay ı"), by_uprn("Ilkay ı"), [false, true, false]),
        (by_ctas_id("Ann", "a"), by_ctas_id("Ann", "b"), [true, true, true]),
    ] {
        for (letters, expected) in
            [(Letters::All, all), (Letters::AsciiStored, ascii_stored), (Letters::AsciiSent, ascii_sent)]
        {
            let ways = Ways { letters, ..Ways::default() };
            let caller = Caller::with(Options { ways, ..Options::default() }).await;
            assert_eq!(finds(&caller, &stored, &posted).await, expected, "{letters:?}: {posted} after {stored}");
        }
    }
}

#[tokio::test]
async fn rules_2_to_7_names_and_one_thing_more() {
    let full_date =
        |day: &str, month: &str, year: &str| named(json!({"DobDay": day, "DobMonth": month, "DobYear": year}));
    check(&[
        ("2: UPRN", named(json!({"Uprn": "100"})), named(json!({"Uprn": " 100 "})), true),
        ("2: zeros matter", named(json!({"Uprn": "100"})), named(json!({"Uprn": "0100"})), false),
        (
            "2: the date of birth is not checked",
            with(&full_date("1", "2", "1950"), json!({"Uprn": "100"})),
            with(&full_date("3", "4", "1990"), json!({"Uprn": "100"})),
            true,
        ),
        ("3: date of birth", full_date("01", "02", "1980"), full_date("1", " 2 ", " 1980"), true),
        ("3: month in any case", full_date("1", "feb", "1980"), full_date("1", "FEB", "1980"), true),
        ("3: day in any case", full_date("1st", "2", "1980"), full_date("1ST", "2", "1980"), false),
        ("3: leading zeros of the year matter", full_date("1", "2", "1980"), full_date("1", "2", "01980"), false),
        ("3: another day", full_date("1", "2", "1980"), full_date("2", "2", "1980"), false),
        (
            "3: all three are needed",
            named(json!({"DobDay": "1", "DobYear": "1980"})),
            named(json!({"DobDay": "1", "DobYear": "1980"})),
            false,
        ),
        (
            "4: ctas id, of another kind of help, in any case",
            named(json!({"NhsCtasId": "ctas-1", "HelpNeeded": "Welfare Call"})),
            named(json!({"NhsCtasId": " CTAS-1 ", "HelpNeeded": "Contact Tracing"})),
            true,
        ),
        (
            "5: e-mail",
            named(json!({"EmailAddress": "ann@example.org"})),
            named(json!({"EmailAddress": " ANN@example.org"})),
            true,
        ),
        (
            "6: mobile",
            named(json!({"ContactMobileNumber": "077"})),
            named(json!({"ContactMobileNumber": " 077 "})),
            true,
        ),
        (
            "6: mobile against telephone",
            named(json!({"ContactTelephoneNumber": "077"})),
            named(json!({"ContactMobileNumber": "077"})),
            true,
        ),
        (
            "7: telephone",
            named(json!({"ContactTelephoneNumber": "020"})),
            named(json!({"ContactTelephoneNumber": "020"})),
            true,
        ),
        (
            "7: telephone against mobile",
            named(json!({"ContactMobileNumber": "020"})),
            named(json!({"ContactTelephoneNumber": "020"})),
            true,
        ),
        (
            "7: inner blanks matter",
            named(json!({"ContactTelephoneNumber": "0201"})),
            named(json!({"ContactTelephoneNumber": "020 1"})),
            false,
        ),
        ("names alone", named(json!({})), named(json!({})), false),
        (
            "an address alone",
            named(json!({"Postcode": "E8 1AA", "AddressFirstLine": "1 High Street"})),
            named(json!({"Postcode": "E8 1AA", "AddressFirstLine": "1 High Street"})),
            false,
        ),
        ("stored nulls never match", named(json!({})), named(json!({"Uprn": "1", "EmailAddress": "a@b"})), false),
        (
            "another name",
            named(json!({"Uprn": "1", "EmailAddress": "a@b"})),
            json!({"FirstName": "Anna", "LastName": "Able", "Uprn": "1", "EmailAddress": "a@b"}),
            false,
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_rules_are_asked_in_their_order() {
    let caller = Caller::start().await;
    caller.create(named(json!({"EmailAddress": "ann@example.org"}))).await;
    caller.create(named(json!({"Uprn": "100"}))).await;
    caller.create(json!({"FirstName": "Other", "LastName": "One", "NhsNumber": "9434765919"})).await;
    let by_uprn = caller.create(named(json!({"EmailAddress": "ann@example.org", "Uprn": "100"}))).await;
    assert_eq!(caller.read(by_uprn).await["ResidentId"], 2);
    let by_number = caller.create(named(json!({"Uprn": "100", "NhsNumber": "9434765919"}))).await;
    assert_eq!(caller.read(by_number).await["ResidentId"], 3);
}

#[tokio::test]
async fn another_nhs_number_does_not_stop_rules_2_to_7_and_is_overwritten() {
    let caller = Caller::start().await;
    caller.create(named(json!({"Uprn": "100", "NhsNumber": "9434765919"}))).await;
    caller.create(named(json!({"Uprn": "100", "NhsNumber": "4010232137"}))).await;
    let state = caller.state();
    assert_eq!(state.residents.len(), 1);
    assert_eq!(state.residents[0].text("NhsNumber"), Some("4010232137"));
    caller.create(json!({"NhsNumber": "4010232137"})).await;
    caller.create(json!({"NhsNumber": "9434765919"})).await;
    assert_eq!(caller.state().residents.len(), 2, "found by the number it has now, and by no other");
}

#[tokio::test]
async fn phones_that_were_joined_match_no_more() {
    let caller = Caller::start().await;
    caller.create(named(json!({"Uprn": "100", "ContactMobileNumber": "077"}))).await;
    caller.create(named(json!({"Uprn": "100", "ContactMobileNumber": "078"}))).await;
    assert_eq!(caller.state().residents[0].text("ContactMobileNumber"), Some("077 / 078"));
    caller.create(named(json!({"ContactMobileNumber": "078"}))).await;
    assert_eq!(caller.state().residents.len(), 2);
}
