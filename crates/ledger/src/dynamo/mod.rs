//! DynamoDB as the ledger uses it: items, conditional writes, transactions, lists, and the waits when it is busy.

pub(crate) mod batch;
pub(crate) mod item;
pub(crate) mod pages;
mod retry;
pub(crate) mod store;
pub mod table;
pub(crate) mod transaction;
pub(crate) mod update;

pub(crate) use item::{Attribute, Item, VERSION, expiry, read, structured, text, write};
pub(crate) use store::{Written, lost};
pub(crate) use transaction::{Part, Transacted};
pub(crate) use update::Update;
