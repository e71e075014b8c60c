//! Whose request came back: the API finds a request by its id over all residents, so an id that two
//! people share brings the first one's request for the second.

use std::collections::BTreeMap;

use ledger::{Field, Fingerprint, HashKey, RequestMemory, ResidentMemory};
use wire::{Held, HelpRequest, NhsNumber};

use super::fold::{birthday, fold, given};
use super::values::Values;

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

/// What tells people apart, in normal forms; or the fingerprints of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who<T> {
    nhs_number: Option<T>,
    birthday: Option<T>,
    first_name: Option<T>,
    last_name: Option<T>,
}

impl Who<String> {
    /// As a row sends it.
    pub(crate) fn sent(request: &HelpRequest) -> Self {
        Self {
            nhs_number: request.nhs_number.as_ref().map(|number| number.as_str().to_owned()),
            birthday: birthday([&request.dob_day, &request.dob_month, &request.dob_year]),
            first_name: given(&request.first_name).map(fold),
            last_name: given(&request.last_name).map(fold),
        }
    }

    /// As the API holds it. Staff may have written something else where the number belongs, which is not a number of the
    /// row's; signs alone say nothing.
    pub(crate) fn held(held: &Held) -> Self {
        let says = given(&held.nhs_number).filter(|text| text.contains(char::is_alphanumeric));
        let number =
            |text: &str| NhsNumber::read(text).map_or_else(|| text.to_owned(), |number| number.as_str().to_owned());
        Self {
            nhs_number: says.map(number),
            birthday: birthday([&held.dob_day, &held.dob_month, &held.dob_year]),
            first_name: given(&held.first_name).map(fold),
            last_name: given(&held.last_name).map(fold),
        }
    }

    /// The fingerprints. Those of number and birthday are the same as of the values.
    pub(crate) fn hashed(&self, key: &HashKey) -> Who<Fingerprint> {
        let hash = |kind: &str, value: &Option<String>| value.as_deref().map(|value| key.fingerprint(kind, value));
        Who {
            nhs_number: hash("nhs", &self.nhs_number),
            birthday: hash("birthday", &self.birthday),
            first_name: hash("folded name", &self.first_name),
            last_name: hash("folded name", &self.last_name),
        }
    }
}

impl Who<Fingerprint> {
    /// The person who was accepted on a request.
    fn accepted(request: &RequestMemory) -> Self {
        let of = |field| request.accepted.get(&field).cloned();
        Self {
            nhs_number: of(Field::NhsNumber),
            birthday: of(Field::Birthday),
            first_name: of(Field::FirstName),
            last_name: of(Field::LastName),
        }
    }

    /// To be remembered with a request.
    fn fields(&self) -> impl Iterator<Item = (Field, Fingerprint)> {
        let fields = [
            (Field::NhsNumber, &self.nhs_number),
            (Field::Birthday, &self.birthday),
            (Field::FirstName, &self.first_name),
            (Field::LastName, &self.last_name),
        ];
        fields.into_iter().filter_map(|(field, value)| Some((field, value.clone()?)))
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

fn compare<T: PartialEq>(sent: &Option<T>, other: &Option<T>) -> Compared {
    match (sent, other) {
        (Some(sent), Some(other)) if sent == other => Compared::Equal,
        (Some(_), Some(_)) => Compared::Different,
        _ => Compared::Unknown,
    }
}

/// Judges by the fields that both have; of the row, only what was sent
/// (docs/contract/feeds.md, "Whose request came back").
pub(crate) fn whose(sent: &Who<String>, held: &Who<String>) -> Person {
    judge(sent, compare(&sent.nhs_number, &held.nhs_number), sent, held)
}

/// The row, as a person who may be remembered.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) who: Who<String>,
    pub(crate) hashed: Who<Fingerprint>,
    pub(crate) values: Values,
    /// The key by which the API finds its request.
    pub(crate) request_key: Option<Fingerprint>,
    /// The key is one among the requests of one resident, and others have the same.
    has_common_key: bool,
    nhs_ctas_id: Option<String>,
}

impl Subject {
    pub(crate) fn new(key: &HashKey, request: &HelpRequest, values: Values) -> Self {
        let who = Who::sent(request);
        let request_key = wire::request_key(request);
        let has_common_key = request_key.as_ref().is_some_and(|id| id.kind == "generic");
        let request_key = request_key.map(|id| key.fingerprint(id.kind, &id.value));
        let nhs_ctas_id = request.nhs_ctas_id.clone();
        Self { hashed: who.hashed(key), who, values, request_key, has_common_key, nhs_ctas_id }
    }

