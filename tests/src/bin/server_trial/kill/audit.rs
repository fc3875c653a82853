//! Whether ledger, library and files of a server that has stopped agree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use cosmic_ai::pricing::ledger::{EntryQuery, Kind, Ledger as _, SqliteLedger, State};
use cosmic_ai::{MediaLibrary as _, MediaQuery, OPERATION_ID_KEY};
use cosmic_ai_server::{DiskLibrary, FolderPolicy};
use serde_json::Value;

use super::journal::Journal;
use super::load::KEY_FIELD;
use super::upload;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) media: usize,
    pub(crate) entries: usize,
    pub(crate) disagreements: Vec<String>,
    pub(crate) lost: usize,
    /// Media that are there although their deletion was acknowledged.
    pub(crate) back: usize,
    pub(crate) paid_twice: usize,
    pub(crate) drift: usize,
}

impl Found {
    pub(crate) fn is_well(&self) -> bool {
        self.disagreements.is_empty() && self.lost + self.back + self.paid_twice + self.drift == 0
    }
}

pub(crate) async fn audit(folder: &Path, journal: &Journal) -> Result<Found> {
    let mut found = Found { disagreements: journal.replay_faults(), ..Found::default() };
    let (library, sweep) = DiskLibrary::open(folder, "http://audit.invalid", FolderPolicy::OnFirstUse)?;
    if !sweep.is_clean() {
        found.disagreements.push(format!("after a graceful stop there was something to sweep: {sweep}"));
    }
    found.disagreements.extend(library.check()?);
    let bucket = library.bucket("trial");
    let mut made: BTreeMap<String, String> = BTreeMap::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let mut uploads = BTreeSet::new();
    let mut ids = BTreeSet::new();
    loop {
        let skip = u32::try_from(found.media)?;
        let page = bucket.find(&MediaQuery::all().with_limit(1_000).with_skip(skip)).await?.media;
        if page.is_empty() {
            break;
        }
        found.media += page.len();
        for medium in page {
            ids.insert(medium.id.to_string());
            if let Some(number) = upload::number(&medium.metadata) {
                // Also if it was not acknowledged: it is whole or not there.
                if std::fs::read(folder.join("media").join(medium.name.as_deref().unwrap_or_default())).ok()
                    != Some(upload::bytes(number))
                {
                    found.disagreements.push(format!("medium {} is not what was uploaded", medium.id));
                }
                if !uploads.insert(number) {
                    found.disagreements.push(format!("medium {} was uploaded once and is there twice", medium.id));
                }
                continue;
            }
            let text = |key: &str| medium.metadata.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let operation = text(OPERATION_ID_KEY);
            if let Some(other) = made.insert(operation.clone(), medium.id.to_string()) {
                found.disagreements.push(format!("operation {operation} made {other} and {}", medium.id));
            }
            let key = text(KEY_FIELD);
            if !key.is_empty() {
                *by_key.entry(key).or_default() += 1;
            }
        }
    }
    found.paid_twice = by_key.values().filter(|media| **media > 1).count();
    found.lost = journal.kept().iter().filter(|kept| !ids.contains(&kept.id)).count();
    found.back = journal.gone().iter().filter(|gone| ids.contains(&gone.id)).count();

    let ledger = SqliteLedger::open(folder.join("spend.db"))?;
    found.drift = ledger.reconcile().await?.drift.len();
    let mut query = EntryQuery::all();
    let mut settled = BTreeSet::new();
    let mut without_medium = Vec::new();
    loop {
        let page = ledger.entries(&query).await?;
        let Some(last) = page.last() else { break };
        query = query.with_after(last);
        found.entries += page.len();
        for entry in page {
            let is_medium = !matches!(entry.kind, Kind::Text | Kind::Plan);
            match entry.state {
                State::Settled if is_medium => {
                    if !made.contains_key(entry.id.as_str()) {
                        without_medium.push(entry.id.to_string());
                    }
                    settled.insert(entry.id.to_string());
                }
                State::Settled | State::Released => {}
                open => found.disagreements.push(format!("{} is still {open}", entry.id)),
            }
        }
    }
    let unpaid = made.keys().filter(|operation| !settled.contains(*operation));
    found.disagreements.extend(unpaid.map(|operation| format!("the medium of {operation} is not settled")));
    // Clients are not told which operation made a medium, but how many of those that were made they had deleted.
    let deleted = journal.gone().iter().filter(|gone| gone.upload.is_none()).count();
    if without_medium.len() != deleted {
        found.disagreements.push(format!(
            "{deleted} media that were made were deleted, and {} settled operations have none: {}",
            without_medium.len(),
            without_medium.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ")
        ));
    }
    Ok(found)
}
