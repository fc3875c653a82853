//! All that a ledger holds, by its operations.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use cosmic_ai::pricing::ledger::{Entry, EntryQuery, Ledger};

/// Every entry.
///
/// # Errors
///
/// When one comes twice: an operation has one entry.
pub(crate) async fn all(ledger: &dyn Ledger) -> Result<BTreeMap<String, Entry>> {
    let mut entries = BTreeMap::new();
    let mut query = EntryQuery::all();
    loop {
        let page = ledger.entries(&query).await?;
        let Some(last) = page.last() else { return Ok(entries) };
        query = query.with_after(last);
        for entry in page {
            if let Some(twice) = entries.insert(entry.id.to_string(), entry) {
                bail!("the ledger has {} twice", twice.id);
            }
        }
    }
}