    /// The same person as was accepted on a request: judged by what was sent, not by what staff made of it since. The API takes
    /// them for the same too where it knows them by what was sent (A.8).
    pub(crate) fn was_accepted(&self, request: &RequestMemory, memory: &ResidentMemory) -> bool {
        self.compared_with(&Who::accepted(request)) != Person::Another
            || self.is_known_as(memory).is_some()
            || self.is_known_on(request)
            || !self.has_common_key && self.has_key_of(request) && self.has_names_of(request)
    }

    /// Who is to be remembered with the request: also by what else they are known, where others have its key.
    pub(crate) fn accepted(&self) -> BTreeMap<Field, Fingerprint> {
        let contacts = [Field::Uprn, Field::Email, Field::Telephone, Field::Mobile];
        let contacts = contacts.into_iter().filter(|_| self.has_common_key);
        let contacts = contacts.filter_map(|field| Some((field, self.values.get(&field)?.clone())));
        self.hashed.fields().chain(contacts).collect()
    }

    /// The row's request, where it is remembered.
    pub(crate) fn request_of<'a>(
        &self,
        residents: impl Iterator<Item = (i64, &'a ResidentMemory)>,
    ) -> Option<(i64, &'a RequestMemory)> {
        let requests = residents.flat_map(|(_, memory)| {
            let is_theirs = !self.has_common_key || self.is_known_as(memory).is_some();
            let requests = memory.requests.iter().map(|(id, request)| (*id, request));
            requests.filter(move |(_, request)| is_theirs || self.is_known_on(request))
        });
        requests.filter(|(_, request)| self.has_key_of(request)).max_by(|(_, one), (_, other)| one.by.cmp(&other.by))
    }

    fn has_key_of(&self, request: &RequestMemory) -> bool {
        self.request_key.is_some() && request.key == self.request_key
    }

    /// By what the API would find this person among those who were sent: the lower, the surer. None where it would not: two
    /// people of one name stay two.
    pub(crate) fn is_known_as(&self, memory: &ResidentMemory) -> Option<u8> {
        let has_names = memory.requests.values().any(|request| self.has_names_of(request));
        self.is_known_by(has_names, |field, value| memory.was_sent(field, value))
    }

    /// The same, of who was accepted on a request: of one that has a common key also their contacts are remembered. The resident
    /// may be joined with others since, and what is remembered of them may be others' values.
    fn is_known_on(&self, request: &RequestMemory) -> bool {
        let was_sent = |field, value: &Fingerprint| request.accepted.get(&field) == Some(value);
        self.is_known_by(self.has_names_of(request), was_sent).is_some()
    }

    /// The same, of another row; or it has the same id: whether that is one person's, what stands there tells.
    pub(crate) fn is_one_with(&self, other: &Self) -> bool {
        let has_key = !self.has_common_key && self.request_key.is_some() && self.request_key == other.request_key;
        let has_ctas_id = self.nhs_ctas_id.is_some() && self.nhs_ctas_id == other.nhs_ctas_id;
        let names = |who: &Who<Fingerprint>| who.first_name.clone().zip(who.last_name.clone());
        let has_names = names(&self.hashed).is_some_and(|own| names(&other.hashed) == Some(own));
        has_key
            || has_names && has_ctas_id
            || self.is_known_by(has_names, |field, value| other.values.get(&field) == Some(value)).is_some()
    }

    fn is_known_by(&self, has_names: bool, was_sent: impl Fn(Field, &Fingerprint) -> bool) -> Option<u8> {
        let sent = |field, as_field| self.values.get(&field).is_some_and(|value| was_sent(as_field, value));
        let same = |field| sent(field, field);
        let phones = [Field::Telephone, Field::Mobile];
        let phone = || phones.into_iter().any(|field| phones.into_iter().any(|stored| sent(field, stored)));
        match () {
            () if same(Field::NhsNumber) => Some(0),
            () if !has_names => None,
            () if same(Field::Uprn) => Some(1),
            () if same(Field::Birthday) => Some(2),
            () if same(Field::Email) || phone() => Some(3),
            () => None,
        }
    }

    fn has_names_of(&self, request: &RequestMemory) -> bool {
        let has = |field, name: &Option<Fingerprint>| name.is_some() && request.accepted.get(&field) == name.as_ref();
        has(Field::FirstName, &self.hashed.first_name) && has(Field::LastName, &self.hashed.last_name)
    }

