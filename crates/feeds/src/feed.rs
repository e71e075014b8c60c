//! A feed: its name, its columns and the function that decides a row.

use std::fmt;

use serde_with::SerializeDisplay;

pub(crate) use crate::column::{Column, Field};
use crate::decision::Post;
use crate::row_reader::{RowReader, Skip};

/// One of the sheets that the council's data team drops. Feeds are compared, printed and stored by name.
#[derive(SerializeDisplay)]
pub struct Feed {
    pub(crate) name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The prefix of the names of the feed's settings, such as `CT` in `CT_INBOUND_FOLDER_ID`.
    pub settings_prefix: &'static str,
    /// The author of its case notes.
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

/// A column of the summary that shows an id that Here to Help gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdColumn {
    Resident,
    HelpRequest,
    /// The request that the feed's follow-up made, where one was made.
    FollowUp,
}

impl Feed {
    /// The name in commands, messages and the ledger.
    pub fn name(&self) -> &'static str {
        self.name
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

/// One of a feed's two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Direction {
    /// Where the sheets are dropped: `<FEED>_INBOUND_FOLDER_ID`.
    Inbound,
    /// Where the summaries are put: `<FEED>_OUTBOUND_FOLDER_ID`.
    Outbound,
}

impl Direction {
    /// The name of the setting that holds the folder's id.
    pub fn setting(self, feed: &Feed) -> String {
        format!("{}_{self}_FOLDER_ID", feed.settings_prefix)
    }

    /// The setting's meaning, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Inbound => "the id of the feed's inbound folder in Google Drive",
            Self::Outbound => "the id of the feed's outbound folder in Google Drive",
        }
    }
}
