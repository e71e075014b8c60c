//! SQL's `LIKE`, by which ids in `Metadata` are compared (A.8 step 3).

use super::store::Exception;

/// A pattern of `LIKE`: `%` any text, `_` any character, `\` takes the next one as it is.
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Copy)]
enum Part {
    AnyText,
    AnyChar,
    Char(char),
}

impl Pattern {
    /// Reads a pattern; one that ends in a single backslash is an error, as in Postgres.
    pub(super) fn parse(pattern: &str) -> Result<Self, Exception> {
        let mut parts = Vec::new();
        let mut chars = pattern.chars();
        while let Some(next) = chars.next() {
            parts.push(match next {
                '%' => Part::AnyText,
                '_' => Part::AnyChar,
                '\\' => Part::Char(chars.next().ok_or(Exception::LikePattern)?),
                other => Part::Char(other),
            });
        }
        Ok(Self(parts))
    }

    /// The one text that fits, where there are no wildcards.
    pub(super) fn literal(&self) -> Option<String> {
        self.0.iter().map(|part| if let Part::Char(char) = part { Some(*char) } else { None }).collect()
    }

    /// Whether the whole of `text` fits.
    pub(super) fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        // Which beginnings of the text fit the parts so far, by their length.
        let mut fitting: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
        for part in &self.0 {
            fitting = match part {
                Part::AnyText => {
                    let first = fitting.iter().position(|fits| *fits).unwrap_or(fitting.len());
                    (0..fitting.len()).map(|length| length >= first).collect()
                }
                Part::AnyChar => (0..fitting.len()).map(|length| length > 0 && fitting[length - 1]).collect(),
                Part::Char(char) => (0..fitting.len())
                    .map(|length| length > 0 && fitting[length - 1] && text[length - 1] == *char)
                    .collect(),
            };
        }
        fitting[text.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_postgres() {
        for (pattern, text, expected) in [
            ("12", "12", true),
            ("12", "123", false),
            ("", "", true),
            ("", "1", false),
            ("1%", "1", true),
            ("1%", "1234", true),
            ("%3%", "1234", true),
            ("%5%", "1234", false),
            ("%", "", true),
            ("1_3", "123", true),
            ("1_3", "13", false),
            ("_", "é", true),
            (r"1\%", "1%", true),
            (r"1\%", "12", false),
            (r"1\\", r"1\", true),
            (r"\12", "12", true),
            ("a", "A", false),
        ] {
            let fits = Pattern::parse(pattern).expect("a whole pattern").fits(text);
            assert_eq!(fits, expected, "{text:?} LIKE {pattern:?}");
        }
    }

    #[test]
    fn a_pattern_that_ends_in_a_backslash_is_an_error() {
        assert!(matches!(Pattern::parse(r"12\"), Err(Exception::LikePattern)));
        assert!(matches!(Pattern::parse(r"12\\\"), Err(Exception::LikePattern)));
    }

    #[test]
    fn only_a_pattern_without_wildcards_is_one_text() {
        assert_eq!(Pattern::parse(r"1\_2").expect("whole").literal().as_deref(), Some("1_2"));
        assert_eq!(Pattern::parse("1_2").expect("whole").literal(), None);
    }
}
