//! A database that does not answer in time.

use std::time::Duration;

use cosmic_ai_pricing::ledger::{Admitted, Change, Ledger, LedgerError, Next, PostgresLedger, State};

use super::place::{assert_whole, everything, id, on, say, sent, settled, start, tokens, within};

/// Waits until all is written, however often patience runs out.
async fn flushed(ledger: &PostgresLedger) {
    for _ in 0..200 {
        if ledger.flush().await.is_ok() {
            return;
        }
    }
    panic!("what is queued is never written");
}

#[tokio::test]
async fn when_patience_runs_out_an_admission_is_taken_back_and_a_change_is_kept() {
    on("patience", async |place| {
        // Patience that is hard to exceed while the database answers.
        let ledger = place.builder().with_patience(Duration::from_secs(1)).connect().await.unwrap();
        assert_eq!(ledger.admit(within(sent("a"), 100)).await.unwrap(), Admitted::New);
        let mut session = place.session().await;
        say(&mut session, "BEGIN; SELECT FROM totals FOR UPDATE").await;
        let unavailable = |error: &LedgerError| matches!(error, LedgerError::Unavailable { .. });
        let (settlement, admission) = tokio::join!(ledger.advance(settled("a")), ledger.admit(within(sent("b"), 100)));
        assert!(settlement.as_ref().is_err_and(unavailable), "{settlement:?}");
        assert!(admission.as_ref().is_err_and(unavailable), "{admission:?}");
        // Whether it was entered is not known, as the trait says, so whoever asked gives it up.
        ledger.enqueue(Change::new(id("b"), Some(1), Next::Released, start()));
        assert!(ledger.flush().await.as_ref().is_err_and(unavailable));
        say(&mut session, "ROLLBACK").await;
        flushed(&ledger).await;
        assert_eq!(ledger.entry(&id("a")).await.unwrap().unwrap().state, State::Settled);
        let given_up = ledger.entry(&id("b")).await.unwrap();
        assert!(given_up.as_ref().is_none_or(|entry| entry.state == State::Released), "{given_up:?}");
        let standing = ledger.standing(&everything()).await.unwrap();
        assert_eq!((standing.held, standing.spent), (tokens(0), tokens(7)));
        assert_whole(&ledger).await;
    })
    .await;
}

#[tokio::test]
async fn an_error_after_waiting_says_what_is_wrong() {
    on("why", async |place| {
        let ledger = place.builder().with_patience(Duration::from_secs(1)).connect().await.unwrap();
        say(&mut place.session().await, "ALTER TABLE entries RENAME TO elsewhere").await;
        let error = ledger.admit(within(sent("a"), 100)).await.unwrap_err();
        assert!(error.to_string().contains("\"entries\" does not exist (42P01)"), "{error}");
        say(&mut place.session().await, "ALTER TABLE elsewhere RENAME TO entries").await;
        flushed(&ledger).await;
        assert_eq!(ledger.admit(within(sent("a"), 100)).await.unwrap(), Admitted::New);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_recorded_holds_nothing_else_back() {
    on("nul", async |place| {
        let ledger = place.ledger().await;
        let mut impossible = sent("nul");
        impossible.labels.insert("user".to_owned(), "\0".to_owned());
        let (before, wrong, after) = tokio::join!(
            ledger.admit(within(sent("before"), 100)),
            ledger.admit(within(impossible, 100)),
            ledger.admit(within(sent("after"), 100)),
        );
        assert_eq!((before.unwrap(), after.unwrap()), (Admitted::New, Admitted::New));
        assert!(wrong.is_err(), "PostgreSQL keeps no NUL: {wrong:?}");
        assert_whole(&ledger).await;
    })
    .await;
}
