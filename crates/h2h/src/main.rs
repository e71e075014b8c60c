//! The program `h2h`: the command line, and the shell's answer. All else is the library's.

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use clap::Parser;
use h2h::commands::Arguments;

fn main() -> ExitCode {
    let mut out = BufWriter::new(stdout().lock());
    let outcome = Arguments::parse().run(&mut out);
    h2h::exit::code(outcome.and_then(|exit| Ok(out.flush().map(|()| exit)?)))
}
