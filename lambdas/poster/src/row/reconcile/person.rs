//! Whose request came back: the API finds a request by its id over all residents, so an id that two
//! people share brings the first one's request for the second.

use super::fold::{fold, given};
use wire::{Held, HelpRequest, NhsNumber};

/// The reason of a row that is `failed` because the request that came back is somebody else's.
pub(crate) const ANOTHER_PERSON: &str =
    "the id's request stands under another person: corrected there, or somebody else's id?";

/// Tells if the row and the resident of the request that came back are the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// The same.
    Same,
    /// The same, by date of birth and one of the names (a corrected name, a marriage): a warning says so.
    SameUnderAnotherName,
    /// Not known to be the same: nothing more is written, and the row is `failed` ([`ANOTHER_PERSON`]).
    Another,
}

impl Person {
    /// The words of the summary beside the row.
    pub(crate) fn warning(self) -> Option<&'static str> {
        match self {
            Self::SameUnderAnotherName => Some("known under another name"),
            Self::Same | Self::Another => None,
        }
    }
}

/// Judges by the fields that both have; of the row, only what was sent
/// (docs/contract/feeds.md, "Whose request came back").
pub(crate) fn whose(sent: &HelpRequest, held: &Held) -> Person {
    let nhs_number = compare(sent.nhs_number.clone().map(Some), held_number(held));
    let birth = compare(
        date_of_birth([&sent.dob_day, &sent.dob_month, &sent.dob_year]),
        date_of_birth([&held.dob_day, &held.dob_month, &held.dob_year]),
    );
    let first_name = compare(name(&sent.first_name), name(&held.first_name));
    let last_name = compare(name(&sent.last_name), name(&held.last_name));
    let both_names = first_name == Compared::Equal && last_name == Compared::Equal;
    // A name of punctuation alone (`-`) is a placeholder: alone it makes nobody the same person.
    let one_name = first_name == Compared::Equal && has_letters(&sent.first_name)
        || last_name == Compared::Equal && has_letters(&sent.last_name);

    match (nhs_number, birth) {
        (Compared::Equal, _) => Person::Same,
        (Compared::Different, _) => Person::Another,
        (_, Compared::Different) => Person::Another,
        _ if both_names => Person::Same,
        (_, Compared::Equal) if one_name => Person::SameUnderAnotherName,
        _ => Person::Another,
    }
}

/// One field on both sides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compared {
    Equal,
    Different,
    /// One side or both say nothing.
    Unknown,
}

fn compare<T: PartialEq>(sent: Option<T>, held: Option<T>) -> Compared {
    match (sent, held) {
        (Some(sent), Some(held)) if sent == held => Compared::Equal,
        (Some(_), Some(_)) => Compared::Different,
        _ => Compared::Unknown,
    }
}

/// Here to Help's field for the number: staff may have written something else there, which is not a number of the
/// row's; signs alone say nothing.
fn held_number(held: &Held) -> Option<Option<NhsNumber>> {
    let says = given(&held.nhs_number).filter(|text| text.contains(char::is_alphanumeric));
    says.map(NhsNumber::read)
}

/// The parts as the API compares them: trimmed, without leading zeros. None where a part is missing.
fn date_of_birth(parts: [&Option<String>; 3]) -> Option<Vec<String>> {
    let part = |field| {
        let part = given(field)?.trim().trim_start_matches('0').to_uppercase();
        (!part.is_empty()).then_some(part)
    };
    parts.into_iter().map(part).collect()
}

fn name(field: &Option<String>) -> Option<String> {
    given(field).map(fold)
}

