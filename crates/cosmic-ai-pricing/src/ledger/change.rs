//! Moving an operation on to its next state.

use std::time::SystemTime;

use cosmic_ai_core::{Charge, OperationId};
use serde_json::Value;

use super::entry::{Basis, Entry, State};

/// What became of an operation. Applied only if the operation still stands where such a change may come from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The operation.
    pub id: OperationId,
    /// The attempt that is meant; `None` is whichever is there.
    pub ticket: Option<i64>,
    /// What became of it.
    pub to: Next,
    /// When.
    pub at: SystemTime,
}

impl Change {
    /// What became of one attempt of an operation.
    pub const fn new(id: OperationId, ticket: Option<i64>, to: Next, at: SystemTime) -> Self {
        Self { id, ticket, to, at }
    }
}

/// The next state of an operation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Next {
    /// It is done. From `sent` and `unknown`.
    Settled {
        /// The charge; `None` where it is not known. More than [`MOST_TOKENS`](super::MOST_TOKENS) of a pool is kept as that, and as
        /// estimated.
        charge: Option<Charge>,
        /// How it is known.
        basis: Basis,
        /// What came of it.
        result: Option<Value>,
    },
    /// It is over without a charge, or a plan has no more use for the rest of its hold. From every open state. What it
    /// had drawn goes back to its parent, if that is still reserved.
    Released,
    /// Nobody knows whether it was billed. From `sent`, and from `unknown` when more is known of it. It stays held.
    Unknown {
        /// The least that it cost if it was billed. The hold is raised to it.
        at_least: Charge,
        /// What is known of its result.
        result: Option<Value>,
    },
}

impl Next {
    /// Whether it may follow on `state`.
    pub const fn may_follow(&self, state: State) -> bool {
        matches!(
            (self, state),
            (Self::Settled { .. } | Self::Released | Self::Unknown { .. }, State::Sent | State::Unknown)
                | (Self::Released, State::Reserved)
        )
    }
}

/// What a ledger says to a [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advanced {
    /// It is recorded, durably; this is the entry as it stands now.
    Done(Box<Entry>),
    /// The operation does not stand where the change may come from, or another attempt has its place. Nothing changed.
    Stale(Box<Entry>),
    /// There is no such operation.
    Missing,
}
