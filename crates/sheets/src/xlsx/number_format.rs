//! The reading of a number by its format: a date, a time, or digits with zeros, signs and words around them.

use std::cmp::Ordering::{self, Equal, Greater, Less};
use std::str::Chars;

/// A format of numbers, in its sections (`positive;negative;zero`, or each with a condition).
#[derive(Debug, PartialEq)]
pub(super) struct NumberFormat(Vec<Section>);

#[derive(Debug, PartialEq)]
struct Section {
    condition: Option<Condition>,
    shows: Shows,
}

/// The kind of value that a section shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shows {
    /// A number whose format adds nothing to its digits that counts.
    Plain,
    /// A date, a time of day, or both.
    Moment,
    /// Hours beyond a day (`[h]:mm`).
    Hours,
    /// Digits with zeros or other signs that belong to them, and words.
    Digits(Pattern),
}

/// `[<=9999999]`: how a number may compare to another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Condition(&'static [Ordering], f64);

/// The places of a format that shows digits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern(Vec<Place>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A digit, or nothing.
    Digit,
    /// A digit, or 0.
    Zero,
    Literal(char),
}

/// The most characters of a code that are looked at. Excel allows 255.
const LONGEST: usize = 1024;

impl NumberFormat {
    /// A format of the workbook, or the built-in one of this number (ECMA-376, part 1, 18.8.30; 27 to 36 and 50 to 58
    /// are dates of East Asian ones). `None` where it changes nothing.
    pub(super) fn new(id: u32, code: Option<&str>) -> Option<Self> {
        let code = match (code, id) {
            (Some(code), _) if code.len() <= LONGEST => code,
            (None, 14..=22 | 27..=36 | 45 | 47 | 50..=58) => "d",
            (None, 46) => "[h]",
            _ => return None,
        };
        let mut code = code.chars();
        let mut sections = Vec::new();
        while let Some(section) = SectionReader::read(&mut code) {
            // A section with `@` is for texts.
            sections.extend(section.finish());
        }
        sections.iter().any(|section| section.shows != Shows::Plain).then_some(Self(sections))
    }

    /// The kind of value that the format makes of this number.
    pub(super) fn shows(&self, number: f64) -> &Shows {
        let section = if self.0.iter().any(|section| section.condition.is_some()) {
            self.0.iter().find(|section| section.condition.is_none_or(|condition| condition.holds(number)))
        } else {
            let place = match number.partial_cmp(&0.0) {
                Some(Less) => 1,
                Some(Equal) => 2,
                _ => 0,
            };
            self.0.get(place).or(self.0.first())
        };
        section.map_or(&Shows::Plain, |section| &section.shows)
    }
}

impl Condition {
    fn parse(text: &str) -> Option<Self> {
        let number = text.trim_start_matches(['<', '=', '>']);
        let sign = &text[..text.len() - number.len()];
        let orders: &[Ordering] = match sign {
            "<" => &[Less],
            "<=" => &[Less, Equal],
            "=" => &[Equal],
            ">=" => &[Equal, Greater],
            ">" => &[Greater],
            "<>" => &[Less, Greater],
            _ => return None,
        };
        Some(Self(orders, number.trim().parse().ok()?))
    }

    fn holds(self, number: f64) -> bool {
        number.partial_cmp(&self.1).is_some_and(|order| self.0.contains(&order))
    }
}

/// One section of a format's code as it is read.
#[derive(Default)]
struct SectionReader {
    condition: Option<Condition>,
    places: Vec<Place>,
    moment: bool,
    hours: bool,
    for_texts: bool,
    /// It has a decimal point, a percentage, or something else that is not only digits.
    other: bool,
}

impl SectionReader {
    /// Reads up to the next `;`. `None` at the end of the code.
    fn read(code: &mut Chars<'_>) -> Option<Self> {
        let mut section = Self::default();
        let mut next = Some(code.next()?);
        while let Some(character) = next {
            match character {
                ';' => break,
                '"' => {
                    section.places.extend(code.by_ref().take_while(|&character| character != '"').map(Place::Literal))
                }
                '\\' | '!' => section.places.extend(code.next().map(Place::Literal)),
                // A blank as wide as the next character, and one that fills the cell with it.
                '_' | '*' => drop(code.next()),
                '[' => section.bracket(&code.by_ref().take_while(|&character| character != ']').collect::<String>()),
                '@' => section.for_texts = true,
                'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => section.moment = true,
                'G' | 'g' if follows(code, "eneral") => section.places.push(Place::Zero),
                '0' => section.places.push(Place::Zero),
                // Behind a 0 every place shows a digit.
                '#' | '?' if section.places.contains(&Place::Zero) => section.places.push(Place::Zero),
                '#' | '?' => section.places.push(Place::Digit),
                '1'..='9' | '-' | '+' | '(' | ')' | ':' | '$' => section.places.push(Place::Literal(character)),
                blank if blank.is_whitespace() => section.places.push(Place::Literal(blank)),
                _ => section.other = true,
            }
            next = code.next();
        }
        Some(section)
    }

