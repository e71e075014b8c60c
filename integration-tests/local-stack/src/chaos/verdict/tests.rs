//! Each count becomes more than zero where something is planted.

mod staff;

use simulators::desk::Desk;
use simulators::here_to_help::{Calls, CaseNote, Doubles, FaultState, Faults, Fields, Metadata, Resident};

use aws::mapping::Flow;

use super::*;
use crate::chaos::posting;
use crate::chaos::sheets::{self, RequestKey};

/// Everything as it must be for the sheets of a seed.
fn all_well(sheets: &[Sheet]) -> Seen {
    let mut api = State {
        residents: Vec::new(),
        help_requests: Vec::new(),
        case_notes: Vec::new(),
        calls: Calls {
            started_at: chrono::DateTime::UNIX_EPOCH,
            total: 0,
            by_call: BTreeMap::new(),
            answers: BTreeMap::new(),
            refused: BTreeMap::new(),
            connections: 0,
            max_concurrent: 0,
            per_second: BTreeMap::new(),
            arrivals_ms: Vec::new(),
        },
        faults: FaultState { set: Faults::default(), struck: Vec::new() },
        doubles: Doubles::default(),
    };
    let (mut runs, mut summaries) = (Vec::new(), Vec::new());
    for (place, sheet) in sheets.iter().enumerate() {
        let run = format!("run-{place}");
        let mut totals: BTreeMap<Outcome, u64> = BTreeMap::new();
        let mut lines = Vec::new();
        for row in &sheet.rows {
            let outcome = match &row.becomes {
                Becomes::Skipped => Outcome::Skipped,
                Becomes::Rejected => Outcome::Rejected,
                Becomes::Request(wanted) => {
                    post(&mut api, &format!("{run}/{}", row.number), row, wanted);
                    Outcome::Created
                }
            };
            *totals.entry(outcome).or_default() += 1;
            lines.push(Line { row: row.number, outcome, has_reason: false, warnings: String::new() });
        }
        let counts = (!sheet.is_rejected).then(|| totals.clone());
        let kinds: &[&str] = match sheet.feed.name() {
            _ if sheet.is_rejected => &["rejected"],
            "contact-tracing" => &["hackney", "city"],
            _ => &["processed"],
        };
        for kind in kinds {
            let first = *kind != "city";
            summaries.push(Summary {
                run: run.clone(),
                kind: (*kind).to_owned(),
                counts: counts.clone().filter(|_| first),
                lines: if first { std::mem::take(&mut lines) } else { Vec::new() },
            });
        }
        runs.push(SeenRun { id: run, feed: sheet.feed, file: sheet.name.clone(), totals });
    }
    let full = Flow::AtMost(10);
    let posting = posting::State { breaker: ledger::BreakerState::Closed, row_went_through: false, flow: full, full };
    let (told, desk, touches) = (posting::Told::default(), Desk::default(), Vec::new());
    Seen { api, runs, summaries, posting, told, desk, touches }
}

fn post(api: &mut State, ingestion_row: &str, row: &Row, wanted: &sheets::Wanted) {
    let person = &row.person;
    let there = Directory::of(api).residents_of(person).next().map(|resident| resident.id);
    let resident = there.unwrap_or_else(|| {
        let mut fields = Fields::from_iter([field("FirstName", &person.first), field("LastName", &person.last)]);
        if let Some((year, month, day)) = person.birth {
            let parts = [("DobYear", year), ("DobMonth", month), ("DobDay", day)];
            fields.extend(parts.map(|(name, part)| field(name, &part.to_string())));
        }
        let known = [
            ("NhsNumber", &person.nhs_number),
            ("ContactTelephoneNumber", &person.phone),
            ("ContactMobileNumber", &person.mobile),
            ("EmailAddress", &person.email),
        ];
        fields.extend(known.into_iter().filter_map(|(name, text)| Some(field(name, text.as_ref()?))));
        fields.extend([field("AddressFirstLine", "1 Mare Street"), field("Postcode", "E8 1AB")]);
        let id = api.residents.len() as i64 + 1;
        api.residents.push(Resident { id, fields });
        id
    });
    let there = Directory::of(api).request_of(person, &wanted.key).map(|request| request.id);
    let request = there.unwrap_or_else(|| {
        let mut metadata = serde_json::json!({ "ingestion_row": ingestion_row });
        let mut fields = Fields::new();
        match &wanted.key {
            RequestKey::Ctas { id, help_needed } => {
                fields.extend([field("NhsCtasId", id), field("HelpNeeded", help_needed)]);
            }
            RequestKey::Metadata { name, value } => metadata[*name] = value.as_str().into(),
            RequestKey::Generic { id } => metadata["generic_ingestion_id"] = id.as_str().into(),
        }
        let metadata = serde_json::from_value(metadata).expect("metadata");
        add_request(api, resident, fields, Some(metadata))
    });
    for note in &wanted.notes {
        if !api.notes_of(request).any(|there| there.says().as_deref() == Some(note)) {
            add_note(api, resident, request, note);
        }
    }
    if wanted.follow_up && !api.help_requests.iter().any(|there| there.resident_id == resident && is_shielding(there)) {
        let id = add_request(api, resident, Fields::from_iter([field("HelpNeeded", "Shielding")]), None);
        add_note(api, resident, id, "a note");
    }
}

fn field(name: &str, value: &str) -> (String, serde_json::Value) {
    (name.to_owned(), value.into())
}

fn add_request(api: &mut State, resident_id: i64, fields: Fields, metadata: Option<Metadata>) -> i64 {
    let id = 1_000_001 + api.help_requests.len() as i64;
    api.help_requests.push(HelpRequest { id, resident_id, metadata, fields });
    id
}

