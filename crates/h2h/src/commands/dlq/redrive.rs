use std::num::NonZeroU32;

use operations::redrive::{Plan, Redriven, Step};

use super::plan::{DeadRowArgs, dry_run, in_groups, left_alone, note_rows, say_what_was_not_deleted};
use crate::command_prelude::*;

/// Send dead rows to the posters again, and take their letters off
///
/// Dead-lettered and uncertain rows are tried again; what may have arrived is looked for before it is sent again. Failed
/// rows are not: correct them in the sheet. Letters of rows that are settled otherwise meanwhile are taken off too. It may be
/// interrupted and started again at any point: nothing is done twice, nothing is lost. Exits with 0 if all was done, with 1
/// if it was not agreed to or letters could not be deleted, and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq redrive --stage staging --run 3f2a --dry-run
  h2h dlq redrive --stage staging --class server-error --rate 20/s
  h2h dlq redrive --stage staging --row 3f2a/17
  h2h dlq redrive --stage staging --all --yes")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    rows: DeadRowArgs,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// At most so many rows a second, such as 20/s
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<NonZeroU32>,
    #[command(flatten)]
    confirm: Confirm,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<NonZeroU32, &'static str> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    number.parse().map_err(|_| "write it like 20/s: rows a second, at least 1")
}

/// A redrive that is done.
#[derive(Serialize)]
pub(crate) struct Report {
    sent: u64,
    letters: Redriven,
}

pub(super) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let environment = args.environment.connect().await?;
    let selection = args.rows.find(&environment.ledger).await?;
    let plan = environment.redriver().plan(&selection).await.context("cannot list the dead rows")?;
    let in_words = [in_words(&plan, &environment), in_groups(&plan.rows), what_stays(&plan)].concat();
    if args.dry_run {
        return dry_run(&plan.rows, &in_words, args.json, out).context("cannot write the plan");
    }
    args.confirm.ask(&in_words)?;
    show(&with_bars(&environment, &plan, args.rate).await?, args.json, out)
}

/// Sends them again, in the name of whoever works here.
pub(crate) async fn act(
    environment: &Environment,
    plan: &Plan,
    rate: Option<NonZeroU32>,
    on_step: impl FnMut(Step),
) -> anyhow::Result<Report> {
    note_rows(&environment.ledger, &plan.rows, "sent again", None).await.context("nothing was sent")?;
    let redriven = environment.redriver().redrive(plan, rate, on_step).await;
    let letters = redriven.context("the redrive stopped; do it again, it goes on where it stopped")?;
    Ok(Report { sent: letters.sent, letters })
}

async fn with_bars(environment: &Environment, plan: &Plan, rate: Option<NonZeroU32>) -> anyhow::Result<Report> {
    let rows = plan.rows.len() as u64;
    let (sending, looking) = (bar(rows), ProgressBar::new_spinner());
    let report = act(environment, plan, rate, |step| match step {
        Step::Sent(sent) => {
            sending.inc(sent);
            sending.set_message(format!("{} of {rows} rows sent", sending.position()));
        }
        Step::LookedAt(letters) => {
            looking.inc(letters);
            looking.set_message(format!("{} letters looked at", looking.position()));
        }
    });
    report.await
}

/// The words for whoever must agree to it.
pub(crate) fn in_words(plan: &Plan, environment: &Environment) -> String {
    format!(
        "{} of {environment} would be sent to the posters again, and their letters taken off the dead-letter queue.",
        count(plan.rows.len(), "row", "rows"),
    )
}

/// The rows of the selection that are not sent; each kind on a line of its own, nothing where all are.
pub(crate) fn what_stays(plan: &Plan) -> String {
    let mut text = String::new();
    if !plan.to_correct.is_empty() {
        let failed = count(plan.to_correct.len(), "failed row is", "failed rows are");
        text += &format!("\n{failed} not sent: Here to Help does not take what the sheet says. Correct them there.");
    }
    if !plan.cancelled.is_empty() {
        let rows = count(plan.cancelled.len(), "row of a cancelled run is", "rows of cancelled runs are");
        text += &format!("\n{rows} not sent. `h2h dlq discard` takes them off the list.");
    }
    text + &left_alone(&plan.unreadable)
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let Redriven { taken_off, stale, left, foreign, not_deleted, .. } = self.letters;
        writeln!(
            out,
            "{} sent again. Letters taken off: {taken_off} of these rows, {stale} of rows that are settled otherwise.",
            count(self.sent, "row", "rows"),
        )?;
        if left > 0 {
            writeln!(out, "{} of other rows left in the dead-letter queue.", count(left, "letter", "letters"))?;
        }
        if foreign > 0 {
            writeln!(
                out,
                "{} in the dead-letter queue no rows of ours: look at them in the queue, and delete them there.",
                count(foreign, "letter is", "letters are")
            )?;
        }
        say_what_was_not_deleted(not_deleted, out)
    }

    fn exit(&self) -> Exit {
        Exit::well_if(self.letters.not_deleted == 0)
    }
}
