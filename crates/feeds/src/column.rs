//! A column that a feed uses, and what it is used for.

use crate::clean::Content;

/// A column that a feed uses; a sheet without it is rejected. Other columns are carried into the summary and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name that is looked for in the header.
    pub name: &'static str,
    pub(crate) field: Field,
    /// The column's use, in plain words.
    pub about: &'static str,
    /// The value of a made-up row here, where the field alone does not say it.
    pub(crate) example: &'static str,
}

/// The use of a column: where its value goes in the request, and so by which rule it is read.
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

impl Column {
    pub(crate) const fn new(name: &'static str, field: Field, about: &'static str) -> Self {
        Self { name, field, about, example: "" }
    }

    /// The column with what a made-up row has in it ([`crate::Feed::example`]).
    pub(crate) const fn such_as(self, example: &'static str) -> Self {
        Self { example, ..self }
    }
}

impl Field {
    /// True if the column is one of dates that are read, and so looked at for month-first dates.
    pub(crate) fn is_date(self) -> bool {
        matches!(self, Self::DateOfBirth | Self::DateTested | Self::DateOfDeath)
    }

    /// True if it is a part of the person's name.
    pub(crate) fn is_name(self) -> bool {
        matches!(self, Self::FirstName | Self::LastName)
    }

    /// True if it belongs to one person alone, and so not to all the rows of a merged cell.
    pub(crate) fn is_one_persons(self) -> bool {
        self.is_id() || self == Self::NhsNumber
    }

    /// How its cells are cleaned.
    pub(crate) fn content(self) -> Content {
        match self {
            Self::FirstName | Self::LastName => Content::Name,
            Self::FreeText => Content::FreeText,
            Self::NhsNumber | Self::Uprn | Self::Telephone | Self::Mobile => Content::Number,
            field if field.is_id() => Content::Number,
            _ => Content::Plain,
        }
    }

    /// True if the API finds a request by it: no row goes without, and none may be taken for another's.
    pub(crate) fn is_id(self) -> bool {
        matches!(self, Self::CtasId | Self::NsssId | Self::NhsNumberAsSplId)
    }
}
