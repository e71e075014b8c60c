//! The defects of the replaced system (docs/contract/feeds.md, part 3) that reading and judging rows must not bring back.

mod common;

use common::{feed, good_row, ingest, judge, post, problems, reason};
use feeds::{Cell, Decision, ExcludedIds, SheetRow, all};
use serde_json::{Value, json};
use wire::AddressWhen;

/// A sheet of this feed: its header, and so many copies of a good row.
fn sheet(name: &str, copies: u32) -> Vec<SheetRow> {
    let good = good_row(feed(name));
    let header = SheetRow::of_text(1, good.iter().map(|(column, _)| *column));
    let rows = (2..copies + 2).map(|row| SheetRow::of_text(row, good.iter().map(|(_, text)| *text)));
    [header].into_iter().chain(rows).collect()
}

fn request(name: &str, changes: &[(&str, &str)]) -> Value {
    json!(post(&judge(name, changes)).request)
}

#[test]
fn defect_05_the_comment_of_contact_tracing_is_a_note_and_not_a_field_of_the_post() {
    let judged = judge("contact-tracing", &[("Comments", "Got covid")]);
    assert_eq!(json!(post(&judged).request).get("CaseNotes"), None);
    assert_eq!(post(&judged).notes.len(), 1);
}

#[test]
fn defect_06_a_blank_cell_erases_nothing() {
    for feed in all() {
        for (column, _) in good_row(feed) {
            let judged = judge(feed.name(), &[(column, "")]);
            let Decision::Post(post) = &judged.decision else { continue };
            let request = json!(post.request);
            let fields = request.as_object().expect("an object");
            assert!(fields.values().all(|value| *value != json!("") && *value != Value::Null), "{feed}: {column}");
        }
    }
    assert_eq!(request("contact-tracing", &[("Email", " ")]).get("EmailAddress"), None);
}

#[test]
fn defect_07_contact_tracing_does_not_replace_an_address_by_a_house_number() {
    let judged = judge("contact-tracing", &[]);
    assert_eq!(post(&judged).request.address_first_line, None);
    assert_eq!(post(&judged).address.as_ref().map(|address| address.when), Some(AddressWhen::Missing));
}

#[test]
fn defect_08_a_blank_id_takes_nobody_elses_request() {
    for (name, id) in
        [("contact-tracing", "Account ID"), ("self-isolation", "ID"), ("spl", "Traced_NHSNUMBER"), ("nsss", "ID")]
    {
        for blank in ["", " ", "\u{a0}"] {
            let judged = judge(name, &[(id, blank)]);
            assert_eq!(problems(&judged)[0].column.as_deref(), Some(id), "{name}");
        }
    }
    // Nor does one that finds others by its wildcards.
    problems(&judge("nsss", &[("ID", "nss-8-%")]));
}

#[test]
fn defect_09_no_cell_is_turned_into_a_number() {
    let phones = [("Phone", "07700900123"), ("Phone2", "+447700900123")];
    let sent = request("contact-tracing", &[&phones[..], &[("Account ID", "12345e67")]].concat());
    assert_eq!(sent["ContactTelephoneNumber"], "07700900123");
    assert_eq!(sent["ContactMobileNumber"], "+447700900123");
    assert_eq!(sent["NhsCtasId"], "12345e67");
    for id in ["5e2", "0012", "1_000", "14.50", "Infinity", "NaN", "TRUE"] {
        assert_eq!(request("self-isolation", &[("ID", id)])["NhsCtasId"], id);
    }
    // What was a number before it came here may have lost its zero, or its last digits: people are warned.
    problems(&judge("self-isolation", &[("ID", "1.00023E+11")]));
    let mut rows = sheet("generic", 1);
    rows[1].cells[9] = Cell::number("7700900123");
    let judged = ingest(feed("generic"), rows).expect("accepted");
    assert_eq!(judged[0].warnings, ["Phone number: a zero at the start of the number may be missing"]);
}

#[test]
fn defect_10_nan_is_a_surname_and_no_nhs_number() {
    for name in ["Nan", "NaN", "Infinity"] {
        assert_eq!(request("contact-tracing", &[("Surname", name)])["LastName"], name);
    }
    assert_eq!(request("contact-tracing", &[("Surname", "nan")])["LastName"], "Nan");
    for text in ["NaN", "nan", "<NA>", "None", "null"] {
        assert_eq!(request("contact-tracing", &[("NHS Number", text)]).get("NhsNumber"), None);
    }
}

