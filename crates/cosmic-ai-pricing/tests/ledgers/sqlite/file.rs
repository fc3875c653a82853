//! The file itself: who may read it, and what is said of one that is no ledger.

use std::fs;
use std::time::Duration;

use cosmic_ai_pricing::ledger::{Ledger, LedgerError, SqliteLedger};

use super::{Place, asked, id, settled};

#[cfg(unix)]
#[tokio::test]
async fn a_new_ledger_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let folder = place.0.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let ledger = SqliteLedger::open(folder.join("ledger")).unwrap();
    ledger.admit(asked("a", 100)).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn what_cannot_be_opened_is_said_with_its_path() {
    let place = Place::new();
    let folder = place.0.path();
    fs::write(folder.join("file"), "").unwrap();
    // A folder that is missing is not made: a slip in a path would be a new ledger with empty budgets.
    for path in [folder.to_owned(), folder.join("file").join("ledger"), folder.join("missing").join("ledger")] {
        match SqliteLedger::open(&path) {
            Err(LedgerError::Unavailable { message }) => {
                assert!(message.contains(&path.display().to_string()), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[track_caller]
fn is_no_ledger(place: &Place, expected: &str) {
    match SqliteLedger::open(place.file()) {
        Err(LedgerError::Corrupt { message }) => {
            assert!(message.contains("ledger") && message.contains(expected), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_is() {
    let place = Place::new();
    let text = "a shopping list\n".repeat(1_000);
    fs::write(place.file(), &text).unwrap();
    is_no_ledger(&place, "not a database");
    assert_eq!(fs::read_to_string(place.file()).unwrap(), text);

    let place = Place::new();
    place.stranger().execute_batch("CREATE TABLE schema (version, oldest)").unwrap();
    let bytes = fs::read(place.file()).unwrap();
    is_no_ledger(&place, "something other than a ledger");
    assert_eq!(fs::read(place.file()).unwrap(), bytes);
}

#[tokio::test]
async fn a_spoiled_file_is_an_error_of_its_own() {
    let place = Place::new();
    let ledger = place.open();
    for number in 0..200 {
        ledger.enqueue(settled("nothing", 1));
        ledger.admit(asked(&format!("a-{number}"), 1_000_000)).await.unwrap();
    }
    drop(ledger);
    let mut bytes = fs::read(place.file()).unwrap();
    // Everything but the first page, which says that it is a ledger.
    bytes[4_096..].fill(0x5a);
    fs::write(place.file(), bytes).unwrap();
    let opened = SqliteLedger::builder(place.file()).with_patience(Duration::from_secs(20)).open();
    let is_corrupt = match opened {
        Err(error) => matches!(error, LedgerError::Corrupt { .. }),
        Ok(ledger) => matches!(ledger.admit(asked("b", 1_000_000)).await, Err(LedgerError::Corrupt { .. })),
    };
    assert!(is_corrupt);
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_spoils_only_what_is_about_it() {
    let place = Place::new();
    let ledger = place.open();
    for name in ["a", "b"] {
        ledger.admit(asked(name, 100)).await.unwrap();
    }
    place.stranger().execute("UPDATE entries SET state = 'lost' WHERE id = 'a'", ()).unwrap();
    ledger.enqueue(settled("a", 1));
    ledger.enqueue(settled("b", 2));
    ledger.flush().await.unwrap();
    assert!(matches!(ledger.advance(settled("a", 1)).await, Err(LedgerError::Corrupt { .. })));
    assert!(matches!(ledger.entry(&id("a")).await, Err(LedgerError::Corrupt { .. })));
    assert!(ledger.entry(&id("b")).await.unwrap().is_some_and(|entry| entry.closed_at.is_some()));
}
