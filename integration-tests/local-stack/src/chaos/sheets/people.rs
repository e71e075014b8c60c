//! Made-up people: no two share what the API knows somebody by, but some share their name.

use rand::Rng;
use rand::rngs::StdRng;

use crate::nhs_number;

const FIRST: [&str; 16] = [
    "Ann",
    "Yusuf",
    "Wei",
    "Fatima",
    "John",
    "Grace",
    "Siân",
    "Ibrahim",
    "Mary Jane",
    "Chidi",
    "Rosa",
    "Lev",
    "Amélie",
    "Tom",
    "Nadia",
    "Owen",
];
const SYLLABLES: [&str; 16] =
    ["ba", "co", "di", "fe", "gu", "ha", "jo", "ki", "lu", "ma", "ne", "po", "ra", "si", "te", "wu"];

/// A person, with what the sheets know of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Counted from 0; ids and addresses are made of it.
    pub number: usize,
    /// The first name.
    pub first: String,
    /// The last name.
    pub last: String,
    /// The date of birth: year, month, day.
    pub birth: Option<(u32, u32, u32)>,
    /// The NHS number.
    pub nhs_number: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The mobile number, which only some of the feeds know.
    pub mobile: Option<String>,
    /// The e-mail, which [one feed](super::KNOWS_EMAILS) knows.
    pub email: Option<String>,
}

impl Person {
    /// The person of this number. Of ten people seven have an NHS number; one is known by a date of birth, one by a
    /// telephone number, and one by nothing but the name and the account.
    pub(super) fn make(number: usize, rng: &mut StdRng) -> Self {
        let kind = number % 10;
        // The sixth has the name of the fifth, and another date of birth and number.
        let named = if kind == 6 { number - 1 } else { number };
        let birth = (rng.random_range(1930..2005), rng.random_range(1..=12), rng.random_range(1..=28));
        Self {
            number,
            first: FIRST[named % FIRST.len()].to_owned(),
            last: last_name(named),
            birth: (kind <= 7).then_some(birth),
            nhs_number: (kind <= 6).then(|| nhs_number(number as u32)),
            phone: matches!(kind, 0 | 2 | 4 | 8)
                .then(|| format!("020 7{:03} {:04}", 100 + number / 10_000, number % 10_000)),
            mobile: matches!(kind, 2 | 6 | 7)
                .then(|| format!("077{:03} {:05}", 10 + number / 100_000, number % 100_000)),
            email: matches!(kind, 1 | 3 | 5).then(|| format!("person{number}@example.org")),
        }
    }

    /// True if nothing but the name and an account tells who it is: the API cannot find such a person again without a
    /// request.
    pub fn is_known_by_name_alone(&self) -> bool {
        self.birth.is_none() && self.nhs_number.is_none() && self.phone.is_none()
    }

    pub(super) fn born(&self) -> String {
        self.birth.map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")).unwrap_or_default()
    }

    pub(super) fn number_or_blank(&self) -> String {
        self.nhs_number.clone().unwrap_or_default()
    }

    pub(super) fn phone_or_blank(&self) -> String {
        self.phone.clone().unwrap_or_default()
    }

    pub(super) fn mobile_or_blank(&self) -> String {
        self.mobile.clone().unwrap_or_default()
    }

    pub(super) fn email_or_blank(&self) -> String {
        self.email.clone().unwrap_or_default()
    }

    pub(super) fn house(&self) -> String {
        (self.number + 1).to_string()
    }
}

fn last_name(number: usize) -> String {
    let mut left = number;
    let mut name = String::new();
    for _ in 0..4 {
        name.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    name[..1].to_uppercase() + &name[1..]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;

    use super::*;

    #[test]
    fn no_two_people_share_what_the_api_knows_somebody_by() {
        let mut rng = StdRng::seed_from_u64(1);
        let people: Vec<Person> = (0..5_000).map(|number| Person::make(number, &mut rng)).collect();
        let numbers: BTreeSet<_> = people.iter().filter_map(|person| person.nhs_number.clone()).collect();
        assert_eq!(numbers.len(), people.iter().filter(|person| person.nhs_number.is_some()).count());
        let phones: BTreeSet<_> = people.iter().filter_map(|person| person.phone.clone()).collect();
        assert_eq!(phones.len(), people.iter().filter(|person| person.phone.is_some()).count());
        let names: BTreeSet<_> = people.iter().map(|person| (&person.first, &person.last)).collect();
        assert_eq!(names.len(), 4_500, "one in ten shares a name");
        let born: BTreeSet<_> = people.iter().map(|person| (&person.first, &person.last, person.birth)).collect();
        assert!(born.len() >= 4_999, "and hardly ever the birthday too: {}", born.len());
    }
}
