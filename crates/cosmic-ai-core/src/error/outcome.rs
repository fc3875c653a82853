//! Whether a request left, and whether it may have been billed.

use std::fmt;

use crate::tokens::Charge;

/// What is known of the money when a call has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request did not leave. Nothing was billed.
    NotSent,
    /// The request was refused, and nothing is taken to be billed: no source states it, but every refusal that this is
    /// said of names a fault of the request, the account or the load. Also of calls that never cost anything.
    Refused,
    /// The request left and its answer was not had: it may have been billed. Do not send it again before you have
    /// looked for its result.
    Unknown {
        /// The least that was billed if anything was: what is known to have been delivered. Zero where nothing was.
        at_least: Charge,
    },
    /// The request was answered and billed, though the answer could not be used in full.
    Billed {
        /// The charge, where it is known.
        charge: Option<Charge>,
    },
}

impl Outcome {
    /// An unknown outcome of which nothing was delivered.
    pub const UNKNOWN: Self = Self::Unknown { at_least: Charge::ZERO };

    /// The name of the outcome for logs, metrics and other machines: `not_sent`, `refused`, `unknown` or `billed`. It stays the
    /// same from version to version.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Unknown { .. } => "unknown",
            Self::Billed { .. } => "billed",
        }
    }

    /// Whether it is open if the request was billed.
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// Whether tokens may have been deducted.
    pub const fn may_be_billed(self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Billed { .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent => "not sent",
            Self::Refused => "refused, not billed",
            Self::Unknown { .. } => "sent, may be billed",
            Self::Billed { .. } => "billed",
        })
    }
}
