use crate::feed::{Feed, SummaryShape};
use crate::row_reader::undecided;

pub(super) static FEED: Feed = Feed {
    name: "nsss",
    title: "National Shielding Service System",
    settings_prefix: "CEV",
    author: "Data Ingestion: National Shielding Service System",
    summary: SummaryShape::Processed { ids: &["resident_id", "help_request_id"] },
    columns: &[],
    decide: undecided,
};
