//! Where the simulator answers otherwise on purpose.

/// A step in which something differs, in whichever file.
pub(crate) struct Exception {
    pub(crate) scenario: &'static str,
    pub(crate) label: &'static str,
    pub(crate) reason: &'static str,
}

const ID_AS_TEXT: &str = "a newer framework's way: 3.1 refuses a text for a number";

pub(crate) const EXCEPTIONS: &[Exception] = &[
    Exception { scenario: "a6_refused", label: "Id: a string", reason: ID_AS_TEXT },
    Exception { scenario: "a6_refused", label: "nothing was made", reason: ID_AS_TEXT },
    Exception {
        scenario: "a0_lengths",
        label: "a long name in the query: 414 of the server",
        reason: "the web server of the stand-in: there is none in front of a function, and the gateway's limits are its own",
    },
];
