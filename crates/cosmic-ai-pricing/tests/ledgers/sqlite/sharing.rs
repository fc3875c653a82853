//! Several handles on one file, at once and one after the other.

use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Waker};
use std::time::Duration;

use cosmic_ai_pricing::ledger::{Admitted, Advanced, EntryQuery, Ledger, State};

use super::{Place, asked, everything, id, released, sent, settled, start, tokens};

#[tokio::test]
async fn handles_on_one_file_see_each_others_entries_and_share_limits() {
    let place = Place::new();
    let [one, other] = [place.open(), place.open()];
    assert_eq!(one.admit(asked("a", 15)).await, Ok(Admitted::New));
    assert!(matches!(other.admit(asked("b", 15)).await, Ok(Admitted::Refused(_))));
    assert!(matches!(other.advance(settled("a", 5)).await, Ok(Advanced::Done(_))));
    assert_eq!(other.admit(asked("b", 15)).await, Ok(Admitted::New));
    assert_eq!(one.entry(&id("a")).await.unwrap().map(|entry| entry.state), Some(State::Settled));
    assert_eq!(one.standing(&everything()).await.unwrap().committed(), Some(tokens(15)));
    assert_eq!(one.entries(&EntryQuery::all()).await, other.entries(&EntryQuery::all()).await);
}

#[tokio::test]
async fn what_was_answered_or_enqueued_is_there_when_the_file_is_opened_again() {
    let place = Place::new();
    let ledger = place.open();
    for name in ["a", "b", "c"] {
        ledger.admit(asked(name, 100)).await.unwrap();
    }
    ledger.advance(settled("a", 7)).await.unwrap();
    ledger.enqueue(settled("b", 20));
    drop(ledger);
    let ledger = place.open();
    let standing = ledger.standing(&everything()).await.unwrap();
    assert_eq!((standing.held, standing.spent), (tokens(10), tokens(27)));
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_total_in_the_file_is_what_a_later_handle_counts_by() {
    let place = Place::new();
    place.open().admit(asked("a", 15)).await.unwrap();
    let ledger = place.open();
    assert!(matches!(ledger.admit(asked("b", 15)).await, Ok(Admitted::Refused(_))));
    assert_eq!(ledger.reconcile().await.unwrap().totals, 1);
}

#[test]
fn handles_of_many_threads_admit_exactly_what_fits() {
    const THREADS: usize = 8;
    const EACH: usize = 25;
    // A third of what is asked for.
    const FIT: usize = THREADS * EACH / 3;
    let place = Place::new();
    let barrier = Barrier::new(THREADS);
    let admit = |thread: usize| {
        let ledger = place.open();
        barrier.wait();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let admit = async |number| ledger.admit(asked(&format!("{thread}-{number}"), 10 * FIT as u64)).await.unwrap();
        let answers = (0..EACH).map(|number| runtime.block_on(admit(number)));
        answers.filter(|answer| *answer == Admitted::New).count()
    };
    let admitted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || admit(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(admitted, FIT);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = runtime.block_on(place.open().reconcile()).unwrap();
    assert_eq!((found.entries, found.is_whole()), (FIT as u64, true));
}

#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let place = Place::new();
        let barrier = Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    barrier.wait();
                    drop(place.open());
                });
            }
        });
    }
}

/// Polls a future once, and drops it.
fn begin<T>(future: impl Future<Output = T>) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

#[tokio::test]
async fn a_dropped_future_does_not_take_its_command_back() {
    let place = Place::new();
    let ledger = place.open();
    for number in 0..100 {
        let name = format!("a-{number}");
        begin(ledger.admit(asked(&name, 10_000)));
    }
    ledger.flush().await.unwrap();
    assert_eq!(ledger.reconcile().await.unwrap().entries, 100);
    begin(ledger.advance(released("a-0")));
    ledger.flush().await.unwrap();
    assert_eq!(ledger.entry(&id("a-0")).await.unwrap().map(|entry| entry.state), Some(State::Released));
}

#[tokio::test]
async fn pruning_in_parts_keeps_totals_and_counts_a_summary_once() {
    let place = Place::new();
    let ledger = place.open();
    // More than two parts; some are released, and some are still open.
    let names: Vec<String> = (0..1_200).map(|number| format!("a-{number:04}")).collect();
    let admitted = names.iter().map(|name| ledger.admit(asked(name, 1_000_000)));
    for admitting in admitted {
        assert_eq!(admitting.await, Ok(Admitted::New));
    }
    for name in &names {
        let change = if name.ends_with('7') { released(name) } else { settled(name, 3) };
        if !name.ends_with("00") {
            ledger.enqueue(change);
        }
    }
    ledger.flush().await.unwrap();
    let before = ledger.standing(&everything()).await.unwrap();
    let later = start() + Duration::from_hours(48);
    let pruned = ledger.prune(later).await.unwrap();
    assert_eq!((pruned.summarised, pruned.summaries, pruned.removed), (1_200 - 120 - 12, 1, 120));
    assert_eq!(ledger.standing(&everything()).await.unwrap(), before);
    let found = ledger.reconcile().await.unwrap();
    assert_eq!((found.entries, found.is_whole()), (13, true));
    let expired = ledger.expire(later).await.unwrap();
    assert_eq!((expired.released, expired.unknown), (0, 12));
}

#[tokio::test]
async fn times_within_a_millisecond_are_the_same_counter() {
    let place = Place::new();
    let ledger = place.open();
    for name in ["a", "b"] {
        let mut admission = asked(name, 10);
        let within = start() + Duration::from_nanos(700);
        (admission.entry, admission.limits[0].counter.from) = (sent(name), within);
        let admitted = ledger.admit(admission).await.unwrap();
        assert_eq!(admitted == Admitted::New, name == "a", "{admitted:?}");
    }
    assert_eq!(ledger.reconcile().await.unwrap().totals, 1);
}
