//! The made-up row of the templates, and how it is known again: nobody is meant by it, so it is never sent
//! (docs/decisions/0070).

use chrono::NaiveDate;

use crate::clean::is_same;
use crate::column::{Column, Field};
use crate::feed::Feed;
use crate::row_reader::UsedCell;
use wire::NhsNumber;

const FIRST_NAME: &str = "Ada";
const LAST_NAME: &str = "Example";
/// Of the numbers that the NHS sets aside for tests: it is nobody's.
const NHS_NUMBER: &str = "999 012 3454";
const ID: &str = "example-1";

/// Why the row is left out.
pub(crate) const REASON: &str = "this is the template's example, by its name (Ada Example): nobody is meant by it";

impl Feed {
    /// The templates' made-up row, which shows how things are written: one cell for each of [`Feed::columns`], in their
    /// order. Under another name, NHS number and id it would be posted on this day; as it stands it is skipped. Its phone
    /// numbers, its e-mail address and its NHS number are of those set aside for examples.
    pub fn example(&self, as_of: NaiveDate) -> Vec<String> {
        self.columns().iter().map(|column| cell(column, as_of)).collect()
    }
}

fn cell(column: &Column, as_of: NaiveDate) -> String {
    let text = match column.field {
        Field::FirstName => FIRST_NAME,
        Field::LastName => LAST_NAME,
        Field::DateOfBirth => "25/12/1950",
        Field::NhsNumber | Field::NhsNumberAsSplId => NHS_NUMBER,
        Field::CtasId | Field::NsssId => ID,
        Field::AddressFirstLine => "1 Example Street",
        Field::AddressSecondLine => "Flat 2",
        Field::AddressThirdLine => "London",
        Field::Postcode => "E8 1EA",
        Field::Uprn => "100000000001",
        Field::Telephone => "020 7946 0000",
        Field::Mobile => "07700 900123",
        Field::Email => "ada@example.org",
        Field::DateTested => return as_of.format("%d/%m/%Y").to_string(),
        Field::DateOfDeath | Field::AddressPart | Field::Text | Field::FreeText => column.example,
    };
    text.to_owned()
}

/// True if these cells of a row are of the example. Its name alone tells: programs rewrite its dates and numbers.
pub(crate) fn is_it<'a>(cells: impl Iterator<Item = UsedCell<'a>> + Clone) -> bool {
    let has = |field, text| cells.clone().any(|cell| cell.column.field == field && is_same(cell.text, text));
    has(Field::LastName, LAST_NAME) && has(Field::FirstName, FIRST_NAME)
}

/// True if a cell of another row still holds what is one person's of the example: it was typed over, or copied, but for
/// this.
pub(crate) fn is_left_over(cell: UsedCell<'_>) -> bool {
    match cell.column.field {
        Field::NhsNumber | Field::NhsNumberAsSplId => {
            NhsNumber::valid(cell.text).is_some_and(|number| Some(number) == NhsNumber::valid(NHS_NUMBER))
        }
        field => field.is_id() && is_same(cell.text, ID),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decision, FileRejected, Intake, Judged, Origin, Rules, SheetRow};

    fn as_of() -> NaiveDate {
        NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date")
    }

    /// What becomes of rows for the feed.
    fn judged(feed: &'static Feed, rows: Vec<Vec<String>>) -> Result<Vec<Judged>, FileRejected> {
        let mut intake = Intake::new(feed, Rules { as_of: as_of(), excluded: Default::default() }, Origin::Separated);
        let names = feed.columns().iter().map(|column| column.name.to_owned()).collect();
        let mut judged = Vec::new();
        for (number, cells) in (1..).zip([vec![names], rows].concat()) {
            judged.extend(intake.push(SheetRow::of_text(number, cells))?);
        }
        judged.extend(intake.finish()?);
        Ok(judged)
    }

    fn decision(feed: &'static Feed, cells: Vec<String>) -> Judged {
        judged(feed, vec![cells]).expect("the file is accepted").remove(0)
    }

    /// The example, but for some of its fields.
    fn with(feed: &Feed, others: &[(Field, &str)]) -> Vec<String> {
        let mut cells = feed.example(as_of());
        for (cell, column) in cells.iter_mut().zip(feed.columns()) {
            if let Some((_, text)) = others.iter().find(|(field, _)| *field == column.field) {
                *cell = (*text).to_owned();
            }
        }
        cells
    }

    const PERSON: [(Field, &str); 6] = [
        (Field::FirstName, "Mina"),
        (Field::LastName, "Larkspur"),
        (Field::NhsNumber, "943 476 5919"),
        (Field::NhsNumberAsSplId, "943 476 5919"),
        (Field::CtasId, "7"),
        (Field::NsssId, "7"),
    ];

    #[test]
    fn the_example_is_nobody_however_a_program_has_rewritten_it() {
        for feed in crate::all() {
            let rewritten: &[(Field, &str)] = &[
                (Field::FirstName, " ADA"),
                (Field::LastName, "example "),
                (Field::DateOfBirth, "1950-12-25 00:00:00"),
                (Field::NhsNumber, "9990123454"),
                (Field::Mobile, "7700900123"),
                (Field::Postcode, ""),
            ];
            for cells in [with(feed, &[]), with(feed, rewritten)] {
                let Judged { decision: Decision::Skipped { reason }, warnings, .. } = decision(feed, cells) else {
                    panic!("{feed}: not skipped");
                };
                assert_eq!((reason.as_str(), warnings), (REASON, Vec::new()), "{feed}");
            }
        }
    }

    #[test]
    fn what_the_example_shows_would_be_posted_without_a_warning() {
        for feed in crate::all() {
            let judged = decision(feed, with(feed, &PERSON));
            assert!(matches!(judged.decision, Decision::Post(_)), "{feed}: {:?}", judged.decision);
            assert!(judged.warnings.is_empty(), "{feed}: {:?}", judged.warnings);
        }
    }

    #[test]
    fn a_person_typed_over_it_with_its_numbers_left_is_to_correct() {
        for feed in crate::all() {
            let judged = decision(feed, with(feed, &PERSON[..2]));
            let problems = match judged.decision {
                Decision::Rejected { problems } => problems,
                _ => Vec::new(),
            };
            let one_persons = feed.columns().iter().filter(|column| column.field.is_one_persons());
            assert_eq!(problems.len(), one_persons.count(), "{feed}: {problems:?}");
            assert!(problems.iter().all(|problem| problem.problem == "this is the template's example"), "{feed}");
        }
    }

    /// Its birthday can only be read day first: it must not vouch for the others.
    #[test]
    fn the_example_says_nothing_of_how_the_sheet_is_written() {
        let feed = Feed::named("spl").expect("the feed");
        let born = |born| with(feed, &[&PERSON[..], &[(Field::DateOfBirth, born)]].concat());
        let rows = vec![feed.example(as_of()), born("03/25/1980"), born("03/04/1980")];
        let rejected = judged(feed, rows).expect_err("month first");
        assert!(rejected.problems[0].problem.contains("DateOfBirth"), "{rejected}");
    }
}
