use crate::command_prelude::*;

/// What to do where queues and mappings are not as `infra` makes them.
pub(super) const DEPLOY: &str = "Deploy infra: it makes them so.";

#[derive(Serialize)]
pub(crate) struct Check {
    pub(crate) check: String,
    pub(crate) ok: bool,
    #[serde(flatten)]
    pub(crate) found: Found,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Found {
    Ok { found: String },
    Problem { problem: String, to_do: String },
}

impl Check {
    pub(super) fn ok(check: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check: check.into(), ok: true, found: Found::Ok { found: found.into() } }
    }

    pub(super) fn problem(check: impl Into<String>, problem: impl Into<String>, to_do: impl Into<String>) -> Self {
        let found = Found::Problem { problem: problem.into(), to_do: to_do.into() };
        Self { check: check.into(), ok: false, found }
    }

    pub(super) fn that(holds: bool, check: &str, ok: impl Into<String>, problem: &str, to_do: &str) -> Self {
        if holds { Self::ok(check, ok) } else { Self::problem(check, problem, to_do) }
    }

    pub(super) fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let check = &self.check;
        match &self.found {
            Found::Ok { found } => writeln!(out, "ok       {check}: {}", plain(found)),
            Found::Problem { problem, to_do } => {
                writeln!(out, "PROBLEM  {check}: {}\n         {to_do}", plain(problem))
            }
        }
    }
}
