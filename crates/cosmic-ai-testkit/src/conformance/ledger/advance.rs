//! Rules of changes: from where to where, and what becomes of holds.

use cosmic_ai_core::Charge;
use cosmic_ai_pricing::ledger::{Advanced, Basis, Change, LedgerError, Next, State};
use serde_json::json;

use super::super::report::{Verdict, ensure};
use super::scene::{Desk, at_most, change, charge, everything, id, minute, plan, sent, settled, unknown, with};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/a-hold-is-released-on-settling", settling).await;
    run.one("ledger/a-charge-over-its-hold-is-recorded-in-full", over_hold).await;
    run.one("ledger/a-charge-nobody-knows-counts-as-nothing", nobody_knows).await;
    run.one("ledger/a-release-frees-the-hold", release).await;
    run.one("ledger/unknown-stays-held", stays_held).await;
    run.one("ledger/unknown-raises-the-hold-to-what-it-cost-at-least", at_least).await;
    run.one("ledger/changes-follow-the-states", states).await;
    run.one("ledger/a-change-of-another-attempt-changes-nothing", another_attempt).await;
    run.one("ledger/a-missing-operation-is-said-to-be-missing", missing).await;
}

async fn settling(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(sent("first", 60, 40), &limits).await?;
    desk.refused(sent("second", 50, 20), &limits).await?;
    let result = Some(json!({"text": "whole"}));
    let to = Next::Settled { charge: Some(charge(20, 10)), basis: Basis::Estimated, result: result.clone() };
    let entry = desk.done(change("first", to)).await?;
    let is_so = entry.state == State::Settled
        && entry.charge == Some(charge(20, 10))
        && entry.basis == Some(Basis::Estimated)
        && entry.closed_at == Some(minute(1))
        && entry.result == result
        && entry.held == Some(charge(60, 40));
    ensure!(is_so, "settled with 20 and 10 by an estimate after a minute, it is {entry:?}");
    desk.stands(&everything(), (0, 0), (20, 10)).await?;
    desk.enter(sent("second", 50, 20), &limits).await
}

async fn over_hold(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(sent("dear", 10, 10), &limits).await?;
    let entry = desk.done(change("dear", settled(70, 80))).await?;
    ensure!(entry.is_over_hold() && entry.charge == Some(charge(70, 80)), "charged were 70 and 80, it is {entry:?}");
    desk.stands(&everything(), (0, 0), (70, 80)).await?;
    let refusal = desk.refused(sent("more", 1, 0), &limits).await?;
    ensure!(refusal.committed == [charge(70, 80)], "70 and 80 are spent, the refusal is {refusal:?}");
    Ok(())
}

async fn nobody_knows(desk: Desk) -> Verdict {
    desk.enter(sent("dark", 10, 10), &[at_most(everything(), 100)]).await?;
    let to = Next::Settled { charge: None, basis: Basis::Decided, result: None };
    let entry = desk.done(change("dark", to)).await?;
    let is_so = entry.state == State::Settled && entry.charge.is_none() && entry.basis == Some(Basis::Decided);
    ensure!(is_so, "settled without a charge, it is {entry:?}");
    desk.stands(&everything(), (0, 0), (0, 0)).await
}

async fn release(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    for (name, entry) in [("sent", sent("sent", 60, 40)), ("plan", plan("plan", 60, 40))] {
        desk.enter(entry, &limits).await?;
        let entry = desk.done(change(name, Next::Released)).await?;
        let is_so = entry.state == State::Released && entry.charge.is_none() && entry.closed_at == Some(minute(1));
        ensure!(is_so && entry.held == Some(charge(60, 40)), "released after a minute, it is {entry:?}");
        desk.stands(&everything(), (0, 0), (0, 0)).await?;
    }
    Ok(())
}

async fn stays_held(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    let result = Some(json!({"media": "found later"}));
    desk.enter(sent("lost", 60, 40), &limits).await?;
    let to = Next::Unknown { at_least: Charge::ZERO, result: result.clone() };
    let entry = desk.done(change("lost", to)).await?;
    let is_so = entry.state == State::Unknown && entry.closed_at.is_none() && entry.result == result;
    ensure!(is_so, "sent and of unknown outcome, it is {entry:?}");
    desk.stands(&everything(), (60, 40), (0, 0)).await?;
    desk.refused(sent("more", 1, 0), &limits).await?;
    let entry = desk.done(change("lost", settled(5, 5))).await?;
    ensure!(entry.result == result, "its result was known, and then became {:?}", entry.result);
    desk.stands(&everything(), (0, 0), (5, 5)).await
}

