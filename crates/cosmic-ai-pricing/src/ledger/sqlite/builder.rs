//! Opening a ledger: its file, its threads and its patience.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use super::super::LedgerError;
use super::super::schema::Migration;
use super::queue::Queue;
use super::reader::Reader;
use super::writer::Writer;
use super::{SqliteLedger, connect, failure, place};

/// How long a command waits to be written, if nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a [`SqliteLedger`] with options.
#[derive(Debug, Clone)]
pub struct SqliteBuilder {
    pub(super) path: PathBuf,
    pub(super) patience: Duration,
    pub(super) migrations: &'static [Migration],
}

impl SqliteBuilder {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, patience: PATIENCE, migrations: connect::MIGRATIONS }
    }

    /// The longest that a command waits to be written, and opening waits for others; 5 seconds if not set. A command that
    /// waited for longer is [`LedgerError::Unavailable`]: an admission is then dropped, unless it is being written at that
    /// moment; a change stays queued, and is tried again while the process lives.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Opens the ledger. If there is none, makes it and its folders, for the user alone. Blocks for a moment.
    ///
    /// # Errors
    /// When the file cannot be opened or written, is held by others for too long, is no ledger, or was made by a later
    /// version that this one cannot share it with.
    pub fn open(self) -> Result<SqliteLedger, LedgerError> {
        let path = place::made(&self.path).map_err(|error| place::unreachable(&self.path, &error))?;
        let queue = Arc::new(Queue::new(self.patience));
        match self.start(&path, &queue) {
            Ok(reader) => Ok(SqliteLedger { path, reader, queue }),
            Err(error) => {
                queue.close();
                Err(failure::of_file(&path, error))
            }
        }
    }

    fn start(&self, path: &Path, queue: &Arc<Queue>) -> Result<Reader, LedgerError> {
        let (ready, opened) = mpsc::sync_channel(1);
        let (watched, written) = (Arc::clone(queue), Arc::clone(queue));
        let writer = Writer { path: path.to_owned(), migrations: self.migrations, patience: self.patience };
        // First the writer: it ends when the queue is closed, and the watch ends with it.
        spawn("ledger writer", move || writer.run(&written, &ready))?;
        spawn("ledger watch", move || watched.watch())?;
        match opened.recv_timeout(self.patience) {
            Ok(result) => result?,
            Err(_) => return Err(LedgerError::unavailable(format!("others held it for {:?}", self.patience))),
        }
        Reader::open(path, self.migrations, self.patience)
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), LedgerError> {
    match thread::Builder::new().name(name.to_owned()).spawn(work) {
        Ok(_) => Ok(()),
        Err(error) => Err(LedgerError::unavailable(format!("no thread for a {name}: {error}"))),
    }
}
