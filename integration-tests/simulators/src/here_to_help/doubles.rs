//! The things that must not be there twice, and are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    folding::{day_key, name_key, present, upper, without_blanks},
    metadata::{GENERIC_ID, REQUEST_IDS},
    rows::{CaseNote, HelpRequest, Resident},
};

/// The doubles among all that the simulator holds. Two rows that are the same in two ways stand here twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubles {
    /// One person as several residents
    pub residents: Vec<Double>,
    /// One row or one id as several help requests
    pub help_requests: Vec<Double>,
    /// One text several times on one help request
    pub case_notes: Vec<Double>,
}

/// Rows that are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Double {
    /// In what they are the same; holds nothing personal
    pub same: String,
    /// Their ids
    pub ids: Vec<i64>,
}

impl Doubles {
    /// True if everything is there once.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.residents.is_empty() && self.help_requests.is_empty() && self.case_notes.is_empty()
    }

    pub(super) fn among(residents: &[Resident], requests: &[HelpRequest], notes: &[CaseNote]) -> Self {
        Self { residents: of_residents(residents), help_requests: of_requests(requests), case_notes: of_notes(notes) }
    }
}

fn of_residents(residents: &[Resident]) -> Vec<Double> {
    let nhs_number = |resident: &Resident| present(resident.text("NhsNumber")).map(without_blanks);
    let birthday = |resident: &Resident| {
        let part = |name| present(resident.text(name)).map(day_key);
        let names = present(resident.text("FirstName")).zip(present(resident.text("LastName")));
        let (first, last) = names.map(|(first, last)| (name_key(first), name_key(last)))?;
        Some((first, last, part("DobYear")?, part("DobMonth")?, part("DobDay")?))
    };
    let mut doubles = doubles("NHS number", residents.iter().map(|row| (row.id, nhs_number(row))));
    doubles.extend(self::doubles("names and date of birth", residents.iter().map(|row| (row.id, birthday(row)))));
    doubles
}

fn of_requests(requests: &[HelpRequest]) -> Vec<Double> {
    let ctas_id = |request: &HelpRequest| {
        Some((present(request.text("NhsCtasId"))?.to_owned(), request.text("HelpNeeded").map(upper)))
    };
    let mut found = doubles("NhsCtasId and HelpNeeded", requests.iter().map(|row| (row.id, ctas_id(row))));
    for key in REQUEST_IDS.into_iter().chain(["ingestion_row"]) {
        let id = |request: &HelpRequest| {
            let id = request.metadata(key).filter(|id| !id.trim().is_empty())?;
            Some((id, (key == GENERIC_ID).then_some(request.resident_id)))
        };
        found.extend(doubles(key, requests.iter().map(|row| (row.id, id(row)))));
    }
    found
}

fn of_notes(notes: &[CaseNote]) -> Vec<Double> {
    doubles(
        "help request and text",
        notes.iter().map(|row| (row.id, row.says().map(|says| (row.help_request_id, says)))),
    )
}

fn doubles<K: Ord>(same: &str, rows: impl Iterator<Item = (i64, Option<K>)>) -> Vec<Double> {
    let mut groups: BTreeMap<K, Vec<i64>> = BTreeMap::new();
    for (id, key) in rows {
        if let Some(key) = key {
            groups.entry(key).or_default().push(id);
        }
    }
    let several = groups.into_values().filter(|ids| ids.len() > 1);
    several.map(|ids| Double { same: same.to_owned(), ids }).collect()
}
