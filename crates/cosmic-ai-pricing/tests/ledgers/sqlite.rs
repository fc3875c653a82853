//! The ledger in a file: shared by handles, kept across them, and honest about what it could not write.

mod file;
mod patience;
mod sharing;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use cosmic_ai_core::{Charge, OperationId, Tokens};
use cosmic_ai_pricing::ledger::{
    Admission, Basis, BodyHash, Change, Counter, CounterScope, Entry, Kind, Limit, Next, SqliteLedger,
};
use tempfile::TempDir;

/// A folder for a ledger that is not there yet.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    fn open(&self) -> SqliteLedger {
        SqliteLedger::open(self.file()).unwrap()
    }

    fn open_with(&self, patience: Duration) -> SqliteLedger {
        SqliteLedger::builder(self.file()).with_patience(patience).open().unwrap()
    }

    /// A connection that knows nothing of turns.
    fn stranger(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file()).unwrap()
    }
}

/// A midnight.
fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 20_000)
}

fn id(name: &str) -> OperationId {
    name.parse().unwrap()
}

fn tokens(output: u64) -> Charge {
    Charge::new(Tokens(0), Tokens(output))
}

/// An operation that holds ten tokens.
fn sent(name: &str) -> Entry {
    let mut entry = Entry::new(id(name), Kind::Text, BodyHash::of(Kind::Text, name.as_bytes()));
    (entry.held, entry.ticket) = (Some(tokens(10)), 1);
    (entry.at, entry.deadline) = (start(), start() + Duration::from_mins(10));
    entry
}

fn everything() -> Counter {
    Counter::new(CounterScope::everything(), start(), None)
}

fn at_most(output: u64) -> Limit {
    let mut limit = Limit::new(everything());
    limit.output = Some(Tokens(output));
    limit
}

/// An operation that holds ten tokens, under a limit.
fn asked(name: &str, most: u64) -> Admission {
    Admission::new(sent(name), vec![at_most(most)])
}

fn settled(name: &str, output: u64) -> Change {
    let next = Next::Settled { charge: Some(tokens(output)), basis: Basis::Reported, result: None };
    Change::new(id(name), Some(1), next, start() + Duration::from_mins(1))
}

fn released(name: &str) -> Change {
    Change::new(id(name), Some(1), Next::Released, start() + Duration::from_mins(1))
}
