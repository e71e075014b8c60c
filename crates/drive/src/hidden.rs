//! Which rows a Google Sheet hides: by hand, in a closed group or by a filter.

use std::collections::VecDeque;

use serde::Deserialize;

/// How many rows are asked about at once: at most 1 MB of answer.
const ROWS_AT_ONCE: u32 = 20_000;

/// The fields that are asked for.
pub(crate) const FIELDS: &str = "sheets.data.rowMetadata(hiddenByFilter,hiddenByUser)";

/// The hidden rows that are known so far. Rows are looked up from top to bottom.
pub(crate) struct Hidden {
    known_to: u32,
    rows: VecDeque<u32>,
}

impl Hidden {
    /// Nothing is known, and nothing is asked about the rows down to this one.
    pub(crate) fn below(row: u32) -> Self {
        Self { known_to: row, rows: VecDeque::new() }
    }

    /// The rows to ask about next, of a tab with so many, so that all is known down to `last`.
    pub(crate) fn to_ask(&self, last: u32, rows: u32) -> Option<(u32, u32)> {
        let to = rows.min(self.known_to.saturating_add(ROWS_AT_ONCE));
        (self.known_to < last && self.known_to < to).then_some((self.known_to + 1, to))
    }

    /// Takes the answer to that.
    pub(crate) fn learn(&mut self, (first, last): (u32, u32), grids: Grids) {
        let rows = grids.sheets.into_iter().flat_map(|sheet| sheet.data).flat_map(|grid| grid.row_metadata);
        let hidden = (first..=last).zip(rows).filter(|(_, row)| row.hidden_by_filter || row.hidden_by_user);
        self.rows.extend(hidden.map(|(number, _)| number));
        self.known_to = last;
    }

    /// True if the row is hidden.
    pub(crate) fn holds(&mut self, row: u32) -> bool {
        while self.rows.pop_front_if(|hidden| *hidden < row).is_some() {}
        self.rows.front() == Some(&row)
    }
}

/// A spreadsheet's answer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Grids {
    sheets: Vec<Sheet>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sheet {
    data: Vec<Grid>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Grid {
    row_metadata: Vec<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Row {
    hidden_by_filter: bool,
    hidden_by_user: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_asked_about_in_parts_and_known_in_order() {
        let grids = |rows: serde_json::Value| {
            serde_json::from_value(json!({"sheets": [{"data": [{"rowMetadata": rows}]}]})).expect("an answer")
        };
        let mut hidden = Hidden::below(0);
        assert_eq!(hidden.to_ask(500, 30_000), Some((1, 20_000)));
        hidden.learn(
            (1, 20_000),
            grids(json!([{}, {"hiddenByFilter": true}, {"hiddenByUser": true}, {"hiddenByUser": false}, {"hiddenByUser": true}])),
        );
        assert_eq!((1..=6).map(|row| hidden.holds(row)).collect::<Vec<_>>(), [false, true, true, false, true, false]);
        assert_eq!(hidden.to_ask(20_000, 30_000), None);
        assert_eq!(hidden.to_ask(20_001, 30_000), Some((20_001, 30_000)));
        hidden.learn((20_001, 30_000), serde_json::from_value(json!({})).expect("an answer"));
        assert!(!hidden.holds(20_001));
        assert_eq!(hidden.to_ask(30_000, 30_000), None);
        assert_eq!(Hidden::below(7).to_ask(8, 8), Some((8, 8)));
    }
}
