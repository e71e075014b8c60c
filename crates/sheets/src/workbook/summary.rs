//! The tab `summary`: no table, but lines to read from the top.

use feeds::SummaryLine;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet};

use super::error::WriteError;
use super::style::{self, Styles};
use super::tab::{HIGHEST, LINE, Tab, number_of};
use super::{colours, fit};

/// The widths of its columns, in characters: label, number, bar, meaning. A block of a bar is half as wide again as a digit.
const COLUMNS: [u16; 4] = [20, 9, 48, 54];
/// The last of them.
const LAST: u16 = 3;
/// The space about each row, in points.
const SPACE: f64 = 5.0;
/// How many characters of the headline, which is larger, a line takes.
const HEADLINE: usize = 88;

/// Sets the tab up.
pub(super) fn begin(sheet: &mut Worksheet) -> Result<(), WriteError> {
    for (column, width) in COLUMNS.iter().enumerate() {
        sheet.set_column_width(number_of(column), *width)?;
    }
    sheet.set_screen_gridlines(false).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Writes a line at the tab's next row. Texts reach over the columns to the right of their label: such cells have their
/// height written, for no program fits it to them.
pub(super) fn push(
    sheet: &mut Worksheet,
    tab: &mut Tab,
    styles: &Styles,
    line: &SummaryLine,
) -> Result<(), WriteError> {
    if matches!(line, SummaryLine::Heading(_)) {
        tab.next_row += 1;
    }
    let row = tab.next_row;
    let label = line_of_text().set_font_color(Color::RGB(0x4B_5563));
    let cells = line.cells();
    let text = |column: usize| fit::cell(cells.get(column).map_or("", String::as_str));
    match line {
        SummaryLine::Headline(headline) => {
            let format = line_of_text().set_bold().set_font_size(15);
            let lines = headline.chars().count().div_ceil(HEADLINE);
            sheet.set_row_height(row, (1.5 * height(lines)).min(HIGHEST))?;
            sheet.merge_range(row, 0, row, LAST, &text(0), &format)?;
        }
        SummaryLine::Heading(_) => {
            let line = line_of_text().set_border_bottom(FormatBorder::Medium).set_border_bottom_color(colours::BARS);
            sheet.set_row_height(row, 1.1 * height(1))?;
            sheet.merge_range(row, 0, row, LAST, &text(0), &line.set_bold().set_font_size(12))?;
        }
        SummaryLine::Text(..) => {
            sheet.set_row_height(row, height(lines(&text(1), 1)))?;
            sheet.write_string_with_format(row, 0, text(0), &label)?;
            sheet.merge_range(row, 1, row, LAST, &text(1), &line_of_text())?;
        }
        SummaryLine::Warning { .. } => {
            sheet.set_row_height(row, height(lines(&text(2), 2)))?;
            sheet.write_string_with_format(row, 0, text(0), &label)?;
            sheet.write_string_with_format(row, 1, text(1), &right(line_of_text()))?;
            sheet.merge_range(row, 2, row, LAST, &text(2), &line_of_text())?;
        }
        SummaryLine::Count { outcome, .. } => {
            let sum = line_of_text().set_bold().set_border_top(FormatBorder::Thin).set_border_top_color(colours::BARS);
            let formats: [Format; 4] = match outcome {
                Some(outcome) => [
                    styles.status(*outcome).clone().set_align(FormatAlign::VerticalCenter).set_indent(1),
                    right(line_of_text()),
                    // A bar that has no room, in a font with wider blocks, is cut off: it is never two.
                    line_of_text().set_font_color(colours::BARS).unset_text_wrap(),
                    line_of_text(),
                ],
                None => [sum.clone(), right(sum.clone()), sum.clone(), sum],
            };
            sheet.set_row_height(row, height(1))?;
            for (column, format) in formats.iter().enumerate() {
                sheet.write_string_with_format(row, number_of(column), text(column), format)?;
            }
        }
    }
    tab.next_row += 1;
    tab.ends_high = true;
    Ok(())
}

/// Text in the middle of its row's height: the lines under headings keep off it.
fn line_of_text() -> Format {
    style::plain().set_align(FormatAlign::VerticalCenter)
}

fn right(format: Format) -> Format {
    format.set_align(FormatAlign::Right).set_indent(1)
}

/// How many lines a text takes that reaches from a column to the last: somewhat too many rather than too few.
fn lines(text: &str, from: usize) -> usize {
    let width = usize::from(COLUMNS[from..].iter().sum::<u16>()) * 19 / 20;
    text.lines().map(|line| line.chars().count().div_ceil(width).max(1)).sum::<usize>().max(1)
}

/// How high a row of so many lines is.
fn height(lines: usize) -> f64 {
    (LINE * f64::from(u16::try_from(lines).unwrap_or(u16::MAX)) + SPACE).min(HIGHEST)
}