    /// A condition or elapsed time; colours, languages and ways to write digits do not count.
    fn bracket(&mut self, text: &str) {
        let units = text.to_ascii_lowercase();
        self.hours |= !units.is_empty() && ['h', 'm', 's'].iter().any(|&unit| units.chars().all(|one| one == unit));
        self.condition = Condition::parse(text).or(self.condition);
    }

    fn finish(self) -> Option<Section> {
        if self.for_texts && !self.moment && !self.hours {
            return None;
        }
        let shows = match self {
            Self { hours: true, .. } => Shows::Hours,
            Self { moment: true, .. } => Shows::Moment,
            Self { other: false, places, .. } if adds_something(&places) => Shows::Digits(Pattern(places)),
            _ => Shows::Plain,
        };
        Some(Section { condition: self.condition, shows })
    }
}

/// Passes over this word, in any case, if it is what follows.
fn follows(code: &mut Chars<'_>, word: &str) -> bool {
    let Some((next, rest)) = code.as_str().split_at_checked(word.len()) else { return false };
    let is_word = next.eq_ignore_ascii_case(word);
    if is_word {
        *code = rest.chars();
    }
    is_word
}

/// True if digits, letters or a plus appear that the number itself does not have: zeros in front, or literally
/// (`"0"###`).
fn adds_something(places: &[Place]) -> bool {
    let digits = places.iter().filter(|place| !matches!(place, Place::Literal(_))).count();
    let zeros = places.iter().filter(|place| **place == Place::Zero).count();
    let literally = |place: &Place| matches!(place, Place::Literal(sign) if sign.is_alphanumeric() || *sign == '+');
    zeros > 1 || (digits > 0 && places.iter().any(literally))
}

