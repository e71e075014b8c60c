//! XML element by element: names without their prefixes, texts with what CDATA and references stand for; comments and
//! instructions are passed over wherever they stand.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesDecl, BytesRef, Event};
use quick_xml::{Error, Reader, XmlVersion, escape};

use super::bounded::{A_PIECE, Bounded, LONGEST_PIECE, unreadable};
use crate::error::ReadError;

/// No part of a workbook nests its elements deeper than some ten levels; the parser remembers all that are open.
const DEEPEST: usize = 256;

/// A part that is read from its first element to its last.
pub(super) struct Xml<'p> {
    reader: Reader<Bounded<'p>>,
    buffer: Vec<u8>,
    /// The tag that was opened last.
    name: String,
    attributes: String,
    /// It was `<empty/>`: its end comes next.
    ends: bool,
    depth: usize,
}

/// The tag of an element that has just been opened.
#[derive(Clone, Copy)]
pub(super) struct Tag<'t> {
    /// Without a prefix.
    pub(super) name: &'t str,
    attributes: &'t str,
}

impl<'p> Xml<'p> {
    pub(super) fn new(input: Bounded<'p>) -> Self {
        let mut reader = Reader::from_reader(input);
        // A part may be read from its middle: see `merged`.
        reader.config_mut().allow_unmatched_ends = true;
        let (name, attributes) = (String::new(), String::new());
        Self { reader, buffer: Vec::new(), name, attributes, ends: false, depth: 0 }
    }

    pub(super) fn into_inner(self) -> Bounded<'p> {
        self.reader.into_inner()
    }

    /// The next element within the one that is open. It is open then: [`Xml::skip`] it, read its [`Xml::text`], or go
    /// through its own children. `None` where the element that was open ends, or the part.
    pub(super) fn child(&mut self) -> Result<Option<Tag<'_>>, ReadError> {
        let opens = self.step(None)?;
        Ok(opens.then_some(Tag { name: &self.name, attributes: &self.attributes }))
    }

    /// What is unpacked behind the tag that was opened or closed last, to be read without the parser; empty where that was
    /// `<empty/>`. Only whole elements may be [consumed](Xml::consume) of it, and nothing of them is checked.
    pub(super) fn ahead(&mut self) -> Result<&[u8], ReadError> {
        if self.ends {
            return Ok(&[]);
        }
        let input = self.reader.get_mut();
        input.new_piece();
        input.fill_buf().map_err(|error| unreadable(&error))
    }

    /// Passes over so many bytes of what is [ahead](Xml::ahead).
    pub(super) fn consume(&mut self, length: usize) {
        self.reader.get_mut().consume(length);
    }

    /// Passes over what is left of the open element.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let mut open = 1_usize;
        while open > 0 {
            if self.step(None)? { open += 1 } else { open -= 1 }
        }
        Ok(())
    }

    /// Appends the text of the open element up to its end; what its children hold is left out.
    pub(super) fn text(&mut self, text: &mut String) -> Result<(), ReadError> {
        while self.step(Some(text))? {
            self.skip()?;
        }
        Ok(())
    }

    /// Goes on to the next tag, and appends the text before it. True if an element opens there; false if the open one ends,
    /// or the part.
    fn step(&mut self, mut text: Option<&mut String>) -> Result<bool, ReadError> {
        if std::mem::take(&mut self.ends) {
            self.depth -= 1;
            return Ok(false);
        }
        loop {
            self.buffer.clear();
            self.reader.get_mut().new_piece();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| damaged(&error))?;
            self.ends = matches!(event, Event::Empty(_));
            match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Err(ReadError::broken("what it holds is not what Excel writes"));
                    }
                    self.name.clear();
                    self.name.push_str(tag.local_name().as_ref());
                    self.attributes.clear();
                    self.attributes.push_str(tag.attributes_raw());
                    return Ok(true);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(false);
                }
                Event::Eof if self.depth > 0 => return Err(ReadError::broken("it ends too early")),
                Event::Eof => return Ok(false),
                Event::Decl(declaration) => utf8(&declaration)?,
                other => text.as_deref_mut().map_or(Ok(()), |text| append(&other, text))?,
            }
        }
    }
}

