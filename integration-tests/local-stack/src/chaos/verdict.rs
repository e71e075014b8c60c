//! Judges if all is well: what is there against what the sheets say. Pure.

mod fields;
mod staff;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use feeds::Outcome;
use serde::Serialize;
use simulators::here_to_help::{Double, HelpRequest, State};

use super::directory::Directory;
use super::seen::{Line, Seen, SeenRun, Summary};
use super::sheets::{Becomes, Person, Row, Sheet};

/// The counts that must be zero, and what else was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Rows in the sheets.
    pub rows: u64,
    /// Eligible rows that are neither at the API nor in a summary with the reason.
    pub lost: u64,
    /// People who are there more than once.
    pub residents_twice: u64,
    /// Requests that are there more than once.
    pub requests_twice: u64,
    /// Texts that stand more than once on a request.
    pub notes_twice: u64,
    /// Texts that do not stand on a row's request.
    pub notes_missing: u64,
    /// Corrections by staff of which something stands no longer, although a call saw them before it was written over.
    pub staff_undone: u64,
    /// Values of rows that went well in whose field the resident has none, unless staff cleared it or a warning of the
    /// row names it.
    pub fields_missing: u64,
    /// Runs in the ledger.
    pub runs: u64,
    /// Sheets that did not become exactly one run.
    pub wrong_runs: u64,
    /// Spreadsheets in the outbound folders.
    pub summaries: u64,
    /// Runs that have not exactly one of each of their spreadsheets.
    pub wrong_summaries: u64,
    /// Runs whose sheet, ledger and summary do not say the same.
    pub wrong_counts: u64,
    /// Rows whose outcome is not one that the sheet allows.
    pub wrong_outcomes: u64,
    /// Rows that a summary tells of as failed, dead-lettered or uncertain. None is lost, but each is work for people, and
    /// nothing of what goes wrong here calls for it, unless nothing but the name is known of the person and the answer to
    /// the POST was lost: then the API cannot be asked, and `uncertain` is right.
    pub given_up: u64,
    /// Rows that the sweep gave up: they only waited, for no message is lost here.
    pub swept: u64,
    /// 1 where posting does not go on at the end, or where the event source mapping does not agree.
    pub not_resumed: u64,
    /// How often posting was paused.
    pub pauses: u64,
    /// How often it went on again with all rows.
    pub resumes: u64,
    /// Corrections that staff made.
    pub corrections: u64,
    /// The rows' outcomes, by the summaries.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// The faults, in words: run and row, nothing personal.
    #[serde(skip)]
    pub findings: Vec<String>,
}

impl Verdict {
    /// True if everything is zero that must be.
    pub fn is_good(&self) -> bool {
        let must_be_zero = [
            self.lost,
            self.residents_twice,
            self.requests_twice,
            self.notes_twice,
            self.notes_missing,
            self.staff_undone,
            self.fields_missing,
            self.wrong_runs,
            self.wrong_summaries,
            self.wrong_counts,
            self.wrong_outcomes,
            self.given_up,
            self.swept,
            self.not_resumed,
        ];
        must_be_zero.iter().all(|count| *count == 0)
    }

    /// Compares what is there with what the sheets say.
    pub fn of(sheets: &[Sheet], seen: &Seen) -> Self {
        let mut verdict =
            Self { runs: seen.runs.len() as u64, summaries: seen.summaries.len() as u64, ..Self::default() };
        // The sheets know people as they were before staff corrected them.
        let uncorrected = seen.desk.taken_back(&seen.api);
        let api = Directory::of(&uncorrected);
        for sheet in sheets {
            verdict.rows += sheet.rows.len() as u64;
            verdict.sheet(sheet, seen, &api);
        }
        verdict.doubles(sheets, &api);
        verdict.staff(seen);
        verdict.posting(seen);
        verdict
    }

    fn posting(&mut self, seen: &Seen) {
        (self.pauses, self.resumes, self.swept) = (seen.told.pauses, seen.told.resumes, seen.told.given_up);
        if self.swept > 0 {
            self.findings.push(format!("the sweep gave up {} rows", self.swept));
        }
        if !seen.posting.goes_on() {
            self.not_resumed = 1;
            self.findings.push(format!("posting does not go on: {:?}", seen.posting));
        }
    }

