//! The list of what each function calls at AWS, `calls.txt`. The demo and the chaos run keep to it, and a test
//! (integration-tests/infra) compares it with the roles in `infra`.

use std::collections::BTreeSet;

use crate::proxy::{Deed, Journal};

const LIST: &str = include_str!("../calls.txt");

/// The functions' calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// The calls that every demo sees.
    pub always: BTreeSet<Deed>,
    /// The calls where something goes wrong, or where two things meet.
    pub sometimes: BTreeSet<Deed>,
}

impl Calls {
    /// The list.
    ///
    /// # Panics
    /// Where a line of the list is not a call.
    pub fn listed() -> Self {
        Self::parse(LIST).unwrap_or_else(|line| panic!("calls.txt: what is this: {line}"))
    }

    /// One call a line: how often it is seen, function, action, resource, and what calls for it where it is not always.
    fn parse(text: &str) -> Result<Self, String> {
        let mut calls = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (call, why) = line.split_once('#').unwrap_or((line, ""));
            let words: Vec<&str> = call.split_whitespace().collect();
            let &[often, function, action, resource] = words.as_slice() else { return Err(line.to_owned()) };
            let deed = Deed { function: function.to_owned(), action: action.to_owned(), resource: resource.to_owned() };
            let is_new = match (often, why.trim().is_empty()) {
                ("always", true) => calls.always.insert(deed),
                ("sometimes", false) => calls.sometimes.insert(deed),
                _ => return Err(line.to_owned()),
            };
            if !is_new {
                return Err(line.to_owned());
            }
        }
        Ok(calls)
    }

    /// The calls that were made and are not listed.
    pub fn unlisted(&self, journal: &Journal) -> Vec<String> {
        let seen = journal.deeds();
        let seen = seen.keys().filter(|deed| !self.always.contains(*deed) && !self.sometimes.contains(*deed));
        seen.map(|deed| format!("calls.txt does not list: {deed}")).collect()
    }

    /// The calls that are always made and were not.
    pub fn missed(&self, journal: &Journal) -> Vec<String> {
        let seen = journal.deeds();
        let missed = self.always.iter().filter(|deed| !seen.contains_key(*deed));
        missed.map(|deed| format!("calls.txt lists, and nobody called: {deed}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# a list\n\nalways poster sqs:SendMessage rows\nsometimes poster sqs:SendMessage other  # a row waits\n";

    #[test]
    fn the_list_can_be_read() {
        let calls = Calls::listed();
        assert!(!calls.always.is_empty() && !calls.sometimes.is_empty());
        assert!(calls.always.is_disjoint(&calls.sometimes));
    }

    #[test]
    fn what_is_not_listed_and_what_is_not_called_are_told() {
        let calls = Calls::parse(TEXT).expect("a list");
        let journal = Journal::default();
        assert_eq!(calls.missed(&journal), ["calls.txt lists, and nobody called: poster sqs:SendMessage rows"]);
        assert!(calls.unlisted(&journal).is_empty());
        for queue in ["rows", "other", "third"] {
            journal.note("poster", vec![("sqs:SendMessage".to_owned(), queue.to_owned())]);
        }
        assert!(calls.missed(&journal).is_empty());
        assert_eq!(calls.unlisted(&journal), ["calls.txt does not list: poster sqs:SendMessage third"]);
    }

    #[test]
    fn a_call_that_is_not_always_made_says_what_calls_for_it() {
        assert!(Calls::parse("sometimes poster sqs:SendMessage rows").is_err());
        assert!(Calls::parse("always poster sqs:SendMessage rows # why").is_err());
        assert!(Calls::parse("always poster sqs:SendMessage").is_err());
        assert!(Calls::parse(&TEXT.repeat(2)).is_err());
    }
}
