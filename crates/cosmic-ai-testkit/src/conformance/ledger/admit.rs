//! Rules of admission: once, under all limits, all or nothing.

use cosmic_ai_core::{Charge, Currency, Money, Pool, Tokens};
use cosmic_ai_pricing::Rate;
use cosmic_ai_pricing::ledger::{Admitted, BodyHash, CounterScope, LedgerError, Limit, Next, State};

use super::super::report::{Verdict, ensure};
use super::scene::{Desk, at_most, change, charge, everything, id, labelled, of, sent, settled, with};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/an-operation-is-entered-once", once).await;
    run.one("ledger/the-same-admission-again-is-new", same_again).await;
    run.one("ledger/another-body-under-an-id-is-known", other_body).await;
    run.one("ledger/what-just-fits-is-admitted", just_fits).await;
    run.one("ledger/admission-is-all-or-nothing", all_or_nothing).await;
    run.one("ledger/a-refusal-says-what-is-over", refusal).await;
    run.one("ledger/free-calls-pass-an-empty-budget", free).await;
    run.one("ledger/a-released-operation-may-be-entered-again", again).await;
    run.one("ledger/a-refused-second-attempt-changes-nothing", refused_again).await;
}

async fn once(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    let entry = sent("once", 30, 20);
    desk.enter(entry.clone(), &limits).await?;
    let kept = desk.get("once").await?;
    ensure!(kept == entry, "entered was {entry:?}, kept is {kept:?}");
    let answer = desk.ask(with(entry.clone(), |entry| entry.ticket = 2), &limits).await?;
    ensure!(answer == Admitted::Known(Box::new(entry)), "entered a second time, it should be known: {answer:?}");
    desk.stands(&everything(), (30, 20), (0, 0)).await
}

async fn same_again(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 50)];
    let entry = sent("same", 30, 20);
    // With the same ticket it is the same attempt, whose answer was lost on its way: not one that was made before.
    desk.enter(entry.clone(), &limits).await?;
    desk.enter(entry.clone(), &limits).await?;
    desk.stands(&everything(), (30, 20), (0, 0)).await?;
    desk.done(change("same", settled(1, 2))).await?;
    let answer = desk.ask(entry, &limits).await?;
    let is_known = matches!(&answer, Admitted::Known(known) if known.state == State::Settled);
    ensure!(is_known, "what is done must not be paid again, the answer is {answer:?}");
    desk.stands(&everything(), (0, 0), (1, 2)).await
}

async fn other_body(desk: Desk) -> Verdict {
    let entry = sent("body", 3, 2);
    let other = with(entry.clone(), |other| {
        (other.body, other.ticket) = (BodyHash::of(other.kind, b"another"), 2);
    });
    desk.enter(entry.clone(), &[]).await?;
    let answer = desk.ask(other.clone(), &[]).await?;
    ensure!(answer == Admitted::Known(Box::new(entry)), "the id is another request's, the answer is {answer:?}");
    let released = desk.done(change("body", Next::Released)).await?;
    let answer = desk.ask(other, &[]).await?;
    ensure!(answer == Admitted::Known(Box::new(released)), "the id is a released request's, the answer is {answer:?}");
    Ok(())
}

async fn just_fits(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 100)];
    desk.enter(sent("most", 60, 39), &limits).await?;
    desk.enter(sent("last", 1, 0), &limits).await?;
    desk.refused(sent("over", 0, 1), &limits).await?;
    Ok(())
}

/// Limits of which the last, and no other, is broken by 60 input and 40 output tokens after 10 and 10.
fn broken_in(pool: Pool) -> Vec<Limit> {
    let (user, mut narrow) = (of(CounterScope::label("user", "ada")), Limit::new(everything()));
    match pool {
        Pool::Input => narrow.input = Some(Tokens(69)),
        Pool::Output => narrow.output = Some(Tokens(49)),
        Pool::Total => narrow.total = Some(Tokens(119)),
        // 70 input tokens of 1 and 50 output tokens of 2 are 170.
        _ => {
            let rate = Rate::new(Currency::EUR, "a test").with_input(1_000_000).with_output(2_000_000);
            narrow.money = Some((Money::from_micros(169, Currency::EUR), rate));
        }
    }
    vec![at_most(user, 120), at_most(everything(), 120), narrow]
}

