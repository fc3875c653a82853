//! Several ledgers on one database.

use std::sync::Arc;

use cosmic_ai_pricing::ledger::{Admitted, Advanced, Ledger, PostgresLedger, State};
use tokio::task::JoinSet;

use super::place::{assert_whole, everything, id, on, sent, settled, tokens, within};

#[tokio::test]
async fn two_ledgers_share_their_limits() {
    on("limits", async |place| {
        let (one, other) = (place.ledger().await, place.ledger().await);
        assert_eq!(one.admit(within(sent("a"), 20)).await.unwrap(), Admitted::New);
        assert_eq!(other.admit(within(sent("b"), 20)).await.unwrap(), Admitted::New);
        assert!(matches!(one.admit(within(sent("c"), 20)).await.unwrap(), Admitted::Refused(_)));
        assert!(matches!(other.advance(settled("a")).await.unwrap(), Advanced::Done(_)));
        assert_eq!(one.standing(&everything()).await.unwrap().held, tokens(10));
        assert_eq!(one.standing(&everything()).await.unwrap().spent, tokens(7));
        assert_whole(&one).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_answered_is_there_when_the_ledger_is_opened_again() {
    on("again", async |place| {
        let ledger = place.ledger().await;
        assert_eq!(ledger.admit(within(sent("a"), 20)).await.unwrap(), Admitted::New);
        let Advanced::Done(done) = ledger.advance(settled("a")).await.unwrap() else { panic!("not done") };
        drop(ledger);
        let ledger = place.ledger().await;
        assert_eq!(ledger.entry(&id("a")).await.unwrap(), Some(*done));
        assert_eq!(ledger.standing(&everything()).await.unwrap().spent, tokens(7));
        assert_whole(&ledger).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_that_open_a_new_ledger_at_once_admit_exactly_what_fits() {
    const LEDGERS: usize = 8;
    const EACH: usize = 40;
    const FIT: usize = 100;
    on("eight", async |place| {
        let mut opening = JoinSet::new();
        for _ in 0..LEDGERS {
            opening.spawn(place.builder().connect());
        }
        let ledgers: Vec<Arc<PostgresLedger>> =
            opening.join_all().await.into_iter().map(|ledger| Arc::new(ledger.unwrap())).collect();
        let mut asking = JoinSet::new();
        for (one, ledger) in ledgers.iter().enumerate() {
            for call in 0..EACH {
                let ledger = Arc::clone(ledger);
                asking.spawn(async move {
                    ledger.admit(within(sent(&format!("{one}-{call}")), 10 * FIT as u64)).await.unwrap()
                });
            }
        }
        let answers = asking.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == Admitted::New).count(), FIT);
        let refused = answers.iter().filter(|answer| matches!(answer, Admitted::Refused(_))).count();
        assert_eq!(refused, LEDGERS * EACH - FIT);
        for ledger in ledgers {
            assert_eq!(ledger.standing(&everything()).await.unwrap().held, tokens(10 * FIT as u64));
            assert_whole(&*ledger).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_id_that_two_ledgers_enter_at_once_is_entered_once() {
    on("one", async |place| {
        let ledgers = [Arc::new(place.ledger().await), Arc::new(place.ledger().await)];
        for round in 0..50 {
            let mut asking = JoinSet::new();
            for (ticket, ledger) in [1, 2].into_iter().zip(&ledgers) {
                let ledger = Arc::clone(ledger);
                asking.spawn(async move {
                    let mut entry = sent(&round.to_string());
                    entry.ticket = ticket;
                    ledger.admit(within(entry, 1_000)).await.unwrap()
                });
            }
            let answers = asking.join_all().await;
            assert_eq!(answers.iter().filter(|answer| **answer == Admitted::New).count(), 1, "{answers:?}");
            assert_eq!(answers.iter().filter(|answer| matches!(answer, Admitted::Known(_))).count(), 1);
        }
        assert_whole(&*ledgers[0]).await;
    })
    .await;
}

/// `Drop` may run anywhere, and so may whoever asks.
#[test]
fn it_is_used_from_threads_without_a_runtime_and_by_other_runtimes() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (own, other) = (runtime(), runtime());
    own.block_on(on("elsewhere", async |place| {
        let ledger = Arc::new(place.ledger().await);
        ledger.admit(within(sent("a"), 20)).await.unwrap();
        let enqueues = Arc::clone(&ledger);
        std::thread::spawn(move || enqueues.enqueue(settled("a"))).join().unwrap();
        let asks = async move {
            ledger.flush().await.unwrap();
            assert_eq!(ledger.entry(&id("a")).await.unwrap().unwrap().state, State::Settled);
            ledger
        };
        let ledger = other.spawn(asks).await.unwrap();
        assert_whole(&*ledger).await;
    }));
    other.shutdown_background();
}

/// A ledger whose runtime has ended answers, and does not hang or panic.
#[test]
fn after_the_end_of_its_runtime_it_is_unavailable() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime().block_on(on("ended", async |place| {
        let builder = place.builder();
        let opened = std::thread::spawn(move || runtime().block_on(builder.connect()).unwrap());
        let ledger = opened.join().unwrap();
        ledger.enqueue(settled("a"));
        assert!(ledger.admit(within(sent("a"), 20)).await.is_err());
        assert!(ledger.flush().await.is_err());
        assert!(ledger.entry(&id("a")).await.is_err());
    }));
}
