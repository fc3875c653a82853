//! The turns of the processes that write to a ledger, in the order in which they came.
//!
//! `SQLite` itself lets writers poll, and the unlucky starve: of eight processes, some waited for over three seconds. The
//! kernel keeps a queue instead, and frees what a process that died has held. One lock is not enough: whoever gives it back
//! could take it again before the next one is awake. So there is a door, which the next one holds until the turn is its own.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::place::beside;

/// Two empty files beside a ledger, as locks.
#[derive(Debug)]
pub(super) struct Turns {
    door: File,
    turn: File,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'t>(&'t File);

impl Turns {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { door: beside(path, "-door")?, turn: beside(path, "-turn")? })
    }

    /// Waits for the next turn. Without limit: whoever waits for the writer has a patience of its own.
    pub(super) fn take(&self) -> Turn<'_> {
        wait_for(&self.door);
        wait_for(&self.turn);
        // Nothing is lost where this fails: the door then opens when the file is closed.
        let _ = self.door.unlock();
        Turn(&self.turn)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

fn wait_for(lock: &File) {
    loop {
        match lock.lock() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Where files cannot be locked, SQLite's own lock still lets only one write at a time.
            Ok(()) | Err(_) => return,
        }
    }
}
