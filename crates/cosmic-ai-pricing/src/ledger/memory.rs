//! The ledger of one process, in memory: for tests, and for tools that need no record.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::OperationId;

use super::book::{Book, overdue};
use super::check::check;
use super::entry::{Entry, Standing, State};
use super::summary::{added, is_prunable, summaries};
use super::{
    Admission, Admitted, Advanced, Change, Counter, Drift, EntryQuery, Expired, Ledger, LedgerError, Pruned,
    Reconciliation,
};

/// A ledger in memory, shared by the clones of its `Arc`. What it holds ends with the process.
///
/// Every operation stays in it until it is pruned: about half a kilobyte each.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    book: Mutex<Book>,
}

impl MemoryLedger {
    /// An empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing panics while it is held, and if something did, its commands are atomic.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sum of what counts in `counter`.
fn sum<'e>(counter: &Counter, entries: impl Iterator<Item = &'e Entry>) -> Result<Standing, LedgerError> {
    let mut standings = entries.filter(|entry| counter.counts(entry)).map(Entry::standing);
    standings.try_fold(Standing::default(), Standing::checked_add).ok_or(LedgerError::Overflow)
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        check(&admission)?;
        let mut book = self.book();
        for limit in &admission.limits {
            if book.total(&limit.counter).is_none() {
                let standing = sum(&limit.counter, book.entries())?;
                book.add_total(limit.counter.clone(), standing);
            }
        }
        book.admit(&admission)
    }

    async fn advance(&self, change: Change) -> Result<Advanced, LedgerError> {
        self.book().advance(&change)
    }

    fn enqueue(&self, change: Change) {
        // An amount too large to be kept is all that can fail, and then the deadline tells.
        let _ = self.book().advance(&change);
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        Ok(())
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        let mut book = self.book();
        let overdue: Vec<Change> = book.entries().filter_map(|entry| overdue(entry, now)).collect();
        let mut expired = Expired::default();
        for change in overdue {
            if let Advanced::Done(entry) = book.advance(&change)? {
                expired.count(entry.state);
            }
        }
        Ok(expired)
    }

    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        Ok(self.book().entry(id).cloned())
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
        let book = self.book();
        let mut entries: Vec<&Entry> = book.entries().filter(|entry| query.wants(entry)).collect();
        entries.sort_unstable_by_key(|entry| (entry.at, &entry.id));
        Ok(entries.into_iter().take(query.limit as usize).cloned().collect())
    }

    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
        let book = self.book();
        book.total(counter).map_or_else(|| sum(counter, book.entries()), Ok)
    }

    async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
        let book = self.book();
        let mut found = Reconciliation { entries: book.entries().count() as u64, ..Reconciliation::default() };
        for total in book.totals() {
            found.totals += 1;
            let actual = sum(&total.counter, book.entries())?;
            if actual != total.standing {
                found.drift.push(Drift { counter: total.counter.clone(), recorded: total.standing, actual });
            }
        }
        Ok(found)
    }

    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
        let mut book = self.book();
        let prunable: Vec<Entry> = book.entries().filter(|entry| is_prunable(entry, before)).cloned().collect();
        let settled = || prunable.iter().filter(|entry| entry.state == State::Settled);
        let mut merged = Vec::new();
        for (id, summary) in summaries(settled())? {
            merged.push(book.entry(&id).map_or_else(|| Ok(summary.clone()), |known| added(known, &summary))?);
        }
        let pruned = Pruned {
            summarised: settled().count() as u64,
            summaries: merged.len() as u64,
            removed: (prunable.len() - settled().count()) as u64,
        };
        for entry in prunable {
            book.remove_entry(&entry.id);
        }
        for summary in merged {
            book.load_entry(summary);
        }
        book.remove_totals_before(before);
        Ok(pruned)
    }
}
