//! The ledger of one machine: a file that many processes share.
//!
//! A handle has three threads. The writer takes its turn among all processes and then does everything that is queued in
//! one commit (`queue`, `turns`, `writer`, `store`); nothing is answered before it is on the disk. The reader
//! answers questions as of one moment, never behind a write (`reader`, `read`). The watch tells callers when their
//! patience is at its end, also while the writer is stuck in the system; a timer of a runtime would tie the ledger to it.

mod builder;
mod chore;
mod connect;
mod failure;
mod place;
mod queue;
mod read;
mod reader;
mod rows;
mod store;
#[cfg(test)]
mod tests;
mod turns;
mod work;
mod writer;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::OperationId;

pub use self::builder::SqliteBuilder;
use self::chore::{Chore, Part};
use self::queue::{Queue, Receiver};
use self::reader::Reader;
use self::work::{Reply, Work};
use super::batch::{Answer, Command, stored_counter};
use super::check::check;
use super::{
    Admission, Admitted, Advanced, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError, Pruned,
    Reconciliation, Standing,
};

/// A ledger in a `SQLite` file, for any number of processes and handles on one machine. The file has to be on a disk of
/// this machine, not on a network.
///
/// What is answered is on the disk. Writers queue in the order in which they come, by two empty files beside the ledger
/// (`-door`, `-turn`). Dropping the handle finishes what is queued, but waits no longer than its patience.
///
/// Needs no runtime; every future runs on any.
pub struct SqliteLedger {
    path: PathBuf,
    reader: Reader,
    queue: Arc<Queue>,
}

impl Drop for SqliteLedger {
    fn drop(&mut self) {
        self.queue.close();
        self.queue.wait_for_end();
    }
}

impl SqliteLedger {
    /// Opens the ledger at `path`, or makes it in a folder that is there. Every process of a team has to open the same file:
    /// another path is another ledger, whose budgets are empty. A new file, and the four beside it (`-wal`, `-shm`, `-door`,
    /// `-turn`), are for the user alone; to share them between users, change the permissions of all. Blocks for a moment.
    ///
    /// # Errors
    /// As [`SqliteBuilder::open`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, LedgerError> {
        Self::builder(path).open()
    }

    /// To open the ledger at `path` with options.
    pub fn builder(path: impl Into<PathBuf>) -> SqliteBuilder {
        SqliteBuilder::new(path.into())
    }

    async fn told(&self, receiver: Receiver) -> Result<Reply, LedgerError> {
        receiver.await.map_err(|_| LedgerError::unavailable("its writer has ended"))?
    }

    async fn command(&self, command: Command) -> Result<Answer, LedgerError> {
        match self.told(self.queue.ask(Work::Command(Arc::new(command)))).await? {
            Reply::Answer(answer) => Ok(answer),
            Reply::Flushed | Reply::Part(_) => Err(misheard()),
        }
    }

    async fn part(&self, chore: Chore) -> Result<Part, LedgerError> {
        match self.told(self.queue.ask(Work::Chore(chore))).await? {
            Reply::Part(part) => Ok(part),
            Reply::Flushed | Reply::Answer(_) => Err(misheard()),
        }
    }
}

/// An answer to another question, which the writer never gives.
fn misheard() -> LedgerError {
    LedgerError::unavailable("its writer answered something else")
}

impl fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLedger").field("path", &self.path).finish_non_exhaustive()
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        check(&admission)?;
        match self.command(Command::admit(admission)).await? {
            Answer::Admitted(admitted) => Ok(admitted),
            Answer::Advanced(_) => Err(misheard()),
        }
    }

    async fn advance(&self, change: Change) -> Result<Advanced, LedgerError> {
        match self.command(Command::Advance(change)).await? {
            Answer::Advanced(advanced) => Ok(advanced),
            Answer::Admitted(_) => Err(misheard()),
        }
    }

    fn enqueue(&self, change: Change) {
        self.queue.push(Work::Command(Arc::new(Command::Advance(change))));
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        self.told(self.queue.ask(Work::Flush)).await.map(|_| ())
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        let mut expired = Expired::default();
        loop {
            let part = self.part(Chore::Expire { now }).await?;
            expired.released += part.expired.released;
            expired.unknown += part.expired.unknown;
            if part.next.is_none() {
                return Ok(expired);
            }
        }
    }

    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        let id = id.clone();
        self.reader.ask(move |connection| read::entry(connection, &id)).await
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
        let query = query.clone();
        self.reader.ask(move |connection| read::entries(connection, &query)).await
    }

    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
        let counter = stored_counter(counter);
        self.reader.ask(move |connection| read::standing(connection, &counter)).await
    }

    async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
        self.reader.ask(read::reconcile).await
    }

    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
        let mut pruned = Pruned::default();
        let mut summaries = BTreeSet::new();
        let mut after = Some(chore::start());
        while let Some(place) = after {
            let part = self.part(Chore::Prune { before, after: place }).await?;
            pruned.summarised += part.summarised;
            pruned.removed += part.removed;
            summaries.extend(part.summaries);
            after = part.next;
        }
        pruned.summaries = summaries.len() as u64;
        Ok(pruned)
    }
}
