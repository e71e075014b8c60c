//! The requests of the page, carried out.

use std::path::Path;

use preview::RowLine;
use serde::Serialize;
use serde_json::json;
use sheets::TextSheetError;

use crate::cells::{self, RowView};
use crate::download::{self, Making};
use crate::report::Report;
use crate::request::{Request, Which};
use crate::sheet::Sheet;
use crate::verdicts::{Kind, Verdict};

/// A sheet and the list of its rows that is looked at.
#[derive(Default)]
pub(crate) struct Checker {
    /// The bytes of the file to open, or of the one that was made.
    pub(crate) bytes: Vec<u8>,
    sheet: Option<Sheet>,
    list: Vec<usize>,
    making: Option<Making>,
}

impl Checker {
    /// Carries out a request in JSON.
    pub(crate) fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let answer = match serde_json::from_slice(request) {
            Ok(request) => self.carry_out(request),
            Err(error) => Err(error.into()),
        };
        answer.unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string().into_bytes())
    }

    fn carry_out(&mut self, request: Request) -> Result<Vec<u8>, Failure> {
        match request {
            Request::Feeds => {
                let feeds = feeds::all().iter().map(|feed| json!({ "name": feed.name(), "title": feed.title }));
                return bytes(&feeds.collect::<Vec<_>>());
            }
            Request::Template { feed, today } => {
                let (file, told) = download::template(feed, today)?;
                self.bytes = file;
                return bytes(&told);
            }
            Request::Open { name } => {
                let sheet = Sheet::open(name, std::mem::take(&mut self.bytes));
                let answer = bytes(&json!({ "unreadable": sheet.unreadable }));
                (self.sheet, self.list, self.making) = (Some(sheet), Vec::new(), None);
                return answer;
            }
            // A file of rows that have changed meanwhile would hold what was never seen together.
            Request::Judge { .. } | Request::Correct { .. } | Request::End => self.making = None,
            _ => {}
        }
        let sheet = self.sheet.as_mut().ok_or(Failure::NoSheet)?;
        match request {
            Request::Step { rows } => bytes(&sheet.step(rows)),
            Request::Judge { feed, as_of, excluded } => {
                sheet.judge(feed, as_of, &excluded);
                bytes(&json!({}))
            }
            Request::Report => bytes(&Report::of(sheet)),
            Request::List(which) => {
                self.list = listed(sheet, which);
                bytes(&json!({ "count": self.list.len() }))
            }
            Request::Rows { from, count } => {
                let mut again = sheet.pass.as_ref().and_then(|pass| pass.again());
                let places = self.list.iter().skip(from).take(count);
                bytes(&places.filter_map(|&at| RowView::of(sheet, again.as_mut(), at)).collect::<Vec<_>>())
            }
            Request::Next { from, back } => {
                let is_to_fix =
                    |place: &usize| self.list.get(*place).is_some_and(|&at| verdict(sheet, at).kind == Kind::ToFix);
                let end = self.list.len();
                let after = from.saturating_add(1).min(end);
                let place = if back {
                    (0..from.min(end)).rev().chain((from..end).rev()).find(is_to_fix)
                } else {
                    (after..end).chain(0..after).find(is_to_fix)
                };
                bytes(&json!({ "place": place }))
            }
            Request::Place { row } => {
                let at = sheet.rows.place(row);
                bytes(&json!({ "place": at.and_then(|at| self.list.binary_search(&at).ok()) }))
            }
            Request::Text { at, column } => bytes(&json!({ "text": cells::text(sheet, at, column) })),
            Request::Correct { at, column, text } => {
                sheet.correct(at, column, &text);
                let mut again = sheet.pass.as_ref().and_then(|pass| pass.again());
                bytes(&json!({ "row": RowView::of(sheet, again.as_mut(), at) }))
            }
            Request::Lines { from, count } => lines(sheet, from, count),
            Request::Corrected => {
                self.making = Making::corrected(sheet)?;
                bytes(&json!({}))
            }
            Request::ToFix => {
                self.making = Making::to_fix(sheet)?;
                bytes(&json!({}))
            }
            Request::Make { rows } => {
                let Some(mut making) = self.making.take() else { return bytes(&json!(null)) };
                if !making.step(sheet, rows)? {
                    return bytes(self.making.insert(making).told());
                }
                let (file, told) = making.finish()?;
                self.bytes = file;
                bytes(&told)
            }
            Request::End | Request::Feeds | Request::Template { .. } | Request::Open { .. } => bytes(&json!({})),
        }
    }
}

/// Why a request is not carried out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no sheet is open")]
    NoSheet,
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Sheet(#[from] TextSheetError),
}

