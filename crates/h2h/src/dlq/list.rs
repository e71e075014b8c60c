//! `h2h dlq list`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use aws::queue::Depth;
use chrono::{DateTime, Utc};
use clap::Args;
use operations::dead::{DeadList, Selection, Unreadable};
use serde_json::json;

use crate::name::RunName;
use crate::place::Place;
use crate::show::{age, count, number, plain, table};
use crate::since::since;

/// List the rows that are dead-lettered, uncertain or failed
///
/// First by error class and feed, then row by row. The list comes from the ledger and touches no message. Exits with 0
/// if there is no such row, with 1 if there is one, and with 2 if it could not look.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq list --stage staging
  h2h dlq list --stage staging --class server-error --since 1d
  h2h dlq list --local /tmp/try --run 3f2a --json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Only rows of this run: the first digits of its id
    #[arg(long)]
    run: Option<RunName>,
    /// Only rows whose last error is of this class, such as server-error
    #[arg(long)]
    class: Option<String>,
    /// Only rows that settled since: 30m, 12h, 7d or a date
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// Print one JSON object a line: every row, then the counts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, run, class, since, json } = arguments;
    let pipeline = place.connect().await?;
    let run = match run {
        Some(name) => Some(name.find(&pipeline.ledger).await?.id),
        None => None,
    };
    let selection = Selection { run, row: None, class, since };
    let is_all = selection == Selection::default();
    let list = DeadList::read(&pipeline.ledger, &selection).await.context("cannot list the dead rows")?;
    let depth = pipeline.letters().depth().await.context("cannot look at the dead-letter queue")?;
    let view = View { list: &list, depth, is_all };
    if json { view.lines(out) } else { view.page(&place, Utc::now(), out) }.context("cannot write the list")?;
    Ok(ExitCode::from(u8::from(view.rows() > 0)))
}

struct View<'a> {
    list: &'a DeadList,
    depth: Depth,
    /// Whether every dead row is listed.
    is_all: bool,
}

impl View<'_> {
    /// How many letters are there that no listed row can have: of rows that are settled otherwise, or no letters of
    /// ours. Only a list of all rows tells.
    fn stale(&self) -> Option<u64> {
        let redrivable = self.list.rows.iter().filter(|dead| dead.can_be_redriven()).count();
        let with_letter = (redrivable + self.list.unreadable.len()) as u64;
        self.is_all.then(|| self.depth.all().saturating_sub(with_letter))
    }

    fn rows(&self) -> u64 {
        (self.list.rows.len() + self.list.unreadable.len()) as u64
    }

    fn file(&self, run: &ledger::RunId) -> &str {
        self.list.runs.get(run).map_or("", |run| &run.file_name)
    }

    fn page(&self, place: &Place, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
        let rows = self.rows();
        let letters = count(self.depth.all(), "letter", "letters");
        let which = if self.is_all { "" } else { " of this selection" };
        writeln!(
            out,
            "{}{which} in {place}; about {letters} in the dead-letter queue.",
            count(rows, "dead row", "dead rows")
        )?;
        if let Some(stale @ 1..) = self.stale() {
            writeln!(
                out,
                "At least {} stale: settled otherwise since, or no row of ours. `h2h dlq redrive` takes off what is settled.",
                count(stale, "letter is", "letters are")
            )?;
        }
        if !self.list.unreadable.is_empty() {
            let rows = count(self.list.unreadable.len() as u64, "row", "rows");
            writeln!(out, "{rows} of them cannot be read here; redrive and discard leave them alone:")?;
            for Unreadable { id, feed, why } in &self.list.unreadable {
                writeln!(out, "  {id} ({feed}): {why}")?;
            }
        }
        if self.list.rows.is_empty() {
            return Ok(());
        }
        let mut groups = table();
        groups.set_header(["class", "feed", "outcome", "rows", "oldest"]);
        for group in self.list.groups() {
            groups.add_row([
                group.class.into(),
                group.feed.into(),
                group.outcome.as_str().into(),
                number(group.rows),
                age(group.oldest, now).into(),
            ]);
        }
        writeln!(out, "\n{}\n", groups.trim_fmt())?;
        let mut each = table();
        each.set_header(["row", "file", "outcome", "class", "attempts", "age"]);
        for dead in &self.list.rows {
            let row = &dead.row;
            each.add_row([
                row.id.to_string().into(),
                plain(self.file(&row.id.run)).into(),
                row.outcome.as_str().into(),
                row.class.as_str().into(),
                number(row.attempts),
                age(row.settled_at, now).into(),
            ]);
        }
        writeln!(out, "{}", each.trim_fmt())
    }

    fn lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for dead in &self.list.rows {
            let row = &dead.row;
            let line = json!({
                "row": row.id.to_string(),
                "feed": dead.feed.name(),
                "file": self.file(&row.id.run),
                "outcome": row.outcome,
                "class": row.class,
                "attempts": row.attempts,
                "settled_at": row.settled_at,
            });
            writeln!(out, "{line}")?;
        }
        for Unreadable { id, feed, why } in &self.list.unreadable {
            writeln!(out, "{}", json!({ "row": id.to_string(), "feed": feed.name(), "unreadable": why }))?;
        }
        let Depth { visible, in_flight } = self.depth;
        let counts = json!({
            "rows": self.rows(),
            "letters": { "visible": visible, "in_flight": in_flight },
            "stale_letters_at_least": self.stale(),
        });
        writeln!(out, "{counts}")
    }
}

#[cfg(test)]
mod tests {
    use ledger::{RowId, RunId};

    use super::*;

    #[test]
    fn a_row_that_cannot_be_read_is_listed_with_why() {
        let id = RowId { run: RunId::of("file", "a"), row: 2 };
        let spl = feeds::Feed::named("spl").expect("a feed");
        let unreadable = Unreadable { id: id.clone(), feed: spl, why: "it is of a newer version".to_owned() };
        let list = DeadList { unreadable: vec![unreadable], ..DeadList::default() };
        let view = View { list: &list, depth: Depth { visible: 1, in_flight: 0 }, is_all: true };
        let (mut page, mut lines) = (Vec::new(), Vec::new());
        view.page(&Place::default(), Utc::now(), &mut page).expect("written");
        view.lines(&mut lines).expect("written");
        let page = String::from_utf8(page).expect("text");
        assert!(page.starts_with("1 dead row in") && !page.contains("stale"), "{page}");
        assert!(page.contains(&format!("\n  {id} (spl): it is of a newer version\n")), "{page}");
        let lines = String::from_utf8(lines).expect("text");
        let expected = format!(r#"{{"row":"{id}","feed":"spl","unreadable":"it is of a newer version"}}"#);
        assert_eq!(lines.lines().next(), Some(expected.as_str()));
        assert!(lines.contains(r#"{"rows":1,"#), "{lines}");
    }
}