#[test]
fn defect_11_a_date_of_birth_is_never_read_wrong_without_a_word() {
    let born = |text: &str| {
        let sent = request("spl", &[("DateOfBirth", text)]);
        format!("{}-{}-{}", sent["DobYear"], sent["DobMonth"], sent["DobDay"]).replace('"', "")
    };
    assert_eq!(born("12 March 1980"), "1980-3-12");
    assert_eq!(born("12 Mar 1980"), "1980-3-12");
    assert_eq!(born("1 Feb 2021"), "2021-2-1");
    assert_eq!(born("1/2/2021 9:05"), "2021-2-1");
    assert_eq!(born("2021-02-01T10:30:00.123Z"), "2021-2-1");
    assert_eq!(born("1984-06-18T23:00:00.000Z"), "1984-6-19");
    for wrong in ["01/02/65", "15/12/65", "1980", "Dec 1980", "31/02/1980", "03/25/1980", "unknown", "44197"] {
        let judged = judge("spl", &[("DateOfBirth", wrong)]);
        assert_eq!(problems(&judged)[0].text, wrong);
    }
}

#[test]
fn defect_12_a_two_digit_year_of_a_test_is_this_century() {
    for name in ["contact-tracing", "self-isolation"] {
        post(&judge(name, &[("Date Tested", "07/03/21")]));
        // In the future, and so taken: 5 and 21 November 2021, not the years 511 and 2111.
        post(&judge(name, &[("Date Tested", "05/11/21")]));
        post(&judge(name, &[("Date Tested", "21/11/21")]));
        assert!(reason(&judge(name, &[("Date Tested", "21/11/20")])).starts_with("Date Tested is 107 days ago"));
    }
}

#[test]
fn defect_13_names_keep_their_capitals() {
    for (typed, sent) in [("O'NEIL-SMITH", "O'Neil-Smith"), ("McDonald", "McDonald"), ("van der Berg", "van der Berg")]
    {
        assert_eq!(request("generic", &[("Surname", typed)])["LastName"], sent);
    }
    assert_eq!(request("generic", &[("First name", "mary jane")])["FirstName"], "Mary Jane");
}

#[test]
fn defect_14_inner_blanks_are_collapsed_and_not_removed() {
    let sent = request(
        "generic",
        &[("Surname", " van \u{a0} der\n Berg "), ("Postcode", "n16  8qr"), ("Phone number", "07700  900456")],
    );
    assert_eq!(sent["LastName"], "van der Berg");
    assert_eq!(sent["Postcode"], "N16 8QR");
    assert_eq!(sent["ContactTelephoneNumber"], "07700 900456");
    // A cell that only looks like a pattern is a cell.
    let judged = judge("generic", &[("Address Line 1", r"\s+")]);
    assert_eq!(post(&judged).address.as_ref().map(|address| address.address_first_line.as_str()), Some(r"\s+"));
}

#[test]
fn defect_15_each_phone_goes_where_its_feed_says_and_nowhere_else() {
    // The two feeds name their columns the other way round, and the contract keeps that.
    for (name, telephone, mobile) in [("contact-tracing", "Phone", "Phone2"), ("self-isolation", "Phone2", "Phone")] {
        let sent = request(name, &[(telephone, "020 7946 0000"), (mobile, "07700 900123")]);
        assert_eq!(sent["ContactTelephoneNumber"], "020 7946 0000", "{name}");
        assert_eq!(sent["ContactMobileNumber"], "07700 900123", "{name}");
    }
}

#[test]
fn defect_16_the_house_number_is_not_doubled() {
    for (line, sent) in
        [("12 A road", "12 A road"), ("12, A road", "12, A road"), ("12", "12"), ("22 A road", "12 22 A road")]
    {
        let judged = judge("self-isolation", &[("House Number", "12"), ("Address Line 1", line)]);
        assert_eq!(post(&judged).address.as_ref().map(|address| address.address_first_line.as_str()), Some(sent));
    }
}

#[test]
fn defect_17_is_kept_on_purpose_but_people_are_told_of_a_death() {
    let judged = judge("spl", &[("DateOfDeath", "20210101")]);
    assert_eq!(post(&judged).request.callback_required, Some(false));
    assert_eq!(post(&judged).notes[0].note, "SPL Category: GP. Date of death: 20210101");
    assert!(judged.warnings[0].starts_with("DateOfDeath is filled in"));
}

#[test]
fn defect_22_spellings_of_a_council_are_understood_and_others_are_counted() {
    for utla in ["Hackney ", "hackney", "City of London", "cityoflondon"] {
        post(&judge("contact-tracing", &[("UTLA", utla)]));
    }
    assert_eq!(
        reason(&judge("contact-tracing", &[("UTLA", "Hackney and City of London")])),
        "UTLA is \"Hackney and City of London\", not Hackney or City of London"
    );
}

#[test]
fn defect_23_an_unknown_kind_is_skipped_with_its_reason() {
    assert!(reason(&judge("generic", &[("Help Request Type", "Other")])).contains("\"Other\""));
    assert!(reason(&judge("generic", &[("Subtype", "Plumbing")])).contains("\"Plumbing\""));
}