impl<'t> Tag<'t> {
    /// Names without prefixes, and values. What follows a mistake in the markup is left out.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'t str, Cow<'t, str>)> {
        let mut attributes = Attributes::new(self.attributes, 0);
        attributes.with_checks(false);
        attributes.map_while(Result::ok).map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| attribute.value.clone());
            (attribute.key.local_name().into_inner(), value)
        })
    }

    /// The value of the attribute of this name.
    pub(super) fn attribute(self, name: &str) -> Option<Cow<'t, str>> {
        self.attributes().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// A flag that is set.
    pub(super) fn is_true(self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| matches!(&*value, "1" | "true"))
    }
}

/// `UTF-8` is what a part is in that does not say so, and ASCII is a part of it.
fn utf8(declaration: &BytesDecl<'_>) -> Result<(), ReadError> {
    let encoding = declaration.encoding().and_then(Result::ok).unwrap_or(Cow::Borrowed("UTF-8"));
    match encoding.trim().to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Ok(()),
        _ => Err(ReadError::broken(NOT_UTF8)),
    }
}

/// The problem with a part in any other encoding.
pub(super) const NOT_UTF8: &str = "a part of it is not written in UTF-8";

fn append(event: &Event<'_>, text: &mut String) -> Result<(), ReadError> {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(reference) => push_reference(reference, text),
        _ => {}
    }
    if text.len() > LONGEST_PIECE {
        return Err(ReadError::TooLarge { what: A_PIECE, limit: LONGEST_PIECE as u64 });
    }
    Ok(())
}

/// A reference that no XML parser knows (`&#0;`, `&nbsp;`) is shown as lost.
fn push_reference(reference: &BytesRef<'_>, text: &mut String) {
    match (reference.resolve_char_ref(), escape::resolve_xml_entity(reference)) {
        (Ok(Some(character)), _) => text.push(character),
        (_, Some(known)) => text.push_str(known),
        _ => text.push(char::REPLACEMENT_CHARACTER),
    }
}

/// The parser's errors may quote the file, and are not passed on.
fn damaged(error: &Error) -> ReadError {
    match error {
        Error::Io(error) => unreadable(error.as_ref()),
        Error::Encoding(_) => ReadError::broken(NOT_UTF8),
        Error::Syntax(_) => ReadError::broken("it ends too early"),
        _ => ReadError::broken("what it holds is not what Excel writes"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::super::bounded::Bound;
    use super::*;

    /// A disk that gives up after so many bytes.
    struct Failing<'b>(&'b [u8], usize);

    impl Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.1 == 0 {
                return Err(io::Error::from_raw_os_error(5));
            }
            let read = self.0.read(&mut buffer[..self.1.min(7)])?;
            self.1 -= read;
            Ok(read)
        }
    }

    fn texts(input: Failing<'_>) -> Result<Vec<String>, ReadError> {
        let mut xml = Xml::new(Bounded::new(input, Bound::new("it", 1 << 20)));
        let mut texts = Vec::new();
        xml.child()?;
        while let Some(tag) = xml.child()? {
            let mut text = format!("{} {:?}: ", tag.name, tag.attribute("a"));
            xml.text(&mut text)?;
            texts.push(text);
        }
        xml.into_inner().finish()?;
        Ok(texts)
    }

    const PART: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><x:r xmlns:x=\"x\">text<x:one x:b='2' a='&lt;1&gt;'>o<b>p</b>&#x6E;<![CDATA[e]]></x:one> <two/><!-- - --></x:r> ";

    #[test]
    fn elements_with_their_texts() {
        let read = texts(Failing(PART.as_bytes(), usize::MAX)).expect("sound");
        assert_eq!(read, ["one Some(\"<1>\"): one", "two None: "]);
    }

    #[test]
    fn a_failing_disk_is_not_the_files_fault_wherever_it_fails() {
        for good in 0..PART.len() {
            let error = texts(Failing(PART.as_bytes(), good));
            assert!(matches!(error, Err(ReadError::Io(_))), "after {good} bytes: {error:?}");
        }
    }

    #[test]
    fn a_part_that_is_cut_off_is_broken_wherever_it_is_cut() {
        for length in 1..PART.len() - 6 {
            let error = texts(Failing(&PART.as_bytes()[..length], usize::MAX));
            let empty = length <= PART.find("<x:r").expect("a root") && error.is_ok();
            assert!(empty || matches!(error, Err(ReadError::Broken { .. })), "after {length} bytes: {error:?}");
        }
    }
}
