//! How a command went, as it is reported to the shell.

use std::io::{self, Write, stderr};
use std::process::ExitCode;

use crate::confirm::NotAgreed;

/// How a command went; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Well = 0,
    /// There is something to look at, or what was asked was not agreed to.
    NeedsALook = 1,
    /// It failed. clap exits with the same code where the command line is wrong.
    Failed = 2,
}

impl Exit {
    /// Well, where something holds; else somebody should look.
    pub(crate) fn well_if(holds: bool) -> Self {
        if holds { Self::Well } else { Self::NeedsALook }
    }
}

/// Whoever read the output has seen enough (`h2h … | head`): what a shell reports of a program that SIGPIPE ended.
const OUTPUT_CLOSED: u8 = 128 + 13;

/// The exit code of a command that ended so. An error is reported on standard error.
pub fn code(outcome: anyhow::Result<Exit>) -> ExitCode {
    let error = match outcome {
        Ok(exit) => return ExitCode::from(exit as u8),
        Err(error) if error.is::<NotAgreed>() => return ExitCode::from(Exit::NeedsALook as u8),
        Err(error) => error,
    };
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    if causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::from(OUTPUT_CLOSED);
    }
    // With stderr closed too there is nobody left to tell.
    let _ = writeln!(stderr(), "h2h: {error:#}");
    ExitCode::from(Exit::Failed as u8)
}
