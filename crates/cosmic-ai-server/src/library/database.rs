//! The database of the library: how its connections are set, and the steps of its schema.

use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior};
use uuid::Uuid;

/// Where it is in the data folder.
pub(super) const FILE: &str = "library.db";
/// The steps of the schema; a database says by `user_version` how many of them it has.
const STEPS: &[&str] = &[include_str!("schema/0001.sql")];
/// What a database of a library says that it is.
const APPLICATION: i64 = 0x434d_4c62;
/// How long others, such as SQLite's own shell, may hold it.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that writes, to a database of the newest schema.
pub(super) fn to_write(path: &Path) -> io::Result<Connection> {
    opened(path, OpenFlags::SQLITE_OPEN_CREATE).and_then(|connection| made(connection, path))
}

/// A connection that reads, beside one that writes.
pub(super) fn to_read(path: &Path) -> io::Result<Connection> {
    let connection = opened(path, OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true).map_err(io::Error::other)?;
    Ok(connection)
}

/// The id of the data folder, minted when it was made.
pub(super) fn id(connection: &Connection) -> io::Result<String> {
    connection.query_row("SELECT id FROM library", (), |row| row.get(0)).map_err(io::Error::other)
}

fn opened(path: &Path, more: OpenFlags) -> io::Result<Connection> {
    // A path is no URI, and every connection belongs to one thread at a time.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let set = |connection: Connection| {
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0)).optional()?;
        // What is answered is on the disk, also after the power has failed; macOS needs to be told twice.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "fullfsync", true)?;
        Ok(connection)
    };
    let opened = Connection::open_with_flags(path, flags).and_then(set);
    opened.map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
}

fn made(mut connection: Connection, path: &Path) -> io::Result<Connection> {
    match migrate(&mut connection) {
        Ok(Ok(())) => Ok(connection),
        Ok(Err(message)) => Err(io::Error::other(format!("{}: {message}", path.display()))),
        Err(error) => Err(io::Error::other(format!("{}: {error}", path.display()))),
    }
}

/// Takes the steps that a database lacks. Answers why not, if it is none of ours or of a later version.
fn migrate(connection: &mut Connection) -> rusqlite::Result<Result<(), String>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let application: i64 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_master", (), |row| row.get(0))?;
    if application != APPLICATION && tables > 0 {
        return Ok(Err("a database, but not of a media library".to_owned()));
    }
    let Some(steps) = STEPS.get(version as usize..) else {
        let known = STEPS.len();
        return Ok(Err(format!("a library of version {version}, and this program knows {known}; use a later one")));
    };
    for step in steps {
        transaction.execute_batch(step)?;
    }
    if version == 0 {
        transaction.execute("INSERT INTO library (id) VALUES (?1)", [Uuid::new_v4().to_string()])?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
    }
    transaction.pragma_update(None, "user_version", u32::try_from(STEPS.len()).unwrap_or(u32::MAX))?;
    transaction.commit().map(Ok)
}
