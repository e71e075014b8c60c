//! Case notes as the API stores them: JSON text inside a JSON string, by convention only.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use wire::Note;

/// A note as the API stores it: JSON text, which goes into a JSON string (`docs/contract/here-to-help-api.md`, A.3).
/// Serialised twice, never concatenated: quotes, line breaks and backslashes survive. The order of the keys is the one that
/// the front end writes.
pub fn stored_note(note: &Note, now: DateTime<Utc>) -> String {
    let note_date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    json!({ "author": note.author, "noteDate": note_date, "note": note.note }).to_string()
}

/// The texts of a GET's `CaseNotes`. None unless the whole parses as a list of objects: one stored note that is
/// not JSON spoils the whole, and then they must be read one by one (`docs/contract/feeds.md`, Mapping, notes).
pub fn note_texts(case_notes: &str) -> Option<Vec<String>> {
    let notes: Vec<Map<String, Value>> = serde_json::from_str(case_notes).ok()?;
    Some(notes.into_iter().filter_map(|note| text_of(&Value::Object(note))).collect())
}

/// The texts of one stored note: what its `note` says if it is a JSON object, those of each entry if it is a
/// list, otherwise the note itself.
pub fn texts_of(case_note: &str) -> Vec<String> {
    match serde_json::from_str(case_note) {
        Ok(Value::Array(notes)) => notes.iter().filter_map(text_of).collect(),
        Ok(note @ (Value::Object(_) | Value::String(_))) => text_of(&note).into_iter().collect(),
        // A number, say: text that happens to be JSON.
        Ok(_) | Err(_) => vec![case_note.to_owned()],
    }
}

fn text_of(note: &Value) -> Option<String> {
    let text = if note.is_object() { note.get("note")? } else { note };
    text.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn stored(text: &str) -> String {
        let note = Note { author: "Data Ingestion: Test".into(), note: text.into() };
        stored_note(&note, Utc.with_ymd_and_hms(2021, 2, 18, 12, 16, 21).single().expect("a date"))
    }

    #[test]
    fn a_note_is_json_inside_a_json_string() {
        let body = json!({ "CaseNote": stored("She said \"no\".") }).to_string();
        insta::assert_snapshot!(body, @r#"{"CaseNote":"{\"author\":\"Data Ingestion: Test\",\"noteDate\":\"Thu, 18 Feb 2021 12:16:21 GMT\",\"note\":\"She said \\\"no\\\".\"}"}"#);
    }

    #[test]
    fn days_and_hours_have_two_digits() {
        let now = Utc.with_ymd_and_hms(2022, 1, 2, 3, 4, 5).single().expect("a date");
        let note = Note { author: "a".into(), note: "n".into() };
        let text = stored_note(&note, now);
        assert!(text.contains(r#""noteDate":"Sun, 02 Jan 2022 03:04:05 GMT""#), "{text}");
    }

    #[test]
    fn the_whole_is_read_only_if_it_is_a_list_of_objects() {
        let texts = |list: &[&str]| Some(list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        let table = [
            ("[]", texts(&[])),
            (r#"[{"author":"a","noteDate":"d ","note":"one"}, {"note":"two"}]"#, texts(&["one", "two"])),
            (r#"[{"author":"a","note":null}, {"text":"?"}]"#, texts(&[])),
            ("[Got covid]", None),
            ("[, ]", None),
            (r#"[{"note":"one"}, Got covid]"#, None),
            (r#"[{"note":"one"}, [{"note":"two"}]]"#, None),
            (r#"[{"note":"one"}, "two"]"#, None),
            (r#"[{"note":"one"}, null]"#, None),
            (r#"{"note":"one"}"#, None),
            ("", None),
            ("null", None),
        ];
        for (case_notes, expected) in table {
            assert_eq!(note_texts(case_notes), expected, "{case_notes}");
        }
    }

    #[test]
    fn each_stored_note_is_read_by_itself() {
        let table: [(&str, &[&str]); 9] = [
            (r#"{"author":"a","note":"one"}"#, &["one"]),
            ("Got covid", &["Got covid"]),
            ("", &[""]),
            (r#"{"note":"C:\new"#, &[r#"{"note":"C:\new"#]),
            (r#"[{"note":"one"}, {"note":"two"}]"#, &["one", "two"]),
            (r#"["one", 2, null, {"author":"a"}]"#, &["one"]),
            (r#""one""#, &["one"]),
            ("1e5", &["1e5"]),
            ("null", &["null"]),
        ];
        for (case_note, expected) in table {
            assert_eq!(texts_of(case_note), expected, "{case_note}");
        }
    }

    proptest! {
        /// Whatever a note says is found again, in the GET of all notes and by itself.
        #[test]
        fn what_is_posted_is_found_again(text in any::<String>(), other in any::<String>()) {
            let (stored, second) = (stored(&text), stored(&other));
            prop_assert_eq!(texts_of(&stored), vec![text.clone()]);
            prop_assert_eq!(note_texts(&format!("[{stored}, {second}]")), Some(vec![text, other]));
        }

        #[test]
        fn no_stored_note_is_too_odd_to_be_read(note in any::<String>()) {
            texts_of(&note);
            note_texts(&note);
        }
    }
}
