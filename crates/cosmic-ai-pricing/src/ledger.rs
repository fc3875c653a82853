//! Ledgers: one entry for each operation, running totals for limits, and the states that an operation goes through.
//!
//! Entries are the truth. A total belongs to a [`Counter`] (a scope and a window of time), is kept from when a limit first
//! asks for it, and always equals the sum of its entries, which [`Ledger::reconcile`] proves. Budgets are each process's
//! own configuration; processes of different budgets share a ledger, and every operation counts in all that it belongs to.
//!
//! | ledger | for | durable |
//! |---|---|---|
//! | [`MemoryLedger`] | one process | no |
//! | `SqliteLedger`, feature `sqlite` | many processes on one machine | a file |
//! | `PostgresLedger`, feature `postgres` | a fleet | a database |
//!
//! ```text
//! reserved → sent → settled | released | unknown → settled | released
//! ```

mod admission;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod batch;
mod book;
mod change;
mod check;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod columns;
mod counter;
mod entry;
mod error;
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub mod failpoint;
#[cfg(all(not(feature = "failpoints"), any(feature = "sqlite", feature = "postgres")))]
mod failpoint;
mod forward;
mod labels;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod query;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod summary;

use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::OperationId;

pub use self::admission::{Admission, Admitted, Limit, Refusal};
pub use self::change::{Advanced, Change, Next};
pub(crate) use self::counter::value_of;
pub use self::counter::{Counter, CounterScope};
pub use self::entry::{Basis, BodyHash, Entry, Kind, Standing, State};
pub use self::error::LedgerError;
pub use self::labels::Labels;
pub use self::memory::MemoryLedger;
#[cfg(feature = "postgres")]
pub use self::postgres::{PostgresBuilder, PostgresLedger};
pub use self::query::{Drift, EntryQuery, Expired, Pruned, Reconciliation};
#[cfg(feature = "sqlite")]
pub use self::sqlite::{SqliteBuilder, SqliteLedger};

/// The most tokens of a pool that one entry may hold or be charged: a million million.
pub const MOST_TOKENS: u64 = 1_000_000_000_000;

/// Keeps entries and totals, and admits operations under limits.
///
/// Commands (`admit`, `advance`, `enqueue`) are applied in the order in which their futures are first polled or they are
/// enqueued. Each is atomic, and durable when its future is ready. Dropping a future does not take its command back.
#[async_trait]
pub trait Ledger: fmt::Debug + Send + Sync {
    /// Enters an operation, if all limits hold: all or nothing, in one commit. A part of a plan draws on the plan's hold
    /// first.
    ///
    /// # Errors
    /// When the ledger cannot be written. Whether the operation was entered is then unknown: enqueue its release.
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError>;

    /// Moves an operation on to its next state, if it stands where that may come from.
    ///
    /// # Errors
    /// When the ledger cannot be written in time. The change is kept and tried again while the process lives, unless it is one
    /// that the ledger can never keep.
    async fn advance(&self, change: Change) -> Result<Advanced, LedgerError>;

    /// The same without waiting, for `Drop`. What fails is tried again while the process lives; after that, the deadline of
    /// the operation tells.
    fn enqueue(&self, change: Change);

    /// Waits until all that was enqueued is durable.
    ///
    /// # Errors
    /// When it could not be written in time.
    async fn flush(&self) -> Result<(), LedgerError>;

    /// Takes operations whose deadline is before `now` for lost: what is reserved is released, what was sent becomes
    /// unknown and stays held.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError>;

    /// The entry of an operation.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError>;

    /// A page of entries, ordered by time and id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError>;

    /// How a counter stands: its total, or the sum of its entries if none is kept.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError>;

    /// Adds up all entries and compares the totals with them, as of one moment.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn reconcile(&self) -> Result<Reconciliation, LedgerError>;

    /// Forgets closed operations reserved before `before`: released ones are removed; settled ones go into summaries by
    /// quarter of an hour, labels, kind, model and basis, which keep every sum and count in every total as they did. Their ids and
    /// results are forgotten, so one of these ids could be paid again: keep entries for longer than a caller may try again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError>;
}
