//! Rules of commands that nobody waits for.

use cosmic_ai_pricing::ledger::{Admission, Advanced, Change, LedgerError, Next, State};

use super::super::report::{Verdict, ensure};
use super::super::together::give_up_after;
use super::scene::{Desk, at_most, change, everything, id, minute, sent, settled, unknown};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/what-was-enqueued-is-there-after-a-flush", flushed).await;
    run.one("ledger/enqueued-changes-keep-their-order", order).await;
    run.one("ledger/an-enqueued-change-comes-before-a-later-admission", before_admission).await;
    run.one("ledger/an-enqueued-change-that-does-not-fit-stops-nothing", nonsense).await;
    run.one("ledger/a-dropped-admission-is-entered-all-the-same", dropped).await;
}

async fn flushed(desk: Desk) -> Verdict {
    desk.enter(sent("one", 5, 5), &[at_most(everything(), 100)]).await?;
    desk.enter(sent("two", 5, 5), &[]).await?;
    desk.enqueue(change("one", settled(3, 4)));
    desk.enqueue(change("two", Next::Released));
    desk.flush().await?;
    let (one, two) = (desk.get("one").await?, desk.get("two").await?);
    let is_so = one.state == State::Settled && two.state == State::Released;
    ensure!(is_so, "enqueued were a settlement and a release, after a flush there are {one:?} and {two:?}");
    desk.stands(&everything(), (0, 0), (3, 4)).await?;
    // There is nothing to wait for.
    Ok(desk.flush().await?)
}

async fn order(desk: Desk) -> Verdict {
    desk.enter(sent("one", 5, 5), &[]).await?;
    desk.enqueue(change("one", unknown(6, 6)));
    desk.enqueue(change("one", settled(3, 4)));
    // It comes third, and finds the operation settled.
    let answer = desk.advance(change("one", Next::Released)).await?;
    let Advanced::Stale(entry) = answer else {
        return Err(format!("what was settled before cannot be released; it was {answer:?}").into());
    };
    ensure!(entry.held.is_some_and(|held| held.input.get() == 6), "it was unknown before it was settled: {entry:?}");
    desk.stands(&everything(), (0, 0), (3, 4)).await
}

async fn before_admission(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 10)];
    desk.enter(sent("one", 5, 5), &limits).await?;
    desk.enqueue(change("one", Next::Released));
    desk.enter(sent("two", 5, 5), &limits).await?;
    desk.enqueue(change("two", settled(1, 0)));
    let refusal = desk.refused(sent("three", 5, 5), &limits).await?;
    ensure!(refusal.committed.len() == 1, "there is one limit, the refusal is {refusal:?}");
    desk.enter(sent("three", 5, 4), &limits).await
}

async fn nonsense(desk: Desk) -> Verdict {
    desk.enter(sent("one", 5, 5), &[]).await?;
    desk.enqueue(change("never", Next::Released));
    desk.enqueue(Change::new(id("one"), Some(2), settled(7, 7), minute(1)));
    desk.enqueue(change("one", settled(3, 4)));
    desk.enqueue(change("one", settled(5, 5)));
    desk.flush().await?;
    desk.stands(&everything(), (0, 0), (3, 4)).await
}

async fn dropped(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 10)];
    let admission = Admission::new(sent("one", 5, 5), limits.to_vec());
    give_up_after(1, desk.admit(admission)).await;
    desk.flush().await?;
    desk.refused(sent("two", 1, 0), &limits).await?;
    // As a guard does that knows no answer.
    desk.enqueue(change("one", Next::Released));
    desk.flush().await?;
    ensure!(desk.get("one").await?.state == State::Released, "its release came after it, and it is not released");
    desk.stands(&everything(), (0, 0), (0, 0)).await
}
