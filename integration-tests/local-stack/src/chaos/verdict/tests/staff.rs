//! Of what staff corrected, and of what residents lack.

use simulators::desk::{Change, Correction, Edit, Place};
use simulators::here_to_help::{Fields, Resident, Touch, Touched};

use super::{Seen, field, planted};

#[test]
fn a_value_that_a_row_has_and_the_resident_has_not_is_missing_unless_told_or_cleared() {
    let first_with_email = |seen: &Seen| {
        let has = |resident: &&Resident| resident.fields.contains_key("EmailAddress");
        seen.api.residents.iter().find(has).expect("a resident with an e-mail").id
    };
    let erase = |seen: &mut Seen, after: &str| {
        let id = first_with_email(seen);
        let resident = seen.api.residents.iter_mut().find(|resident| resident.id == id).expect("a resident");
        let before = resident.fields.insert("EmailAddress".to_owned(), after.into()).expect("an e-mail");
        let changes = vec![Change { place: Place::Resident(id, "EmailAddress"), before, after: "".into() }];
        Edit { resident: id, correction: Correction::Cleared, at: at(0), changes, postcode: None }
    };
    let missing = planted(|seen| drop(erase(seen, " ")));
    assert!(missing.fields_missing > 0);
    assert_eq!((missing.lost, missing.staff_undone), (0, 0));
    let told = planted(|seen| {
        erase(seen, "");
        for line in seen.summaries.iter_mut().flat_map(|summary| &mut summary.lines) {
            line.warnings = "older than a row that was sent already: e-mail left".to_owned();
        }
    });
    assert!(told.is_good(), "{:?}", told.findings);
    let cleared = planted(|seen| seen.desk = [erase(seen, "")].into_iter().collect());
    assert!(cleared.is_good(), "{:?}", cleared.findings);
    assert_eq!(cleared.corrections, 1);
}

#[test]
fn what_staff_corrected_is_undone_where_whoever_wrote_over_it_had_seen_it() {
    let (shown, written) = (|| Touched::Shown, |name: &str| Touched::Written(Fields::from([field("LastName", name)])));
    for (touches, undone) in [
        (vec![(1, shown()), (2, written("Old"))], 1),
        (vec![(-1, shown()), (2, written("Old"))], 0),
        (vec![(1, written("Old")), (2, shown()), (3, written("Older"))], 0),
        (vec![(1, written("New")), (2, shown()), (3, written("Old"))], 1),
        (vec![(1, Touched::Written(Fields::from([field("Ward", "x")]))), (2, shown()), (3, written("Old"))], 1),
        (vec![], 1),
    ] {
        let verdict = planted(|seen| {
            let resident = &seen.api.residents[0];
            let before = resident.fields["LastName"].clone();
            let place = Place::Resident(resident.id, "LastName");
            let changes = vec![Change { place, before, after: "New".into() }];
            let edit =
                Edit { resident: resident.id, correction: Correction::LastName, at: at(0), changes, postcode: None };
            seen.desk = [edit].into_iter().collect();
            let touch = |(second, what)| Touch { at: at(second), resident: 1, what };
            seen.touches = touches.clone().into_iter().map(touch).collect();
        });
        assert_eq!(verdict.staff_undone, undone, "{touches:?}");
    }
}

#[test]
fn whom_staff_corrected_is_found_under_the_old_name_and_note() {
    let verdict = planted(|seen| {
        let (resident, note) = (seen.api.residents[0].id, seen.api.case_notes[0].id);
        let mut edits = Vec::new();
        let mut correct = |correction, place, before: &mut serde_json::Value, after: &str| {
            let changes = vec![Change { place, before: std::mem::replace(before, after.into()), after: after.into() }];
            edits.push(Edit { resident, correction, at: at(0), changes, postcode: None });
        };
        let name = seen.api.residents[0].fields.get_mut("LastName").expect("a name");
        correct(Correction::LastName, Place::Resident(resident, "LastName"), name, "New");
        let mut words = serde_json::Value::from(seen.api.case_notes[0].case_note.clone());
        correct(Correction::Note, Place::Note(note), &mut words, "rang");
        seen.api.case_notes[0].case_note = Some("rang".to_owned());
        seen.desk = edits.into_iter().collect();
    });
    assert!(verdict.is_good(), "{:?}", verdict.findings);
    assert_eq!(verdict.corrections, 2);
}

fn at(second: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(second)
}