const POOLS: [Pool; 4] = [Pool::Input, Pool::Output, Pool::Total, Pool::Money];

async fn all_or_nothing(desk: Desk) -> Verdict {
    desk.enter(labelled(sent("first", 10, 10), "user", "ada"), &[]).await?;
    for pool in POOLS {
        let limits = broken_in(pool);
        let entry = labelled(sent("second", 60, 40), "user", "ada");
        desk.refused(entry.clone(), &limits).await?;
        let kept = desk.entry(&entry.id).await?;
        ensure!(kept.is_none(), "refused for its {pool}, it was entered: {kept:?}");
        for limit in &limits {
            desk.stands(&limit.counter, (10, 10), (0, 0)).await?;
        }
    }
    let all = desk.all().await?;
    ensure!(all.len() == 1, "one operation was admitted, there are {all:?}");
    Ok(())
}

async fn refusal(desk: Desk) -> Verdict {
    desk.enter(labelled(sent("first", 10, 10), "user", "ada"), &[]).await?;
    desk.enter(sent("other", 0, 0), &[]).await?;
    for pool in POOLS {
        let refusal = desk.refused(labelled(sent("second", 60, 40), "user", "ada"), &broken_in(pool)).await?;
        let is_so = refusal.limit == 2 && refusal.pool == pool && refusal.committed == [charge(10, 10); 3];
        ensure!(is_so, "the limit at place 2 is over in its {pool} after 10 and 10 tokens, the refusal is {refusal:?}");
    }
    desk.done(change("first", settled(9, 5))).await?;
    let refusal = desk.refused(sent("third", 100, 0), &[at_most(everything(), 100)]).await?;
    ensure!(refusal.committed == [charge(9, 5)], "what is spent is committed: 9 and 5, the refusal is {refusal:?}");
    Ok(())
}

async fn free(desk: Desk) -> Verdict {
    let empty = [at_most(everything(), 0)];
    desk.enter(sent("free", 0, 0), &empty).await?;
    desk.enter(with(sent("unpriced", 0, 0), |entry| entry.held = None), &empty).await?;
    desk.refused(sent("paid", 0, 1), &empty).await?;
    // A pool that is exhausted is no matter of a call that takes nothing from it.
    desk.enter(sent("overspent", 50, 0), &[]).await?;
    let mut limit = Limit::new(everything());
    (limit.input, limit.output) = (Some(Tokens(10)), Some(Tokens(10)));
    desk.enter(sent("output", 0, 10), &[limit]).await
}

async fn again(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), 50)];
    desk.enter(labelled(sent("again", 30, 20), "user", "ada"), &limits).await?;
    desk.done(change("again", Next::Released)).await?;
    let second = labelled(with(sent("again", 20, 20), |entry| entry.ticket = 2), "user", "bob");
    desk.enter(second.clone(), &limits).await?;
    let kept = desk.get("again").await?;
    ensure!(kept == second, "entered again was {second:?}, kept is {kept:?}");
    desk.stands(&everything(), (20, 20), (0, 0)).await
}

async fn refused_again(desk: Desk) -> Verdict {
    let [ada, bob] = ["ada", "bob"].map(|user| of(CounterScope::label("user", user)));
    let limits = [at_most(ada.clone(), 50), at_most(bob.clone(), 50), at_most(everything(), 50)];
    desk.enter(labelled(sent("again", 30, 20), "user", "ada"), &limits).await?;
    let released = desk.done(change("again", Next::Released)).await?;
    desk.enter(labelled(sent("other", 10, 0), "user", "bob"), &limits).await?;
    // Its labels may be others now: nothing of it may stay in the totals of either.
    let second = labelled(with(sent("again", 30, 20), |entry| entry.ticket = 2), "user", "bob");
    desk.refused(second, &limits).await?;
    let kept = desk.entry(&id("again")).await?;
    ensure!(kept.as_ref() == Some(&released), "it was {released:?} before it was refused, and is {kept:?}");
    desk.stands(&ada, (0, 0), (0, 0)).await?;
    desk.stands(&bob, (10, 0), (0, 0)).await?;
    desk.stands(&everything(), (10, 0), (0, 0)).await?;
    ensure!(kept.is_some_and(|kept| kept.drawn == Charge::ZERO), "it has drawn something");
    Ok(())
}
