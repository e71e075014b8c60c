//! A1 notation: `'Tab name'!A2:C10`.

use std::ops::Range;

use super::book::Book;

/// A part of one tab; rows and columns from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) tab: usize,
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

/// A column and a row, from 1.
type Corner = (usize, usize);

impl Area {
    /// Finds what a text names.
    ///
    /// # Errors
    /// Google's words: the text is not a range, there is no such tab, or the range leaves the grid.
    pub(super) fn locate(text: &str, book: &Book) -> Result<Self, String> {
        let unreadable = || format!("Unable to parse range: {text}");
        let titled = |title: &str| book.tabs.iter().position(|tab| tab.title == title);
        let (tab, reference) = match split_title(text) {
            Some((title, reference)) => (titled(&title).ok_or_else(unreadable)?, reference),
            None if text.starts_with('\'') || text.contains('!') => return Err(unreadable()),
            None => (book.tabs.iter().position(|tab| !tab.hidden).ok_or_else(unreadable)?, Some(text)),
        };
        let corners = match reference {
            None => ((1, 1), (book.tabs[tab].grid_columns(), book.tabs[tab].grid_rows())),
            Some(reference) => corners(reference).ok_or_else(unreadable)?,
        };
        Self::within_the_grid(tab, corners, book)
    }

    fn within_the_grid(tab: usize, (one, two): (Corner, Corner), book: &Book) -> Result<Self, String> {
        let grid = &book.tabs[tab];
        let span = |one: usize, two: usize| one.min(two) - 1..one.max(two);
        let (columns, rows) = (span(one.0, two.0), span(one.1, two.1));
        let area = Self { tab, rows, columns };
        if area.rows.end > grid.grid_rows() || area.columns.end > grid.grid_columns() {
            return Err(format!(
                "Range ({}) exceeds grid limits. Max rows: {}, max columns: {}",
                area.label(book),
                grid.grid_rows(),
                grid.grid_columns()
            ));
        }
        Ok(area)
    }

    /// The area in A1 notation.
    pub(super) fn label(&self, book: &Book) -> String {
        let title = &book.tabs[self.tab].title;
        let title = if is_plain(title) && cell(title).is_none() {
            title.clone()
        } else {
            format!("'{}'", title.replace('\'', "''"))
        };
        let (first, last) = (letters(self.columns.start), letters(self.columns.end - 1));
        format!("{title}!{first}{}:{last}{}", self.rows.start + 1, self.rows.end)
    }
}

/// The tab's title, and what stands behind the `!`. A title that is not plain needs quotes, in which `''` is a quote.
fn split_title(text: &str) -> Option<(String, Option<&str>)> {
    let Some(mut rest) = text.strip_prefix('\'') else {
        let (title, reference) = text.split_once('!')?;
        return is_plain(title).then(|| (title.to_owned(), Some(reference)));
    };
    let mut title = String::new();
    loop {
        let (before, after) = rest.split_once('\'')?;
        title.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                title.push('\'');
                rest = more;
            }
            None if after.is_empty() => return Some((title, None)),
            None => return after.strip_prefix('!').map(|reference| (title, Some(reference))),
        }
    }
}

fn is_plain(title: &str) -> bool {
    title.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && title.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Both corners of `A1` and `A1:C3`.
fn corners(reference: &str) -> Option<(Corner, Corner)> {
    match reference.split_once(':') {
        None => cell(reference).map(|cell| (cell, cell)),
        Some((one, two)) => Some((cell(one)?, cell(two)?)),
    }
}

fn cell(text: &str) -> Option<Corner> {
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(digits);
    // Three letters are more columns than a sheet can have.
    if letters.len() > 3 || !letters.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let column =
        letters.bytes().fold(0, |column, letter| column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = digits.parse().ok().filter(|row| *row > 0)?;
    (column > 0).then_some((column, row))
}

/// The letters of a column, from 0.
fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use csv::StringRecord;

    use super::super::book::Tab;
    use super::*;

    fn book() -> Book {
        let tab = |title: &str, hidden, columns: usize, rows: usize| Tab {
            title: title.to_owned(),
            hidden,
            rows: vec![StringRecord::new(); rows],
            columns,
            ..Tab::default()
        };
        Book { tabs: vec![tab("Notes", true, 2, 3), tab("week 3's list", false, 60, 2_000), tab("AB12", false, 2, 2)] }
    }

    #[test]
    fn ranges_name_a_part_of_a_tab() {
        let book = book();
        for (text, label) in [
            ("'week 3''s list'!A1:C10", "'week 3''s list'!A1:C10"),
            ("'week 3''s list'!C10:A1", "'week 3''s list'!A1:C10"),
            ("'week 3''s list'", "'week 3''s list'!A1:BH2000"),
            ("Notes!b2", "Notes!B2:B2"),
            ("A1:B2", "'week 3''s list'!A1:B2"),
            ("'AB12'!A1", "'AB12'!A1:A1"),
        ] {
            let area = Area::locate(text, &book).expect(text);
            assert_eq!(area.label(&book), label, "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        let book = book();
        for text in [
            "",
            "week 3's list!A1",
            "'week 3's list'!A1",
            "'week 3''s list!A1",
            "'week 3''s list'A1",
            "Missing!A1",
            "Notes!",
            "'Missing'",
            "Notes",
            "Notes!A",
            "Notes!7",
            "Notes!A:B",
            "Notes!5:6",
            "Notes!B5:C",
            "Notes!A0",
            "Notes!A1:",
            "Notes!1A",
            "Notes!A1:B2:C3",
            "Notes!$A$1",
        ] {
            assert_eq!(Area::locate(text, &book), Err(format!("Unable to parse range: {text}")));
        }
    }

    #[test]
    fn a_range_past_the_grid_is_refused() {
        let book = book();
        let past = Area::locate("Notes!A999:B1001", &book).expect_err("past the grid");
        assert_eq!(past, "Range (Notes!A999:B1001) exceeds grid limits. Max rows: 1000, max columns: 26");
        assert!(Area::locate("Notes!AA1", &book).is_err());
        assert!(Area::locate("'week 3''s list'!A2001:BH2001", &book).is_err());
        assert!(Area::locate("'week 3''s list'!A2000:BH2000", &book).is_ok());
    }

    #[test]
    fn columns_have_letters() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (59, "BH"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
            assert_eq!(cell(&format!("{name}1")), Some((column + 1, 1)));
        }
    }
}