fn has_letters(field: &Option<String>) -> bool {
    name(field).is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NHS: &str = "9434765919";
    const OTHER_NHS: &str = "4980773109";

    /// NHS number, date of birth (`d/m/y`, parts may be blank), first name, last name; blank means none.
    type Fields<'a> = (&'a str, &'a str, &'a str, &'a str);

    #[test]
    fn the_rule_sentence_by_sentence() {
        use Person::{Another, Same, SameUnderAnotherName};
        let cases: [(Fields, Fields, Person, &str); 31] = [
            // NHS numbers are equal: whatever else differs.
            ((NHS, "1/2/1980", "Ann", "Lee"), (NHS, "3/4/1990", "Bob", "Ray"), Same, "equal NHS numbers"),
            ((NHS, "", "", ""), (NHS, "", "", ""), Same, "NHS numbers alone"),
            ((NHS, "", "", ""), ("943 476 5919", "", "", ""), Same, "stored with blanks"),
            ((NHS, "", "", ""), ("943-476.5919", "", "", ""), Same, "stored with a dash and a point"),
            ((NHS, "", "Ann", "Lee"), (" - ", "", "Ann", "Lee"), Same, "a dash stands for no number"),
            // NHS numbers do not differ, full dates of birth do not differ, both folded names are equal.
            (("", "1/2/1980", "Ann", "Lee"), ("", "1/2/1980", "Ann", "Lee"), Same, "all equal"),
            (("", "", "Ann", "Lee"), ("", "", "Ann", "Lee"), Same, "names alone"),
            (("", "", "Ann", "Lee"), (NHS, "1/2/1980", "ANN", "lee"), Same, "only the API has number and date"),
            ((NHS, "1/2/1980", "Ann", "Lee"), ("", "", "Ann", "Lee"), Same, "only the row has number and date"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "/2/1980", "Ann", "Lee"), Same, "a date that lacks a part is none"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "0/3/1980", "Ann", "Lee"), Same, "a day 0 is none"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "01/02/1980", "Ann", "Lee"), Same, "leading zeros"),
            (("", "", "José", "O’Neil-Smith"), ("", "", "jose", "ONEIL SMITH"), Same, "folded"),
            (("", "", "Madonna", "-"), ("", "", "Madonna", "-"), Same, "a placeholder name on both sides"),
            // Dates of birth are equal, NHS numbers do not differ, one folded name is equal.
            (("", "1/2/1980", "Ann", "Lee"), ("", "1/2/1980", "Ann", "Ray"), SameUnderAnotherName, "a marriage"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "1/2/1980", "Anna", "Lee"), SameUnderAnotherName, "a correction"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "1/2/1980", "Ann", ""), SameUnderAnotherName, "a name is missing"),
            ((NHS, "1/2/1980", "Ann", "Lee"), ("", "01/2/1980", "Ann", "Ray"), SameUnderAnotherName, "number unknown"),
            // Everything else is another.
            ((NHS, "1/2/1980", "Ann", "Lee"), (OTHER_NHS, "1/2/1980", "Ann", "Lee"), Another, "NHS numbers differ"),
            (
                (NHS, "", "Ann", "Lee"),
                ("943476591", "", "Ann", "Lee"),
                Another,
                "a number that lacks a digit is another",
            ),
            ((NHS, "", "Ann", "Lee"), ("<NA>", "", "Ann", "Lee"), Another, "what is no number is not the row's"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "2/2/1980", "Ann", "Lee"), Another, "father and son"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "1/2/1980", "Bob", "Ray"), Another, "same birthday alone"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "1/2/1980", "Lee", "Ann"), Another, "names the other way round"),
            (("", "", "Ann", "Lee"), ("", "", "Ann", "Ray"), Another, "one name and no date"),
            (("", "1/2/1980", "Ann", "Lee"), ("", "", "Ann", "Ray"), Another, "one name, date on one side"),
            (("", "1/2/1980", "Ann", "-"), ("", "1/2/1980", "Bob", "-"), Another, "a placeholder is no name"),
            (("", "1/2/1980", "-", "Lee"), ("", "1/2/1980", "-", "Ray"), Another, "nor is it a first name"),
            (("", "", "", ""), ("", "", "", ""), Another, "nothing on either side"),
            ((NHS, "", "", ""), ("", "", "Ann", "Lee"), Another, "nothing that both have"),
            (("", "1/2/1980", "", ""), ("", "1/2/1980", "", ""), Another, "no name on either side"),
        ];
        for (sent, held, person, why) in cases {
            assert_eq!(whose(&request(sent), &resident(held)), person, "{why}");
        }
    }

    #[test]
    fn only_another_name_is_worth_a_warning() {
        assert_eq!(Person::SameUnderAnotherName.warning(), Some("known under another name"));
        assert_eq!(Person::Same.warning(), None);
        assert_eq!(Person::Another.warning(), None);
    }

    proptest! {
        #[test]
        fn either_side_may_be_the_row(one in fields(), other in fields()) {
            prop_assert_eq!(
                whose(&request(as_str(&one)), &resident(as_str(&other))),
                whose(&request(as_str(&other)), &resident(as_str(&one)))
            );
        }

        #[test]
        fn nhs_numbers_alone_decide_where_both_have_one(one in fields(), other in fields()) {
            prop_assume!(!one.0.is_empty() && !other.0.is_empty());
            let person = whose(&request(as_str(&one)), &resident(as_str(&other)));
            prop_assert_eq!(person == Person::Same, one.0 == other.0);
            prop_assert_ne!(person, Person::SameUnderAnotherName);
        }

        #[test]
        fn without_equal_nhs_numbers_nobody_is_the_same_whose_birthdays_differ(one in fields(), other in fields()) {
            let one = ("", "1/2/1980", one.2.as_str(), one.3.as_str());
            let other = (other.0.as_str(), "3/2/1980", other.2.as_str(), other.3.as_str());
            prop_assert_eq!(whose(&request(one), &resident(other)), Person::Another);
        }

        #[test]
        fn without_a_name_in_common_only_equal_nhs_numbers_make_the_same_person(one in fields(), other in fields()) {
            prop_assume!(fold(&one.2) != fold(&other.2) && fold(&one.3) != fold(&other.3));
            let person = whose(&request(as_str(&one)), &resident(as_str(&other)));
            prop_assert_eq!(person != Person::Another, !one.0.is_empty() && one.0 == other.0);
        }

        #[test]
        fn a_row_is_the_same_person_as_its_own_resident(one in fields()) {
            prop_assume!(!one.0.is_empty() || !one.2.is_empty() && !one.3.is_empty());
            prop_assert_eq!(whose(&request(as_str(&one)), &resident(as_str(&one))), Person::Same);
        }
    }

    /// Few values, so that they meet often.
    fn fields() -> impl Strategy<Value = (String, String, String, String)> {
        (
            prop::sample::select(vec!["", NHS, OTHER_NHS]),
            prop::sample::select(vec!["//", "1/2/1980", "3/2/1980", "1//1980"]),
            prop::sample::select(vec!["", "Ann", "ANN", "Bob", "-"]),
            prop::sample::select(vec!["", "Lee", "lee", "Ray", "O'Ray"]),
        )
            .prop_map(|(nhs, birth, first, last)| (nhs.into(), birth.into(), first.into(), last.into()))
    }

    fn as_str(fields: &(String, String, String, String)) -> Fields<'_> {
        (&fields.0, &fields.1, &fields.2, &fields.3)
    }

    fn request((nhs_number, birth, first_name, last_name): Fields) -> HelpRequest {
        let [dob_day, dob_month, dob_year] = parts(birth);
        HelpRequest {
            nhs_number: NhsNumber::read(nhs_number),
            dob_day,
            dob_month,
            dob_year,
            first_name: some(first_name),
            last_name: some(last_name),
            ..HelpRequest::default()
        }
    }

    /// A blank field is shown as `""` here, for that must count as none.
    fn resident((nhs_number, birth, first_name, last_name): Fields) -> Held {
        let [dob_day, dob_month, dob_year] = parts(birth);
        Held {
            nhs_number: Some(nhs_number.to_owned()),
            dob_day,
            dob_month,
            dob_year,
            first_name: Some(first_name.to_owned()),
            last_name: Some(last_name.to_owned()),
            ..Held::default()
        }
    }

    fn parts(birth: &str) -> [Option<String>; 3] {
        let mut parts = birth.split('/').map(some);
        std::array::from_fn(|_| parts.next().flatten())
    }

    fn some(text: &str) -> Option<String> {
        (!text.is_empty()).then(|| text.to_owned())
    }
}
