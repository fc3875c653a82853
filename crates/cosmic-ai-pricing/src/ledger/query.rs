//! Asking a ledger what it holds, and what it says of itself.

use std::time::SystemTime;

use cosmic_ai_core::OperationId;
use serde::Serialize;

use super::counter::Counter;
use super::entry::{Entry, Standing, State};

/// Which entries are wanted. They come ordered by time and then by id, a page at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryQuery {
    /// Only those that stand so; empty is all.
    pub states: Vec<State>,
    /// Only those reserved at this time or later.
    pub from: Option<SystemTime>,
    /// Only those reserved before this time.
    pub until: Option<SystemTime>,
    /// Only the parts of this operation.
    pub parent: Option<OperationId>,
    /// Only those that come after this one: the last of the page before.
    pub after: Option<(SystemTime, OperationId)>,
    /// How many at most.
    pub limit: u32,
}

impl EntryQuery {
    /// The first thousand of all.
    pub const fn all() -> Self {
        Self { states: Vec::new(), from: None, until: None, parent: None, after: None, limit: 1_000 }
    }

    /// Only entries in one of these states.
    #[must_use]
    pub fn with_states(mut self, states: impl Into<Vec<State>>) -> Self {
        self.states = states.into();
        self
    }

    /// Only entries reserved at `from` or later.
    #[must_use]
    pub const fn with_from(mut self, from: SystemTime) -> Self {
        self.from = Some(from);
        self
    }

    /// Only entries reserved before `until`.
    #[must_use]
    pub const fn with_until(mut self, until: SystemTime) -> Self {
        self.until = Some(until);
        self
    }

    /// Only the parts of an operation.
    #[must_use]
    pub fn with_parent(mut self, parent: OperationId) -> Self {
        self.parent = Some(parent);
        self
    }

    /// The page after the one that ends with `last`.
    #[must_use]
    pub fn with_after(mut self, last: &Entry) -> Self {
        self.after = Some((last.at, last.id.clone()));
        self
    }

    /// At most this many, 1,000 if not set.
    #[must_use]
    pub const fn with_limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Whether an entry is wanted, the number of entries apart.
    pub(crate) fn wants(&self, entry: &Entry) -> bool {
        (self.states.is_empty() || self.states.contains(&entry.state))
            && self.from.is_none_or(|from| from <= entry.at)
            && self.until.is_none_or(|until| entry.at < until)
            && self.parent.as_ref().is_none_or(|parent| entry.parent.as_ref() == Some(parent))
            && self.after.as_ref().is_none_or(|(at, id)| (*at, id) < (entry.at, &entry.id))
    }
}

/// What [`Ledger::expire`](super::Ledger::expire) found past its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Expired {
    /// Reserved, never sent, and now released.
    pub released: u64,
    /// Sent, of unknown outcome now, and still held.
    pub unknown: u64,
}

impl Expired {
    pub(crate) fn count(&mut self, state: State) {
        match state {
            State::Released => self.released += 1,
            _ => self.unknown += 1,
        }
    }
}

/// What [`Ledger::prune`](super::Ledger::prune) has removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Pruned {
    /// Settled entries that went into summaries.
    pub summarised: u64,
    /// The summaries that they went into.
    pub summaries: u64,
    /// Released entries that were removed.
    pub removed: u64,
}

/// Whether the totals of a ledger equal the sums of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Reconciliation {
    /// How many entries were added up.
    pub entries: u64,
    /// How many totals were compared.
    pub totals: u64,
    /// The totals that are not what their entries add up to. Empty in a ledger that is whole.
    pub drift: Vec<Drift>,
}

impl Reconciliation {
    /// Whether all totals equal the sums of their entries.
    pub const fn is_whole(&self) -> bool {
        self.drift.is_empty()
    }
}

/// A total that is not what its entries add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// The counter.
    pub counter: Counter,
    /// Its total.
    pub recorded: Standing,
    /// What its entries add up to.
    pub actual: Standing,
}

impl Drift {
    /// A total of `counter` that is `recorded`, while its entries add up to `actual`.
    pub const fn new(counter: Counter, recorded: Standing, actual: Standing) -> Self {
        Self { counter, recorded, actual }
    }
}
