//! Redrive against the real ledger on an in-process DynamoDB, and a stand-in for SQS that fails as it is told.

mod dead_rows;
mod discards;
mod interruptions;
mod redrives;
mod support;
