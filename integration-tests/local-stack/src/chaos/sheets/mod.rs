//! The sheets of a seed. Each row knows, by hand and not by `feeds`, what it must become; a test holds the two together.

mod people;
mod row;
mod rows;
mod says;

use anyhow::{Context, Result};
use feeds::Feed;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

pub use people::Person;
pub use row::{Becomes, RequestKey, Row, Says, Wanted};
pub use rows::EXCLUDED;

/// "Today" of the sheets: the tests in them were taken in the days before it.
pub const AS_OF: &str = "2021-03-08";
/// Every feed has a sheet for each of this many weeks, with much the same people.
const WEEKS: usize = 2;

/// The one feed whose sheets know e-mails: what it sent and staff cleared no other feed may fill in.
pub const KNOWS_EMAILS: &str = "spl";

/// A sheet to drop.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The feed into whose folder it is dropped.
    pub feed: &'static Feed,
    /// The file's name on disk.
    pub file: String,
    /// Its name in Drive.
    pub name: String,
    header: Vec<String>,
    /// The rows below the header, in order.
    pub rows: Vec<Row>,
    /// The whole file is rejected, for its header.
    pub is_rejected: bool,
}

/// Makes the sheets of a seed with this many rows in all, and one that is rejected whole.
pub fn make(rows: usize, seed: u64) -> Vec<Sheet> {
    let mut rng = StdRng::seed_from_u64(seed);
    let people: Vec<Person> = (0..(rows / 5).max(20)).map(|number| Person::make(number, &mut rng)).collect();
    let count = feeds::all().len() * WEEKS;
    let mut sheets = Vec::new();
    for week in 1..=WEEKS {
        for feed in feeds::all() {
            let rows = rows / count + usize::from(sheets.len() < rows % count);
            sheets.push(sheet(feed, week, rows, &people, &mut rng));
        }
    }
    sheets.extend(feeds::all().first().map(|feed| wrong_list(feed)));
    sheets
}

fn sheet(feed: &'static Feed, week: usize, rows: usize, people: &[Person], rng: &mut StdRng) -> Sheet {
    let mut listed: Vec<&Person> = people.iter().filter(|person| rows::can_list(feed, person)).collect();
    listed.shuffle(rng);
    let mut sheet = Sheet {
        feed,
        // Every third sheet is a Google Sheet.
        file: if (week + feed.name().len()).is_multiple_of(3) {
            format!("{} week {week}.gsheet.csv", feed.name())
        } else {
            format!("{} week {week}.csv", feed.name())
        },
        name: String::new(),
        header: feed.columns().iter().map(|column| column.name.to_owned()).collect(),
        rows: Vec::new(),
        is_rejected: false,
    };
    sheet.name = sheet.file.trim_end_matches(".gsheet.csv").to_owned();
    let mut people = listed.into_iter().cycle();
    while sheet.rows.len() < rows {
        let number = u32::try_from(sheet.rows.len() + 2).unwrap_or(u32::MAX);
        // Some rows stand twice in their sheet.
        let row = match sheet.rows.last() {
            Some(last) if rng.random_bool(0.04) => Row { number, ..last.clone() },
            _ => match people.next() {
                Some(person) => rows::make(feed, person, week, number, rng),
                None => break,
            },
        };
        sheet.rows.push(row);
    }
    sheet
}

/// A sheet that is not the feed's.
fn wrong_list(feed: &'static Feed) -> Sheet {
    let name = "wrong list.csv".to_owned();
    let header = vec!["Name".to_owned(), "DOB".to_owned()];
    Sheet { feed, file: name.clone(), name, header, rows: Vec::new(), is_rejected: true }
}

impl Sheet {
    /// The sheet as a CSV file.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(&self.header).context("the header is no CSV")?;
        for row in &self.rows {
            csv.write_record(&row.cells).context("a row is no CSV")?;
        }
        csv.into_inner().context("the sheet is no CSV")
    }
}

#[cfg(test)]
mod tests {
    use feeds::{Cell, Decision, Intake, Origin, Rules, SheetRow};

    use super::*;

