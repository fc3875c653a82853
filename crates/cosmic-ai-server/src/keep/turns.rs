//! One copy of a medium at a time: whoever comes while it is made waits for it instead of making another, which would take the
//! first one's place and its URL with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cosmic_ai::MediaId;

/// Whose turn it is, by medium. It has only those that somebody copies or waits for.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<MediaId, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// A place among those who want a copy of a medium.
    pub(super) fn place(&self, id: &MediaId) -> Place<'_> {
        let turn = self.all().entry(id.clone()).or_default().clone();
        Place { turns: self, id: id.clone(), turn }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<MediaId, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }
}

/// A place among those who want a copy of one medium, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'t> {
    turns: &'t Turns,
    id: MediaId,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Place<'_> {
    /// Waits for its turn, which ends when what it answers is dropped.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut all = self.turns.all();
        // While all are locked, so that of two who leave at once the later one sees that it is the last.
        drop(std::mem::take(&mut self.turn));
        if all.get(&self.id).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            all.remove(&self.id);
        }
    }
}
