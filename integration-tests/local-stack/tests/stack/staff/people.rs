//! The people of the sheets, and what a sheet says of them from week to week.

use local_stack::nhs_number;
use simulators::desk::Correction;
use simulators::here_to_help::Resident;

use crate::people::{Row, row};

/// How many people there are: three for each kind of correction, and four whom nobody corrects.
pub(super) const PEOPLE: u32 = 40;
const KINDS: u32 = Correction::ALL.len() as u32;

/// A field as a summary's warning calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    FirstName,
    LastName,
    DateOfBirth,
    NhsNumber,
    Email,
    Telephone,
    Mobile,
    Address,
}

const FIELDS: [Field; 8] = [
    Field::FirstName,
    Field::LastName,
    Field::DateOfBirth,
    Field::NhsNumber,
    Field::Email,
    Field::Telephone,
    Field::Mobile,
    Field::Address,
];

impl Field {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::DateOfBirth => "date of birth",
            Self::NhsNumber => "NHS number",
            Self::Email => "e-mail",
            Self::Telephone => "telephone",
            Self::Mobile => "mobile",
            Self::Address => "address",
        }
    }

    /// The field of the sheets that a correction is about, where it is about one.
    const fn of(correction: Correction) -> Option<Self> {
        Some(match correction {
            Correction::Email | Correction::Cleared => Self::Email,
            Correction::DateOfBirth => Self::DateOfBirth,
            Correction::LastName | Correction::NhsNumberAndName => Self::LastName,
            Correction::FirstName => Self::FirstName,
            Correction::Phone => Self::Telephone,
            Correction::Address | Correction::Ward => Self::Address,
            Correction::NhsNumber => Self::NhsNumber,
            Correction::Note | Correction::Callback => return None,
        })
    }
}

/// What the sheets say of a person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) number: u32,
    first: String,
    pub(super) last: String,
    /// Day, month, year.
    birth: [u32; 3],
    nhs_number: Option<String>,
    email: Option<String>,
    telephone: String,
    mobile: String,
    line: String,
}

impl Person {
    pub(super) fn new(number: u32) -> Self {
        let letter = |place: u32| char::from_u32(u32::from('a') + place).expect("a letter");
        let name: String = [letter(number / 20), letter(number % 20)].iter().collect();
        let mut person = Self {
            number,
            first: format!("Fred{name}"),
            last: format!("Quill{name}"),
            birth: [1 + number % 28, 1 + number % 12, 1931 + number],
            nhs_number: Some(nhs_number(number)),
            email: Some(format!("{name}@example.org")),
            telephone: format!("020 7946 {number:04}"),
            mobile: format!("07700 900{number:03}"),
            line: format!("{} Mare Street", number + 1),
        };
        // What the sheet brings later it does not know at first.
        if person.news() == Some(Field::NhsNumber) {
            person.nhs_number = None;
        }
        person
    }

    /// What staff correct.
    pub(super) fn correction(&self) -> Option<Correction> {
        (self.number < 3 * KINDS).then(|| Correction::ALL[(self.number % KINDS) as usize])
    }

    /// True if staff wrote another value there.
    pub(super) fn is_corrected(&self, field: Field) -> bool {
        match self.correction() {
            Some(Correction::NhsNumberAndName) => {
                matches!(field, Field::NhsNumber | Field::FirstName | Field::LastName)
            }
            None | Some(Correction::Cleared | Correction::Ward) => false,
            Some(correction) => Field::of(correction) == Some(field),
        }
    }

    /// The cell that changes: of the first person of a kind of correction none, of the second the one that staff
    /// corrected, of the third another.
    pub(super) fn news(&self) -> Option<Field> {
        let place = (self.number % KINDS) as usize;
        match (self.number / KINDS, self.correction()) {
            (0, _) => None,
            (1, Some(correction)) => Field::of(correction),
            (2, _) => Some(FIELDS[(place + 6) % FIELDS.len()]),
            _ => Some(FIELDS[2 * place]),
        }
    }

    /// The same in the sheet that changes their cell.
    pub(super) fn with_news(&self) -> Self {
        let mut changed = self.clone();
        match self.news() {
            None => {}
            Some(Field::FirstName) => changed.first = format!("Fritz{}", self.number % 7),
            Some(Field::LastName) => changed.last = format!("{}-Bird", self.last),
            Some(Field::DateOfBirth) => changed.birth[2] += 1,
            Some(Field::NhsNumber) => changed.nhs_number = Some(nhs_number(self.number)),
            Some(Field::Email) => changed.email = Some(format!("new{}@example.org", self.number)),
            Some(Field::Telephone) => changed.telephone = format!("020 7946 1{:03}", self.number),
            Some(Field::Mobile) => changed.mobile = format!("07700 901{:03}", self.number),
            Some(Field::Address) => changed.line = format!("{} Well Street", self.number + 1),
        }
        changed
    }

