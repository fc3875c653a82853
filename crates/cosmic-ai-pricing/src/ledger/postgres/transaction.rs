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
//!
//! # Why an answer is durable, and why the locks do not wait for the disk
//! All processes of a fleet contend for the same few totals, and the disk takes longer than everything else. So a batch
//! commits without waiting for it, which lets the next process go on, and a second transaction in the same message, which
//! locks nothing, waits until the log is on the disk up to its own record and with that beyond ours: processes wait for the
//! disk together. Answers are given after that. What a crash of the server takes away before was answered to nobody, and
//! whoever went on from it comes later in the log and is taken away as well. Only who looks, and writes nothing, may see it
//! a moment before.

use std::collections::HashSet;
use std::time::Duration;

use cosmic_ai_core::OperationId;
use sqlx::{AssertSqlSafe, PgConnection, query_scalar, raw_sql};

use super::database::{Database, Lock};
use super::fault::Fault;
use super::rows;
use super::sums::sum;
use crate::ledger::LedgerError;
use crate::ledger::batch::{Answer, Command, Reach, missing_totals, operations, parents};
use crate::ledger::book::Book;
use crate::ledger::failpoint::reached;

/// Writes a record to the log, the least that there is to wait for.
macro_rules! wait_for_disk {
    () => {
        "SELECT pg_logical_emit_message(true, 'cosmic-ai', '')"
    };
}

/// How long entries may be added up for a new total, whoever waits: given up, it would only have to be done again.
pub(super) const SUMMING: Duration = Duration::from_mins(10);

/// A batch that is applied and not committed.
#[derive(Debug)]
pub(super) struct Applied {
    /// What each command comes to.
    pub(super) answers: Vec<Result<Answer, LedgerError>>,
    /// What was written; none where nothing was.
    pub(super) written: Option<Written>,
}

/// What tells later whether a transaction was committed.
#[derive(Debug)]
pub(super) struct Written {
    /// The id of the transaction.
    pub(super) transaction: String,
    /// The entries that it wrote.
    pub(super) entries: Vec<String>,
}

/// Applies a batch, or says by `None` that it needs totals which are not kept yet. On a fault the transaction is still open.
pub(super) async fn apply(
    connection: &mut PgConnection,
    database: &Database,
    commands: &[&Command],
) -> Result<Option<Applied>, Fault> {
    begin(connection, database, Lock::Shared).await?;
    let (book, known) = load(connection, commands).await?;
    if missing_totals(&book, commands.iter().copied()).is_empty() {
        return finish(connection, book, &known, commands).await.map(Some);
    }
    rollback(connection).await?;
    Ok(None)
}

/// Applies a batch alone, and adds up the totals that it needs.
pub(super) async fn apply_alone(
    connection: &mut PgConnection,
    database: &Database,
    commands: &[&Command],
) -> Result<Applied, Fault> {
    begin(connection, database, Lock::Exclusive).await?;
    // All entries of a window may have to be read, which is not what this connection is set up for.
    let summing = format!("SET LOCAL enable_seqscan TO on; SET LOCAL statement_timeout TO {}", SUMMING.as_millis());
    raw_sql(AssertSqlSafe(summing)).execute(&mut *connection).await?;
    let (mut book, known) = load(connection, commands).await?;
    for counter in missing_totals(&book, commands.iter().copied()) {
        // One that no operation of the batch counts in was not loaded.
        if let Some(standing) = rows::find_total(connection, &counter).await? {
            book.load_total(counter, standing);
        } else {
            let standing = sum(connection, &counter).await?;
            book.add_total(counter, standing);
        }
    }
    finish(connection, book, &known, commands).await
}

async fn begin(connection: &mut PgConnection, database: &Database, lock: Lock) -> Result<(), Fault> {
    let begin = format!("{}; SET LOCAL synchronous_commit TO off", database.begin(lock));
    raw_sql(AssertSqlSafe(begin)).execute(connection).await?;
    reached("ledger/begun");
    Ok(())
}

/// What the commands touch, locked; and the ids of the entries that there are.
async fn load(connection: &mut PgConnection, commands: &[&Command]) -> Result<(Book, HashSet<OperationId>), Fault> {
    let mut book = Book::default();
    let ids = operations(commands.iter().copied());
    let mut known = rows::load_entries(connection, &ids, &mut book).await?;
    // Those of plans within plans, and of an operation that was entered again for another plan just now.
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
    reached("ledger/applied");
    let is_changed = book.changed_entries().next().is_some() || book.changed_totals().next().is_some();
    let written = if is_changed {
        let transaction = rows::store(connection, book.changed_entries(), known, book.changed_totals()).await?;
        let entries = book.changed_entries().map(|entry| entry.id.as_str().to_owned()).collect();
        Some(Written { transaction, entries })
    } else {
        None
    };
    reached("ledger/stored");
    Ok(Applied { answers, written })
}

/// Commits, and waits for the disk, for what was only read may not be on it either. On a fault nobody knows whether it was
/// committed.
pub(super) async fn commit(connection: &mut PgConnection) -> Result<(), Fault> {
    raw_sql(concat!("COMMIT; ", wait_for_disk!())).execute(connection).await?;
    reached("ledger/committed");
    Ok(())
}

/// Whether what was written is committed, and durable; `None` as long as it may still be.
///
/// The id of a transaction alone says it unless the server has crashed: then it may be another's now. But no other has
/// written these entries under it.
pub(super) async fn is_committed(connection: &mut PgConnection, written: &Written) -> Result<Option<bool>, Fault> {
    let Written { transaction, entries } = written;
    let status = query_scalar("SELECT pg_xact_status($1::text::xid8)").bind(transaction);
    let status: Option<String> = status.fetch_one(&mut *connection).await?;
    if status.as_deref() == Some("in progress") {
        return Ok(None);
    }
    // In a statement of its own: its snapshot is not older than the status.
    let is_there =
        query_scalar("SELECT EXISTS (SELECT FROM entries WHERE id = ANY($1) AND xmin = ($2::text::xid8)::xid)");
    let is_there: bool = is_there.bind(entries).bind(transaction).fetch_one(&mut *connection).await?;
    raw_sql(wait_for_disk!()).execute(connection).await?;
    Ok(Some(is_there))
}

pub(super) async fn rollback(connection: &mut PgConnection) -> Result<(), Fault> {
    raw_sql("ROLLBACK").execute(connection).await?;
    Ok(())
}
