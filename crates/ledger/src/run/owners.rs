//! Who works on a run.

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dynamo::{Item, read, write};
use crate::lists::run_keys;
use crate::{Result, Run, RunId, Token};

/// A run item's attributes that say who works on it; the others are [`Run`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Owners {
    /// Counts the splitters' writes: each is made to what the splitter saw, once.
    pub(crate) step: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) split_token: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub(crate) split_until: Option<DateTime<Utc>>,
    /// Who gave its claim back last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) split_released_by: Option<Token>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report_token: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub(crate) report_until: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sweep_token: Option<Token>,
}

/// A run item, as what it says and who works on it.
pub(crate) fn read_run(id: &RunId, item: Item) -> Result<(Run, Owners)> {
    Ok((read(format_args!("run {id}"), item.clone())?, read(format_args!("run {id}"), item)?))
}

/// A run at its beginning as an item, with who works on it.
pub(crate) fn run_item(run: &Run, owners: &Owners, is_open: bool) -> Result<Item> {
    let mut item = write(format_args!("run {}", run.id), run)?;
    item.extend(write(format_args!("run {}", run.id), owners)?);
    item.extend(run_keys(run, is_open));
    Ok(item)
}
