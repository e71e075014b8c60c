//! A run's rows in the sheet's order: its lanes merged by row number, page by page.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use futures::future::try_join_all;

use super::item::RowRecord;
use crate::dynamo::item::{Attribute, Item};
use crate::dynamo::retry;
use crate::keys::{MAX_ROW, lane_pk, row_sk};
use crate::run::item::Run;
use crate::{Ledger, Result};

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
}

impl Wanted {
    /// How many rows a page asks for: whole ones are held in memory, one page of each lane.
    fn page(self) -> i32 {
        match self {
            Self::Open | Self::Outcomes => 1000,
            Self::All => 100,
        }
    }
}

/// The merge: at most a page of each lane is in memory.
#[derive(Debug)]
pub(crate) struct Lanes {
    ledger: Ledger,
    which: Which,
    lanes: Vec<Lane>,
}

/// Which rows are read: those of one reading with these numbers.
#[derive(Debug)]
struct Which {
    reading: u32,
    numbers: RangeInclusive<u32>,
    wanted: Wanted,
}

#[derive(Debug)]
struct Lane {
    pk: String,
    next_page: NextPage,
    rows: VecDeque<RowRecord>,
}

#[derive(Debug)]
enum NextPage {
    First,
    From(Item),
    None,
}

impl Lanes {
    /// The rows of a run's current reading.
    pub(crate) fn new(ledger: &Ledger, run: &Run, wanted: Wanted) -> Self {
        Self::within(ledger, run, wanted, 0..=MAX_ROW)
    }

    /// Those of them with these numbers.
    pub(crate) fn within(ledger: &Ledger, run: &Run, wanted: Wanted, numbers: RangeInclusive<u32>) -> Self {
        let lane = |lane| Lane { pk: lane_pk(&run.id, lane), next_page: NextPage::First, rows: VecDeque::new() };
        let lanes = (0..run.lanes).map(lane).collect();
        Self { ledger: ledger.clone(), which: Which { reading: run.reading, numbers, wanted }, lanes }
    }

    /// The next row; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<RowRecord>> {
        if self.lanes.iter().any(|lane| lane.rows.is_empty() && !lane.is_read()) {
            let (ledger, which) = (&self.ledger, &self.which);
            let low = self.lanes.iter_mut().filter(|lane| lane.rows.len() <= LOW);
            try_join_all(low.map(|lane| lane.read_on(ledger, which))).await?;
        }
        let first = self.lanes.iter_mut().filter(|lane| !lane.rows.is_empty());
        let first = first.min_by_key(|lane| lane.rows.front().map(|row| row.row));
        Ok(first.and_then(|lane| lane.rows.pop_front()))
    }
}

impl Lane {
    fn is_read(&self) -> bool {
        matches!(self.next_page, NextPage::None)
    }

    /// Reads pages until one has a row (those of rows that are not wanted have none), or to the end.
    async fn read_on(&mut self, ledger: &Ledger, which: &Which) -> Result<()> {
        let had = self.rows.len();
        while self.rows.len() == had && !self.is_read() {
            let (items, next) = self.page(ledger, which).await?;
            let rows = items.into_iter().map(|item| RowRecord::read("a row", item)).collect::<Result<Vec<_>>>()?;
            self.rows.extend(rows);
            self.next_page = next.map_or(NextPage::None, NextPage::From);
        }
        Ok(())
    }

    async fn page(&self, ledger: &Ledger, which: &Which) -> Result<(Vec<Item>, Option<Item>)> {
        let start = match &self.next_page {
            NextPage::First => None,
            NextPage::From(key) => Some(key.clone()),
            NextPage::None => return Ok((Vec::new(), None)),
        };
        let mut request = ledger
            .client
            .query()
            .table_name(&*ledger.table)
            .consistent_read(true)
            .limit(which.wanted.page())
            .set_exclusive_start_key(start)
            .key_condition_expression("pk = :lane AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":lane", self.pk.as_str().attribute())
            .expression_attribute_values(":first", row_sk(*which.numbers.start()).as_str().attribute())
            .expression_attribute_values(":last", row_sk(*which.numbers.end()).as_str().attribute())
            .expression_attribute_names("#reading", "reading")
            .expression_attribute_values(":reading", which.reading.attribute());
        request = request.filter_expression(match which.wanted {
            Wanted::All | Wanted::Outcomes => "#reading = :reading",
            Wanted::Open => "#reading = :reading AND attribute_not_exists(#outcome)",
        });
        if which.wanted != Wanted::All {
            let shown = ["v", "row", "reading", "attempts", "claim", "claim_until", "outcome", "expires_at"];
            let shown = shown.map(|name| format!("#{name}"));
            for name in &shown {
                request = request.expression_attribute_names(name, name.trim_start_matches('#'));
            }
            request = request.projection_expression(shown.join(", "));
        }
        let answer = retry::send("reading a run's rows", || request.clone().send()).await?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}
