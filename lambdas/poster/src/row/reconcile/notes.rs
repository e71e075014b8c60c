//! The notes that are not there yet.

use std::collections::HashSet;

use wire::Note;

/// The notes of the row whose text is not among those that are there (`held`), each text once. The text
/// is compared byte for byte (docs/contract/feeds.md, "Mapping, notes"); the author does not count.
pub(crate) fn missing_notes<'a>(wanted: &'a [Note], held: &[String]) -> Vec<&'a Note> {
    let mut known: HashSet<&str> = held.iter().map(String::as_str).collect();
    wanted.iter().filter(|note| known.insert(&note.note)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_missing_until_its_exact_text_is_there() {
        let cases: [(&[&str], &[&str], &[&str]); 6] = [
            (&["a", "b"], &[], &["a", "b"]),
            (&["a", "b"], &["b"], &["a"]),
            (&["a", "b", "a"], &[], &["a", "b"]),
            (&["a"], &["a", "a"], &[]),
            // One blank and two, upper and lower case are different texts.
            (&["on:  Monday"], &["on: Monday", "On:  Monday", "on:  Monday "], &["on:  Monday"]),
            (&[], &["a"], &[]),
        ];
        for (wanted, held, missing) in cases {
            let wanted: Vec<Note> = wanted.iter().map(|text| note("Data Ingestion: Test", text)).collect();
            let held: Vec<String> = held.iter().map(ToString::to_string).collect();
            let found: Vec<&str> = missing_notes(&wanted, &held).into_iter().map(|note| note.note.as_str()).collect();
            assert_eq!(found, missing, "held: {held:?}");
        }
    }

    #[test]
    fn the_author_does_not_make_a_text_another() {
        let wanted = [note("Data Ingestion: Contact Tracing", "a"), note("Data Ingestion: Self Isolation", "a")];
        assert_eq!(missing_notes(&wanted, &[]), [&wanted[0]]);
    }

    fn note(author: &str, text: &str) -> Note {
        Note { author: author.to_owned(), note: text.to_owned() }
    }
}
