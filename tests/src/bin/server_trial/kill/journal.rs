//! What the callers were told, and what they were not.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// A medium that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) size: u64,
}

/// A call whose answer never came: to be asked for again under its key.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) route: &'static str,
    pub(crate) body: Value,
}

/// What all callers know.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    calls: u64,
    asked_again: u64,
    kept: Vec<Kept>,
    /// The medium of each key, once it is known.
    keys: BTreeMap<String, String>,
    pending: BTreeMap<String, Pending>,
}

impl Journal {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before a call with a key is sent.
    pub(crate) fn sending(&self, key: &str, pending: Pending) {
        self.known().pending.insert(key.to_owned(), pending);
    }

    /// A call was answered, with a medium or without one. Fails if its key had another medium before.
    pub(crate) fn answered(&self, key: Option<&str>, kept: Option<Kept>) -> anyhow::Result<()> {
        let mut known = self.known();
        known.calls += 1;
        let Some(key) = key else {
            known.kept.extend(kept);
            return Ok(());
        };
        known.pending.remove(key);
        if let Some(kept) = kept {
            let before = known.keys.insert(key.to_owned(), kept.id.clone());
            anyhow::ensure!(before.is_none_or(|before| before == kept.id), "the key {key} has two media");
            known.kept.push(kept);
        }
        Ok(())
    }

    pub(crate) fn note_asked_again(&self) {
        self.known().asked_again += 1;
    }

    pub(crate) fn kept(&self) -> Vec<Kept> {
        self.known().kept.clone()
    }

    pub(crate) fn pending(&self) -> Vec<(String, Pending)> {
        self.known().pending.iter().map(|(key, pending)| (key.clone(), pending.clone())).collect()
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        self.known().calls
    }

    pub(crate) fn asked_again(&self) -> u64 {
        self.known().asked_again
    }
}
