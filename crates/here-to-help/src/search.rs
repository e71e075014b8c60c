//! The question to the API when somebody's request is looked for.

use wire::HelpRequest;

/// With fewer letters than these in both names together, a search fetches strangers by the thousand.
const LEAST_LETTERS: usize = 4;

/// First name, last name and kind of help. The search has no pages and *contains* is enough for a name to be found
/// (docs/contract/here-to-help-api.md, A.6b), so less would fetch strangers by the thousand.
#[derive(Clone, PartialEq, Eq)]
pub struct Search {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) help_needed: String,
}

impl Search {
    /// Finds the request that was sent, whichever letters the API's database and its .NET fold: all fold those of ASCII, so of
    /// a name with others its longest part without them is asked for. None where the request has not all three, or too little
    /// is left of the names.
    pub fn for_request(request: &HelpRequest) -> Option<Self> {
        let whole = Self::by_whole_names(request)?;
        if !has_other_letters(request) {
            return Some(whole);
        }
        let [first_name, last_name] = [&whole.first_name, &whole.last_name].map(|name| longest_ascii_part(name));
        let letters = first_name.chars().chain(last_name.chars()).filter(char::is_ascii_alphanumeric).count();
        (letters >= LEAST_LETTERS).then(|| Self {
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            ..whole
        })
    }

    /// Finds the request only if the API finds its resident by these names (A.8, step 1): it folds both alike. None where the
    /// request has not all three.
    pub fn by_whole_names(request: &HelpRequest) -> Option<Self> {
        let given = |field: &Option<String>| field.clone().filter(|text| !text.trim().is_empty());
        Some(Self {
            first_name: given(&request.first_name)?,
            last_name: given(&request.last_name)?,
            help_needed: given(&request.help_needed)?,
        })
    }
}

/// True if a name has a letter beyond ASCII, which not every database and not every .NET folds (A.8, step 1).
pub fn has_other_letters(request: &HelpRequest) -> bool {
    [&request.first_name, &request.last_name].into_iter().flatten().any(|name| !name.is_ascii())
}

fn longest_ascii_part(name: &str) -> &str {
    let parts = name.split(|letter: char| !letter.is_ascii()).map(str::trim);
    parts.max_by_key(|part| part.len()).unwrap_or_default()
}

wire::debug_only!(Search { help_needed });

#[cfg(test)]
mod tests {
    use super::*;

    fn request(first_name: &str, last_name: &str) -> HelpRequest {
        let given = |text: &str| Some(text.to_owned());
        HelpRequest {
            first_name: given(first_name),
            last_name: given(last_name),
            help_needed: given("Shielding"),
            ..HelpRequest::default()
        }
    }

    #[test]
    fn of_a_name_with_other_letters_its_longest_part_without_is_asked_for() {
        let cases = [
            (("Ann", "Lee"), Some(("Ann", "Lee"))),
            (("A", "B"), Some(("A", "B"))),
            (("Zoë", "Larkspur"), Some(("Zo", "Larkspur"))),
            (("Siân Mary", "O’Neil"), Some(("n Mary", "Neil"))),
            (("Yıldız", "Şahin"), Some(("ld", "ahin"))),
            (("Мина", "Larkspur"), Some(("", "Larkspur"))),
            (("Wü", "Li"), None),
            (("Мина", "Жук"), None),
            (("Zoë", " "), None),
        ];
        for ((first, last), wanted) in cases {
            let search = Search::for_request(&request(first, last));
            let asked = search.as_ref().map(|search| (search.first_name.as_str(), search.last_name.as_str()));
            assert_eq!(asked, wanted, "{first} {last}");
        }
    }

    #[test]
    fn the_whole_names_are_asked_for_as_they_are() {
        let search = Search::by_whole_names(&request("Zoë", "Larkspur")).expect("all three");
        assert_eq!((search.first_name.as_str(), search.last_name.as_str()), ("Zoë", "Larkspur"));
        assert!(!format!("{search:?}").contains("Lark"));
    }
}