    fn sheet(&mut self, sheet: &Sheet, seen: &Seen, api: &Directory) {
        let runs: Vec<&SeenRun> =
            seen.runs.iter().filter(|run| run.feed == sheet.feed && run.file == sheet.name).collect();
        if runs.len() != 1 {
            self.wrong_runs += 1;
            self.findings.push(format!("{}: {} runs", sheet.name, runs.len()));
        }
        let mut lines: BTreeMap<u32, &Line> = BTreeMap::new();
        for run in &runs {
            let summaries: Vec<&Summary> = seen.summaries.iter().filter(|summary| summary.run == run.id).collect();
            self.summaries_of(sheet, run, &summaries);
            lines.extend(summaries.iter().flat_map(|summary| &summary.lines).map(|line| (line.row, line)));
        }
        for row in &sheet.rows {
            let line = lines.get(&row.number).copied();
            self.row(sheet, row, line, api);
            self.fields(sheet, row, line, seen, api);
        }
    }

    fn summaries_of(&mut self, sheet: &Sheet, run: &SeenRun, summaries: &[&Summary]) {
        let mut kinds: Vec<&str> = summaries.iter().map(|summary| summary.kind.as_str()).collect();
        kinds.sort_unstable();
        let wanted: &[&str] = match sheet.feed.name() {
            _ if sheet.is_rejected => &["rejected"],
            "contact-tracing" => &["city", "hackney"],
            _ => &["processed"],
        };
        if kinds != wanted {
            self.wrong_summaries += 1;
            self.findings.push(format!("run {} ({}): the summaries {kinds:?}, not {wanted:?}", run.id, sheet.name));
        }
        if sheet.is_rejected {
            return;
        }
        let listed: Vec<&Line> = summaries.iter().flat_map(|summary| &summary.lines).collect();
        let rows: BTreeSet<u32> = listed.iter().map(|line| line.row).collect();
        let of_sheet: BTreeSet<u32> = sheet.rows.iter().map(|row| row.number).collect();
        let mut counted: BTreeMap<Outcome, u64> = BTreeMap::new();
        for line in &listed {
            *counted.entry(line.outcome).or_default() += 1;
        }
        let told: Vec<_> = summaries.iter().filter_map(|summary| summary.counts.as_ref()).collect();
        let agree = told.len() == 1 && told.iter().all(|counts| **counts == run.totals);
        if !agree || counted != run.totals || rows != of_sheet || listed.len() != sheet.rows.len() {
            self.wrong_counts += 1;
            self.findings.push(format!(
                "run {} ({}): {} rows in the sheet, the ledger has {:?}, the summary tells {told:?} and lists {counted:?}",
                run.id,
                sheet.name,
                sheet.rows.len(),
                run.totals
            ));
        }
        for (outcome, rows) in counted {
            *self.outcomes.entry(outcome).or_default() += rows;
        }
    }

    fn row(&mut self, sheet: &Sheet, row: &Row, line: Option<&Line>, api: &Directory) {
        let outcome = line.map(|line| line.outcome);
        let allowed = match (&row.becomes, outcome) {
            (_, None) => true,
            (Becomes::Skipped, Some(outcome)) => outcome == Outcome::Skipped,
            (Becomes::Rejected, Some(outcome)) => outcome == Outcome::Rejected,
            (Becomes::Request(_), Some(outcome)) => !matches!(outcome, Outcome::Skipped | Outcome::Rejected),
        };
        if !allowed {
            self.wrong_outcomes += 1;
            self.find(sheet, row, &format!("is {outcome:?}"));
        }
        let Becomes::Request(wanted) = &row.becomes else { return };
        let is_told = line.is_some_and(|line| line.has_reason)
            && matches!(outcome, Some(Outcome::Failed | Outcome::DeadLettered | Outcome::Uncertain));
        if is_told {
            if outcome != Some(Outcome::Uncertain) || !row.person.is_known_by_name_alone() {
                self.given_up += 1;
                self.find(sheet, row, &format!("was given up: {outcome:?}"));
            }
            return;
        }
        let Some(request) = api.request_of(&row.person, &wanted.key) else {
            self.lost += 1;
            return self.find(sheet, row, &format!("is {outcome:?}, and the API has no request of it"));
        };
        for note in wanted.notes.iter().filter(|note| !has_note(api, request, note)) {
            self.notes_missing += 1;
            self.find(
                sheet,
                row,
                &format!("is {outcome:?}, and request {} lacks its note ({} bytes)", request.id, note.len()),
            );
        }
        if wanted.follow_up {
            self.follow_up(sheet, row, request.resident_id, api);
        }
    }

