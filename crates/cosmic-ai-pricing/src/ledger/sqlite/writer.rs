//! The one thread of a handle that writes: takes its turn among the processes, then all that is queued, in one commit.

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::super::LedgerError;
use super::super::batch::Command;
use super::super::failpoint::reached;
use super::super::schema::Migration;
use super::connect;
use super::failure::{failed, may_pass};
use super::queue::{Ending, Queue};
use super::store::Store;
use super::turns::Turns;
use super::work::{Reply, Work};

/// How long the writer rests after a failure: at first, and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(200)];

/// What a writer needs to open its file.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) migrations: &'static [Migration],
    pub(super) patience: Duration,
}

impl Writer {
    /// Opens the file, says so, and then works until the queue is closed and empty.
    pub(super) fn run(&self, queue: &Queue, ready: &SyncSender<Result<(), LedgerError>>) {
        let _ending = Ending(queue);
        // Nobody listens any longer where opening took too long; the queue is then closed and empty.
        let told = |result| drop(ready.send(result));
        let turns = match Turns::open(&self.path) {
            Ok(turns) => turns,
            Err(error) => return told(Err(LedgerError::unavailable(format!("its locks: {error}")))),
        };
        let connection = {
            let _turn = turns.take();
            connect::to_write(&self.path, self.migrations, self.patience)
        };
        let connection = match connection {
            Ok(connection) => connection,
            Err(error) => return told(Err(error)),
        };
        match Store::prepare(&connection, self.migrations) {
            Ok(store) => {
                told(Ok(()));
                serve(&connection, store, &turns, queue);
            }
            Err(error) => told(Err(error)),
        }
    }
}

fn serve(connection: &Connection, mut store: Store<'_>, turns: &Turns, queue: &Queue) {
    let [shortest, longest] = PAUSES;
    let mut pause = shortest;
    while queue.wait() {
        let turn = turns.take();
        // Only now: what came while others had their turns goes into the same commit.
        let taken = queue.take();
        if taken.is_empty() {
            // Everyone's patience has ended meanwhile.
            continue;
        }
        let written = written(connection, &mut store, &taken);
        drop(turn);
        match written {
            Ok(replies) => {
                reached("ledger/committed");
                queue.done(replies);
                reached("ledger/answered");
                pause = shortest;
            }
            Err(error) if may_pass(&error) => {
                tracing::debug!(%error, "the ledger cannot be written now");
                queue.give_back(error.to_string());
                thread::sleep(pause);
                pause = longest.min(pause * 2);
            }
            Err(_) if taken.len() > 1 => queue.separate(),
            Err(error) => {
                tracing::error!(%error, "the ledger cannot keep this");
                queue.done(vec![Err(error)]);
            }
        }
    }
}

/// Does all that was taken in one transaction. What it returns is durable; on an error nothing has happened, as far as
/// anyone can see.
pub(super) fn written(
    connection: &Connection,
    store: &mut Store<'_>,
    taken: &[Work],
) -> Result<Vec<Result<Reply, LedgerError>>, LedgerError> {
    if taken.iter().all(|work| matches!(work, Work::Flush)) {
        return Ok(taken.iter().map(|_| Ok(Reply::Flushed)).collect());
    }
    if !connection.is_autocommit() {
        // An earlier failure was such that not even the rollback went through.
        connection.execute_batch("ROLLBACK").map_err(failed)?;
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(failed)?;
    reached("ledger/begun");
    store.is_shared()?;
    let replies = applied(store, taken)?;
    transaction.commit().map_err(failed)?;
    Ok(replies)
}

fn applied(store: &mut Store<'_>, taken: &[Work]) -> Result<Vec<Result<Reply, LedgerError>>, LedgerError> {
    if let [Work::Chore(chore)] = taken {
        return Ok(vec![Ok(Reply::Part(store.part(chore)?))]);
    }
    let commands: Vec<&Command> = taken.iter().filter_map(Work::command).collect();
    let mut answers = store.apply(&commands)?.into_iter();
    let reply = |work: &Work| match work.command().and_then(|_| answers.next()) {
        Some(answer) => answer.map(Reply::Answer),
        None => Ok(Reply::Flushed),
    };
    Ok(taken.iter().map(reply).collect())
}
