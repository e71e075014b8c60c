//! People, and what a sheet says of them: all kinds of fields filled or blank, and not the same in each sheet.

use rand::Rng;
use rand::rngs::StdRng;
use simulators::nhs_number;

pub(crate) const FEEDS: [&str; 5] = ["spl", "nsss", "contact-tracing", "self-isolation", "generic"];

/// A person, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person(pub(crate) usize);

/// By what all sheets know somebody, so that the API can: where one row had the number alone and another one only other names,
/// nobody could tell that they are of one person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// By the NHS number: all else may differ.
    Number,
    /// By names and birthday; most rows have the NHS number too.
    Birthday,
    Telephone,
    Email,
    /// Father and son of one name and one phone, whom the API takes for one.
    Household,
}

/// The cells of a row, by what they say; a blank one says nothing.
#[derive(Clone, Default)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) birth: String,
    pub(crate) line: String,
    pub(crate) town: String,
    pub(crate) postcode: String,
    pub(crate) uprn: String,
    pub(crate) telephone: String,
    pub(crate) mobile: String,
    pub(crate) email: String,
    pub(crate) note: String,
    pub(crate) kind: String,
    pub(crate) letter: String,
}

impl Person {
    pub(crate) fn all(count: usize) -> Vec<Self> {
        (0..count).map(Self).collect()
    }

    pub(crate) fn known_by(self) -> KnownBy {
        match self.0 % 10 {
            0..=3 => KnownBy::Number,
            4 | 5 => KnownBy::Birthday,
            6 => KnownBy::Telephone,
            7 => KnownBy::Email,
            _ => KnownBy::Household,
        }
    }

    /// The feeds that may list them: SPL wants the number, and generic has none. A generic request is one of its resident, so that
    /// father and son could not have one each.
    pub(crate) fn feeds(self) -> &'static [&'static str] {
        match self.known_by() {
            KnownBy::Number => &FEEDS[..4],
            KnownBy::Birthday => &FEEDS,
            KnownBy::Telephone | KnownBy::Email => &FEEDS[1..],
            KnownBy::Household => &FEEDS[1..4],
        }
    }

    /// The same in each sheet.
    pub(crate) fn base(self, feed: &str) -> Said {
        let number = self.0;
        let named = if number % 10 == 9 { number - 1 } else { number };
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("small"));
        Said {
            id: format!("{feed}-{number}"),
            number: nhs_number(u32::try_from(number).expect("few")),
            first: format!("Ann{}", letter(named)),
            last: format!("Lee{}{}", letter(named / 26), letter(named)),
            birth: format!("{:02}/{:02}/{}", 1 + number % 28, 1 + number % 12, 1930 + number % 60),
            line: format!("{} Mare Street", number + 1),
            town: "London".to_owned(),
            postcode: "E8 1AB".to_owned(),
            uprn: format!("1000{number:04}"),
            telephone: format!("020 7946 {named:04}"),
            mobile: format!("07700 90{number:04}"),
            email: format!("person{number}@example.org"),
            note: "Needs shopping".to_owned(),
            kind: "EUSS".to_owned(),
            letter: String::new(),
        }
    }

    /// What one sheet says of them.
    pub(crate) fn says(self, feed: &str, rng: &mut StdRng) -> Said {
        let (base, known_by) = (self.base(feed), self.known_by());
        let mut said = base.clone();
        let mut vary = |cell: &mut String, blank: f64, other: f64, another: &str| {
            let die: f64 = rng.random();
            if die < blank {
                cell.clear();
            } else if die < blank + other {
                another.clone_into(cell);
            }
        };
        vary(&mut said.telephone, 0.4, 0.2, &format!("020 7000 {:04}", self.0));
        vary(&mut said.mobile, 0.4, 0.2, &format!("07700 80{:04}", self.0));
        vary(&mut said.email, 0.4, 0.2, &format!("other{}@example.org", self.0));
        vary(&mut said.note, 0.4, 0.3, &format!("Rang from {feed}"));
        vary(&mut said.kind, 0.0, 0.4, "LINK WORK");
        vary(&mut said.letter, 0.7, 0.3, "yes");
        let mut place = String::new();
        vary(&mut place, 0.7, 0.3, "elsewhere");
        if !place.is_empty() {
            said.line = format!("{} Well Street", self.0 + 1);
            said.postcode = "E9 2CD".to_owned();
            said.uprn = format!("2000{:04}", self.0);
        }
        if feed == "contact-tracing" {
            said.line = (self.0 + 1).to_string();
        }
        for cell in [&mut said.line, &mut said.town, &mut said.postcode, &mut said.uprn] {
            vary(cell, 0.3, 0.0, "");
        }
        match known_by {
            KnownBy::Number => {
                vary(&mut said.first, 0.05, 0.25, &format!("{}bel", base.first));
                vary(&mut said.last, 0.0, 0.2, &format!("{}-Grey", base.last));
                vary(&mut said.birth, 0.3, 0.2, "30/11/1949");
            }
            KnownBy::Birthday if feed != "spl" => vary(&mut said.number, 0.3, 0.0, ""),
            KnownBy::Birthday => {}
            KnownBy::Telephone | KnownBy::Email => {
                said.number.clear();
                vary(&mut said.birth, 0.5, 0.0, "");
            }
            KnownBy::Household => {
                said.number.clear();
                // The API would know the father by it, or the son.
                said.uprn.clear();
            }
        }
        match known_by {
            KnownBy::Telephone | KnownBy::Household => said.telephone = base.telephone,
            KnownBy::Email => said.email = base.email,
            KnownBy::Number | KnownBy::Birthday => {}
        }
        said
    }
}

