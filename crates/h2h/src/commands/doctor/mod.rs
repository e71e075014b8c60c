mod api;
mod aws;
pub(crate) mod check;
mod folders;
mod functions;
pub(crate) mod mappings;
mod topics;

use futures::future::{BoxFuture, join_all, ready};

use self::check::Check;
use self::functions::Functions;
use crate::command_prelude::*;

/// Check all that a deployment needs, at once
///
/// Credentials, table, queues, event source mappings, schedules, who is told by e-mail, parameters, the Here to Help API and its key,
/// the feeds' folders, this computer's clock, and the versions of the functions. Each line is ok, or says what the problem is and what to do. No secret is
/// shown. Exits with 0 if all is ok, with 1 if there is a problem, and with 2 if it could not look.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h doctor --stage staging
  h2h doctor --stage staging --mend
  h2h doctor --stage production --json | jq 'select(.ok | not)'")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// First switch on what feeds the reporter, where it is off
    #[arg(long)]
    mend: bool,
    #[command(flatten)]
    confirm: Confirm,
    /// Print one JSON object a line, one for each check
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) checks: Vec<Check>,
    #[serde(skip)]
    environment: String,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let environment = args.environment.connect().await?;
    if args.mend
        && let Some(off) = mappings::off(&environment).await?
    {
        args.confirm.ask(&off.in_words())?;
        off.mend(&environment).await?;
    }
    show(&collect(&environment).await, args.json, out)
}

/// All checks, nearly all at once, in the order in which they are shown.
pub(crate) async fn collect(environment: &Environment) -> Report {
    let functions = &Functions::read(environment).await;
    // Before the parameters are looked at: a poster that is asked for its version starts, and makes the hash key.
    let functions_checks = functions.check(environment).await;
    let checks: Vec<BoxFuture<'_, Vec<Check>>> = vec![
        Box::pin(aws::credentials(environment)),
        Box::pin(aws::table(environment)),
        Box::pin(aws::queues(environment, functions)),
        Box::pin(mappings::check(environment)),
        Box::pin(aws::schedules(environment)),
        Box::pin(topics::check(environment)),
        Box::pin(ready(functions_checks)),
        Box::pin(aws::parameters(environment, functions)),
        Box::pin(api::check(environment, functions)),
        Box::pin(folders::check(environment, functions)),
        Box::pin(api::clock(functions)),
    ];
    let checks = join_all(checks).await.into_iter().flatten().collect();
    Report { checks, environment: environment.to_string() }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        self.checks.iter().try_for_each(|check| check.render(out))?;
        match self.checks.iter().filter(|check| !check.ok).count() {
            0 => writeln!(out, "\n{} has all that was looked for.", self.environment),
            problems => writeln!(out, "\n{problems} of {} checks found a problem.", self.checks.len()),
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        lines(out, &self.checks)
    }

    fn exit(&self) -> Exit {
        Exit::well_if(self.checks.iter().all(|check| check.ok))
    }
}
