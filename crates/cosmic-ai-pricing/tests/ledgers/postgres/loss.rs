//! Sessions that the server ends in the middle of their work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cosmic_ai_pricing::ledger::{Admitted, Advanced, EntryQuery, Ledger, State};
use tokio::task::JoinSet;

use super::place::{assert_whole, everything, kill, on, sent, settled, tokens, within};

/// How many sessions are ended while others work.
const ENDED: i64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn when_sessions_are_ended_nothing_is_lost_and_nothing_is_done_twice() {
    on("loss", async |place| {
        let ledgers = [Arc::new(place.ledger().await), Arc::new(place.ledger().await)];
        let is_over = Arc::new(AtomicBool::new(false));
        let mut working = JoinSet::new();
        for worker in 0..16 {
            let (ledger, is_over) = (Arc::clone(&ledgers[worker % 2]), Arc::clone(&is_over));
            working.spawn(async move {
                let mut calls = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let name = format!("{worker}-{calls}");
                    // Each answer as if nothing had happened: `Known` or `Stale` would be our own doing, done twice.
                    assert_eq!(ledger.admit(within(sent(&name), u64::MAX)).await.unwrap(), Admitted::New, "{name}");
                    let answer = ledger.advance(settled(&name)).await.unwrap();
                    assert!(matches!(answer, Advanced::Done(_)), "{name}: {answer:?}");
                    calls += 1;
                }
                calls
            });
        }
        let mut session = place.session().await;
        let mut ended = 0;
        while ended < ENDED {
            ended += kill(&mut session, &place.schema).await;
            tokio::task::yield_now().await;
        }
        is_over.store(true, Ordering::Relaxed);
        let calls: u64 = working.join_all().await.into_iter().sum();
        let ledger = &*ledgers[0];
        assert_eq!(ledger.standing(&everything()).await.unwrap().spent, tokens(7 * calls));
        assert_eq!(ledger.reconcile().await.unwrap().entries, calls);
        let open = EntryQuery::all().with_states([State::Reserved, State::Sent, State::Unknown]);
        assert_eq!(ledger.entries(&open).await.unwrap(), []);
        assert_whole(ledger).await;
    })
    .await;
}
