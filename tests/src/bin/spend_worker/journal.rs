//! What a worker saw, in a file of its own that outlives it: a line is in the system's hands before what follows it happens,
//! so that a worker which is killed has said everything up to that moment.

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

/// What a line tells of. The word after it is an operation's id, or a number of microseconds.
pub(crate) mod verb {
    /// The backend was asked: what the service would bill.
    pub(crate) const SENT: &str = "sent";
    /// The backend refused.
    pub(crate) const REFUSED: &str = "refused";
    /// The ledger said that the charge is durable.
    pub(crate) const SETTLED: &str = "settled";
    /// The operation has ended for its caller; the third word says how.
    pub(crate) const END: &str = "end";
    /// The worker asks to be killed while this operation is under way.
    pub(crate) const CRASH: &str = "crash";
    /// The ledger failed, so that nobody knows what became of a change.
    pub(crate) const UNSURE: &str = "unsure";
    /// All is flushed, and the worker ends.
    pub(crate) const CLOSED: &str = "closed";
    /// How long a command of the ledger took.
    pub(crate) const WAITS: [&str; 3] = ["admit", "advance", "expire"];
}

#[derive(Debug)]
pub(crate) struct Journal {
    file: Mutex<File>,
}

impl Journal {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| format!("cannot open the journal {}", path.display()))?;
        Ok(Self { file: Mutex::new(file) })
    }

    /// Writes a line, whole or not at all.
    pub(crate) fn tell(&self, verb: &str, what: impl Display) {
        self.write(&format!("{verb} {what}\n"));
    }

    /// Writes a line and waits until it is on the disk.
    pub(crate) fn tell_durably(&self, verb: &str, what: impl Display) {
        self.tell(verb, what);
        if let Err(error) = self.file().sync_data() {
            give_up(&error);
        }
    }

    pub(crate) fn waited(&self, command: &str, time: Duration) {
        self.tell(command, time.as_micros());
    }

    fn write(&self, line: &str) {
        if let Err(error) = self.file().write_all(line.as_bytes()) {
            give_up(&error);
        }
    }

    fn file(&self) -> std::sync::MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without its journal nothing that a worker does proves anything.
fn give_up(error: &std::io::Error) -> ! {
    eprintln!("the journal cannot be written: {error}");
    std::process::exit(3)
}

/// A line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) verb: String,
    pub(crate) what: String,
    pub(crate) how: String,
}

/// The lines of a journal that may not be there yet. A last line that was cut by a kill is left out.
pub(crate) fn read(path: &Path) -> Result<Vec<Record>> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text.with_context(|| format!("cannot read the journal {}", path.display()))?,
    };
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let record = |line: &str| {
        let mut words = line.splitn(3, ' ').map(str::to_owned);
        let mut next = || words.next().unwrap_or_default();
        Record { verb: next(), what: next(), how: next() }
    };
    Ok(whole.lines().map(record).collect())
}

/// The journals of a race, of the worker `slot` or of all, those of its killed processes included.
pub(crate) fn all(folder: &Path, slot: Option<usize>) -> Result<Vec<PathBuf>> {
    let files = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let prefix = slot.map_or_else(|| "worker-".to_owned(), |slot| format!("worker-{slot}-"));
    let mut paths = Vec::new();
    for file in files {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with(&prefix) {
            paths.push(file.path());
        }
    }
    paths.sort();
    Ok(paths)
}
