//! Rules of deadlines.

use cosmic_ai_pricing::ledger::{LedgerError, Next, State};

use super::super::report::{Verdict, ensure};
use super::scene::{Desk, at_most, change, everything, id, minute, part, plan, sent, settled, unknown, with};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/expiry-takes-the-overdue-for-lost", overdue).await;
    run.one("ledger/expiry-leaves-the-others-alone", others).await;
    run.one("ledger/a-deadline-that-is-now-has-not-passed", now).await;
    run.one("ledger/what-was-lost-can-still-be-settled", lost_and_found).await;
    run.one("ledger/an-expired-plan-leaves-its-parts", parts).await;
}

async fn overdue(desk: Desk) -> Verdict {
    desk.enter(sent("sent", 5, 6), &[at_most(everything(), 100)]).await?;
    desk.enter(plan("plan", 7, 8), &[]).await?;
    let expired = desk.expire(minute(31)).await?;
    ensure!(expired.released == 1 && expired.unknown == 1, "a plan and a sent call are overdue, it found {expired:?}");
    let (sent, plan) = (desk.get("sent").await?, desk.get("plan").await?);
    let is_so = sent.state == State::Unknown && sent.closed_at.is_none();
    ensure!(is_so, "what was sent becomes unknown and stays open, it is {sent:?}");
    let is_so = plan.state == State::Released && plan.closed_at == Some(minute(31));
    ensure!(is_so, "what was reserved is released when that is found, it is {plan:?}");
    desk.stands(&everything(), (5, 6), (0, 0)).await?;
    let again = desk.expire(minute(32)).await?;
    ensure!(again.released == 0 && again.unknown == 0, "nothing is overdue any more, it found {again:?}");
    Ok(())
}

async fn others(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 1_000)];
    for name in ["unknown", "settled", "released"] {
        desk.enter(sent(name, 9, 9), &limits).await?;
    }
    desk.done(change("unknown", unknown(0, 0))).await?;
    desk.done(change("settled", settled(4, 4))).await?;
    desk.done(change("released", Next::Released)).await?;
    desk.enter(with(sent("later", 9, 9), |later| later.deadline = minute(60)), &limits).await?;
    let before = desk.all().await?;
    let expired = desk.expire(minute(31)).await?;
    ensure!(expired.released == 0 && expired.unknown == 0, "nothing is overdue, it found {expired:?}");
    let after = desk.all().await?;
    ensure!(after == before, "nothing is overdue; there was {before:?} and then {after:?}");
    desk.stands(&everything(), (18, 18), (4, 4)).await
}

async fn now(desk: Desk) -> Verdict {
    desk.enter(sent("sent", 5, 6), &[]).await?;
    desk.enter(plan("plan", 7, 8), &[]).await?;
    let expired = desk.expire(minute(30)).await?;
    ensure!(expired.released == 0 && expired.unknown == 0, "the deadline is now, it found {expired:?}");
    let states = [desk.get("sent").await?.state, desk.get("plan").await?.state];
    ensure!(states == [State::Sent, State::Reserved], "the deadline is now, they are {states:?}");
    Ok(())
}

async fn lost_and_found(desk: Desk) -> Verdict {
    desk.enter(sent("slow", 5, 6), &[at_most(everything(), 100)]).await?;
    desk.expire(minute(31)).await?;
    // Its process lives after all, and knows the attempt by its ticket.
    desk.done(change("slow", settled(2, 3))).await?;
    desk.stands(&everything(), (0, 0), (2, 3)).await
}

async fn parts(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(plan("plan", 60, 40), &limits).await?;
    desk.enter(with(part("part", "plan", 20, 10), |part| part.deadline = minute(60)), &limits).await?;
    desk.expire(minute(31)).await?;
    desk.stands(&everything(), (20, 10), (0, 0)).await?;
    // Nobody waits for what it gives back.
    desk.done(change("part", Next::Released)).await?;
    desk.stands(&everything(), (0, 0), (0, 0)).await?;
    let plan = desk.entry(&id("plan")).await?;
    ensure!(plan.is_some_and(|plan| plan.state == State::Released), "the plan is not released any more");
    Ok(())
}
