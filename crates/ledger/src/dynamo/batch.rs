//! Many items at once, each by itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use manners::Waits;

use super::item::Item;
use super::retry;
use crate::keys::Key;
use crate::{Error, Ledger, Result};

/// How many items one call may write.
pub(crate) const WRITES: usize = 25;
/// How many items one call may read.
const READS: usize = 100;

impl Ledger {
    /// Items, strongly consistent, in no order; those that are not there are left out.
    pub(crate) async fn get_all(&self, operation: &'static str, keys: &[Key]) -> Result<Vec<Item>> {
        let mut items = Vec::with_capacity(keys.len());
        for keys in keys.chunks(READS) {
            let mut wanted: Vec<Item> = keys.iter().map(Key::item).collect();
            let mut waits = retry::waits();
            while !wanted.is_empty() {
                let asked = wanted.len();
                let request = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(wanted));
                let request = retry::built(request.build())?;
                let request = self.client.batch_get_item().request_items(&*self.table, request);
                let answer = retry::send(operation, || request.clone().send()).await?;
                items.extend(answer.responses.unwrap_or_default().into_values().flatten());
                let left = answer.unprocessed_keys.unwrap_or_default();
                wanted = left.into_values().flat_map(|left| left.keys).collect();
                pause(operation, &mut waits, asked, wanted.len()).await?;
            }
        }
        Ok(items)
    }

    /// Writes up to [`WRITES`] whole items over whatever is there.
    pub(crate) async fn put_all(&self, operation: &'static str, items: Vec<Item>) -> Result<()> {
        let requests = items.into_iter().map(|item| retry::built(PutRequest::builder().set_item(Some(item)).build()));
        let requests = requests.map(|put| Ok(WriteRequest::builder().put_request(put?).build()));
        let mut wanted = requests.collect::<Result<Vec<_>>>()?;
        let mut waits = retry::waits();
        while !wanted.is_empty() {
            let asked = wanted.len();
            let request = HashMap::from([(self.table.to_string(), wanted)]);
            let request = self.client.batch_write_item().set_request_items(Some(request));
            let answer = retry::send(operation, || request.clone().send()).await?;
            wanted = answer.unprocessed_items.unwrap_or_default().into_values().flatten().collect();
            pause(operation, &mut waits, asked, wanted.len()).await?;
        }
        Ok(())
    }
}

/// Before what was left over is asked for again, a wait that grows while nothing gets through.
async fn pause(operation: &'static str, waits: &mut Waits, asked: usize, left: usize) -> Result<()> {
    if left == 0 {
        return Ok(());
    }
    if left < asked {
        waits.restart();
    }
    let too_long = || Error::Unavailable(operation, "items left unprocessed".to_owned());
    tokio::time::sleep(waits.next_wait().ok_or_else(too_long)?).await;
    Ok(())
}
