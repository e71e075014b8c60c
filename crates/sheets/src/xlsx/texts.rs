//! Texts of cells: runs put together, escapes undone, and the table of those that cells share.

use super::xml::Xml;
use crate::error::ReadError;

/// The texts that cells share, by their numbers. They lie in one string, for there may be a million. Without the part no
/// cell shares one.
#[derive(Default)]
pub(super) struct SharedTexts {
    texts: String,
    ends: Vec<usize>,
}

impl SharedTexts {
    pub(super) fn read(xml: &mut Xml<'_>) -> Result<Self, ReadError> {
        let mut table = Self::default();
        let mut text = String::new();
        xml.child()?;
        while let Some(tag) = xml.child()? {
            if tag.name == "si" {
                text.clear();
                rich_text(xml, &mut text)?;
                table.texts.push_str(&text);
                table.ends.push(table.texts.len());
            } else {
                xml.skip()?;
            }
        }
        Ok(table)
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? };
        self.texts.get(start..*self.ends.get(index)?)
    }
}

/// Appends what the open element (`si`, `is`) shows: its text and that of its runs, without how it is pronounced.
pub(super) fn rich_text(xml: &mut Xml<'_>, text: &mut String) -> Result<(), ReadError> {
    while let Some(tag) = xml.child()? {
        match tag.name {
            "t" => xml.text(text)?,
            "r" => {
                while let Some(tag) = xml.child()? {
                    if tag.name == "t" { xml.text(text)? } else { xml.skip()? }
                }
            }
            _ => xml.skip()?,
        }
    }
    unescape(text);
    Ok(())
}

/// Undoes the escapes of characters that XML does not know: `_x0001_`, and `_x005F_` for a `_` that begins none
/// (ECMA-376, part 1, 22.9.2.19).
pub(super) fn unescape(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        match escaped(rest) {
            Some((unit, behind)) => {
                units.push(unit);
                rest = behind;
            }
            None => {
                units.extend_from_slice(first.encode_utf16(&mut [0; 2]));
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    *text = String::from_utf16_lossy(&units);
}

/// The unit that an escape at the beginning stands for, and what is behind it.
fn escaped(text: &str) -> Option<(u16, &str)> {
    let (digits, behind) = text.strip_prefix("_x")?.split_at_checked(4)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    Some((u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)?, behind.strip_prefix('_')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (written, shown) in [
            ("_x0041_", "A"),
            ("_x005F_x0041_", "_x0041_"),
            ("one_x000D_\ntwo", "one\r\ntwo"),
            ("_xD83D__xDE00_!", "😀!"),
            ("_xD83D_", "\u{FFFD}"),
            ("_x+041_ _x41_ _X0041_ _x004_ é_x", "_x+041_ _x41_ _X0041_ _x004_ é_x"),
            ("_x00é_", "_x00é_"),
        ] {
            let mut text = written.to_owned();
            unescape(&mut text);
            assert_eq!(text, shown, "{written}");
        }
    }
}