impl Said {
    pub(crate) fn cells(&self, feed: &str) -> Vec<(&'static str, String)> {
        let Self { id, number, first, last, birth, line, town, postcode, uprn, telephone, mobile, email, note, .. } =
            self.clone();
        match feed {
            "spl" => vec![
                ("Traced_NHSNUMBER", number),
                ("PatientFirstName", first),
                ("PatientSurname", last),
                ("DateOfBirth", birth),
                ("PatientAddress_Line1", line),
                ("PatientAddress_Line3", town),
                ("PatientAddress_PostCode", postcode),
                ("uprn", uprn),
                ("landline", telephone),
                ("mobile", mobile),
                ("PatientEmailAddress", email),
                ("category", note),
            ],
            "nsss" => vec![
                ("nhs_number", number),
                ("ID", id),
                ("first_name", first),
                ("last_name", last),
                ("date_of_birth", birth),
                ("address_line1", line),
                ("address_town_city", town),
                ("address_postcode", postcode),
                ("address_uprn", uprn),
                ("contact_number_calls", telephone),
                ("contact_number_texts", mobile),
                ("contact_email", email),
                ("submission_datetime", note),
            ],
            "contact-tracing" => vec![
                ("Account ID", id),
                ("NHS Number", number),
                ("Forename", first),
                ("Surname", last),
                ("Date of Birth", birth),
                ("House Number", line),
                ("Postcode", postcode),
                ("Phone", telephone),
                ("Phone2", mobile),
                ("Email", email),
                ("Comments", note),
                ("Date Tested", "07/03/2021".to_owned()),
                ("UTLA", "Hackney".to_owned()),
            ],
            "self-isolation" => vec![
                ("ID", id),
                ("NHS Number", number),
                ("Forename", first),
                ("Surname", last),
                ("Date of Birth", birth),
                ("Address Line 1", line),
                ("Town", town),
                ("Postcode", postcode),
                ("UPRN", uprn),
                ("Phone2", telephone),
                ("Phone", mobile),
                ("Email", email),
                ("Comments", note.clone()),
                ("Day 4 Outcome", note),
                ("LA Support Required", "yes".to_owned()),
                ("LA Support Letter Received", self.letter.clone()),
                ("Date Tested", "07/03/2021".to_owned()),
                ("Status Report", "completed".to_owned()),
            ],
            _ => vec![
                ("First name", first),
                ("Surname", last),
                ("d.o.b", birth),
                ("Help Request Type", self.kind.clone()),
                ("Address Line 1", line),
                ("City", town),
                ("Postcode", postcode),
                ("UPRN", uprn),
                ("Phone number", telephone),
                ("Phone number 2", mobile),
                ("Email", email),
                ("Case Note 1", note),
            ],
        }
    }
}
