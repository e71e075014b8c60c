//! The recordings of the real API, replayed against the simulator: each file of this folder on a fresh database.
//!
//! `recording*.jsonl` holds steps of scenarios, `sequence*.jsonl` bare exchanges; a name with `c-locale` is of a database
//! with that locale. A further file is replayed by putting it here. What they are: docs/contract/here-to-help-api.md.

mod answer;
mod compare;
mod exceptions;
mod ids;
mod replay;
mod step;

use std::{fs, path::Path};

use exceptions::EXCEPTIONS;
use replay::{Outcome, replay};
use step::Step;

#[tokio::test]
async fn the_simulator_answers_as_the_api_did() {
    let mut wrong = Vec::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")).expect("the folder") {
        let file = file.expect("a file").path();
        if file.extension().is_some_and(|extension| extension == "jsonl") {
            let name = file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            let text = fs::read_to_string(&file).expect("UTF-8");
            wrong.extend(wrong_in(&name, &Step::all_of(&name, &text)).await);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The differences that are not exceptions, and the exceptions that do not differ.
async fn wrong_in(file: &str, steps: &[Step]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (step, outcome) in replay(file, steps).await {
        let exception = EXCEPTIONS.iter().find(|one| one.scenario == step.scenario && one.label == step.label);
        match (outcome, exception) {
            (Outcome::Same, None) | (Outcome::Differs(_), Some(_)) => {}
            (Outcome::Differs(how), None) => wrong.push(format!("{file}: {step}: {how}")),
            (Outcome::Same, Some(exception)) => {
                wrong.push(format!("{file}: {step}: an exception that does not differ: {}", exception.reason));
            }
        }
    }
    wrong
}