fn bytes(answer: &impl Serialize) -> Result<Vec<u8>, Failure> {
    Ok(serde_json::to_vec(answer)?)
}

fn verdict(sheet: &Sheet, at: usize) -> Verdict {
    sheet.pass.as_ref().map(|pass| pass.verdict(at)).unwrap_or_default()
}

/// The places of these rows. Of a sheet without a header all rows are listed as they are.
fn listed(sheet: &Sheet, which: Which) -> Vec<usize> {
    let has_header = sheet.pass.as_ref().is_some_and(|pass| pass.header().is_some());
    let is_listed = |at: &usize| {
        let verdict = verdict(sheet, *at);
        match which {
            Which::All => verdict.kind != Kind::Outside || !has_header,
            Which::ToFix => verdict.kind == Kind::ToFix,
            Which::Skipped => verdict.kind == Kind::Skipped,
            Which::Warnings => verdict.has_warnings,
            Which::Twice => verdict.same_as.is_some(),
            Which::Corrected => sheet.corrected.range((*at, 0)..(*at + 1, 0)).next().is_some(),
        }
    };
    (0..sheet.rows.len()).filter(is_listed).collect()
}

/// A line of JSON for each of these rows that is judged, and the sheet's own.
fn lines(sheet: &Sheet, from: usize, count: usize) -> Result<Vec<u8>, Failure> {
    let Some(pass) = &sheet.pass else { return bytes(&json!({ "rows": [], "sheet": null })) };
    let mut again = pass.again();
    let mut rows = Vec::new();
    for at in (from..sheet.rows.len()).take(count).filter(|at| pass.verdict(*at).kind != Kind::Outside) {
        let judged = again.as_mut().and_then(|again| again.judge(sheet.rows.get(at)?));
        if let Some(judged) = judged {
            rows.push(serde_json::to_value(RowLine::from(&judged))?);
        }
    }
    let whole = preview::Sheet {
        feed: pass.choice.feed,
        as_of: pass.choice.rules.as_of,
        path: Path::new(&sheet.name),
        tab: sheet.tab().map(str::to_owned).filter(|_| pass.header().is_some()),
        header: pass.header().cloned(),
    };
    let whole = match &pass.rejected[..] {
        [] => serde_json::to_value(whole.accepted(&pass.findings, pass.evidence()))?,
        problems => serde_json::to_value(whole.rejected(problems))?,
    };
    bytes(&json!({ "rows": rows, "sheet": whole }))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use feeds::Feed;
    use serde_json::Value;

    use super::*;

    /// The place of the birthday in [`sheet`].
    const BORN: usize = 3;

    /// A sheet for spl of three made-up rows: a good one, one with a wrong birthday, and one with a cell too many.
    fn sheet() -> String {
        let feed = Feed::named("spl").expect("the feed");
        let names: Vec<String> = feed.columns().iter().map(|column| column.name.to_owned()).collect();
        assert_eq!(names[BORN], "DateOfBirth");
        let row = |nhs_number: &str, born: &str| {
            let mut row = feed.example(NaiveDate::default());
            (row[0], row[1], row[BORN]) = (nhs_number.to_owned(), "Mina".to_owned(), born.to_owned());
            row
        };
        let mut shifted = row("4571928521", "24/06/1917");
        shifted.push("more".to_owned());
        let lines = [names, row("4861501237", "10/12/1915"), row("4506276167", "9/12/06"), shifted];
        lines.map(|line| line.join(",")).join("\n")
    }

    fn ask(checker: &mut Checker, request: Value) -> Value {
        serde_json::from_slice(&checker.answer(request.to_string().as_bytes())).expect("JSON")
    }

    fn steps(checker: &mut Checker) {
        while ask(checker, json!({ "step": { "rows": 2 } }))["is_done"] != true {}
    }

    fn opened(name: &str, text: &str) -> Checker {
        let mut checker = Checker { bytes: text.as_bytes().to_vec(), ..Checker::default() };
        ask(&mut checker, json!({ "open": { "name": name } }));
        steps(&mut checker);
        ask(&mut checker, json!({ "judge": { "feed": null, "as_of": "2021-03-08", "excluded": "" } }));
        steps(&mut checker);
        checker
    }

    /// What is said of a file that was made to its end.
    fn made(checker: &mut Checker, what: &str) -> Value {
        ask(checker, json!(what));
        loop {
            let told = ask(checker, json!({ "make": { "rows": 2 } }));
            if told["is_done"] == true {
                return told;
            }
        }
    }

    fn counts(checker: &mut Checker) -> [u64; 3] {
        let report = ask(checker, json!("report"));
        ["post", "skipped", "to_fix"].map(|count| report[count].as_u64().expect("a count"))
    }

    #[test]
    fn a_sheet_is_read_its_feed_guessed_and_its_rows_listed() {
        let mut checker = opened("list.csv", &sheet());
        assert_eq!(ask(&mut checker, json!("report"))["feed"], "spl");
        assert_eq!(counts(&mut checker), [1, 0, 2]);
        assert_eq!(ask(&mut checker, json!({ "list": "to-fix" }))["count"], 2);
        assert_eq!(ask(&mut checker, json!({ "place": { "row": 4 } }))["place"], 1);
        assert_eq!(ask(&mut checker, json!({ "list": "all" }))["count"], 3);
        assert_eq!(ask(&mut checker, json!({ "next": { "from": 0, "back": false } }))["place"], 1);
        for (from, back, place) in [(1, false, 2), (2, false, 1), (1, true, 2), (2, true, 1)] {
            assert_eq!(ask(&mut checker, json!({ "next": { "from": from, "back": back } }))["place"], place, "{from}");
        }
        ask(&mut checker, json!({ "list": "skipped" }));
        assert_eq!(ask(&mut checker, json!({ "next": { "from": 0, "back": false } }))["place"], Value::Null);
        ask(&mut checker, json!({ "list": "all" }));
        let rows = ask(&mut checker, json!({ "rows": { "from": 1, "count": 5 } }));
        assert_eq!(rows.as_array().expect("rows").len(), 2);
        assert_eq!((&rows[0]["row"], &rows[0]["problems"][0]["cell"]), (&json!(3), &json!("9/12/06")));
        assert_eq!(rows[1]["is_shifted"], true);
    }

    #[test]
    fn a_correction_is_judged_at_once_and_can_be_taken_back() {
        let mut checker = opened("list.csv", &sheet());
        let correct = |text: &str| json!({ "correct": { "at": 2, "column": BORN, "text": text } });
        let row = ask(&mut checker, correct("9/12/1906"));
        assert_eq!(
            (&row["row"]["kind"], &row["row"]["corrected"]),
            (&json!("post"), &json!([{ "column": BORN, "was": "9/12/06" }]))
        );
        assert_eq!(counts(&mut checker), [2, 0, 1], "before all rows are judged anew");
        steps(&mut checker);
        assert_eq!(counts(&mut checker), [2, 0, 1], "and after");
        assert_eq!(ask(&mut checker, json!("report"))["corrected"], 1);
        ask(&mut checker, correct("9/12/06"));
        steps(&mut checker);
        assert_eq!((counts(&mut checker), &ask(&mut checker, json!("report"))["corrected"]), ([1, 0, 2], &json!(0)));
    }

    #[test]
    fn the_corrected_sheet_leaves_out_what_would_become_something_else() {
        let mut checker = opened("list.csv", &sheet());
        let told = made(&mut checker, "corrected");
        assert_eq!((&told["rows"], &told["left_out"], &told["named"]), (&json!(2), &json!(1), &json!([4])));
        assert_eq!(told["size"].as_u64(), Some(checker.bytes.len() as u64));
        assert_eq!(made(&mut checker, "to-fix")["rows"], 2);
    }

    #[test]
    fn a_file_of_rows_that_change_meanwhile_is_not_made() {
        let mut checker = opened("list.csv", &sheet());
        let begun = json!({ "make": { "rows": 1 } });
        for change in [
            json!({ "correct": { "at": 2, "column": BORN, "text": "9/12/1906" } }),
            json!({ "judge": { "feed": null, "as_of": "2021-03-08", "excluded": "" } }),
            json!("end"),
        ] {
            ask(&mut checker, json!("corrected"));
            let told = ask(&mut checker, begun.clone());
            assert_eq!((&told["is_done"], &told["share"], &told["size"]), (&json!(false), &json!(0.5), &json!(0)));
            ask(&mut checker, change.clone());
            assert_eq!(ask(&mut checker, begun.clone()), Value::Null, "{change}");
            steps(&mut checker);
        }
        assert_eq!(made(&mut checker, "corrected")["rows"], 2);
    }

    #[test]
    fn what_is_no_sheet_and_what_is_no_request_is_said() {
        let mut checker = opened("letter.pdf", "%PDF");
        let report = ask(&mut checker, json!("report"));
        assert!(report["rejected"][0]["problem"].as_str().is_some_and(|problem| problem.contains("a PDF")), "{report}");
        assert_eq!(ask(&mut checker, json!({ "list": "all" }))["count"], 0);
        assert!(ask(&mut checker, json!("bogus"))["error"].is_string());
        assert_eq!(ask(&mut Checker::default(), json!("report"))["error"], "no sheet is open");
    }
}
