//! SQLite's failures as those of a ledger: what can be tried again, and what cannot be read.

use rusqlite::{Error, ErrorCode};

use super::super::LedgerError;

/// What SQLite reports, for `map_err`. What may pass is unavailable and tried again; everything else is said once.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
pub(super) fn failed(error: Error) -> LedgerError {
    let message = error.to_string();
    match error.sqlite_error_code() {
        // The one way in which a query of ours fails by its figures; it has no code of its own.
        _ if message.contains("integer overflow") => LedgerError::Overflow,
        Some(
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::TypeMismatch
            | ErrorCode::ConstraintViolation
            | ErrorCode::TooBig
            // A table or a column that is not there.
            | ErrorCode::Unknown,
        )
        | None => LedgerError::Corrupt { message },
        Some(_) => LedgerError::Unavailable { message },
    }
}

/// The same failure, with the file that it is about.
pub(super) fn of_file(path: &std::path::Path, error: LedgerError) -> LedgerError {
    let named = |message: String| format!("`{}`: {message}", path.display());
    match error {
        LedgerError::Unavailable { message } => LedgerError::Unavailable { message: named(message) },
        LedgerError::Corrupt { message } => LedgerError::Corrupt { message: named(message) },
        other => other,
    }
}

/// Whether the same may succeed later.
pub(super) const fn may_pass(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Unavailable { .. })
}
