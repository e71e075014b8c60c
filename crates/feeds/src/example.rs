//! A made-up row of each feed, for templates.

use chrono::NaiveDate;

use crate::column::{Column, Field};
use crate::feed::Feed;

impl Feed {
    /// A row that nobody is meant by and that would be posted on this day: one cell for each of [`Feed::columns`], in
    /// their order. Its phone numbers and its e-mail address are of those set aside for examples.
    pub fn example(&self, as_of: NaiveDate) -> Vec<String> {
        self.columns().iter().map(|column| cell(column, as_of)).collect()
    }
}

fn cell(column: &Column, as_of: NaiveDate) -> String {
    let text = match column.field {
        Field::FirstName => "Ada",
        Field::LastName => "Example",
        Field::DateOfBirth => "25/12/1950",
        Field::NhsNumber | Field::NhsNumberAsSplId => "943 476 5919",
        Field::CtasId | Field::NsssId => "example-1",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decision, Intake, Origin, Rules, SheetRow};

    fn row(number: u32, cells: impl IntoIterator<Item = String>) -> SheetRow {
        SheetRow::of_text(number, cells)
    }

    #[test]
    fn every_feeds_example_would_be_posted_without_a_warning() {
        let as_of = NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date");
        for feed in crate::all() {
            let mut intake = Intake::new(feed, Rules { as_of, excluded: Default::default() }, Origin::Separated);
            let names = feed.columns().iter().map(|column| column.name().to_owned());
            intake.push(row(1, names)).expect("the header");
            intake.push(row(2, feed.example(as_of))).expect("the row");
            let judged = intake.finish().expect("the file is accepted");
            let [only] = &judged[..] else { panic!("{feed}: one row") };
            assert!(matches!(only.decision, Decision::Post(_)), "{feed}: {:?}", only.decision);
            assert!(only.warnings.is_empty(), "{feed}: {:?}", only.warnings);
        }
    }
}
