//! Opening the file: what every connection is set to, whether the file is a ledger, and the steps of its schema.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

use super::super::LedgerError;
use super::super::schema::{Found, Migration, pending};
use super::failure::failed;

/// The schema that this code knows.
pub(super) const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, oldest: 1, sql: include_str!("migrations/0001.sql") }];

/// What a file of ours says that it is; set by the first migration.
const APPLICATION: i64 = 1_131_635_564;

/// How long SQLite waits for those who write without queueing, such as its own shell, before our writer tries again.
const BUSY: Duration = Duration::from_millis(250);

/// The longest time that can be said to SQLite, with room to spare.
const LONGEST: Duration = Duration::from_hours(24);

/// A connection that writes, to a ledger of the newest schema. To be opened during a turn.
pub(super) fn to_write(path: &Path, migrations: &[Migration], patience: Duration) -> Result<Connection, LedgerError> {
    let connection = opened(path)?;
    connection.busy_timeout(patience.min(LONGEST)).map_err(failed)?;
    // Before anything is set: what is not ours stays as it is.
    is_ours(&connection)?;
    set(&connection, "journal_mode", "wal", "wal")?;
    durable(&connection)?;
    migrate(&connection, migrations)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    Ok(connection)
}

/// A connection that reads, beside one that writes.
pub(super) fn to_read(path: &Path, patience: Duration) -> Result<Connection, LedgerError> {
    let connection = opened(path)?;
    connection.busy_timeout(patience.min(LONGEST)).map_err(failed)?;
    durable(&connection)?;
    set(&connection, "query_only", "on", "1")?;
    Ok(connection)
}

fn opened(path: &Path) -> Result<Connection, LedgerError> {
    // Every connection belongs to one thread, and a path is no URI.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(failed)
}

/// What is answered is on the disk, also after the power has failed.
fn durable(connection: &Connection) -> Result<(), LedgerError> {
    set(connection, "synchronous", "full", "2")?;
    // Without it, macOS leaves writes in the cache of the disk. Elsewhere it does nothing.
    set(connection, "fullfsync", "on", "1")
}

fn set(connection: &Connection, pragma: &str, value: &str, expected: &str) -> Result<(), LedgerError> {
    connection.execute_batch(&format!("PRAGMA {pragma} = {value}")).map_err(failed)?;
    let actual = connection.pragma_query_value(None, pragma, |row| match row.get_ref(0)? {
        rusqlite::types::ValueRef::Integer(number) => Ok(number.to_string()),
        value => Ok(value.as_str()?.to_owned()),
    });
    match actual.map_err(failed)? {
        actual if actual == expected => Ok(()),
        actual => Err(LedgerError::unavailable(format!("{pragma} is {actual} here and cannot be {value}"))),
    }
}

/// Whether the file is a ledger, or empty. Not whether it is whole.
fn is_ours(connection: &Connection) -> Result<bool, LedgerError> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(failed)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_master", (), |row| row.get(0)).map_err(failed)?;
    match (application, tables) {
        (APPLICATION, _) => Ok(true),
        (0, 0) => Ok(false),
        _ => Err(LedgerError::corrupt("a database, but of something other than a ledger")),
    }
}

fn migrate(connection: &Connection, migrations: &[Migration]) -> Result<(), LedgerError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Exclusive).map_err(failed)?;
    let found = if is_ours(&transaction)? { Some(found(&transaction)?) } else { None };
    for step in pending(migrations, found)? {
        transaction.execute_batch(step.sql).map_err(failed)?;
        transaction.execute("DELETE FROM schema", ()).map_err(failed)?;
        let (version, oldest) = (step.version, step.oldest);
        transaction
            .execute("INSERT INTO schema (version, oldest) VALUES (?1, ?2)", [version, oldest])
            .map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

/// The version of the ledger's schema.
pub(super) const FOUND: &str = "SELECT version, oldest FROM schema";

fn found(connection: &Connection) -> Result<Found, LedgerError> {
    let mut statement = connection.prepare(FOUND).map_err(failed)?;
    found_by(&mut statement)
}

/// The version of the ledger's schema, by a statement of [`FOUND`].
fn found_by(statement: &mut rusqlite::Statement<'_>) -> Result<Found, LedgerError> {
    let found = statement.query_row((), |row| Ok(Found { version: row.get(0)?, oldest: row.get(1)? })).optional();
    found.map_err(failed)?.ok_or_else(|| LedgerError::corrupt("a ledger without a version"))
}

/// Whether a later process has not made the ledger into what this code cannot share. To be asked in every transaction: a
/// rollout does not wait until the last old process is gone.
pub(super) fn is_shared(statement: &mut rusqlite::Statement<'_>, migrations: &[Migration]) -> Result<(), LedgerError> {
    pending(migrations, Some(found_by(statement)?)).map(|_| ())
}
