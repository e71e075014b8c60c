//! The search language of `files.list`, as much of it as is simulated. What is not understood is an error, never "true".

use std::iter::Peekable;
use std::str::Chars;

/// A search: every clause must hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query(pub(super) Vec<Clause>);

/// One condition on a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// `'id' in parents`
    Parent(String),
    /// `trashed = false`
    NotTrashed,
    /// `mimeType = 'm'`
    MimeType(String),
}

impl Query {
    /// # Errors
    /// Says which part is not understood.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut words = Words(text.chars().peekable());
        let mut clauses = Vec::new();
        loop {
            clauses.push(words.clause()?);
            match words.next()? {
                Word::End => break,
                Word::Name(name) if name == "and" => {}
                other => return Err(format!("expected 'and' or the end, found {other:?}")),
            }
        }
        let parents = clauses.iter().filter(|clause| matches!(clause, Clause::Parent(_))).count();
        if parents > 1 {
            return Err("more than one parent".to_owned());
        }
        Ok(Self(clauses))
    }

    pub(super) fn parent(&self) -> Option<&str> {
        self.0.iter().find_map(|clause| match clause {
            Clause::Parent(id) => Some(id.as_str()),
            _ => None,
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Text(String),
    Name(String),
    Equal,
    End,
}

struct Words<'a>(Peekable<Chars<'a>>);

impl Words<'_> {
    fn clause(&mut self) -> Result<Clause, String> {
        match self.next()? {
            Word::Text(id) => {
                self.expect(&Word::Name("in".to_owned()))?;
                self.expect(&Word::Name("parents".to_owned()))?;
                Ok(Clause::Parent(id))
            }
            Word::Name(field) => match field.as_str() {
                "trashed" => {
                    self.expect(&Word::Equal)?;
                    self.expect(&Word::Name("false".to_owned()))?;
                    Ok(Clause::NotTrashed)
                }
                "mimeType" => {
                    self.expect(&Word::Equal)?;
                    Ok(Clause::MimeType(self.text()?))
                }
                _ => Err(format!("'{field}' is not simulated")),
            },
            other => Err(format!("expected a condition, found {other:?}")),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next()? {
            Word::Text(text) => Ok(text),
            other => Err(format!("expected a quoted text, found {other:?}")),
        }
    }

    fn expect(&mut self, wanted: &Word) -> Result<(), String> {
        let found = self.next()?;
        if found == *wanted { Ok(()) } else { Err(format!("expected {wanted:?}, found {found:?}")) }
    }

    fn next(&mut self) -> Result<Word, String> {
        while self.0.next_if(|c| c.is_whitespace()).is_some() {}
        let Some(first) = self.0.next() else { return Ok(Word::End) };
        match first {
            '\'' => self.quoted().map(Word::Text),
            '=' => Ok(Word::Equal),
            letter if letter.is_ascii_alphabetic() => {
                let mut name = String::from(letter);
                while let Some(more) = self.0.next_if(char::is_ascii_alphanumeric) {
                    name.push(more);
                }
                Ok(Word::Name(name))
            }
            odd => Err(format!("unexpected '{odd}'")),
        }
    }

    /// The rest of a quoted text; `\'` and `\\` stand for themselves.
    fn quoted(&mut self) -> Result<String, String> {
        let mut text = String::new();
        loop {
            match self.0.next() {
                None => return Err("a quoted text does not end".to_owned()),
                Some('\'') => return Ok(text),
                Some('\\') => match self.0.next() {
                    Some(escaped @ ('\'' | '\\')) => text.push(escaped),
                    _ => return Err("a backslash stands before ' or \\ only".to_owned()),
                },
                Some(letter) => text.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clauses_of_the_contract() {
        let parsed = Query::parse(r"'folder_1' in parents and trashed=false").expect("a query");
        assert_eq!(parsed.0, [Clause::Parent("folder_1".to_owned()), Clause::NotTrashed]);
        assert_eq!(parsed.parent(), Some("folder_1"));
        let parsed = Query::parse(r"mimeType = 'O\'Neil\\x'").expect("a query");
        assert_eq!(parsed.0, [Clause::MimeType(r"O'Neil\x".to_owned())]);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for text in [
            "",
            "trashed",
            "trashed=maybe",
            "trashed=true",
            "name = 'a'",
            "mimeType != 'text/csv'",
            "trashed=false and",
            "trashed=false trashed=false",
            "trashed=false or trashed=true",
            "not trashed=true",
            "(trashed=false)",
            "'a' in parents or 'b' in parents",
            "'a' in parents and 'b' in parents",
            "'a' in owners",
            "'a in parents",
            "name contains 'x'",
            "name = x",
            r"mimeType = 'a\n'",
            "modifiedTime > '2021-01-01T00:00:00'",
            "createdTime >= '2021-01-01'",
            "properties has { key='a' and value='b' }",
            "fullText contains 'x'",
            "\"a\" in parents",
        ] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
    }
}
