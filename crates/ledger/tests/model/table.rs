//! The whole table, as it lies in DynamoDB between two steps.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use feeds::Outcome;
use ledger::{RowId, Run, RunId};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::support::{Fixture, TABLE};

/// Every item but those of files, by what identifies it.
#[derive(Clone, Default)]
pub(crate) struct Table {
    pub(crate) runs: BTreeMap<RunId, RunItem>,
    pub(crate) rows: BTreeMap<RowId, RowItem>,
    /// The progress of each lane, by its partition key.
    pub(crate) lanes: BTreeMap<String, LaneItem>,
    pub(crate) leases: BTreeMap<String, LeaseItem>,
}

#[derive(Clone)]
pub(crate) struct RunItem {
    pub(crate) run: Run,
    pub(crate) owners: Owners,
}

/// Who works on a run. Instants are milliseconds since 1970.
#[derive(Clone, Deserialize)]
pub(crate) struct Owners {
    pub(crate) step: u64,
    pub(crate) split_token: Option<String>,
    pub(crate) split_until: Option<i64>,
    pub(crate) report_token: Option<String>,
    pub(crate) report_until: Option<i64>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct RowItem {
    pub(crate) pk: String,
    pub(crate) reading: u32,
    pub(crate) claim: Option<String>,
    pub(crate) claim_until: Option<i64>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) settled_by: Option<String>,
    #[serde(default)]
    pub(crate) may_have_been_sent: bool,
}

/// Counts by outcome, the moves, and the list that it is marked in.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct LaneItem {
    created: i64,
    already_known: i64,
    failed: i64,
    dead_lettered: i64,
    uncertain: i64,
    pub(crate) moves: u64,
    pub(crate) open: i64,
    pub(crate) reading: u32,
    #[serde(rename = "list_pk")]
    pub(crate) marked: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct LeaseItem {
    pub(crate) owner: Option<String>,
    pub(crate) until: Option<i64>,
    /// The rows that began under it, and of which nobody learnt how far they came.
    #[serde(default)]
    begun: BTreeSet<String>,
    #[serde(default)]
    residents: BTreeMap<i64, IgnoredAny>,
}

impl LeaseItem {
    /// True if whoever takes it learns that this row was applied, as it is remembered, or may have been.
    pub(crate) fn tells_of(&self, row: &RowId) -> bool {
        let mark = format!(" {row}");
        self.residents.contains_key(&remembered_as(row)) || self.begun.iter().any(|begun| begun.ends_with(&mark))
    }
}

/// The number under which posters remember that a row was applied: another one for each.
pub(crate) fn remembered_as(row: &RowId) -> i64 {
    let run = i64::from_str_radix(&row.run.as_str()[..8], 16).expect("digits");
    run * 1000 + i64::from(row.row)
}

impl Table {
    /// Reads all of it.
    pub(crate) async fn read(fixture: &Fixture) -> Self {
        let answer = fixture.direct.client.scan().table_name(TABLE).consistent_read(true).send().await.expect("a scan");
        assert_eq!(answer.last_evaluated_key, None, "small enough for one page");
        let mut table = Self::default();
        for item in answer.items.unwrap_or_default() {
            let key = |name: &str| item[name].as_s().expect("a text").clone();
            let (pk, sk) = (key("pk"), key("sk"));
            match sk.as_str() {
                "RUN" => {
                    let run: Run = parse(item.clone());
                    table.runs.insert(run.id.clone(), RunItem { run, owners: parse(item) });
                }
                "PROGRESS" => drop(table.lanes.insert(pk, parse(item))),
                "LEASE" => drop(table.leases.insert(pk, parse(item))),
                _ => {
                    let Some(row) = sk.strip_prefix("ROW#") else { continue };
                    let run = pk.split('#').nth(1).expect("a run").parse().expect("an id");
                    table.rows.insert(RowId { run, row: row.parse().expect("a number") }, parse(item));
                }
            }
        }
        table
    }

    /// The rows of a run's current reading.
    pub(crate) fn rows_of<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = (&'a RowId, &'a RowItem)> {
        self.rows.iter().filter(move |(id, row)| id.run == run.id && row.reading == run.generation)
    }

    /// How many rows of a lane have not settled.
    pub(crate) fn open_in(&self, lane: &str) -> i64 {
        let open = |row: &&RowItem| row.pk == lane && row.outcome.is_none();
        self.rows.values().filter(open).count().try_into().expect("few")
    }

    /// How many rows of a lane posters have settled, by outcome.
    pub(crate) fn settled_in(&self, lane: &str) -> BTreeMap<Outcome, i64> {
        let mut settled = BTreeMap::new();
        for row in self.rows.values().filter(|row| row.pk == lane && row.settled_by.is_some()) {
            if let Some(outcome) = row.outcome {
                *settled.entry(outcome).or_default() += 1;
            }
        }
        settled
    }
}

impl LaneItem {
    pub(crate) fn counts(&self) -> BTreeMap<Outcome, i64> {
        let counts = [
            (Outcome::Created, self.created),
            (Outcome::AlreadyKnown, self.already_known),
            (Outcome::Failed, self.failed),
            (Outcome::DeadLettered, self.dead_lettered),
            (Outcome::Uncertain, self.uncertain),
        ];
        counts.into_iter().filter(|(_, count)| *count != 0).collect()
    }
}

fn parse<T: DeserializeOwned>(item: HashMap<String, AttributeValue>) -> T {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).expect("an item as the ledger writes it")
}