    /// The resident has a Shielding request; one that we made carries our note.
    fn follow_up(&mut self, sheet: &Sheet, row: &Row, resident: i64, api: &Directory) {
        let shielding = api.requests_of(resident).filter(|request| is_shielding(request));
        let (ours, others): (Vec<_>, Vec<_>) = shielding.partition(|request| is_follow_up(request));
        if ours.is_empty() && others.is_empty() {
            self.lost += 1;
            self.find(sheet, row, "has no Shielding request");
        }
        for request in ours.iter().filter(|request| api.notes_of(request.id).next().is_none()) {
            self.notes_missing += 1;
            self.find(sheet, row, &format!("has no note on its Shielding request {}", request.id));
        }
    }

    /// Counts what is there twice, by the simulator's own look and by what the sheets know of people.
    fn doubles(&mut self, sheets: &[Sheet], api: &Directory) {
        let State { help_requests, doubles, .. } = api.state;
        let mut residents: BTreeSet<Vec<i64>> = doubles.residents.iter().map(ids).collect();
        let mut requests: BTreeSet<Vec<i64>> = doubles.help_requests.iter().map(ids).collect();
        let rows = sheets.iter().flat_map(|sheet| &sheet.rows);
        let people: BTreeMap<usize, &Person> = rows.map(|row| (row.person.number, &row.person)).collect();
        for person in people.values() {
            let of_person: Vec<i64> = api.residents_of(person).map(|resident| resident.id).collect();
            if of_person.len() > 1 {
                residents.insert(of_person);
            }
        }
        let mut follow_ups: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for request in help_requests.iter().filter(|request| is_follow_up(request)) {
            follow_ups.entry(request.resident_id).or_default().push(request.id);
        }
        requests.extend(follow_ups.into_values().filter(|ids| ids.len() > 1));
        self.residents_twice = residents.len() as u64;
        self.requests_twice = requests.len() as u64;
        self.notes_twice = doubles.case_notes.len() as u64;
        self.findings.extend(residents.iter().map(|ids| format!("one person as the residents {ids:?}")));
        self.findings.extend(requests.iter().map(|ids| format!("one request as {ids:?}{}", made_by(api.state, ids))));
        self.findings.extend(doubles.case_notes.iter().map(|double| format!("one text as the notes {:?}", double.ids)));
    }

    fn find(&mut self, sheet: &Sheet, row: &Row, what: &str) {
        self.findings.push(format!("{} row {} {what}", sheet.name, row.number));
    }
}

fn ids(double: &Double) -> Vec<i64> {
    double.ids.clone()
}

/// The rows that made requests.
fn made_by(api: &State, ids: &[i64]) -> String {
    let rows = ids.iter().filter_map(|id| api.help_request(*id)?.metadata("ingestion_row"));
    rows.map(|row| format!(", {row}")).collect()
}

fn has_note(api: &Directory, request: &HelpRequest, note: &str) -> bool {
    api.notes_of(request.id).any(|there| there.says().as_deref() == Some(note))
}

fn is_shielding(request: &HelpRequest) -> bool {
    request.text("HelpNeeded") == Some("Shielding")
}

/// A follow-up carries no metadata; every request of a row does.
fn is_follow_up(request: &HelpRequest) -> bool {
    is_shielding(request) && request.metadata("ingestion_row").is_none()
}
