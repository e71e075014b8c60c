//! The command of the people who run Here to Help ingestion.

fn main() {}
