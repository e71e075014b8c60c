//! A run's rows in the sheet's order: its lanes merged by row number, page by page.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use futures::future::try_join_all;

use crate::dynamo::Attribute;
use crate::dynamo::pages::Pages;
use crate::dynamo::table::KEYS;
use crate::keys::{MAX_ROW, lane_pk, row_sk};
use crate::{Ledger, Result, RowRecord, Run};

/// Below how many rows a lane is read on, while another one is empty: the lanes run out together.
const LOW: usize = 2;

/// Which rows are read, and how much of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Those that have not settled, without their cells.
    Open,
    /// All, with how they ended and without their cells.
    Outcomes,
    /// All, whole.
    All,
    /// All, whole, for who wants the first of them: so many on a page.
    Some(i32),
}

impl Wanted {
    /// How many rows a page asks for: whole ones are held in memory, one page of each lane.
    fn page(self) -> i32 {
        match self {
            Self::Open | Self::Outcomes => 1000,
            Self::All => 100,
            Self::Some(page) => page,
        }
    }

    /// A query for no others than these.
    fn narrow(self, query: QueryFluentBuilder, reading: u32) -> QueryFluentBuilder {
        let mut query = query
            .limit(self.page())
            .filter_expression(match self {
                Self::All | Self::Some(_) | Self::Outcomes => "#reading = :reading",
                Self::Open => "#reading = :reading AND attribute_not_exists(#outcome)",
            })
            .expression_attribute_names("#reading", "reading")
            .expression_attribute_values(":reading", reading.attribute());
        if !matches!(self, Self::All | Self::Some(_)) {
            let shown = ["v", "row", "reading", "attempts", "claim", "claim_until", "outcome", "expires_at"];
            for name in shown {
                query = query.expression_attribute_names(format!("#{name}"), name);
            }
            query = query.projection_expression(shown.map(|name| format!("#{name}")).join(", "));
        }
        query
    }
}

/// A run's rows in the sheet's order, page by page: at most a page of each lane is in memory.
#[derive(Debug)]
pub struct Rows {
    lanes: Vec<Lane>,
}

#[derive(Debug)]
struct Lane {
    pages: Pages,
    rows: VecDeque<RowRecord>,
}

impl Rows {
    /// The rows of a run's current reading.
    pub(crate) fn new(ledger: &Ledger, run: &Run, wanted: Wanted) -> Self {
        Self::within(ledger, run, wanted, 0..=MAX_ROW)
    }

    /// Those of them with these numbers.
    pub(crate) fn within(ledger: &Ledger, run: &Run, wanted: Wanted, numbers: RangeInclusive<u32>) -> Self {
        let (first, last) = (row_sk(*numbers.start()), row_sk(*numbers.end()));
        let lane = |lane| {
            let query = ledger.query(KEYS, &lane_pk(&run.id, lane), &first, &last).consistent_read(true);
            let pages = Pages::of("reading a run's rows", wanted.narrow(query, run.generation));
            Lane { pages, rows: VecDeque::new() }
        };
        Self { lanes: (0..run.lanes).map(lane).collect() }
    }

    /// The next row; none at the end.
    pub async fn next(&mut self) -> Result<Option<RowRecord>> {
        if self.lanes.iter().any(|lane| lane.rows.is_empty() && !lane.pages.is_read()) {
            let low = self.lanes.iter_mut().filter(|lane| lane.rows.len() <= LOW);
            try_join_all(low.map(Lane::read_on)).await?;
        }
        let first = self.lanes.iter_mut().filter(|lane| !lane.rows.is_empty());
        let first = first.min_by_key(|lane| lane.rows.front().map(|row| row.row));
        Ok(first.and_then(|lane| lane.rows.pop_front()))
    }
}

impl Lane {
    /// Reads pages until one has a row (those of rows that are not wanted have none), or to the end.
    async fn read_on(&mut self) -> Result<()> {
        let had = self.rows.len();
        while self.rows.len() == had
            && let Some(page) = self.pages.next().await?
        {
            for item in page {
                self.rows.push_back(RowRecord::read("a row", item)?);
            }
        }
        Ok(())
    }
}
