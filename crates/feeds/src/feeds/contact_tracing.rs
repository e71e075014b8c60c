use crate::feed::{Feed, SummaryShape};
use crate::row_reader::undecided;

pub(super) static FEED: Feed = Feed {
    name: "contact-tracing",
    title: "Contact tracing",
    settings_prefix: "CT",
    author: "Data Ingestion: Contact Tracing",
    summary: SummaryShape::ContactTracing,
    columns: &[],
    decide: undecided,
};
