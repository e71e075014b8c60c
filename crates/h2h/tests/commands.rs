//! The behaviour that all commands share, through the program itself and without a network.

use std::process::{Command, Output, Stdio};

fn h2h(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_h2h"));
    command.args(arguments).stdin(Stdio::null()).output().expect("it runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

const COMMANDS: [&[&str]; 19] = [
    &["runs"],
    &["show", "3f2a"],
    &["rows", "3f2a"],
    &["status"],
    &["doctor"],
    &["baseline", "--feed", "spl"],
    &["forget", "3f2a"],
    &["watch"],
    &["web"],
    &["export", "3f2a", "--csv"],
    &["report", "3f2a"],
    &["poll", "spl"],
    &["dlq", "list"],
    &["dlq", "show", "3f2a/17"],
    &["dlq", "redrive", "--all"],
    &["dlq", "discard", "--all", "--why", "moved away"],
    &["cancel", "3f2a", "--why", "the wrong file"],
    &["pause", "--why", "maintenance"],
    &["resume"],
];

#[test]
fn every_command_says_how_it_is_used_with_examples() {
    for command in COMMANDS {
        let words: Vec<&str> =
            command.iter().copied().take_while(|word| word.chars().all(char::is_lowercase)).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| *word != "spl").collect();
        let output = h2h(&[words.as_slice(), &["--help"]].concat());
        assert!(output.status.success(), "{command:?}");
        let help = String::from_utf8(output.stdout).expect("UTF-8");
        let example = format!("\n  h2h {} ", words.join(" "));
        assert!(help.contains("Examples:") && help.contains(&example), "{command:?}: {help}");
    }
}

#[test]
fn a_command_needs_one_place_and_says_what_is_wrong_with_it() {
    let empty = tempfile::tempdir().expect("a folder");
    let empty = empty.path().to_str().expect("UTF-8");
    for command in COMMANDS {
        let nowhere = h2h(command);
        assert_eq!(nowhere.status.code(), Some(2), "{command:?}");
        assert!(stderr(&nowhere).contains("--stage <STAGE>|--local <DIR>"), "{}", stderr(&nowhere));
        let both = h2h(&[command, &["--stage", "staging", "--local", empty]].concat());
        assert_eq!(both.status.code(), Some(2), "{command:?}");
        let nothing_there = h2h(&[command, &["--local", empty]].concat());
        assert_eq!(nothing_there.status.code(), Some(2), "{command:?}");
        let told = stderr(&nothing_there);
        assert!(told.contains("endpoints.json") && told.contains("is a local stack up"), "{command:?}: {told}");
    }
}

#[test]
fn a_redrive_is_told_which_rows_and_only_once() {
    let told = |arguments: &[&str]| {
        let output = h2h(&[&["dlq", "redrive", "--stage", "staging"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        stderr(&output)
    };
    assert!(told(&[]).contains("--run <RUN>|--class <CLASS>|--row <RUN/ROW>|--all"));
    assert!(told(&["--all", "--run", "3f2a"]).contains("cannot be used with"));
    assert!(told(&["--row", "3f2a/17", "--class", "busy"]).contains("cannot be used with"));
    assert!(told(&["--row", "3f2a"]).contains("a row is named RUN/ROW, such as 3f2a/17"));
    assert!(told(&["--run", "week 9"]).contains("a run is named by the first of its 20 digits"));
    for rate in ["0/s", "fast", "-1"] {
        assert!(told(&["--all", &format!("--rate={rate}")]).contains("write it like 20/s"), "{rate}");
    }
}

#[test]
fn a_pause_has_a_reason() {
    let without = h2h(&["pause", "--stage", "staging"]);
    assert!(stderr(&without).contains("--why <WHY>"), "{}", stderr(&without));
    let blank = h2h(&["pause", "--stage", "staging", "--why", " "]);
    assert_eq!(blank.status.code(), Some(2));
    assert!(stderr(&blank).contains("say why"), "{}", stderr(&blank));
}

#[test]
fn shells_and_man_know_every_command() {
    let completions = h2h(&["completions", "bash"]);
    let script = String::from_utf8(completions.stdout).expect("UTF-8");
    let folder = tempfile::tempdir().expect("a folder");
    let man = h2h(&["man", folder.path().to_str().expect("UTF-8")]);
    assert!(completions.status.success() && man.status.success(), "{}", stderr(&man));
    for name in ["preview", "cancel", "doctor", "dlq-discard"] {
        assert!(script.contains(name.split('-').next_back().expect("a word")), "{name}");
        let page = folder.path().join(format!("h2h-{name}.1"));
        let page = std::fs::read_to_string(page).expect("a page");
        assert!(page.contains("Examples:"), "{name}: {page}");
    }
}
