//! The workbook's own facts: its tabs, and how it counts days.

use std::io::{Read, Seek};

use feeds::TO_FIX;

use super::bounded::Bound;
use super::package::{MISSING, Package};
use super::styles::Styles;
use super::texts::SharedTexts;
use super::xml::Xml;
use crate::Limits;
use crate::error::ReadError;

/// Bytes of the part, most of which are names of ranges.
const WORKBOOK: Bound = Bound::new("the list of its tabs", 16 << 20);

/// Bytes of the list of cell formats. Excel's own are some 20 to 200 KB, and megabytes after years of copying between
/// workbooks.
const STYLES: Bound = Bound::new("the list of its cell formats", 32 << 20);

/// A workbook's tab that counts, and what holds for the whole book.
pub(super) struct Book {
    /// The name of the tab that is read.
    pub(super) tab: String,
    /// The part that holds it.
    pub(super) sheet: String,
    pub(super) settings: Settings,
    pub(super) texts: SharedTexts,
    pub(super) styles: Styles,
}

/// How the numbers of a workbook are to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// Days are counted from 1904.
    pub(super) is_1904: bool,
    /// Everything is to be calculated when the book is opened: the program that wrote it did not, and many of those put
    /// a 0 in the place of every result.
    pub(super) calculates_on_load: bool,
}

impl Book {
    pub(super) fn read(package: &mut Package<'_, impl Read + Seek + Send>, limits: &Limits) -> Result<Self, ReadError> {
        let root = package.relationships("")?;
        let part = root.part("officeDocument", None).ok_or(ReadError::NotXlsx)?;
        let (tabs, settings) = package.part(Some(part), WORKBOOK, read)?.ok_or(MISSING)?;
        let relationships = package.relationships(part)?;
        let worksheets = tabs.iter().filter_map(|tab| Some((tab, relationships.part("worksheet", Some(&tab.id))?)));
        let (tab, sheet) = choose(worksheets).ok_or(ReadError::NoTab)?;
        let bound = Bound::new("its table of texts", limits.shared_texts);
        Ok(Self {
            tab: tab.name.clone(),
            sheet: sheet.to_owned(),
            settings,
            texts: package
                .part(relationships.part("sharedStrings", None), bound, SharedTexts::read)?
                .unwrap_or_default(),
            styles: package.part(relationships.part("styles", None), STYLES, Styles::read)?.unwrap_or_default(),
        })
    }
}

struct Tab {
    name: String,
    id: String,
    hidden: bool,
}

fn read(xml: &mut Xml<'_>) -> Result<(Vec<Tab>, Settings), ReadError> {
    if xml.child()?.is_none_or(|root| root.name != "workbook") {
        return Err(ReadError::NotXlsx);
    }
    let mut tabs = Vec::new();
    let mut settings = Settings::default();
    while let Some(tag) = xml.child()? {
        match tag.name {
            "workbookPr" => settings.is_1904 = tag.is_true("date1904"),
            "calcPr" => settings.calculates_on_load = tag.is_true("fullCalcOnLoad"),
            "sheets" => {
                while let Some(tag) = xml.child()? {
                    let text = |name| tag.attribute(name).unwrap_or_default().into_owned();
                    let hidden = matches!(text("state").as_str(), "hidden" | "veryHidden");
                    tabs.push(Tab { name: text("name"), id: text("id"), hidden });
                    xml.skip()?;
                }
                continue;
            }
            _ => {}
        }
        xml.skip()?;
    }
    Ok((tabs, settings))
}

/// `to_fix` where there is one, else the first visible tab.
fn choose<'t>(mut tabs: impl Iterator<Item = (&'t Tab, &'t str)> + Clone) -> Option<(&'t Tab, &'t str)> {
    let to_fix = tabs.clone().find(|(tab, _)| tab.name.eq_ignore_ascii_case(TO_FIX));
    to_fix.or_else(|| tabs.find(|(tab, _)| !tab.hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tab_that_counts() {
        let tab = |name: &str, hidden| Tab { name: name.to_owned(), id: String::new(), hidden };
        for (tabs, chosen) in [
            (vec![tab("notes", true), tab("list", false)], Some("list")),
            (vec![tab("list", false), tab("to_fix", false)], Some("to_fix")),
            (vec![tab("list", false), tab("To_Fix", true)], Some("To_Fix")),
            (vec![tab("list", true), tab("more", true)], None),
            (vec![], None),
        ] {
            let tabs: Vec<(&Tab, &str)> = tabs.iter().map(|tab| (tab, "")).collect();
            assert_eq!(choose(tabs.into_iter()).map(|(tab, _)| tab.name.as_str()), chosen);
        }
    }
}
