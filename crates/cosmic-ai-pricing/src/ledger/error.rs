//! What goes wrong with a ledger.

use cosmic_ai_core::{Error, ErrorKind, InvalidRequest, Outcome};
use thiserror::Error;

/// A ledger that could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// It cannot be reached or written, or not in time.
    #[error("unavailable: {message}")]
    Unavailable {
        /// What failed. Never a secret.
        message: String,
    },
    /// It was made by a later version of this crate, which this one cannot share it with.
    #[error("made by a later version: schema {schema} needs code of schema {needs}, this is {ours}")]
    TooNew {
        /// The version of the ledger's schema.
        schema: u32,
        /// The oldest version that may use it.
        needs: u32,
        /// The version that this code knows.
        ours: u32,
    },
    /// It is asked to keep what no ledger keeps: a label that is too long, say. All that is wrong at once.
    #[error(transparent)]
    Invalid(InvalidRequest),
    /// It holds what this code cannot read.
    #[error("cannot be read: {message}")]
    Corrupt {
        /// What was found.
        message: String,
    },
    /// An amount is larger than a ledger keeps: [`MOST_TOKENS`](super::MOST_TOKENS) a pool.
    #[error("an amount is larger than a ledger keeps")]
    Overflow,
}

impl LedgerError {
    /// It cannot be reached or written, for this reason.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::Unavailable { message: message.into() }
    }

    /// It holds what cannot be read.
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::Corrupt { message: message.into() }
    }
}

impl From<LedgerError> for Error {
    /// A call that was not sent, because its ledger failed.
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Invalid(problems) => Self::invalid(problems),
            error => Self::new(ErrorKind::Ledger { message: error.to_string() }, Outcome::NotSent),
        }
    }
}
