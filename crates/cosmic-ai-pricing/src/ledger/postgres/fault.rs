//! What a failure of the database means for what was being done, and how it is told without secrets.

use sqlx::Error;
use sqlx::error::DatabaseError;

use crate::ledger::LedgerError;

/// Why something could not be done.
#[derive(Debug)]
pub(super) enum Fault {
    /// It may succeed when it is tried again; the connection is still good.
    Busy(LedgerError),
    /// The connection is of no use any more; over another it may succeed.
    Lost(LedgerError),
    /// It fails however often it is tried.
    Wrong(LedgerError),
}

impl Fault {
    pub(super) fn lost(message: impl Into<String>) -> Self {
        Self::Lost(LedgerError::unavailable(message))
    }

    pub(super) fn error(self) -> LedgerError {
        match self {
            Self::Busy(error) | Self::Lost(error) | Self::Wrong(error) => error,
        }
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Self::Wrong(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => by_code(error.as_ref()),
            Error::ColumnDecode { .. } | Error::Decode(_) | Error::ColumnNotFound(_) => {
                Self::Wrong(LedgerError::corrupt(error.to_string()))
            }
            Error::Encode(_) => Self::Wrong(LedgerError::unavailable(error.to_string())),
            other => Self::lost(describe(&other)),
        }
    }
}

/// Only what a command itself is to blame for is given up: all else, such as a right that was taken away or a disk that is
/// full, is a matter that somebody can put in order while the command waits.
fn by_code(error: &dyn DatabaseError) -> Fault {
    let code = error.code().unwrap_or_default();
    let failed = LedgerError::unavailable(format!("{} ({code})", error.message()));
    match (code.get(..2).unwrap_or_default(), &*code) {
        // A sum beyond 64 bits.
        (_, "22003") => Fault::Wrong(LedgerError::Overflow),
        // A value that cannot be stored, or is larger than a row or an index takes.
        ("22" | "54", _) => Fault::Wrong(failed),
        // The server shuts down, the session was ended, or it is a standby now: another connection may lead elsewhere.
        // `57014` is a statement that took too long, and `55P03` one that waited too long for a lock.
        ("57", code) if code != "57014" => Fault::Lost(failed),
        ("08" | "25", _) => Fault::Lost(failed),
        _ => Fault::Busy(failed),
    }
}

/// Says what failed. Never with the URL or a part of it that may be secret: errors of its parts are told by their kind.
fn describe(error: &Error) -> String {
    match error {
        Error::Io(error) => format!("connection: {error}"),
        Error::Tls(error) => format!("TLS: {error}"),
        Error::Configuration(_) | Error::InvalidArgument(_) => {
            "the settings of the connection are not usable".to_owned()
        }
        Error::PoolTimedOut => "no connection in time".to_owned(),
        other => other.to_string(),
    }
}
