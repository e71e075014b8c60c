//! How people name runs and rows: a run by the first digits of its id, as many as make it the only one; a row by
//! RUN/ROW.

use std::str::FromStr;

use anyhow::{anyhow, bail};
use ledger::{Ledger, RowId, Run, RunId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunName(String);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowName {
    run: RunName,
    row: u32,
}

impl FromStr for RunName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.to_ascii_lowercase();
        if text.is_empty() || text.len() > 20 || !text.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Err("a run is named by the first of its 20 digits 0-9a-f, such as 3f2a");
        }
        Ok(Self(text))
    }
}

impl FromStr for RowName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a row is named RUN/ROW, such as 3f2a/17";
        let (run, row) = text.split_once('/').ok_or(FORM)?;
        Ok(Self { run: run.parse().map_err(|_| FORM)?, row: row.parse().map_err(|_| FORM)? })
    }
}

impl RunName {
    /// The one run of this name.
    pub(crate) async fn find(&self, ledger: &Ledger) -> anyhow::Result<Run> {
        let Self(name) = self;
        let ids = match name.parse::<RunId>() {
            Ok(id) => vec![id],
            Err(_) => ledger.runs_beginning(name).await?.into_iter().collect(),
        };
        let id = match ids.as_slice() {
            [id] => id,
            [] => bail!("there is no run {name}: `h2h runs` lists them"),
            [first, second, ..] => {
                bail!("{} runs begin with {name}, {first} and {second} among them: write more of its digits", ids.len())
            }
        };
        ledger.run(id).await?.ok_or_else(|| anyhow!("there is no run {id}: `h2h runs` lists them"))
    }
}

pub(crate) async fn run_id(name: Option<&RunName>, ledger: &Ledger) -> anyhow::Result<Option<RunId>> {
    match name {
        Some(name) => Ok(Some(name.find(ledger).await?.id)),
        None => Ok(None),
    }
}

impl RowName {
    /// The run of this row, and the row's id; that the run has such a row is not known yet.
    pub(crate) async fn find(&self, ledger: &Ledger) -> anyhow::Result<(Run, RowId)> {
        let run = self.run.find(ledger).await?;
        let id = RowId { run: run.id.clone(), row: self.row };
        Ok((run, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        let run = RunName("3f2a".to_owned());
        assert_eq!("3F2a".parse(), Ok(run.clone()));
        assert_eq!("3f2a/17".parse(), Ok(RowName { run, row: 17 }));
        for text in ["", "3f2g", "week 9", "012345678901234567890"] {
            assert!(text.parse::<RunName>().is_err(), "{text}");
        }
        for text in ["", "3f2a", "3f2a/", "/17", "3f2a/x", "3f2a/-1", "3f2a/1/2"] {
            assert!(text.parse::<RowName>().is_err(), "{text}");
        }
    }
}
