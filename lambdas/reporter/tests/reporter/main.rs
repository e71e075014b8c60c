//! The reporter by its events, against a DynamoDB in this process, Google's simulator and stand-ins for SQS and SNS, with a
//! clock that stands still until it is moved.

mod cancelling;
mod late;
mod notices;
mod poison;
mod sns;
mod summaries;
mod support;
mod sweeping;
