//! A full disk is an error. The library has no other word for it than a panic: it takes for granted that its temporary
//! files can be written.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::error::WriteError;

/// Runs work of the library that writes to its temporary files.
///
/// # Errors
/// The library's errors, and [`WriteError::Disk`] where the system refused to write.
pub(super) fn writing<T>(work: impl FnOnce() -> Result<T, WriteError>) -> Result<T, WriteError> {
    // What was half done is not used again: every caller gives the spreadsheet up with the error.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| if is_of_the_system(&*panic) { Err(WriteError::Disk) } else { resume_unwind(panic) })
}

/// True if a panic's words hold an error of the system's, as its `Debug` shows it.
fn is_of_the_system(panic: &(dyn Any + Send)) -> bool {
    panic.downcast_ref::<String>().is_some_and(|words| words.contains("Os { code: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a bug")]
    fn any_other_panic_stays_one() {
        let _ = writing(|| -> Result<(), WriteError> { panic!("a bug") });
    }
}
