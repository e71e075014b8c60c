//! A feed: its name, its columns and the function that decides a row.

use std::fmt;

use serde::{Serialize, Serializer};

pub(crate) use crate::column::{Column, Field};
use crate::decision::Post;
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

/// Which spreadsheets a feed's summary is made of (docs/contract/feeds.md, Outbound).
#[derive(Clone, Copy, Debug)]
pub(crate) enum SummaryShape {
    /// One spreadsheet `PROCESSED_…` whose first tab shows every row; these ids stand before the sheet's own columns.
    Processed { ids: &'static [IdColumn] },
    /// One spreadsheet for Hackney and one for the City of London, with the lists of people to write to.
    ContactTracing,
}

impl Feed {
    /// The name in commands, messages and the ledger.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name for people.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The prefix of the names of the feed's settings, such as `CT` in `CT_INBOUND_FOLDER_ID`.
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
