//! What in a folder is left alone: told once, whoever polls the folder and however often.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::item::{VERSION, read, text};
use crate::keys::Key;
use crate::store::Written;
use crate::update::Update;
use crate::{Ledger, Result, Token};

const OPERATION: &str = "noting that a file was told";

/// A file item's word on who told of it.
#[derive(Deserialize)]
struct Told {
    told_by: Option<Token>,
}

impl Ledger {
    /// Notes that these files are told to be left alone. Gives those that nobody had told: of several callers, one gets
    /// each. A file that a newer version has written to is that version's to tell.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn tell_once(&self, file_ids: &[String]) -> Result<Vec<String>> {
        let keys: Vec<Key> = file_ids.iter().map(|file| Key::file(file)).collect();
        let mut told = BTreeSet::new();
        for item in self.get_all(OPERATION, &keys).await? {
            let key = text(&item, "pk").map(str::to_owned);
            if read::<Told>(&"a file", item).map_or(true, |file| file.told_by.is_some()) {
                told.extend(key);
            }
        }
        let mut untold = Vec::new();
        for (file, key) in file_ids.iter().zip(keys) {
            if !told.contains(&key.pk) && self.is_first_to_tell(&key).await? {
                untold.push(file.clone());
            }
        }
        Ok(untold)
    }

    async fn is_first_to_tell(&self, key: &Key) -> Result<bool> {
        let token = Token::random();
        let update = Update::new().set("v", VERSION).set("told_by", &token).set("told_at", self.now());
        match self.update(OPERATION, key, update.when("attribute_not_exists(#told_by)")).await? {
            Written::Done(_) => Ok(true),
            // Ours, where the answer was lost.
            Written::Refused(Some(item)) => {
                Ok(read::<Told>(&"a file", item).is_ok_and(|file| file.told_by == Some(token)))
            }
            Written::Refused(None) => Ok(false),
        }
    }
}
