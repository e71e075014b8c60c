//! The steps of a call that each commit by themselves (A.9), and where a fault stops it.

use super::{exception::Exception, faults::After};

/// A step that was committed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Resident,
    HelpRequest,
    Note,
}

/// How far a call goes.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    last: Option<Step>,
}

impl Steps {
    /// The steps of a call that is struck `after` so much.
    pub(super) const fn up_to(after: After) -> Self {
        Self {
            last: match after {
                After::Resident => Some(Step::Resident),
                After::HelpRequest => Some(Step::HelpRequest),
                After::Note => Some(Step::Note),
                After::Nothing | After::Everything => None,
            },
        }
    }

    /// Told after each commit; an error where the call must go no further.
    pub(super) fn done(self, step: Step) -> Result<(), Exception> {
        if self.last == Some(step) { Err(Exception::Stopped) } else { Ok(()) }
    }
}