#[test]
fn defect_24_completed_and_yes_are_understood_in_every_spelling() {
    for (status, answer) in [("Completed ", "Yes"), ("COMPLETED", "1.0"), (" completed", "TRUE"), ("completed", "y")] {
        post(&judge("self-isolation", &[("Status Report", status), ("LA Support Required", answer)]));
    }
    reason(&judge("self-isolation", &[("Status Report", "In progress")]));
}

#[test]
fn defect_30_a_sheet_may_have_any_number_of_rows() {
    for copies in [2_999, 3_000, 3_001, 7_000] {
        let judged = ingest(feed("contact-tracing"), sheet("contact-tracing", copies)).expect("accepted");
        assert_eq!(judged.len(), copies as usize);
    }
}

#[test]
fn defect_33_excluded_ids_are_trimmed_and_an_empty_setting_excludes_nobody() {
    let ids = ExcludedIds::parse("a1, b2 ,\u{a0}c  3,,");
    assert!(["a1", "b2", "c 3"].iter().all(|id| ids.contains(id)));
    assert!(!ids.contains("") && !ids.contains("A1"));
    for empty in ["", " ", ",", " , "] {
        assert_eq!(ExcludedIds::parse(empty), ExcludedIds::default());
        assert!(!ExcludedIds::parse(empty).contains(""));
    }
    // `other` stands behind a comma and a blank in the fixtures' setting.
    reason(&judge("contact-tracing", &[("Account ID", "other")]));
}

#[test]
fn defect_34_one_bad_date_rejects_its_row_and_nothing_else() {
    let mut rows = sheet("contact-tracing", 5);
    rows[2].cells[4] = Cell::text("31/02/1980");
    rows[4].cells[11] = Cell::text("soon");
    let judged = ingest(feed("contact-tracing"), rows).expect("accepted");
    let posted: Vec<u32> =
        judged.iter().filter(|judged| matches!(judged.decision, Decision::Post(_))).map(|judged| judged.row).collect();
    assert_eq!(posted, [2, 4, 6]);
    assert_eq!(problems(&judged[1])[0].column.as_deref(), Some("Date of Birth"));
    assert_eq!(problems(&judged[3])[0].column.as_deref(), Some("Date Tested"));
}

#[test]
fn defect_39_a_missing_column_is_named_and_an_unused_one_is_not_missed() {
    let unused = ["PatientOtherName", "PatientAddress_Line4", "PatientAddress_Line5", "Flag_PDSInformallyDeceased"];
    let unused = unused.iter().chain(&["oslaua", "oscty", "Data_Source", "InceptionDate", "SPL_Version"]);
    let used: Vec<&str> = feed("spl").columns().iter().map(|column| column.name).collect();
    for name in unused {
        assert!(!used.contains(name));
    }
    ingest(feed("spl"), sheet("spl", 1)).expect("accepted without them");
    let mut rows = sheet("spl", 1);
    rows[0].cells[2] = Cell::text("Patient Surname");
    let rejected = ingest(feed("spl"), rows).expect_err("rejected");
    assert_eq!(
        rejected.problems[0].problem,
        "the column \"PatientSurname\" is missing; the nearest that was found is \"Patient Surname\""
    );
}

#[test]
fn defect_40_an_output_can_be_dropped_as_input() {
    for feed in all() {
        let mut rows = sheet(feed.name(), 2);
        let before = ["resident_id", "help_request_id"];
        let after = ["source_row", "status", "reason", "how_to_fix", "warnings", "problem", "status"];
        for (at, row) in rows.iter_mut().enumerate() {
            let cell = |name: &str| Cell::text(if at == 0 { name.to_owned() } else { at.to_string() });
            row.cells.splice(0..0, before.map(cell));
            row.cells.extend(after.map(cell));
        }
        let judged = ingest(feed, rows).expect("accepted");
        let expected = judge(feed.name(), &[]);
        for judged in judged {
            assert_eq!(judged.decision, expected.decision, "{feed}");
        }
    }
}

#[test]
fn defect_41_an_empty_sheet_is_rejected_and_says_why() {
    for feed in all() {
        let rejected = ingest(feed, []).expect_err("rejected");
        assert!(rejected.problems[0].problem.starts_with("the sheet is empty"), "{rejected}");
        // A header alone is a sheet without rows, and no error.
        assert_eq!(ingest(feed, sheet(feed.name(), 0)).expect("accepted").len(), 0);
    }
}

#[test]
fn defect_44_nothing_that_holds_a_row_prints_it() {
    let canary = "Kanarienvogel";
    for feed in all() {
        for (column, _) in good_row(feed) {
            let judged = judge(feed.name(), &[(column, canary)]);
            assert!(!format!("{judged:?}").contains(canary), "{feed}: {column}");
        }
    }
    assert!(!format!("{:?}", ExcludedIds::parse(canary)).contains(canary));
}
