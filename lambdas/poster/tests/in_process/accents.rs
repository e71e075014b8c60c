//! Names with letters beyond ASCII, before databases and .NETs that do not fold them all: a lost answer is found again, and
//! where the API makes a person a second time, the row says so.

use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::{Call, Letters, Options, Ways};

use crate::stage::{Sheet, Stage};

const PEOPLE: [(&str, &str); 6] = [
    ("Zoë", "Larkspur"),
    ("Siân", "O’Neil"),
    ("Yıldız", "Şahin"),
    ("İlkay", "Öztürk"),
    ("Мина", "Larkspur"),
    ("René Æ", "Müller"),
];
const LETTERS: [Letters; 3] = [Letters::All, Letters::AsciiStored, Letters::AsciiSent];

async fn stage(letters: Letters) -> Stage {
    let ways = Ways { letters, ..Ways::default() };
    Stage::with(Options { ways, ..Options::default() }).await
}

/// Everybody, known by name and birthday. No id tells one of their requests from another's.
fn generic(sheet: Sheet, (first, last): (&str, &str), note: &str) -> Sheet {
    sheet.row(&[
        ("First name", first),
        ("Surname", last),
        ("d.o.b", "25/12/1980"),
        ("Help Request Type", "Link Work"),
        ("Case Note 1", note),
    ])
}

async fn warnings(stage: &Stage, run: &Run, row: u32) -> Vec<String> {
    stage.ledger.row(run, row).await.expect("an answer").expect("a row").warnings
}

fn is_warned(warnings: &[String]) -> bool {
    warnings.iter().any(|warning| warning.contains("may have made them twice"))
}

#[tokio::test]
async fn a_lost_answer_is_found_whatever_the_api_makes_of_the_letters() {
    for letters in LETTERS {
        let stage = stage(letters).await;
        let sheet = PEOPLE.into_iter().fold(Sheet::of("generic"), |sheet, person| generic(sheet, person, "a note"));
        let run = stage.run("accents", &sheet).await;
        for (row, person) in (2..).zip(PEOPLE) {
            stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]));
            stage.deliver_until_done(&run, row).await;
            assert_eq!(stage.struck(), [1]);
            assert!(!is_warned(&warnings(&stage, &run, row).await), "{person:?} {letters:?}");
        }
        let state = stage.api.state();
        assert_eq!(
            (state.residents.len(), state.help_requests.len(), state.case_notes.len()),
            (6, 6, 6),
            "{letters:?}"
        );
        assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 6)].into(), "{letters:?}");
    }
}

/// The API died between the resident and the request: the POST that is made again does not find the resident.
#[tokio::test]
async fn whom_a_repeated_post_makes_twice_is_told() {
    for (letters, twice) in LETTERS.into_iter().zip([false, true, true]) {
        let stage = stage(letters).await;
        let run = stage.run("half", &generic(Sheet::of("generic"), PEOPLE[0], "a note")).await;
        stage.faults(json!([{"answer": "502", "after": "resident", "calls": ["create"], "next": 1}]));
        stage.deliver_until_done(&run, 2).await;
        let state = stage.api.state();
        assert_eq!((state.residents.len(), state.help_requests.len()), (1 + usize::from(twice), 1), "{letters:?}");
        assert_eq!(is_warned(&warnings(&stage, &run, 2).await), twice, "{letters:?}");
    }
}

/// The API does not answer the question: nobody says that all is well.
#[tokio::test]
async fn that_it_could_not_be_asked_is_told() {
    let stage = stage(Letters::AsciiStored).await;
    let nsss = Sheet::of("nsss").row(&[
        ("ID", "17"),
        ("first_name", PEOPLE[0].0),
        ("last_name", PEOPLE[0].1),
        ("date_of_birth", "25/12/1980"),
    ]);
    for (file, sheet) in [("first", generic(Sheet::of("generic"), PEOPLE[0], "a note")), ("second", nsss)] {
        stage.faults(json!([{"answer": "500", "calls": ["search"]}]));
        let run = stage.run(file, &sheet).await;
        stage.deliver_until_done(&run, 2).await;
        assert_eq!(is_warned(&warnings(&stage, &run, 2).await), file == "second", "{file}");
    }
    assert!(stage.struck()[0] > 0);
    assert_eq!(stage.api.state().residents.len(), 2);
}

/// By another feed, whose POST does not find them; the same sheet a week later is looked at, and not posted.
#[tokio::test]
async fn whom_a_later_sheet_makes_twice_is_told() {
    for (letters, twice) in LETTERS.into_iter().zip([false, true, true]) {
        let stage = stage(letters).await;
        let nsss = |id| {
            let names = [("first_name", "Zoë"), ("last_name", "Larkspur"), ("date_of_birth", "25/12/1980")];
            Sheet::of("nsss").row(&[&names[..], &[("ID", id)]].concat())
        };
        let first = generic(Sheet::of("generic"), PEOPLE[0], "a note");
        for (file, sheet, is_later) in [
            ("first", first, false),
            ("another feed", nsss("17"), true),
            ("the same id", nsss("17"), true),
            ("another name", generic(Sheet::of("generic"), ("Mina", "Larkspur"), ""), false),
        ] {
            let run = stage.run(file, &sheet).await;
            stage.deliver_until_done(&run, 2).await;
            assert_eq!(is_warned(&warnings(&stage, &run, 2).await), is_later && twice, "{file} {letters:?}");
        }
        let state = stage.api.state();
        assert_eq!(state.residents.len(), if twice { 3 } else { 2 }, "{letters:?}");
        // The notes of the first sheet and of the second: the third's was there.
        assert_eq!((state.help_requests.len(), state.case_notes.len()), (3, 2), "{letters:?}");
    }
}

/// Where an NHS number finds them, nobody is made twice and nothing more is asked.
#[tokio::test]
async fn whom_a_number_finds_is_asked_for_by_no_name() {
    let stage = stage(Letters::AsciiStored).await;
    let sheet = Sheet::of("nsss").row(&[
        ("ID", "17"),
        ("nhs_number", "9434765919"),
        ("first_name", "Zoë"),
        ("last_name", "Larkspur"),
    ]);
    for file in ["first", "second"] {
        let run = stage.run(file, &sheet).await;
        stage.deliver_until_done(&run, 2).await;
        assert!(!is_warned(&warnings(&stage, &run, 2).await), "{file}");
    }
    let state = stage.api.state();
    assert_eq!((state.residents.len(), state.help_requests.len()), (1, 1));
    assert_eq!(state.calls.by_call.get(&Call::Search), None);
}
