//! The formats of cells: text throughout, wrapped, from the top.

use feeds::{Look, Outcome};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::colours;

/// The number of the format `@`, text (ECMA-376, 18.8.30).
const TEXT: u8 = 49;

/// The formats of a workbook, made once.
pub(super) struct Styles {
    /// A cell without anything to it; its column's.
    pub(super) plain: Format,
    pub(super) header: Format,
    wrong: Format,
    advice: Format,
    of_outcomes: Vec<OfOutcome>,
}

struct OfOutcome {
    outcome: Outcome,
    row: Option<Format>,
    status: Format,
}

impl Default for Styles {
    fn default() -> Self {
        let of_outcome = |outcome: &Outcome| {
            let (row, status) = colours::fills(*outcome);
            OfOutcome { outcome: *outcome, row: row.map(filled), status: filled(status) }
        };
        Self {
            plain: plain(),
            header: filled(colours::HEADER).set_bold(),
            wrong: filled(colours::WRONG),
            advice: filled(colours::ADVICE),
            of_outcomes: Outcome::ALL.iter().map(of_outcome).collect(),
        }
    }
}

impl Styles {
    /// The format of a cell of a line; none where it is its column's.
    pub(super) fn of(&self, look: &Look, column: usize, width: usize) -> Option<&Format> {
        match look {
            Look::Plain => None,
            Look::Case { outcome, status } => {
                let of = self.of_outcomes.iter().find(|of| of.outcome == *outcome)?;
                if column == *status { Some(&of.status) } else { of.row.as_ref() }
            }
            Look::ToFix(marks) if marks.iter().any(|mark| mark.column == column) => Some(&self.wrong),
            Look::ToFix(_) => (column + 2 >= width).then_some(&self.advice),
        }
    }

    /// The format of the cell that says so.
    pub(super) fn status(&self, outcome: Outcome) -> &Format {
        self.of_outcomes.iter().find(|of| of.outcome == outcome).map_or(&self.plain, |of| &of.status)
    }
}

pub(super) fn plain() -> Format {
    Format::new().set_num_format_index(TEXT).set_font_color(colours::TEXT).set_align(FormatAlign::Top).set_text_wrap()
}

fn filled(fill: Color) -> Format {
    plain().set_background_color(fill).set_border(FormatBorder::Thin).set_border_color(colours::LINES)
}
