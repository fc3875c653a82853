//! Versions of a stored ledger, so that old and new processes can share one during a rollout.
//!
//! A change of the schema that older code can live with, such as a column with a default, keeps `oldest`: processes that
//! are still running go on writing. One that it cannot live with, such as a new kind or state, raises `oldest`, and older code then refuses to open the
//! ledger instead of spoiling it.

use super::LedgerError;

/// One step from a version of the schema to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    /// The version that the ledger has afterwards, counted from 1.
    pub(crate) version: u32,
    /// The oldest version whose code may use the ledger from then on.
    pub(crate) oldest: u32,
    /// The statements.
    pub(crate) sql: &'static str,
}

/// What a ledger says of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) version: u32,
    pub(crate) oldest: u32,
}

/// The steps that a ledger still needs; none where it is as new as this code, or newer and still open to it.
pub(crate) fn pending(migrations: &[Migration], found: Option<Found>) -> Result<&[Migration], LedgerError> {
    let ours = migrations.last().map_or(0, |last| last.version);
    let Some(found) = found else { return Ok(migrations) };
    if found.oldest > ours {
        return Err(LedgerError::TooNew { schema: found.version, needs: found.oldest, ours });
    }
    let done = migrations.iter().take_while(|migration| migration.version <= found.version).count();
    Ok(migrations.get(done..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Migration; 3] = [
        Migration { version: 1, oldest: 1, sql: "" },
        Migration { version: 2, oldest: 1, sql: "" },
        Migration { version: 3, oldest: 2, sql: "" },
    ];

    #[track_caller]
    fn check(found: Option<(u32, u32)>, expected: &Result<Vec<u32>, LedgerError>) {
        let found = found.map(|(version, oldest)| Found { version, oldest });
        let steps = pending(&STEPS, found).map(|steps| steps.iter().map(|step| step.version).collect());
        assert_eq!(&steps, expected);
    }

    #[test]
    fn a_ledger_gets_the_steps_that_it_lacks() {
        check(None, &Ok(vec![1, 2, 3]));
        check(Some((1, 1)), &Ok(vec![2, 3]));
        check(Some((3, 2)), &Ok(vec![]));
    }

    #[test]
    fn a_newer_ledger_is_shared_unless_it_says_that_this_code_is_too_old() {
        check(Some((7, 3)), &Ok(vec![]));
        check(Some((7, 4)), &Err(LedgerError::TooNew { schema: 7, needs: 4, ours: 3 }));
    }
}
