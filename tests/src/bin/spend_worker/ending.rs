//! How an operation ended for its caller.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use cosmic_ai::{Error, ErrorKind, Outcome};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By an answer, or by a text that was cut while its caller waited.
    Settled,
    /// By a refusal of the backend; a plan, by giving back its rest.
    Released,
    /// By a budget.
    Refused,
    /// Its caller went away.
    Dropped,
    /// The answer of a medium was lost.
    Unknown,
    /// The same, and then it was decided.
    Resolved,
    /// The ledger knew its id already: an earlier process had begun it.
    Known,
    /// The ledger failed.
    Failed,
}

const NAMES: [(Ending, &str); 8] = [
    (Ending::Settled, "settled"),
    (Ending::Released, "released"),
    (Ending::Refused, "refused"),
    (Ending::Dropped, "dropped"),
    (Ending::Unknown, "unknown"),
    (Ending::Resolved, "resolved"),
    (Ending::Known, "known"),
    (Ending::Failed, "failed"),
];

impl Ending {
    /// What a result says; `is_text` tells what becomes of an answer that was lost.
    pub(crate) fn of<T>(result: &Result<T, Error>, is_text: bool) -> Self {
        let Err(error) = result else { return Self::Settled };
        match (error.kind(), error.outcome()) {
            (ErrorKind::Budget(_), _) => Self::Refused,
            (ErrorKind::Operation(_), _) => Self::Known,
            (ErrorKind::Backend { .. }, Outcome::Unknown { .. }) if is_text => Self::Settled,
            (ErrorKind::Backend { .. }, Outcome::Unknown { .. }) => Self::Unknown,
            (ErrorKind::Backend { .. }, Outcome::NotSent | Outcome::Refused) => Self::Released,
            _ => {
                eprintln!("{error}");
                Self::Failed
            }
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES.iter().find(|(ending, _)| ending == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Ending {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match NAMES.iter().find(|(_, name)| *name == text) {
            Some((ending, _)) => Ok(*ending),
            None => bail!("a journal says that an operation ended by `{text}`"),
        }
    }
}
