//! `h2h dlq list`.

use std::io::{self, Write};

use anyhow::Context;
use aws::queue::Depth;
use chrono::{DateTime, Utc};
use clap::Args;
use feeds::{Feed, Outcome};
use operations::dead::{DeadList, Group, Selection};
use serde::Serialize;

use crate::args::environment::EnvironmentArgs;
use crate::args::names::{RunName, run_id};
use crate::args::since::since;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::render::{self, age, count, line, lines, number, table, text};

/// List the rows that are dead-lettered, uncertain or failed
///
/// First by error class and feed, then row by row. The list comes from the ledger and touches no message. Exits with 0
/// if there is no such row, with 1 if there is one, and with 2 if it could not look.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq list --stage staging
  h2h dlq list --stage staging --class server-error --since 1d
  h2h dlq list --local /tmp/try --run 3f2a --json")]
pub struct Arguments {
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
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
    pub(super) json: bool,
}

/// The dead rows, and how many dead letters there are.
#[derive(Serialize)]
pub struct Report {
    dead: Vec<Row>,
    unreadable: Vec<UnreadableRow>,
    counts: Counts,
    #[serde(skip)]
    groups: Vec<Group>,
    #[serde(skip)]
    environment: String,
    /// True if every dead row is listed.
    #[serde(skip)]
    is_all: bool,
}

#[derive(Serialize)]
struct Row {
    row: String,
    feed: &'static Feed,
    file: String,
    outcome: Outcome,
    class: String,
    attempts: u32,
    settled_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct UnreadableRow {
    row: String,
    feed: &'static Feed,
    unreadable: String,
}

#[derive(Serialize)]
struct Counts {
    rows: usize,
    letters: Depth,
    /// How many dead letters are there that no listed row can have: of rows that are settled otherwise, or not ours.
    /// Only a list of all rows tells.
    stale_letters_at_least: Option<u64>,
}

/// Lists the dead rows.
///
/// # Errors
/// The ledger's, and the queue's.
pub async fn collect(environment: &Environment, args: &Arguments) -> anyhow::Result<Report> {
    let run = run_id(args.run.as_ref(), &environment.ledger).await?;
    let selection = Selection { run, row: None, class: args.class.clone(), since: args.since };
    let list = DeadList::read(&environment.ledger, &selection).await.context("cannot list the dead rows")?;
    let letters = environment.letters.depth().await.context("cannot look at the dead-letter queue")?;
    Ok(report(list, letters, selection == Selection::default(), environment.to_string()))
}

fn report(list: DeadList, letters: Depth, is_all: bool, environment: String) -> Report {
    let groups = Group::of(&list.rows);
    let redrivable = list.rows.iter().filter(|dead| dead.can_be_redriven()).count();
    let with_letter = (redrivable + list.unreadable.len()) as u64;
    let stale_letters_at_least = is_all.then(|| letters.all().saturating_sub(with_letter));
    let counts = Counts { rows: list.rows.len() + list.unreadable.len(), letters, stale_letters_at_least };
    let dead = list.rows.into_iter().map(|row| Row {
        row: row.id.to_string(),
        feed: row.feed,
        file: list.runs.get(&row.id.run).map(|run| run.file_name.clone()).unwrap_or_default(),
        outcome: row.outcome,
        class: row.class,
        attempts: row.attempts,
        settled_at: row.settled_at,
    });
    let unreadable = list.unreadable.into_iter();
    let unreadable =
        unreadable.map(|row| UnreadableRow { row: row.id.to_string(), feed: row.feed, unreadable: row.why });
    Report { dead: dead.collect(), unreadable: unreadable.collect(), counts, groups, environment, is_all }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let Counts { rows, letters, stale_letters_at_least } = self.counts;
        let (rows, letters) = (count(rows, "dead row", "dead rows"), count(letters.all(), "letter", "letters"));
        let which = if self.is_all { "" } else { " of this selection" };
        writeln!(out, "{rows}{which} in {}; about {letters} in the dead-letter queue.", self.environment)?;
        if let Some(stale @ 1..) = stale_letters_at_least {
            writeln!(
                out,
                "At least {} stale: settled otherwise since, or no row of ours. `h2h dlq redrive` takes off what is settled.",
                count(stale, "letter is", "letters are")
            )?;
        }
        if !self.unreadable.is_empty() {
            let rows = count(self.unreadable.len(), "row", "rows");
            writeln!(out, "{rows} of them cannot be read here; redrive and discard leave them alone:")?;
        }
        for UnreadableRow { row, feed, unreadable } in &self.unreadable {
            writeln!(out, "  {row} ({feed}): {unreadable}")?;
        }
        if self.dead.is_empty() {
            return Ok(());
        }
        let now = Utc::now();
        let mut groups = table();
        groups.set_header(["class", "feed", "outcome", "rows", "oldest"]);
        for Group { class, feed, outcome, rows, oldest } in &self.groups {
            let oldest = text(age(*oldest, now));
            groups.add_row([text(class), text(feed), text(outcome.as_str()), number(rows), oldest]);
        }
        writeln!(out, "\n{}\n", groups.trim_fmt())?;
        let mut each = table();
        each.set_header(["row", "file", "outcome", "class", "attempts", "age"]);
        for row in &self.dead {
            each.add_row([
                text(&row.row),
                text(&row.file),
                text(row.outcome.as_str()),
                text(&row.class),
                number(row.attempts),
                text(age(row.settled_at, now)),
            ]);
        }
        writeln!(out, "{}", each.trim_fmt())
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        lines(out, &self.dead)?;
        lines(out, &self.unreadable)?;
        line(out, &self.counts)
    }

    fn exit(&self) -> Exit {
        Exit::well_if(self.counts.rows == 0)
    }
}

#[cfg(test)]
mod tests {
    use ledger::{RowId, RunId};

    use super::*;
    use crate::render::Report as _;

    #[test]
    fn a_row_that_cannot_be_read_is_listed_with_why() {
        let id = RowId { run: RunId::of("file", "a"), row: 2 };
        let spl = Feed::named("spl").expect("a feed");
        let unreadable =
            ledger::UnreadableRow { id: id.clone(), feed: spl, why: "it is of a newer version".to_owned() };
        let list = DeadList { unreadable: vec![unreadable], ..DeadList::default() };
        let report = report(list, Depth { visible: 1, in_flight: 0 }, true, "staging".to_owned());
        let (mut page, mut lines) = (Vec::new(), Vec::new());
        report.render(&mut page).expect("written");
        report.json(&mut lines).expect("written");
        let page = String::from_utf8(page).expect("text");
        assert!(page.starts_with("1 dead row in") && !page.contains("stale"), "{page}");
        assert!(page.contains(&format!("\n  {id} (spl): it is of a newer version\n")), "{page}");
        let lines = String::from_utf8(lines).expect("text");
        let expected = format!(r#"{{"row":"{id}","feed":"spl","unreadable":"it is of a newer version"}}"#);
        assert_eq!(lines.lines().next(), Some(expected.as_str()));
        assert!(lines.contains(r#"{"rows":1,"#), "{lines}");
    }
}
