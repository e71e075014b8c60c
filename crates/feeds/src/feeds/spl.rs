use crate::feed::{Feed, SummaryShape};
use crate::row_reader::undecided;

pub(super) static FEED: Feed = Feed {
    name: "spl",
    title: "Shielding Patient List",
    settings_prefix: "SPL",
    author: "Data Ingestion: Shielding Patient List",
    summary: SummaryShape::Processed { ids: &["resident_id", "help_request_id"] },
    columns: &[],
    decide: undecided,
};
