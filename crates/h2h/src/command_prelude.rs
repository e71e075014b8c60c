//! What commands work with: said once, for most of them take most of it.

pub(crate) use std::io::{self, Write};
pub(crate) use std::path::{Path, PathBuf};

pub(crate) use anyhow::{Context, bail, ensure};
pub(crate) use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
pub(crate) use clap::Args;
pub(crate) use feeds::{Feed, Outcome};
pub(crate) use indicatif::ProgressBar;
pub(crate) use ledger::{Ledger, RowRecord, Run, RunId, RunState};
pub(crate) use serde::Serialize;

pub(crate) use crate::args::names::{RowName, RunName, run_id};
pub(crate) use crate::args::{Why, feed_names, one_of, since};
pub(crate) use crate::confirm::{Confirm, who};
pub(crate) use crate::environment::{Environment, EnvironmentArgs, RunArgs};
pub(crate) use crate::exit::Exit;
pub(crate) use crate::functions::Function;
pub(crate) use crate::google::Google;
pub(crate) use crate::posting::PostingView;
pub(crate) use crate::render::{
    self, age, bar, count, facts, groups, instant, instant_and_age, line, lines, number, plain, show, table, text,
};
pub(crate) use crate::views::{Ids, RunView, row_line};
