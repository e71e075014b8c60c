//! Calls that no demo and hardly a chaos run sees: the `sometimes` of calls.txt. Each must be demanded by a test
//! (integration-tests/infra looks), or its right would outlive the call that needed it.

use local_stack::Stack;
use local_stack::calls::Calls;

/// Sees that the functions made these calls, and none that is not listed.
pub(crate) fn demand(stack: &Stack, calls: &[&str]) {
    let seen: Vec<String> = stack.journal.deeds().keys().map(ToString::to_string).collect();
    for call in calls {
        assert!(seen.iter().any(|deed| deed == call), "not seen: {call}; seen: {seen:#?}");
    }
    assert_eq!(Calls::listed().unlisted(&stack.journal), [""; 0]);
}
