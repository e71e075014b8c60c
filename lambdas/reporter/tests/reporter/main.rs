//! The reporter by its events, against a DynamoDB in this process, Google's simulator and a stand-in for SQS, with a
//! clock that stands still until it is moved.

mod cancelling;
mod poison;
mod sqs;
mod summaries;
mod support;
mod sweeping;
