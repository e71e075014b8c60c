//! The splitter Lambda.

fn main() {}
