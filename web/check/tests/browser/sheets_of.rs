//! Sheets that nobody has seen: good rows with what people and programs leave in cells.

use chrono::NaiveDate;
use feeds::Feed;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// No date that can only be month first is among them: it may reject the whole sheet, and no row would be compared.
const CELLS: [&str; 63] = [
    "",
    " ",
    "n/a",
    "none",
    "-",
    "?",
    "unknown",
    "#N/A",
    "#REF!",
    "TBC",
    "0",
    "00:00:00",
    "FALSE",
    "true",
    "1/2/1960",
    "31/02/1960",
    "1960-02-30",
    "9/12/06",
    "25.12.1950",
    "1 Jan 1970",
    "19700101",
    "44197",
    "03/04/80",
    "07/03/2021",
    "2021-03-08T10:11:12Z",
    "01/01/2035",
    "943 476 5919",
    "9434765919",
    "9434765918",
    "4861501237",
    "1234567890",
    "486-150-1237",
    "NHS 4506276167",
    "7700900123",
    "07700 900123",
    "+44 7700 900123",
    "0044 20 7946 0000",
    "020 7946 0000 / 07700 900456",
    "4.47701E+11",
    "7,700,900,123.0",
    "ext. 12",
    "ada@example.org",
    "ada@example",
    "a b@example.org; c@example.org",
    "E8 1EA",
    "e81ea",
    "EC1A 1BB",
    "SW1A",
    "N16 8ZZ.",
    "100020000001",
    "10008.5",
    "1 Test Walk",
    "10-Dec",
    "Flat 2, 4 Test Walk",
    "Siân O’Neil-Zoë",
    "علی\u{200C}رضا",
    "Sián",
    "JosÃ©",
    "\u{200B}Mina ",
    "=\"E8 9ZZ\"",
    "'07700900123",
    "Hackney",
    "City of London",
];

/// A CSV for the feed with so many rows. The same seed gives the same sheet.
pub(crate) fn csv(feed: &Feed, rows: usize, seed: u64) -> String {
    let mut random = StdRng::seed_from_u64(seed);
    let as_of = super::support::AS_OF.parse().expect("a date");
    let mut names: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    names.push("Own notes");
    let mut sheet = line(&names);
    for row in 0..rows {
        let mut cells = person(feed, as_of);
        cells.push(format!("row {row}"));
        for _ in 0..random.random_range(0..6) {
            let at = random.random_range(0..cells.len());
            cells[at] = (*CELLS.choose(&mut random).expect("some")).to_owned();
        }
        if random.random_bool(0.02) {
            cells.push("shifted".to_owned());
        }
        sheet.push_str(&line(&cells));
    }
    sheet
}

/// The template's example under another name, NHS number and id: as it stands it would be left out.
fn person(feed: &Feed, as_of: NaiveDate) -> Vec<String> {
    let own = |cell: String| match cell.as_str() {
        "Example" => "Larkspur".to_owned(),
        "999 012 3454" => "943 476 5919".to_owned(),
        "example-1" => "id-1".to_owned(),
        _ => cell,
    };
    feed.example(as_of).into_iter().map(own).collect()
}

fn line(cells: &[impl AsRef<str>]) -> String {
    let quoted = cells.iter().map(|cell| format!("\"{}\"", cell.as_ref().replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}
