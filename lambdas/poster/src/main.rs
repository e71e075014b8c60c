//! The poster Lambda.

fn main() {}