impl Pattern {
    /// A whole number, given by its digits, as the format shows it. More digits than places stand in front.
    pub(super) fn show(&self, digits: &str) -> String {
        let mut rest = digits.trim_start_matches('0');
        let mut left = self.0.iter().filter(|place| !matches!(place, Place::Literal(_))).count();
        let mut shown = String::new();
        for place in &self.0 {
            if let Place::Literal(sign) = *place {
                shown.push(sign);
                continue;
            }
            left -= 1;
            let (these, behind) = rest.split_at(rest.len().saturating_sub(left));
            shown.push_str(if these.is_empty() && *place == Place::Zero { "0" } else { these });
            rest = behind;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, number: u64) -> String {
        let format = NumberFormat::new(164, Some(code));
        match format.as_ref().map(|format| format.shows(number as f64)) {
            Some(Shows::Digits(pattern)) => pattern.show(&number.to_string()),
            None | Some(Shows::Plain) => "plain".to_owned(),
            Some(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn zeros_that_a_format_shows() {
        for (code, number, text) in [
            ("00000000000", 7_700_900_123, "07700900123"),
            ("00000000000", 447_700_900_123, "447700900123"),
            ("00000000000", 0, "00000000000"),
            ("00000 000000", 7_700_900_123, "07700 900123"),
            ("0000\\ 000\\ 000", 770_090_012, "0770 090 012"),
            ("0##########", 7_700_900_123, "07700900123"),
            ("0??????????", 7_700_900_123, "07700900123"),
            ("\"0\"##########", 7_700_900_123, "07700900123"),
            ("\"0\"#", 7_700_900_123, "07700900123"),
            ("\\0##########", 7_700_900_123, "07700900123"),
            ("00000000000;@", 7_700_900_123, "07700900123"),
            ("00000000000;-0;;@", 7_700_900_123, "07700900123"),
            ("[Red]00000000000_);(00000000000)", 7_700_900_123, "07700900123"),
            ("[$-809]00000000000", 7_700_900_123, "07700900123"),
            ("(00000) 000-000", 7_700_900_123, "(07700) 900-123"),
            ("\\+00 0000000000", 447_700_900_123, "+44 7700900123"),
            ("+#", 447_700_900_123, "+447700900123"),
            ("\"+44\"0", 7_700_900_123, "+447700900123"),
            ("00\\/00\\/0000", 1_021_980, "01/02/1980"),
            ("00\"/\"00\"/\"0000", 25_121_980, "25/12/1980"),
            ("[<=9999999999]00000000000;0", 7_700_900_123, "07700900123"),
            ("[<=9999999999]00000000000;0", 447_700_900_123, "plain"),
            ("[>=1000]\\0#;[=0]000;#", 7_700, "07700"),
            ("[>=1000]\\0#;[=0]000;#", 0, "000"),
            ("\"NHS \"000 000 0000", 9_434_765_919, "NHS 943 476 5919"),
            ("(00000) 000000", 7_700_900_123, "(07700) 900123"),
            ("00000\u{A0}000000", 7_700_900_123, "07700\u{A0}900123"),
            ("00000\u{202F}000000", 7_700_900_123, "07700\u{202F}900123"),
            ("\"0\"General", 7_700_900_123, "07700900123"),
            ("\\+GENERAL", 447_700_900_123, "+447700900123"),
            ("\"No. \"General;General", 0, "No. 0"),
            ("+440000000000", 7_700_900_123, "+447700900123"),
            ("\"+44\"0000000000", 7_700_900_123, "+447700900123"),
            ("\"A\"0", 7, "A7"),
            ("\"Flat \"0", 12, "Flat 12"),
            ("0\" Test Walk\"", 4, "4 Test Walk"),
            ("#\" Test Walk\"", 4, "4 Test Walk"),
            ("\"Tel: \"00000000000", 7_700_900_123, "Tel: 07700900123"),
            ("0\" m2\"", 7, "7 m2"),
            ("0\\0\"", 7, "70"),
            ("\"day month\"0", 7, "day month7"),
            ("\\d\\m0", 7, "dm7"),
        ] {
            assert_eq!(shown(code, number), text, "{code}, {number}");
        }
    }

    #[test]
    fn formats_that_add_nothing() {
        for code in [
            "General",
            "0",
            "#",
            "0.00",
            "000.00",
            "#,##0",
            "0,000",
            "# ##0",
            "###-####",
            "0%",
            "00%",
            "0.00E+00",
            "# ??/??",
            "@",
            "",
            ";;;",
            "\"£\"0",
            "[$£-809]#,##0",
            "[Red]0",
            "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)",
            "General ",
            "General;[Red]-General",
            "Gener0",
            "\"none\"",
            "# ?/8",
            "# 1/8",
            "[Magenta]#",
            "[DBNum1]0",
            "0;[Yellow]-0",
            "[<",
            "\"",
            "\\",
            "[h",
            "_",
        ] {
            let format = NumberFormat::new(164, Some(code));
            let hours = code == "[h";
            assert_eq!(format.is_some(), hours, "{code}: {format:?}");
        }
        assert_eq!(NumberFormat::new(164, Some(&"0".repeat(2_000))), None);
        assert_eq!(NumberFormat::new(1, None), None);
        assert_eq!(NumberFormat::new(49, None), None);
    }

    #[test]
    fn dates_and_times() {
        for (code, shows) in [
            ("dd/mm/yyyy", Shows::Moment),
            ("d\\-mmm", Shows::Moment),
            ("D-MMM-YY;@", Shows::Moment),
            ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Shows::Moment),
            ("[$-x-sysdate]dddd, mmmm dd, yyyy", Shows::Moment),
            ("yyyy\\-mm\\-dd\\Thh:mm:ss", Shows::Moment),
            ("\"DOB: \"dd/mm/yyyy", Shows::Moment),
            ("[Red]dd/mm/yyyy", Shows::Moment),
            ("dd/mm/yyyy@", Shows::Moment),
            ("e/m/d", Shows::Moment),
            ("ge.m.d", Shows::Moment),
            ("jj/mm/aaaa", Shows::Moment),
            ("tt.mm.jjjj", Shows::Moment),
            ("h:mm AM/PM", Shows::Moment),
            ("mm:ss.0", Shows::Moment),
            ("[h]:mm:ss", Shows::Hours),
            ("[HH]:mm", Shows::Hours),
            ("[mm]", Shows::Hours),
        ] {
            let format = NumberFormat::new(164, Some(code));
            assert_eq!(format.expect(code).shows(44_197.0), &shows, "{code}");
        }
        let built_in = |id| NumberFormat::new(id, None).map(|format| format.shows(1.0).clone());
        for id in (14..=22).chain(27..=36).chain([45, 47]).chain(50..=58) {
            assert_eq!(built_in(id), Some(Shows::Moment), "{id}");
        }
        assert_eq!(built_in(46), Some(Shows::Hours));
        assert!((0..14).chain(23..27).chain(37..45).chain([48, 49]).chain(59..200).all(|id| built_in(id).is_none()));
    }

    #[test]
    fn sections_by_sign() {
        let format = NumberFormat::new(164, Some("dd/mm/yyyy;-0;00000")).expect("a date");
        assert_eq!(format.shows(1.0), &Shows::Moment);
        assert_eq!(format.shows(-1.0), &Shows::Plain);
        assert!(matches!(format.shows(0.0), Shows::Digits(_)));
        let format = NumberFormat::new(164, Some("dd/mm/yyyy")).expect("a date");
        assert_eq!(format.shows(-1.0), &Shows::Moment);
    }
}
