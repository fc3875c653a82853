//! A file that others hold: callers are told in time, and what became of an operation is written all the same.

use std::time::{Duration, Instant};

use cosmic_ai_pricing::ledger::{Admitted, Advanced, Ledger, LedgerError, SqliteLedger, State};

use super::{Place, asked, everything, id, released, settled, tokens};

/// Short enough for a test. What has to succeed is asked for again, so that nothing depends on how long a write takes.
const PATIENCE: Duration = Duration::from_millis(500);

/// Opens a ledger with [`PATIENCE`], in which one operation is entered.
async fn impatient(place: &Place) -> SqliteLedger {
    place.open().admit(asked("a", 100)).await.unwrap();
    loop {
        match SqliteLedger::builder(place.file()).with_patience(PATIENCE).open() {
            Err(LedgerError::Unavailable { .. }) => {}
            opened => return opened.unwrap(),
        }
    }
}

/// Asks until it is answered.
async fn patiently<T>(ask: impl AsyncFn() -> Result<T, LedgerError>) -> T {
    loop {
        match ask().await {
            Err(LedgerError::Unavailable { .. }) => {}
            answer => return answer.unwrap_or_else(|error| panic!("{error}")),
        }
    }
}

fn is_unavailable<T>(result: &Result<T, LedgerError>) -> bool {
    matches!(result, Err(LedgerError::Unavailable { .. }))
}

#[tokio::test]
async fn callers_are_told_in_time_and_changes_are_written_once_the_file_is_free() {
    let place = Place::new();
    let ledger = impatient(&place).await;
    let stranger = place.stranger();
    stranger.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(is_unavailable(&ledger.advance(settled("a", 4)).await));
    assert!(is_unavailable(&ledger.admit(asked("b", 100)).await));
    assert!(is_unavailable(&ledger.flush().await));
    // Reading goes on.
    assert_eq!(ledger.entry(&id("a")).await.unwrap().map(|entry| entry.state), Some(State::Sent));
    stranger.execute_batch("ROLLBACK").unwrap();
    patiently(async || ledger.flush().await).await;
    assert_eq!(ledger.entry(&id("a")).await.unwrap().map(|entry| entry.state), Some(State::Settled));
    // Whether it was entered or not, what the caller does about it works, and nothing stays held.
    let answer = patiently(async || ledger.advance(released("b")).await).await;
    assert!(matches!(answer, Advanced::Missing | Advanced::Done(_)), "{answer:?}");
    let standing = ledger.standing(&everything()).await.unwrap();
    assert_eq!((standing.held, standing.spent), (tokens(0), tokens(4)));
    assert_eq!(place.open().admit(asked("b", 100)).await, Ok(Admitted::New));
}

#[tokio::test]
async fn callers_are_told_in_time_while_the_writer_waits_for_its_turn_without_end() {
    let place = Place::new();
    let ledger = impatient(&place).await;
    let mut turn = place.file().into_os_string();
    turn.push("-turn");
    let turn = std::fs::File::open(turn).unwrap();
    turn.lock().unwrap();
    let begun = Instant::now();
    assert!(is_unavailable(&ledger.advance(settled("a", 4)).await));
    assert!(begun.elapsed() >= PATIENCE);
    ledger.enqueue(released("b"));
    // A new handle is not kept waiting without end either.
    assert!(is_unavailable(&SqliteLedger::builder(place.file()).with_patience(PATIENCE).open()));
    turn.unlock().unwrap();
    patiently(async || ledger.flush().await).await;
    assert_eq!(ledger.entry(&id("a")).await.unwrap().map(|entry| entry.state), Some(State::Settled));
}

#[tokio::test]
async fn a_handle_that_is_dropped_waits_no_longer_than_its_patience_and_writes_once_the_file_is_free() {
    let place = Place::new();
    let ledger = impatient(&place).await;
    let stranger = place.stranger();
    stranger.execute_batch("BEGIN IMMEDIATE").unwrap();
    ledger.enqueue(settled("a", 4));
    drop(ledger);
    stranger.execute_batch("ROLLBACK").unwrap();
    // The writer of the dropped handle is still at it.
    let ledger = place.open();
    while ledger.entry(&id("a")).await.unwrap().map(|entry| entry.state) != Some(State::Settled) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test]
async fn patience_may_be_without_end() {
    let place = Place::new();
    assert_eq!(place.open_with(Duration::MAX).admit(asked("a", 100)).await, Ok(Admitted::New));
}
