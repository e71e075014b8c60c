//! Where the simulator answers otherwise on purpose.

/// A step in which something differs.
pub(crate) struct Exception {
    pub(crate) scenario: &'static str,
    pub(crate) label: &'static str,
    pub(crate) reason: &'static str,
}

pub(crate) const EXCEPTIONS: &[Exception] = &[];
