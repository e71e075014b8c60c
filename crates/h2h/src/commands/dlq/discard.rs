use operations::dead::DeadList;
use operations::discard::{Discarded, discard};
use operations::redrive::Redriven;

use super::plan::{DeadRowArgs, dry_run, in_groups, left_alone, note_rows, say_what_was_not_deleted};
use crate::command_prelude::*;

/// Settle dead rows for good: they will never be sent, and the reason goes into the summary
///
/// They become skipped, for the reason that you give; failed rows too. Their summaries are written anew, and their letters are
/// taken off the dead-letter queue. It may be interrupted and started again at any point. Exits with 0 if all was done, with
/// 1 if it was not agreed to, or if rows or letters were left (run it again in a few minutes), and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq discard --stage staging --row 3f2a/17 --why \"moved out of the borough\"
  h2h dlq discard --stage staging --run 3f2a --why \"the wrong file\" --dry-run")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    rows: DeadRowArgs,
    #[command(flatten)]
    why: Why,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    confirm: Confirm,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

/// A discard that is done.
#[derive(Serialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    rows: Discarded,
    letters: Letters,
}

/// The letters of rows that are settled, the discarded ones among them, and those that stay.
#[derive(Serialize)]
struct Letters {
    taken_off: u64,
    left: u64,
    foreign: u64,
    not_deleted: u64,
}

pub(super) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let why = args.why.text()?;
    let environment = args.environment.connect().await?;
    let ledger = &environment.ledger;
    let selection = args.rows.find(ledger).await?;
    let list = DeadList::read(ledger, &selection).await.context("cannot list the dead rows")?;
    let in_words = in_words(&list, &environment) + &in_groups(&list.rows) + &left_alone(&list.unreadable);
    if args.dry_run {
        return dry_run(&list.rows, &in_words, args.json, out).context("cannot write the plan");
    }
    args.confirm.ask(&in_words)?;
    let bar = ProgressBar::new(list.rows.len() as u64);
    let report = act(&environment, &list, why, || bar.inc(1)).await?;
    bar.finish_and_clear();
    show(&report, args.json, out)
}

/// Discards the rows of a list, in the name of whoever works here.
pub(crate) async fn act(
    environment: &Environment,
    list: &DeadList,
    why: &str,
    on_row: impl FnMut(),
) -> anyhow::Result<Report> {
    let again = "the discard stopped; do it again, it goes on where it stopped";
    note_rows(&environment.ledger, &list.rows, "discarded", Some(why)).await.context(again)?;
    let reason = format!("discarded: {why} ({})", who());
    let rows = discard(&environment.ledger, list, &reason, on_row).await.context(again)?;
    let letters = environment.redriver().take_stale_letters_off(|_| {}).await.context(again)?;
    let Redriven { stale: taken_off, left, foreign, not_deleted, .. } = letters;
    Ok(Report { rows, letters: Letters { taken_off, left, foreign, not_deleted } })
}

/// The words for whoever must agree to it.
pub(crate) fn in_words(list: &DeadList, environment: &Environment) -> String {
    format!(
        "{} of {environment} would be settled for good as skipped, never to be sent, and their letters taken off the \
         dead-letter queue.",
        count(list.rows.len(), "row", "rows"),
    )
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let letters = count(self.letters.taken_off, "letter", "letters");
        writeln!(out, "{} discarded, and {letters} taken off.", count(self.rows.discarded, "row", "rows"))?;
        if self.rows.in_hand > 0 {
            let rows = count(self.rows.in_hand, "row is", "rows are");
            writeln!(out, "{rows} being sent by a poster now: run the command again in a few minutes.")?;
        }
        say_what_was_not_deleted(self.letters.not_deleted, out)
    }

    fn exit(&self) -> Exit {
        Exit::well_if(self.rows.in_hand == 0 && self.letters.not_deleted == 0)
    }
}
