//! A feed: its name, its columns and the function that decides a row.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::clean::Content;
use crate::decision::Post;
use crate::feeds;
use crate::outbound::IdColumn;
use crate::row_reader::{RowReader, Skip};

/// One of the sheets that the council's data team drops. Feeds are compared, printed and stored by name.
pub struct Feed {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) settings_prefix: &'static str,
    pub(crate) author: &'static str,
    pub(crate) summary: SummaryShape,
    pub(crate) columns: &'static [Column],
    pub(crate) decide: fn(&mut RowReader<'_>) -> Result<Post, Skip>,
}

/// A column that a feed uses; a sheet without it is rejected. Other columns are carried into the summary and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    pub(crate) field: Field,
    about: &'static str,
    /// What a made-up row has here, where the field alone does not say it.
    pub(crate) example: &'static str,
}

/// What a column is used for: where its value goes in the request, and so by which rule it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    FirstName,
    LastName,
    DateOfBirth,
    NhsNumber,
    /// The NHS number is the id too: `NhsNumber` and `Metadata.spl_id`.
    NhsNumberAsSplId,
    /// `NhsCtasId`.
    CtasId,
    /// `Metadata.nsss_id`.
    NsssId,
    AddressFirstLine,
    AddressSecondLine,
    AddressThirdLine,
    Postcode,
    Uprn,
    Telephone,
    Mobile,
    Email,
    /// Read by the feed's own rules as a date.
    DateTested,
    /// Stands in a note, where it is one at all.
    DateOfDeath,
    /// A part of the first line of the address, which the feed puts together.
    AddressPart,
    /// Read by the feed's own rules as it stands.
    Text,
    /// Comments, notes, outcomes: keeps its inner white space.
    FreeText,
}

/// Which spreadsheets a feed's summary is made of (docs/contract/feeds.md, Outbound).
#[derive(Clone, Copy, Debug)]
pub(crate) enum SummaryShape {
    /// One spreadsheet `PROCESSED_…` whose first tab shows every row; these ids stand before the sheet's own columns.
    Processed { ids: &'static [IdColumn] },
    /// One spreadsheet for Hackney and one for the City of London, with the lists of people to write to.
    ContactTracing,
}

impl Feed {
    /// The feed of this name, such as `contact-tracing`.
    pub fn named(name: &str) -> Option<&'static Self> {
        feeds::all().iter().copied().find(|feed| feed.name == name)
    }

    /// The name in commands, messages and the ledger.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name for people.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What the names of the feed's settings begin with, such as `CT` in `CT_INBOUND_FOLDER_ID`.
    pub fn settings_prefix(&self) -> &'static str {
        self.settings_prefix
    }

    /// The author of the feed's case notes.
    pub fn author(&self) -> &'static str {
        self.author
    }

    /// The columns that are used, and so required.
    pub fn columns(&self) -> &'static [Column] {
        self.columns
    }
}

impl Column {
    pub(crate) const fn new(name: &'static str, field: Field, about: &'static str) -> Self {
        Self { name, field, about, example: "" }
    }

    /// The column with what a made-up row has in it ([`Feed::example`]).
    pub(crate) const fn such_as(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// The name that is looked for in the header.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the column is used for, in plain words.
    pub fn about(&self) -> &'static str {
        self.about
    }
}

impl Field {
    /// Whether the column is one of dates that are read, and so looked at for month-first dates.
    pub(crate) fn is_date(self) -> bool {
        matches!(self, Self::DateOfBirth | Self::DateTested | Self::DateOfDeath)
    }

    /// Whether it is a part of the person's name.
    pub(crate) fn is_name(self) -> bool {
        matches!(self, Self::FirstName | Self::LastName)
    }

    /// Whether it belongs to one person alone, and so not to all the rows of a merged cell.
    pub(crate) fn is_one_persons(self) -> bool {
        self.is_id() || self == Self::NhsNumber
    }

    /// How its cells are cleaned.
    pub(crate) fn content(self) -> Content {
        match self {
            Self::FirstName | Self::LastName => Content::Name,
            Self::FreeText => Content::FreeText,
            Self::NhsNumber | Self::Uprn => Content::Number,
            field if field.is_id() || field.is_phone() => Content::Number,
            _ => Content::Plain,
        }
    }

    /// Whether the API finds a request by it: no row goes without, and none may be taken for another's.
    pub(crate) fn is_id(self) -> bool {
        matches!(self, Self::CtasId | Self::NsssId | Self::NhsNumberAsSplId)
    }

    /// Whether it is a phone number.
    pub(crate) fn is_phone(self) -> bool {
        matches!(self, Self::Telephone | Self::Mobile)
    }
}

impl PartialEq for Feed {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Feed {}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Feed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl<'de> Deserialize<'de> for &'static Feed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Feed::named(&name).ok_or_else(|| de::Error::custom(format_args!("there is no feed \"{name}\"")))
    }
}