async fn at_least(desk: Desk) -> Verdict {
    desk.enter(sent("lost", 60, 40), &[at_most(everything(), 200)]).await?;
    let entry = desk.done(change("lost", unknown(10, 70))).await?;
    ensure!(entry.held == Some(charge(60, 70)), "60 and 40 raised to 10 and 70 are {:?}", entry.held);
    desk.stands(&everything(), (60, 70), (0, 0)).await?;
    desk.enter(with(sent("unpriced", 0, 0), |entry| entry.held = None), &[]).await?;
    let entry = desk.done(change("unpriced", unknown(3, 4))).await?;
    ensure!(entry.held == Some(charge(3, 4)), "nothing raised to 3 and 4 is {:?}", entry.held);
    desk.stands(&everything(), (63, 74), (0, 0)).await
}

/// Each state, whether it may be settled, released, become unknown from there.
const MAY: [(State, [bool; 3]); 5] = [
    (State::Reserved, [false, true, false]),
    (State::Sent, [true, true, true]),
    (State::Unknown, [true, true, true]),
    (State::Settled, [false, false, false]),
    (State::Released, [false, false, false]),
];

async fn states(desk: Desk) -> Verdict {
    // A total that is kept would show what a refused change does to it.
    desk.enter(sent("counted", 0, 0), &[at_most(everything(), 1_000)]).await?;
    for (from, may) in MAY {
        for (to, may) in [settled(7, 7), Next::Released, unknown(0, 0)].into_iter().zip(may) {
            let name = format!("{from}-{}", may_name(&to));
            desk.enter(if from == State::Reserved { plan(&name, 9, 9) } else { sent(&name, 9, 9) }, &[]).await?;
            match from {
                State::Unknown => drop(desk.done(change(&name, unknown(0, 0))).await?),
                State::Settled => drop(desk.done(change(&name, settled(1, 1))).await?),
                State::Released => drop(desk.done(change(&name, Next::Released)).await?),
                _ => {}
            }
            let (before, standing) = (desk.get(&name).await?, desk.standing(&everything()).await?);
            let answer = desk.advance(change(&name, to.clone())).await?;
            if may {
                ensure!(matches!(answer, Advanced::Done(_)), "from {from}, {to:?} may follow; it was {answer:?}");
            } else {
                let (after, now) = (desk.get(&name).await?, desk.standing(&everything()).await?);
                ensure!(
                    after == before && now == standing,
                    "from {from}, {to:?} may not follow, and changed {before:?} to {after:?}"
                );
                ensure!(
                    answer == Advanced::Stale(Box::new(before)),
                    "from {from}, {to:?} may not follow; it was {answer:?}"
                );
            }
        }
    }
    Ok(())
}

fn may_name(to: &Next) -> &'static str {
    match to {
        Next::Settled { .. } => "settled",
        Next::Released => "released",
        _ => "unknown",
    }
}

async fn another_attempt(desk: Desk) -> Verdict {
    let entry = sent("twice", 9, 9);
    desk.enter(entry.clone(), &[at_most(everything(), 100)]).await?;
    for to in [settled(7, 7), Next::Released, unknown(20, 20)] {
        let answer = desk.advance(Change::new(entry.id.clone(), Some(2), to, minute(1))).await?;
        ensure!(answer == Advanced::Stale(Box::new(entry.clone())), "another attempt was meant; it was {answer:?}");
        desk.stands(&everything(), (9, 9), (0, 0)).await?;
    }
    let entry = desk.done(Change::new(entry.id, None, settled(7, 7), minute(1))).await?;
    ensure!(entry.state == State::Settled, "whichever attempt is there was meant, it is {entry:?}");
    desk.stands(&everything(), (0, 0), (7, 7)).await
}

async fn missing(desk: Desk) -> Verdict {
    for to in [settled(7, 7), Next::Released, unknown(0, 0)] {
        let answer = desk.advance(change("never", to)).await?;
        ensure!(answer == Advanced::Missing, "there is no such operation, the answer is {answer:?}");
    }
    let entry = desk.entry(&id("never")).await?;
    ensure!(entry.is_none(), "what never was has an entry: {entry:?}");
    Ok(())
}
