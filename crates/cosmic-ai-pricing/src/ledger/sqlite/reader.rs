//! The one thread of a handle that reads, on a connection of its own: never behind a write, and every answer as of one
//! moment.

use std::path::Path;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_channel::oneshot;
use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};

use super::super::LedgerError;
use super::super::schema::Migration;
use super::connect;
use super::failure::failed;

type Question = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Reader {
    /// `None` once it is to end.
    questions: Option<mpsc::Sender<Question>>,
    interrupt: InterruptHandle,
    thread: Option<JoinHandle<()>>,
    migrations: &'static [Migration],
}

impl Reader {
    /// Opens a connection beside one that writes.
    pub(super) fn open(path: &Path, migrations: &'static [Migration], patience: Duration) -> Result<Self, LedgerError> {
        let connection = connect::to_read(path, patience)?;
        let interrupt = connection.get_interrupt_handle();
        let (questions, asked) = mpsc::channel::<Question>();
        let thread = thread::Builder::new().name("ledger reader".to_owned()).spawn(move || {
            for question in asked {
                question(&connection);
            }
        });
        let thread = thread.map_err(|error| LedgerError::unavailable(format!("no thread to read: {error}")))?;
        Ok(Self { questions: Some(questions), interrupt, thread: Some(thread), migrations })
    }

    /// What `read` finds, in one transaction. Reading begins when the future is first polled.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let gone = || LedgerError::unavailable("its reader has ended");
        let (sender, answer) = oneshot::channel();
        let migrations = self.migrations;
        let question: Question = Box::new(move |connection| {
            // Nobody waits for what a dropped future asked.
            if !sender.is_canceled() {
                let _ = sender.send(snapshot(connection, migrations, read));
            }
        });
        self.questions.as_ref().ok_or_else(gone)?.send(question).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn snapshot<T>(
    connection: &Connection,
    migrations: &[Migration],
    read: impl FnOnce(&Connection) -> Result<T, LedgerError>,
) -> Result<T, LedgerError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred).map_err(failed)?;
    let mut version = transaction.prepare(connect::FOUND).map_err(failed)?;
    connect::is_shared(&mut version, migrations)?;
    read(&transaction)
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.questions = None;
        // Whoever asked is gone too: every question borrows the ledger.
        self.interrupt.interrupt();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
