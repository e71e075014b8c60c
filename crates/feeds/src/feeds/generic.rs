use crate::feed::{Feed, SummaryShape};
use crate::row_reader::undecided;

pub(super) static FEED: Feed = Feed {
    name: "generic",
    title: "Generic ingestion",
    settings_prefix: "GENERIC_INGESTION",
    author: "Data Ingestion: Generic Ingestion",
    summary: SummaryShape::Processed { ids: &["resident_id", "help_request_id"] },
    columns: &[],
    decide: undecided,
};