fn add_note(api: &mut State, resident_id: i64, help_request_id: i64, note: &str) {
    let id = 2_000_001 + api.case_notes.len() as i64;
    api.case_notes.push(CaseNote { id, resident_id, help_request_id, case_note: Some(note.to_owned()) });
}

/// The verdict on sheets of which everything is well but for what is planted.
fn planted(plant: impl FnOnce(&mut Seen)) -> Verdict {
    let sheets = sheets::make(200, 3);
    let mut seen = all_well(&sheets);
    plant(&mut seen);
    let verdict = Verdict::of(&sheets, &seen);
    assert_eq!(verdict.is_good(), verdict.findings.is_empty(), "{:?}", verdict.findings);
    verdict
}

/// The first line of this outcome, in any summary.
fn line(seen: &mut Seen, outcome: Outcome) -> &mut Line {
    let lines = seen.summaries.iter_mut().flat_map(|summary| &mut summary.lines);
    lines.into_iter().find(|line| line.outcome == outcome).expect("a line")
}

#[test]
fn where_all_is_well_everything_is_zero() {
    let verdict = planted(|_| {});
    assert!(verdict.is_good(), "{:?}", verdict.findings);
    assert_eq!((verdict.rows, verdict.runs, verdict.summaries), (200, 11, 13));
}

#[test]
fn a_request_that_is_not_there_is_a_row_lost() {
    let verdict = planted(|seen| {
        let only = seen.api.help_requests.iter().position(|request| request.metadata("spl_id").is_some());
        seen.api.help_requests.remove(only.expect("a request"));
    });
    assert!(verdict.lost > 0);
}

#[test]
fn a_lost_row_that_the_summary_tells_of_is_not_lost() {
    let told = |seen: &mut Seen, has_reason| {
        // A row of the last sheet of a feed whose ids are the person's: nobody else has the request.
        let mut gone = None;
        for summary in &mut seen.summaries {
            for line in &mut summary.lines {
                if line.outcome == Outcome::Created && gone.is_none() {
                    (line.outcome, line.has_reason) = (Outcome::Uncertain, has_reason);
                    gone = Some(format!("{}/{}", summary.run, line.row));
                }
            }
        }
        let gone = gone.expect("a row");
        seen.api.help_requests.retain(|request| request.metadata("ingestion_row").as_ref() != Some(&gone));
    };
    let silent = planted(|seen| told(seen, false)).lost;
    let told = planted(|seen| told(seen, true));
    assert_eq!((told.lost, told.given_up), (silent - 1, 1), "and more than the name is known of the person");
}

#[test]
fn what_is_there_twice_is_counted() {
    let verdict = planted(|seen| {
        let mut again = seen.api.residents[0].clone();
        again.id = 999;
        seen.api.residents.push(again);
    });
    assert_eq!(verdict.residents_twice, 1);
    let verdict = planted(|seen| {
        let double = Double { same: "spl_id".to_owned(), ids: vec![1, 2] };
        seen.api.doubles.help_requests = vec![double.clone(), Double { same: "ingestion_row".to_owned(), ..double }];
    });
    assert_eq!(verdict.requests_twice, 1, "the same two are one double");
    let verdict = planted(|seen| {
        let of = seen.api.help_requests.iter().find(|request| is_follow_up(request)).expect("a follow-up").clone();
        let id = add_request(&mut seen.api, of.resident_id, of.fields, of.metadata);
        add_note(&mut seen.api, of.resident_id, id, "a note");
    });
    assert_eq!(verdict.requests_twice, 1);
    let verdict = planted(|seen| {
        seen.api.doubles.case_notes = vec![Double { same: "help request and text".to_owned(), ids: vec![1, 2] }];
    });
    assert_eq!(verdict.notes_twice, 1);
}

#[test]
fn a_note_that_is_not_there_is_missing() {
    let verdict = planted(|seen| drop(seen.api.case_notes.pop()));
    assert!(verdict.notes_missing > 0);
    assert_eq!(verdict.lost, 0);
}

#[test]
fn a_follow_up_that_is_not_there_is_lost() {
    let verdict = planted(|seen| seen.api.help_requests.retain(|request| !is_follow_up(request)));
    assert!(verdict.lost > 0);
}

#[test]
fn every_sheet_is_one_run_with_its_summaries() {
    assert_eq!(planted(|seen| drop(seen.runs.pop())).wrong_runs, 1);
    assert_eq!(planted(|seen| seen.summaries.retain(|summary| summary.kind != "city")).wrong_summaries, 2);
    let verdict = planted(|seen| {
        let again = seen.summaries[0].clone();
        seen.summaries.push(again);
    });
    assert_eq!((verdict.wrong_summaries, verdict.wrong_counts), (1, 1));
}

#[test]
fn sheet_ledger_and_summary_must_say_the_same() {
    let verdict = planted(|seen| *seen.runs[0].totals.entry(Outcome::Created).or_default() += 1);
    assert_eq!(verdict.wrong_counts, 1);
    let verdict = planted(|seen| seen.summaries[0].lines.truncate(1));
    assert_eq!(verdict.wrong_counts, 1);
    let verdict = planted(|seen| seen.summaries[0].counts = None);
    assert_eq!(verdict.wrong_counts, 1);
    let verdict = planted(|seen| line(seen, Outcome::Rejected).outcome = Outcome::Created);
    assert_eq!((verdict.wrong_outcomes, verdict.wrong_counts), (1, 1));
}

#[test]
fn posting_must_go_on_and_the_sweep_give_nothing_up() {
    assert_eq!(planted(|seen| seen.posting.flow = Flow::LEAST).not_resumed, 1);
    assert_eq!(planted(|seen| seen.told.given_up = 2).swept, 2);
}