    fn decisions(sheet: &Sheet) -> Vec<feeds::Judged> {
        let as_of = AS_OF.parse().expect("a date");
        let rules = Rules { as_of, excluded: feeds::ExcludedIds::parse(EXCLUDED) };
        let mut intake = Intake::new(sheet.feed, rules, Origin::Separated);
        let header = SheetRow::of_text(1, sheet.header.iter().cloned());
        let rows = sheet.rows.iter().map(|row| SheetRow::new(row.number, row.cells.iter().map(Cell::text).collect()));
        let mut judged = Vec::new();
        for row in std::iter::once(header).chain(rows) {
            judged.extend(intake.push(row).expect("the header is right"));
        }
        judged.extend(intake.finish().expect("the header is right"));
        judged
    }

    fn decided(person: &Person, decision: &Decision) -> Becomes {
        let post = match decision {
            Decision::Skipped { .. } => return Becomes::Skipped,
            Decision::Rejected { .. } => return Becomes::Rejected,
            Decision::Post(post) => post,
        };
        let id = |name: &str| post.request.metadata.get(name).and_then(serde_json::Value::as_str);
        let kind = post.request.help_needed.as_deref();
        let key = match (&post.request.nhs_ctas_id, id("nsss_id"), id("spl_id"), id("generic_ingestion_id")) {
            (Some(id), None, None, None) => RequestKey::Ctas {
                id: id.clone(),
                help_needed: if kind == Some("Welfare Call") { "Welfare Call" } else { "Contact Tracing" },
            },
            (None, Some(value), None, None) => RequestKey::Metadata { name: "nsss_id", value: value.to_owned() },
            (None, None, Some(value), None) => RequestKey::Metadata { name: "spl_id", value: value.to_owned() },
            (None, None, None, Some(id)) => RequestKey::Generic { id: id.to_owned() },
            other => panic!("{other:?}"),
        };
        assert_eq!(post.request.first_name.as_deref(), Some(person.first.as_str()));
        assert_eq!(post.request.last_name.as_deref(), Some(person.last.as_str()));
        let notes = post.notes.iter().map(|note| note.note.clone()).collect();
        let says = said(post);
        Becomes::Request(Wanted { key, notes, follow_up: post.follow_up.is_some(), says })
    }

    fn said(post: &feeds::Post) -> Vec<Says> {
        let request = &post.request;
        let line = post.address.as_ref().map(|address| &address.address_first_line);
        let line = line.or(request.address_first_line.as_ref());
        let all = [
            (Says::FirstName, request.first_name.is_some()),
            (Says::LastName, request.last_name.is_some()),
            (Says::DateOfBirth, request.dob_day.is_some()),
            (Says::NhsNumber, request.nhs_number.is_some()),
            (Says::Email, request.email_address.is_some()),
            (Says::Telephone, request.contact_telephone_number.is_some()),
            (Says::Mobile, request.contact_mobile_number.is_some()),
            (Says::Address, line.is_some()),
            (Says::Postcode, request.postcode.is_some()),
        ];
        all.into_iter().filter(|(_, is_said)| *is_said).map(|(says, _)| says).collect()
    }

    #[test]
    fn what_the_rows_say_of_themselves_is_what_the_feeds_decide() {
        for seed in 0..5 {
            for sheet in make(500, seed).iter().filter(|sheet| !sheet.is_rejected) {
                let judged = decisions(sheet);
                assert_eq!(judged.len(), sheet.rows.len(), "{}", sheet.name);
                for (row, judged) in sheet.rows.iter().zip(judged) {
                    let decided = decided(&row.person, &judged.decision);
                    assert_eq!(row.becomes, decided, "{} row {}", sheet.name, row.number);
                }
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sheets_with_all_the_rows_and_every_kind_of_them() {
        assert_eq!(make(203, 7), make(203, 7));
        assert_ne!(make(203, 7), make(203, 8));
        let sheets = make(203, 7);
        let rows: Vec<&Row> = sheets.iter().flat_map(|sheet| &sheet.rows).collect();
        assert_eq!(rows.len(), 203);
        assert!(rows.iter().any(|row| row.becomes == Becomes::Skipped));
        assert!(rows.iter().any(|row| row.becomes == Becomes::Rejected));
        assert!(rows.iter().any(|row| matches!(&row.becomes, Becomes::Request(wanted) if wanted.follow_up)));
        assert!(rows.iter().any(|row| row.person.is_known_by_name_alone()));
        let said =
            |row: &&Row| if let Becomes::Request(wanted) = &row.becomes { wanted.says.clone() } else { Vec::new() };
        let said: std::collections::BTreeSet<Says> = rows.iter().flat_map(said).collect();
        assert_eq!(said.len(), 9, "everything is said by some row: {said:?}");
    }
}
