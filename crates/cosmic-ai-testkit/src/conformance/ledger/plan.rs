//! Rules of plans: their parts draw on what is held for the whole.

use cosmic_ai_core::Charge;
use cosmic_ai_pricing::ledger::{CounterScope, Entry, LedgerError, Next};

use super::super::report::{Flaw, Verdict, ensure};
use super::scene::{
    Desk, at_most, change, charge, everything, id, labelled, minute, of, part, plan, sent, settled, unknown, with,
};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/a-part-draws-on-its-plan", draws).await;
    run.one("ledger/a-part-takes-the-rest-from-the-budget", rest).await;
    run.one("ledger/a-refused-part-leaves-its-plan-as-it-was", refused).await;
    run.one("ledger/a-released-part-gives-back-what-it-drew", gives_back).await;
    run.one("ledger/a-settled-part-gives-nothing-back", settled_part).await;
    run.one("ledger/a-plan-that-is-over-is-not-drawn-on", over).await;
    run.one("ledger/a-released-plan-frees-its-rest-alone", released).await;
    run.one("ledger/a-part-with-other-labels-counts-in-its-own", labels).await;
    run.one("ledger/a-plan-within-a-plan-gives-back-what-is-left", nested).await;
}

/// What a plan has left and what a part drew.
async fn drawn(desk: &Desk, left: Charge, drew: Charge) -> Result<Entry, Flaw> {
    let (plan, part) = (desk.get("plan").await?, desk.get("part").await?);
    let is_so = plan.held == Some(left) && part.drawn == drew;
    ensure!(is_so, "the plan should have {left} left and the part drawn {drew}; they are {plan:?} and {part:?}");
    Ok(part)
}

async fn draws(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(plan("plan", 60, 40), &limits).await?;
    // The budget is full, and the part has its share of it already.
    desk.refused(sent("stranger", 1, 0), &limits).await?;
    desk.enter(part("part", "plan", 20, 30), &limits).await?;
    let part = drawn(&desk, charge(40, 10), charge(20, 30)).await?;
    ensure!(part.held == Some(charge(20, 30)), "the part holds 20 and 30, it is {part:?}");
    desk.stands(&everything(), (60, 40), (0, 0)).await?;
    // What a part costs beyond its hold is not the plan's.
    desk.done(change("part", unknown(25, 30))).await?;
    desk.stands(&everything(), (65, 40), (0, 0)).await
}

async fn rest(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 110)];
    desk.enter(plan("plan", 60, 40), &limits).await?;
    desk.enter(part("part", "plan", 70, 10), &limits).await?;
    drawn(&desk, charge(0, 30), charge(60, 10)).await?;
    desk.stands(&everything(), (70, 40), (0, 0)).await
}

async fn refused(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 109)];
    desk.enter(plan("plan", 60, 40), &limits).await?;
    let before = desk.get("plan").await?;
    let refusal = desk.refused(part("part", "plan", 70, 10), &limits).await?;
    ensure!(refusal.committed == [charge(60, 40)], "60 and 40 are held for the plan, the refusal is {refusal:?}");
    let after = desk.get("plan").await?;
    ensure!(after == before, "a part of it was refused; the plan was {before:?} and is {after:?}");
    desk.stands(&everything(), (60, 40), (0, 0)).await
}

async fn gives_back(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(plan("plan", 60, 30), &limits).await?;
    desk.enter(part("part", "plan", 20, 40), &limits).await?;
    drawn(&desk, charge(40, 0), charge(20, 30)).await?;
    desk.done(change("part", Next::Released)).await?;
    drawn(&desk, charge(60, 30), Charge::ZERO).await?;
    desk.stands(&everything(), (60, 30), (0, 0)).await?;
    // And again, as a second attempt.
    desk.enter(with(part("part", "plan", 60, 30), |part| part.ticket = 2), &limits).await?;
    drawn(&desk, Charge::ZERO, charge(60, 30)).await?;
    desk.stands(&everything(), (60, 30), (0, 0)).await
}

async fn settled_part(desk: Desk) -> Verdict {
    desk.enter(plan("plan", 60, 40), &[at_most(everything(), 100)]).await?;
    desk.enter(part("part", "plan", 20, 30), &[]).await?;
    desk.done(change("part", settled(5, 5))).await?;
    let plan = desk.get("plan").await?;
    ensure!(plan.held == Some(charge(40, 10)), "a part drew 20 and 30 for itself, the plan is {plan:?}");
    desk.stands(&everything(), (40, 10), (5, 5)).await
}

async fn over(desk: Desk) -> Verdict {
    desk.enter(with(plan("plan", 60, 40), |plan| plan.deadline = minute(5)), &[at_most(everything(), 200)]).await?;
    desk.enter(with(part("part", "plan", 1, 1), |part| part.at = minute(5)), &[]).await?;
    drawn(&desk, charge(60, 40), Charge::ZERO).await?;
    desk.stands(&everything(), (61, 41), (0, 0)).await?;
    desk.done(change("plan", Next::Released)).await?;
    desk.enter(part("late", "plan", 2, 2), &[]).await?;
    // What an admission claims to have drawn is not believed.
    desk.enter(with(part("orphan", "no-such-plan", 3, 3), |part| part.drawn = charge(3, 3)), &[]).await?;
    for name in ["late", "orphan"] {
        let part = desk.get(name).await?;
        ensure!(part.drawn == Charge::ZERO, "its plan has nothing to give, it drew {part:?}");
    }
    desk.stands(&everything(), (6, 6), (0, 0)).await
}

async fn released(desk: Desk) -> Verdict {
    desk.enter(plan("plan", 60, 40), &[at_most(everything(), 100)]).await?;
    desk.enter(part("part", "plan", 20, 30), &[]).await?;
    desk.done(change("plan", Next::Released)).await?;
    desk.stands(&everything(), (20, 30), (0, 0)).await?;
    desk.done(change("part", Next::Released)).await?;
    desk.stands(&everything(), (0, 0), (0, 0)).await?;
    let plan = desk.get("plan").await?;
    ensure!(plan.held == Some(charge(40, 10)), "the plan was over when its part gave back, it is {plan:?}");
    Ok(())
}

async fn labels(desk: Desk) -> Verdict {
    let [ada, bob] = ["ada", "bob"].map(|user| of(CounterScope::label("user", user)));
    let limits = [at_most(ada.clone(), 100), at_most(bob.clone(), 100)];
    desk.enter(labelled(plan("plan", 60, 40), "user", "ada"), &limits).await?;
    desk.enter(labelled(part("part", "plan", 20, 30), "user", "bob"), &limits).await?;
    desk.stands(&ada, (40, 10), (0, 0)).await?;
    desk.stands(&bob, (20, 30), (0, 0)).await?;
    desk.done(change("part", Next::Released)).await?;
    desk.stands(&ada, (60, 40), (0, 0)).await?;
    desk.stands(&bob, (0, 0), (0, 0)).await
}

async fn nested(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(plan("plan", 60, 40), &limits).await?;
    desk.enter(with(plan("part", 50, 30), |inner| inner.parent = Some(id("plan"))), &limits).await?;
    desk.enter(part("deepest", "part", 20, 10), &limits).await?;
    desk.stands(&everything(), (60, 40), (0, 0)).await?;
    // What its own part drew stays with that, and is not given back besides.
    desk.done(change("part", Next::Released)).await?;
    drawn(&desk, charge(40, 30), Charge::ZERO).await?;
    desk.stands(&everything(), (60, 40), (0, 0)).await
}