    /// Without the e-mail.
    pub(super) fn without_email(self) -> Self {
        Self { email: None, ..self }
    }

    /// The feeds that list them from the beginning: the first is the one whose cell changes.
    pub(super) fn feeds(&self) -> Vec<&'static str> {
        // A person without an NHS number is not on the Shielding Patient List.
        let is_shielding = self.nhs_number.is_some() && self.news() != Some(Field::NhsNumber);
        let in_nsss = !is_shielding || !self.number.is_multiple_of(3);
        let lists = [
            ("spl", is_shielding && self.number % 3 != 2),
            ("nsss", in_nsss),
            ("generic", self.number.is_multiple_of(5)),
            ("self-isolation", self.number % 5 == 1),
        ];
        lists.into_iter().filter(|(_, lists)| *lists).map(|(feed, _)| feed).collect()
    }

    /// Their row in a feed's sheet.
    pub(super) fn row(&self, feed: &str) -> Row {
        let birth = self.birth.map(|part| format!("{part:02}")).join("/");
        let number = self.nhs_number.as_deref().unwrap_or_default();
        let email = self.email.as_deref().unwrap_or_default();
        let id = format!("{feed}-{}", self.number);
        match feed {
            "spl" => row([
                ("Traced_NHSNUMBER", number),
                ("PatientFirstName", &self.first),
                ("PatientSurname", &self.last),
                ("DateOfBirth", &birth),
                ("PatientAddress_Line1", &self.line),
                ("PatientAddress_PostCode", "E8 1AB"),
                ("PatientEmailAddress", email),
                ("landline", &self.telephone),
                ("mobile", &self.mobile),
                ("category", "GP"),
            ]),
            "nsss" => row([
                ("ID", &id),
                ("nhs_number", number),
                ("first_name", &self.first),
                ("last_name", &self.last),
                ("date_of_birth", &birth),
                ("address_line1", &self.line),
                ("address_postcode", "E8 1AB"),
                ("contact_email", email),
                ("contact_number_calls", &self.telephone),
                ("contact_number_texts", &self.mobile),
                ("submission_datetime", "2021-03-01 10:21:00"),
            ]),
            "self-isolation" => row([
                ("ID", &id),
                ("NHS Number", number),
                ("Forename", &self.first),
                ("Surname", &self.last),
                ("Date of Birth", &birth),
                ("Address Line 1", &self.line),
                ("Postcode", "E8 1AB"),
                ("Email", email),
                ("Phone2", &self.telephone),
                ("Phone", &self.mobile),
                ("LA Support Required", "yes"),
                ("LA Support Letter Received", "yes"),
                ("Day 4 Outcome", "needs food"),
                ("Date Tested", "2021-03-06"),
                ("Status Report", "completed"),
            ]),
            _ => row([
                ("First name", &self.first),
                ("Surname", &self.last),
                ("d.o.b", &birth),
                ("Help Request Type", "Link Work"),
                ("Address Line 1", &self.line),
                ("Postcode", "E8 1AB"),
                ("Email", email),
                ("Phone number", &self.telephone),
                ("Phone number 2", &self.mobile),
                ("Case Note 1", "prefers mornings"),
            ]),
        }
    }

    /// The fields that a feed's row says something of.
    pub(super) fn fields(&self, feed: &str) -> Vec<Field> {
        let says = |field: &Field| match field {
            Field::NhsNumber => self.nhs_number.is_some() && feed != "generic",
            Field::Email => self.email.is_some(),
            _ => true,
        };
        FIELDS.into_iter().filter(says).collect()
    }

    /// True if what the sheet says stands at the resident.
    pub(super) fn has_arrived(&self, field: Field, resident: &Resident) -> bool {
        let is = |name, text: &str| resident.text(name) == Some(text);
        let holds =
            |name, number: &str| resident.text(name).is_some_and(|all| all.split(" / ").any(|one| one == number));
        match field {
            Field::FirstName => is("FirstName", &self.first),
            Field::LastName => is("LastName", &self.last),
            Field::DateOfBirth => {
                ["DobDay", "DobMonth", "DobYear"].iter().zip(self.birth).all(|(name, part)| is(name, &part.to_string()))
            }
            Field::NhsNumber => self.nhs_number.as_ref().is_some_and(|number| is("NhsNumber", number)),
            Field::Email => self.email.as_ref().is_some_and(|email| is("EmailAddress", email)),
            Field::Telephone => holds("ContactTelephoneNumber", &self.telephone),
            Field::Mobile => holds("ContactMobileNumber", &self.mobile),
            Field::Address => is("AddressFirstLine", &self.line),
        }
    }
}
