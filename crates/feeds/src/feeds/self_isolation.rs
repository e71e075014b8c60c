use crate::feed::{Feed, SummaryShape};
use crate::row_reader::undecided;

pub(super) static FEED: Feed = Feed {
    name: "self-isolation",
    title: "Self isolation",
    settings_prefix: "SELF_ISOLATION",
    author: "Data Ingestion: Self Isolation",
    summary: SummaryShape::Processed { ids: &["cev_case_added_id", "resident_id", "help_request_id"] },
    columns: &[],
    decide: undecided,
};
