//! The content of a week's sheet of each feed.

use std::collections::BTreeMap;

use feeds::Outcome;
use local_stack::nhs_number;
use local_stack::summaries::Book;

use crate::people::{Row, row};

const BAD_DATE: &str = "31/02/1960";

/// A feed's columns by what they are for, where it has such a column.
pub(super) struct Names {
    pub(super) feed: &'static str,
    pub(super) id: Option<&'static str>,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) birth: &'static str,
    pub(super) line: Option<&'static str>,
    pub(super) postcode: &'static str,
    pub(super) uprn: Option<&'static str>,
    pub(super) email: &'static str,
    pub(super) note: &'static str,
    /// The cells that a row must have to be taken at all, and what keeps it out.
    pub(super) taken: &'static [(&'static str, &'static str)],
    pub(super) left_out: Option<(&'static str, &'static str)>,
}

pub(super) const FEEDS: [Names; 5] = [
    Names {
        feed: "contact-tracing",
        id: Some("Account ID"),
        first: "Forename",
        last: "Surname",
        birth: "Date of Birth",
        line: Some("House Number"),
        postcode: "Postcode",
        uprn: None,
        email: "Email",
        note: "Comments",
        taken: &[("UTLA", "Hackney"), ("Date Tested", "2021-03-06")],
        left_out: Some(("UTLA", "Camden")),
    },
    Names {
        feed: "nsss",
        id: Some("ID"),
        first: "first_name",
        last: "last_name",
        birth: "date_of_birth",
        line: Some("address_line1"),
        postcode: "address_postcode",
        uprn: Some("address_uprn"),
        email: "contact_email",
        note: "submission_datetime",
        taken: &[],
        left_out: None,
    },
    Names {
        feed: "spl",
        id: None,
        first: "PatientFirstName",
        last: "PatientSurname",
        birth: "DateOfBirth",
        line: Some("PatientAddress_Line1"),
        postcode: "PatientAddress_PostCode",
        uprn: Some("uprn"),
        email: "PatientEmailAddress",
        note: "category",
        taken: &[],
        left_out: None,
    },
    Names {
        feed: "self-isolation",
        id: Some("ID"),
        first: "Forename",
        last: "Surname",
        birth: "Date of Birth",
        line: Some("Address Line 1"),
        postcode: "Postcode",
        uprn: Some("UPRN"),
        email: "Email",
        note: "Day 4 Outcome",
        taken: &[("Status Report", "completed"), ("LA Support Required", "yes"), ("Date Tested", "2021-03-06")],
        left_out: Some(("Status Report", "in progress")),
    },
    Names {
        feed: "generic",
        id: None,
        first: "First name",
        last: "Surname",
        birth: "d.o.b",
        line: Some("Address Line 1"),
        postcode: "Postcode",
        uprn: Some("UPRN"),
        email: "Email",
        note: "Case Note 1",
        taken: &[("Help Request Type", "EUSS")],
        left_out: Some(("Help Request Type", "Gardening")),
    },
];

impl Names {
    pub(super) fn place(&self) -> u32 {
        FEEDS.iter().zip(0..).find(|(names, _)| names.feed == self.feed).map(|(_, place)| place).expect("one of them")
    }

    /// A good row of this feed's `n`th person.
    pub(super) fn person(&self, n: u32) -> Row {
        let person = 10 * self.place() + n;
        let mut cells = row([
            (self.first, &format!("{}{n}", ["Tango", "Nova", "Sierra", "Isol", "Gen"][self.place() as usize])),
            (self.last, &format!("Person{person}")),
            (self.birth, "03/04/1951"),
            (self.postcode, "E8 1AB"),
            (self.email, &format!("person{person}@example.org")),
            (self.note, &format!("a note on {person}")),
        ]);
        cells.extend(self.id.map(|id| (id, format!("{}-{person}", self.feed))));
        cells.extend(self.line.map(|line| (line, format!("{person} Mare Street"))));
        // Of two people in three the sheet knows no UPRN.
        cells.extend(self.uprn.filter(|_| n.is_multiple_of(3)).map(|uprn| (uprn, format!("1000200000{person:02}"))));
        if self.feed == "spl" {
            cells.push(("Traced_NHSNUMBER", nhs_number(person)));
        }
        cells.extend(self.taken.iter().map(|(column, text)| (*column, (*text).to_owned())));
        cells
    }

    /// The week's sheet: three good rows, one to skip, one whose date is wrong, one under the first one's id.
    pub(super) fn week(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = (0..3).map(|n| self.person(n)).collect();
        rows.extend(self.left_out.map(|(column, text)| changed(self.person(3), column, text)));
        rows.push(changed(self.person(4), self.birth, BAD_DATE));
        rows.extend(self.id.map(|id| changed(self.person(5), id, &format!("{}-{}", self.feed, 10 * self.place()))));
        rows
    }

    /// How the rows of the week's sheet end at first.
    pub(super) fn ends(&self) -> BTreeMap<Outcome, u64> {
        let mut ends = BTreeMap::from([(Outcome::Created, 3), (Outcome::Rejected, 1)]);
        ends.extend(self.left_out.map(|_| (Outcome::Skipped, 1)));
        ends.extend(self.id.map(|_| (Outcome::Failed, 1)));
        ends
    }

    pub(super) fn to_fix(&self) -> u64 {
        1 + u64::from(self.id.is_some())
    }

    /// A sheet of `to_fix`, put right.
    pub(super) fn corrected(&self, book: &Book) -> Vec<Vec<String>> {
        let mut lines = book.tab("to_fix").to_vec();
        let header = lines[0].clone();
        let place = |name: &str| header.iter().position(|column| column == name).expect("the column");
        for line in &mut lines[1..] {
            if line[place(self.birth)] == BAD_DATE {
                line[place(self.birth)] = "29/02/1960".to_owned();
            } else {
                line[place(self.id.expect("a failed row has an id"))] = format!("{}-corrected", self.feed);
            }
        }
        lines
    }
}

pub(super) fn changed(mut row: Row, column: &'static str, text: &str) -> Row {
    let cell = row.iter_mut().find(|(name, _)| *name == column).expect("the column");
    text.clone_into(&mut cell.1);
    row
}
