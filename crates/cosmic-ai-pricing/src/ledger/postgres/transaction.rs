//! One batch of commands in one transaction, up to the commit.
//!
//! # Why totals equal their entries
//! Rows that may change are locked before they are read, entries first and then totals, each in one order: whoever changes
//! an entry holds all totals that count it. That covers the totals that there are. A new one is the sum of all entries as
//! they are stored, and under `READ COMMITTED` that sum would miss what another transaction has written and not committed,
//! while that one does not know of the new total either. So every transaction that writes holds an advisory lock of the
//! ledger in shared mode, and one that makes a total holds it alone: when it has got it, all others are committed or undone,
//! and the statements after it see them; and those that come later see the new total. Pruning and migrating hold it alone
//! as well, for they remove and change what a batch may have loaded.
//!
//! A transaction never goes from shared to alone, because two that try wait for each other. Which lock is needed is only
//! known once the totals are loaded; if one is missing, the batch begins again alone. That is once for each new window.
//!
//! Two sessions may enter the same new id, where there is no row to lock: the second breaks the primary key, waits for the
//! first until then, and its batch is tried again.

use std::collections::HashSet;

use cosmic_ai_core::OperationId;
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};

use super::database::{Database, Lock};
use super::fault::Fault;
use super::rows;
use super::sums::sum;
use crate::ledger::LedgerError;
use crate::ledger::batch::{Answer, Command, Reach, missing_totals, operations, parents};
use crate::ledger::book::Book;

/// A batch that is applied and not committed.
#[derive(Debug)]
pub(super) struct Applied {
    /// What each command comes to.
    pub(super) answers: Vec<Result<Answer, LedgerError>>,
    /// The id of the transaction; none where nothing was written.
    pub(super) id: Option<String>,
}

/// Applies a batch. On a fault the transaction is still open.
pub(super) async fn apply(
    connection: &mut PgConnection,
    database: &Database,
    commands: &[&Command],
) -> Result<Applied, Fault> {
    begin(connection, database, Lock::Shared).await?;
    let (mut book, mut known) = load(connection, commands).await?;
    if missing_totals(&book, commands.iter().copied()).is_empty() {
        return finish(connection, book, &known, commands).await;
    }
    rollback(connection).await?;
    begin(connection, database, Lock::Exclusive).await?;
    (book, known) = load(connection, commands).await?;
    for counter in missing_totals(&book, commands.iter().copied()) {
        // One that no operation of the batch counts in was not loaded.
        match rows::find_total(connection, &counter).await? {
            Some(standing) => book.load_total(counter, standing),
            None => {
                let standing = sum(connection, &counter).await?;
                book.add_total(counter, standing);
            }
        }
    }
    finish(connection, book, &known, commands).await
}

async fn begin(connection: &mut PgConnection, database: &Database, lock: Lock) -> Result<(), Fault> {
    raw_sql(AssertSqlSafe(database.begin(lock))).execute(connection).await?;
    Ok(())
}

/// What the commands touch, locked; and the ids of the entries that there are.
async fn load(connection: &mut PgConnection, commands: &[&Command]) -> Result<(Book, HashSet<OperationId>), Fault> {
    let mut book = Book::default();
    let ids = operations(commands.iter().copied());
    let mut known = rows::load_entries(connection, &ids, &mut book).await?;
    let mut parents = parents(&book);
    parents.retain(|id| !ids.contains(id));
    if !parents.is_empty() {
        known.extend(rows::load_entries(connection, &parents, &mut book).await?);
    }
    // From here on other processes with the same limits wait for us.
    if let Some(reach) = Reach::of(&book, commands.iter().copied()) {
        rows::load_totals(connection, &reach, &mut book).await?;
    }
    Ok((book, known))
}

async fn finish(
    connection: &mut PgConnection,
    mut book: Book,
    known: &HashSet<OperationId>,
    commands: &[&Command],
) -> Result<Applied, Fault> {
    let answers = commands.iter().map(|command| command.apply(&mut book)).collect();
    let is_changed = book.changed_entries().next().is_some() || book.changed_totals().next().is_some();
    let id = if is_changed {
        Some(rows::store(connection, book.changed_entries(), known, book.changed_totals()).await?)
    } else {
        None
    };
    Ok(Applied { answers, id })
}

pub(super) async fn commit(connection: &mut PgConnection) -> Result<(), Fault> {
    raw_sql("COMMIT").execute(connection).await?;
    Ok(())
}

pub(super) async fn rollback(connection: &mut PgConnection) -> Result<(), Fault> {
    raw_sql("ROLLBACK").execute(connection).await?;
    Ok(())
}
