use aws::queue::Depth;
use operations::dead::{DeadList, Group, Selection};

use crate::command_prelude::*;

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
    environment: EnvironmentArgs,
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

#[derive(Serialize)]
struct Report {
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

pub(super) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let environment = args.environment.connect().await?;
    let run = run_id(args.run.as_ref(), &environment.ledger).await?;
    let selection = Selection { run, class: args.class.clone(), since: args.since, ..Selection::default() };
    let list = DeadList::read(&environment.ledger, &selection).await.context("cannot list the dead rows")?;
    let letters = environment.letters.depth().await.context("cannot look at the dead-letter queue")?;
    let report = report(list, letters, selection == Selection::default(), environment.to_string());
    show(&report, args.json, out)
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
    let unreadable =
        |row: ledger::UnreadableRow| UnreadableRow { row: row.id.to_string(), feed: row.feed, unreadable: row.why };
    let unreadable = list.unreadable.into_iter().map(unreadable);
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
        let groups = self.groups.iter().map(|Group { class, feed, outcome, rows, oldest }| {
            [text(class), text(feed), text(outcome.as_str()), number(rows), text(age(*oldest, now))]
        });
        writeln!(out, "\n{}\n", table(&["class", "feed", "outcome", "rows", "oldest"], groups))?;
        let rows = self.dead.iter().map(|Row { row, file, outcome, class, attempts, settled_at, .. }| {
            let age = text(age(*settled_at, now));
            [text(row), text(file), text(outcome.as_str()), text(class), number(attempts), age]
        });
        writeln!(out, "{}", table(&["row", "file", "outcome", "class", "attempts", "age"], rows))
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
