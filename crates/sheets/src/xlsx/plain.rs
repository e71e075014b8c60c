//! Cells in the form that nearly all have, read from the bytes without the parser, which takes five steps for each:
//! `<c r="B7" s="3" t="s"><v>12</v></c>`, `<c r="B7" t="inlineStr"><is><t>Larkspur</t></is></c>`, `<c r="B7" s="3"/>`.

use memchr::{memchr, memchr3};

/// A cell of that form.
#[derive(Debug, PartialEq)]
pub(super) struct PlainCell<'b> {
    /// `r`, `s` and `t`, of letters and digits alone, with their values.
    pub(super) attributes: [Option<(&'static str, &'b str)>; 3],
    pub(super) content: Content<'b>,
    /// How many bytes it has.
    pub(super) length: usize,
}

/// What it holds; no text has anything in it that stands for something else.
#[derive(Debug, PartialEq)]
pub(super) enum Content<'b> {
    Nothing,
    Value(&'b str),
    /// A text that is written in the cell.
    Text(&'b str),
}

impl<'b> PlainCell<'b> {
    /// The cell at the beginning of these bytes. `None` where another element is there, or anything about the cell is out of
    /// the ordinary, or it goes on behind them: that is the parser's.
    pub(super) fn read(bytes: &'b [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"<c")?;
        let mut attributes = [None; 3];
        for attribute in &mut attributes {
            let Some(behind) = rest.strip_prefix(b" ") else { break };
            let name = match behind.first()? {
                b'r' => "r",
                b's' => "s",
                b't' => "t",
                _ => return None,
            };
            let value = behind.get(1..)?.strip_prefix(b"=\"")?;
            let (value, behind) = value.split_at(value.iter().position(|byte| !byte.is_ascii_alphanumeric())?);
            *attribute = Some((name, str::from_utf8(value).ok()?));
            rest = behind.strip_prefix(b"\"")?;
        }
        let (content, rest) = match rest.strip_prefix(b">") {
            Some(inside) => content(inside)?,
            None => (Content::Nothing, rest.strip_prefix(b"/>")?),
        };
        Some(Self { attributes, content, length: bytes.len() - rest.len() })
    }
}

/// The content, and what is behind the cell.
fn content(inside: &[u8]) -> Option<(Content<'_>, &[u8])> {
    if let Some(value) = inside.strip_prefix(b"<v>") {
        let (value, rest) = text(value)?;
        return Some((Content::Value(value), rest.strip_prefix(b"</v></c>")?));
    }
    let text_tag = inside.strip_prefix(b"<is><t")?;
    let tag_end = memchr(b'>', text_tag)?;
    let (tag, written) = text_tag.split_at(tag_end);
    if !matches!(tag, b"" | b" xml:space=\"preserve\"") {
        return None;
    }
    let (written, rest) = text(&written[1..])?;
    Some((Content::Text(written), rest.strip_prefix(b"</t></is></c>")?))
}

/// The text up to the next tag, if it is shown as it stands: no reference is in it, and no line end that XML changes.
fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (text, rest) = bytes.split_at(memchr3(b'<', b'&', b'\r', bytes)?);
    Some((str::from_utf8(text).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Attributes<'a> = [Option<(&'a str, &'a str)>; 3];

    fn read(bytes: &str) -> Option<(Attributes<'_>, Content<'_>, &str)> {
        let cell = PlainCell::read(bytes.as_bytes())?;
        Some((cell.attributes, cell.content, &bytes[cell.length..]))
    }

    #[test]
    fn cells_as_programs_write_them() {
        let (r, s, t) = (Some(("r", "B7")), Some(("s", "3")), Some(("t", "s")));
        for (cell, attributes, content) in [
            ("<c r=\"B7\"><v>1.5E-7</v></c>", [r, None, None], Content::Value("1.5E-7")),
            ("<c r=\"B7\" s=\"3\" t=\"s\"><v>12</v></c>", [r, s, t], Content::Value("12")),
            ("<c r=\"B7\" s=\"3\"/>", [r, s, None], Content::Nothing),
            ("<c><is><t>Zoë > 2</t></is></c>", [None; 3], Content::Text("Zoë > 2")),
            ("<c t=\"s\"><is><t xml:space=\"preserve\"> a\nb</t></is></c>", [t, None, None], Content::Text(" a\nb")),
        ] {
            assert_eq!(read(&format!("{cell}<c")), Some((attributes, content, "<c")), "{cell}");
            for length in 0..cell.len() {
                assert!(PlainCell::read(&cell.as_bytes()[..length]).is_none(), "{length} bytes of {cell}");
            }
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_the_parsers() {
        for cell in [
            "</row>",
            "<col/>",
            "<c  r=\"B7\"/>",
            "<c r='B7'/>",
            "<c r=\"B&#55;\"/>",
            "<c r=\"B7\" />",
            "<c cm=\"1\"/>",
            "<c r=\"B7\" s=\"3\" t=\"s\" r=\"B7\"/>",
            "<x:c><x:v>1</x:v></x:c>",
            "<c><f>A1</f><v>1</v></c>",
            "<c><v>a &amp; b</v></c>",
            "<c><v>a\r\nb</v></c>",
            "<c><v>1</v><v>2</v></c>",
            "<c><v><!-- 1 -->1</v></c>",
            "<c><is><r><t>a</t></r></is></c>",
            "<c><is><t>a</t><t>b</t></is></c>",
            "<c><is><t y=\"1\">a</t></is></c>",
            "<c></c>",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
        assert_eq!(PlainCell::read(b"<c><v>\xE9</v></c>"), None);
    }
}
