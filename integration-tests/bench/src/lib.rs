//! A list to measure with: people who do not exist, for the Shielding Patient List, in a sheet of 60 columns.

use chrono::NaiveDate;
use feeds::{ExcludedIds, Feed, Intake, Judged, Origin, Rules, SheetRow};

const WIDTH: usize = 60;
/// What is measured is the same on each day.
///
/// # Panics
/// There is no such day.
#[must_use]
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 3, 1).expect("a day")
}

/// The feed of the list.
///
/// # Panics
/// There is no such feed.
#[must_use]
pub fn feed() -> &'static Feed {
    Feed::named("spl").expect("the feed")
}

/// The header, and so many people's rows below it.
#[must_use]
pub fn list(people: u32) -> Vec<Vec<String>> {
    let names = feed().columns().iter().map(|column| column.name.to_owned());
    let header: Vec<String> = names.chain((1..).map(|extra| format!("extra {extra}"))).take(WIDTH).collect();
    let row = |person: u32| header.iter().map(|column| cell(person, column)).collect();
    let rows: Vec<Vec<String>> = (0..people).map(row).collect();
    [vec![header.clone()], rows].concat()
}

fn cell(person: u32, column: &str) -> String {
    match column {
        "PatientFirstName" => "Ada".to_owned(),
        "PatientSurname" => "Test".to_owned(),
        "DateOfBirth" => format!("{:02}/04/{}", 1 + person % 28, 1930 + person % 60),
        "PatientAddress_Line1" => format!("{person} Mare Street"),
        "PatientAddress_Line3" => "London".to_owned(),
        "PatientAddress_PostCode" => "E8 1AB".to_owned(),
        "PatientEmailAddress" => format!("person{person}@example.org"),
        "mobile" => format!("07700 900{:03}", person % 1000),
        "category" => "Shielded".to_owned(),
        extra if extra.starts_with("extra") => format!("value {} of {extra}", person % 31),
        _ => String::new(),
    }
}

/// The list as CSV.
#[must_use]
pub fn csv(list: &[Vec<String>]) -> String {
    list.iter().map(|row| row.join(",") + "\n").collect()
}

/// Judges all rows of a list, as the splitter does.
///
/// # Panics
/// The list is no list.
#[must_use]
pub fn judged(rows: Vec<SheetRow>) -> (Intake, Vec<Judged>) {
    let rules = Rules { as_of: today(), excluded: ExcludedIds::parse("") };
    let mut intake = Intake::new(feed(), rules, Origin::Separated);
    let mut judged = Vec::new();
    for row in rows {
        judged.extend(intake.push(row).expect("a header"));
    }
    judged.extend(intake.finish().expect("a list"));
    (intake, judged)
}