    /// Who the resident of a request is now. What we wrote counts in place of what staff made of it; a number or birthday that
    /// stands there, was sent of them or is corrected by the row counts as theirs.
    pub(crate) fn whose_now(
        &self,
        key: &HashKey,
        held: &Held,
        memory: &ResidentMemory,
        accepted: Option<&RequestMemory>,
    ) -> Person {
        let held = Who::held(held).hashed(key);
        let now = |field, held: Option<Fingerprint>, own: &Option<Fingerprint>| {
            let stands = memory.written(field).cloned().or(held.clone());
            let is_corrected = accepted.is_some_and(|request| request.accepted.get(&field) == stands.as_ref());
            let is_theirs =
                |own: &Fingerprint| memory.was_sent(field, own) || held.as_ref() == Some(own) || is_corrected;
            own.clone().filter(is_theirs).or(stands)
        };
        let name = |field, held: Option<Fingerprint>, own: &Option<Fingerprint>| {
            let is_known =
                memory.requests.values().any(|request| own.is_some() && request.accepted.get(&field) == own.as_ref());
            if is_known { own.clone() } else { held }
        };
        self.compared_with(&Who {
            nhs_number: now(Field::NhsNumber, held.nhs_number, &self.hashed.nhs_number),
            birthday: now(Field::Birthday, held.birthday, &self.hashed.birthday),
            first_name: name(Field::FirstName, held.first_name, &self.hashed.first_name),
            last_name: name(Field::LastName, held.last_name, &self.hashed.last_name),
        })
    }

    /// Of somebody of the same names and birthday the number was corrected.
    fn compared_with(&self, other: &Who<Fingerprint>) -> Person {
        let number = compare(&self.hashed.nhs_number, &other.nhs_number);
        let is_corrected = number == Compared::Different
            && compare(&self.hashed.birthday, &other.birthday) == Compared::Equal
            && compare(&self.hashed.first_name, &other.first_name) == Compared::Equal
            && compare(&self.hashed.last_name, &other.last_name) == Compared::Equal;
        judge(&self.who, if is_corrected { Compared::Unknown } else { number }, &self.hashed, other)
    }
}

fn judge<T: PartialEq>(names: &Who<String>, nhs_number: Compared, sent: &Who<T>, other: &Who<T>) -> Person {
    let first_name = compare(&sent.first_name, &other.first_name);
    let last_name = compare(&sent.last_name, &other.last_name);
    let both_names = first_name == Compared::Equal && last_name == Compared::Equal;
    // A name of punctuation alone (`-`) is a placeholder: alone it makes nobody the same person.
    let has_letters = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
    let one_name = first_name == Compared::Equal && has_letters(&names.first_name)
        || last_name == Compared::Equal && has_letters(&names.last_name);

    match (nhs_number, compare(&sent.birthday, &other.birthday)) {
        (Compared::Equal, _) => Person::Same,
        (Compared::Different, _) => Person::Another,
        (_, Compared::Different) => Person::Another,
        _ if both_names => Person::Same,
        (_, Compared::Equal) if one_name => Person::SameUnderAnotherName,
        _ => Person::Another,
    }
}

#[cfg(test)]
mod remembered_tests;

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
            assert_eq!(compared(sent, held), person, "{why}");
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
                compared(as_str(&one), as_str(&other)),
                compared(as_str(&other), as_str(&one))
            );
        }

        #[test]
        fn nhs_numbers_alone_decide_where_both_have_one(one in fields(), other in fields()) {
            prop_assume!(!one.0.is_empty() && !other.0.is_empty());
            let person = compared(as_str(&one), as_str(&other));
            prop_assert_eq!(person == Person::Same, one.0 == other.0);
            prop_assert_ne!(person, Person::SameUnderAnotherName);
        }

        #[test]
        fn without_equal_nhs_numbers_nobody_is_the_same_whose_birthdays_differ(one in fields(), other in fields()) {
            let one = ("", "1/2/1980", one.2.as_str(), one.3.as_str());
            let other = (other.0.as_str(), "3/2/1980", other.2.as_str(), other.3.as_str());
            prop_assert_eq!(compared(one, other), Person::Another);
        }

        #[test]
        fn without_a_name_in_common_only_equal_nhs_numbers_make_the_same_person(one in fields(), other in fields()) {
            prop_assume!(fold(&one.2) != fold(&other.2) && fold(&one.3) != fold(&other.3));
            let person = compared(as_str(&one), as_str(&other));
            prop_assert_eq!(person != Person::Another, !one.0.is_empty() && one.0 == other.0);
        }

        #[test]
        fn a_row_is_the_same_person_as_its_own_resident(one in fields()) {
            prop_assume!(!one.0.is_empty() || !one.2.is_empty() && !one.3.is_empty());
            prop_assert_eq!(compared(as_str(&one), as_str(&one)), Person::Same);
        }
    }

    fn compared(sent: Fields, other: Fields) -> Person {
        whose(&Who::sent(&request(sent)), &Who::held(&resident(other)))
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
