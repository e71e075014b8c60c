//! DynamoDB as the ledger uses it: items, conditional writes, transactions, lists, and the waits when it is busy.

pub(crate) mod batch;
pub(crate) mod item;
pub(crate) mod pages;
pub(crate) mod retry;
pub(crate) mod store;
pub mod table;
pub(crate) mod transaction;
pub(crate) mod update;
