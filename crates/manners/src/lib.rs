//! How services of others are asked again: [waits](Waits) that grow, what a `Retry-After` [asks for](retry_after), and
//! [bodies](body) that are not longer than an answer can be. One of each for DynamoDB, Google and Here to Help.

mod answer;
mod waits;

pub use answer::{body, retry_after};
pub use waits::Waits;
