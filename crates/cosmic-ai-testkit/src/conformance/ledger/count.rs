//! Rules of counting: which operations count where.

use cosmic_ai_pricing::ledger::{Change, Counter, CounterScope, LedgerError, Next};

use super::super::report::{Verdict, ensure};
use super::scene::{
    Desk, at_most, change, charge, day, everything, id, labelled, minute, of, sent, settled, start, with,
};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/labels-count-in-their-counters", labels).await;
    run.one("ledger/a-missing-label-is-an-empty-one", no_label).await;
    run.one("ledger/a-counter-asked-late-counts-what-was-before", asked_late).await;
    run.one("ledger/a-window-begins-inclusive-and-ends-exclusive", window).await;
    run.one("ledger/spending-counts-when-it-was-reserved", when_reserved).await;
    run.one("ledger/windows-count-apart", windows).await;
    run.one("ledger/standing-needs-no-kept-total", standing).await;
    run.one("ledger/reconciling-says-what-it-compared", reconciling).await;
}

async fn labels(desk: Desk) -> Verdict {
    let scopes = [CounterScope::label("user", "ada"), CounterScope::label("project", "spring")];
    let [ada, spring] = scopes.map(of);
    let bob = of(CounterScope::label("user", "bob"));
    let limits = [ada.clone(), bob.clone(), spring.clone(), everything()].map(|counter| at_most(counter, 1_000));
    desk.enter(labelled(sent("ada", 1, 0), "user", "ada"), &limits).await?;
    desk.enter(labelled(sent("bob", 2, 0), "user", "bob"), &limits).await?;
    desk.enter(labelled(labelled(sent("both", 4, 0), "user", "ada"), "project", "spring"), &limits).await?;
    desk.enter(labelled(sent("swapped", 8, 0), "spring", "project"), &limits).await?;
    desk.enter(labelled(sent("case", 16, 0), "user", "Ada"), &limits).await?;
    desk.stands(&ada, (5, 0), (0, 0)).await?;
    desk.stands(&bob, (2, 0), (0, 0)).await?;
    desk.stands(&spring, (4, 0), (0, 0)).await?;
    desk.stands(&everything(), (31, 0), (0, 0)).await?;
    desk.done(change("both", settled(3, 0))).await?;
    desk.stands(&ada, (1, 0), (3, 0)).await?;
    desk.stands(&spring, (0, 0), (3, 0)).await
}

async fn no_label(desk: Desk) -> Verdict {
    let without = of(CounterScope::label("user", ""));
    for kept in [false, true] {
        let limits = if kept { vec![at_most(without.clone(), 100)] } else { Vec::new() };
        desk.enter(labelled(sent(&format!("named-{kept}"), 1, 0), "user", "ada"), &limits).await?;
        desk.enter(labelled(sent(&format!("empty-{kept}"), 2, 0), "user", ""), &limits).await?;
        desk.enter(sent(&format!("none-{kept}"), 4, 0), &limits).await?;
        desk.stands(&without, (if kept { 12 } else { 6 }, 0), (0, 0)).await?;
    }
    Ok(())
}

async fn asked_late(desk: Desk) -> Verdict {
    // None of them had a limit, so no total was kept.
    for name in ["held", "settled", "released"] {
        desk.enter(labelled(sent(name, 20, 0), "user", "ada"), &[]).await?;
    }
    desk.done(change("settled", settled(15, 0))).await?;
    desk.done(change("released", Next::Released)).await?;
    let ada = of(CounterScope::label("user", "ada"));
    let limits = [at_most(ada.clone(), 50)];
    let refusal = desk.refused(labelled(sent("over", 16, 0), "user", "ada"), &limits).await?;
    ensure!(refusal.committed == [charge(35, 0)], "20 are held and 15 spent before anyone asked, it is {refusal:?}");
    desk.enter(labelled(sent("fits", 15, 0), "user", "ada"), &limits).await?;
    desk.refused(labelled(sent("more", 1, 0), "user", "ada"), &limits).await?;
    desk.stands(&ada, (35, 0), (15, 0)).await
}

async fn window(desk: Desk) -> Verdict {
    let today = Counter::new(CounterScope::everything(), minute(15), Some(minute(30)));
    for kept in [false, true] {
        let limits = if kept { vec![at_most(today.clone(), 1_000)] } else { Vec::new() };
        for (at, held) in [(14, 1), (15, 2), (29, 4), (30, 8)] {
            let entry = with(sent(&format!("at-{at}-{kept}"), held, 0), |entry| entry.at = minute(at));
            desk.enter(entry, &limits).await?;
        }
        desk.stands(&today, (if kept { 12 } else { 6 }, 0), (0, 0)).await?;
    }
    Ok(())
}

async fn when_reserved(desk: Desk) -> Verdict {
    let days = [0, 1].map(|at| Counter::new(CounterScope::everything(), day(at), Some(day(at + 1))));
    let [today, tomorrow] = &days;
    desk.enter(sent("late", 10, 0), &[at_most(today.clone(), 100)]).await?;
    let next = with(sent("next", 1, 0), |entry| entry.at = day(1));
    desk.enter(next, &[at_most(tomorrow.clone(), 1)]).await?;
    desk.done(Change::new(id("late"), Some(1), settled(7, 0), day(1))).await?;
    desk.stands(today, (0, 0), (7, 0)).await?;
    desk.stands(tomorrow, (1, 0), (0, 0)).await
}

async fn windows(desk: Desk) -> Verdict {
    let today = Counter::new(CounterScope::everything(), start(), Some(day(1)));
    let tomorrow = Counter::new(CounterScope::everything(), day(1), Some(day(2)));
    let month = Counter::new(CounterScope::everything(), start(), Some(day(30)));
    let on = |at: u64, name: &str| with(sent(name, 10, 0), |entry| entry.at = day(at));
    let first = [at_most(today.clone(), 15), at_most(month.clone(), 25)];
    let second = [at_most(tomorrow.clone(), 15), at_most(month.clone(), 25)];
    desk.enter(on(0, "today"), &first).await?;
    let refusal = desk.refused(on(0, "today-more"), &first).await?;
    ensure!(refusal.limit == 0, "the day is over first, the refusal is {refusal:?}");
    desk.enter(on(1, "tomorrow"), &second).await?;
    desk.done(change("tomorrow", settled(16, 0))).await?;
    let after = Counter::new(CounterScope::everything(), day(2), Some(day(3)));
    let third = [at_most(after, 15), at_most(month.clone(), 25)];
    let refusal = desk.refused(on(2, "third"), &third).await?;
    ensure!(refusal.limit == 1, "the month is over, the day is not; the refusal is {refusal:?}");
    desk.stands(&today, (10, 0), (0, 0)).await?;
    desk.stands(&tomorrow, (0, 0), (16, 0)).await?;
    desk.stands(&month, (10, 0), (16, 0)).await
}

async fn standing(desk: Desk) -> Verdict {
    let ada = of(CounterScope::label("user", "ada"));
    desk.stands(&ada, (0, 0), (0, 0)).await?;
    desk.enter(labelled(sent("first", 9, 8), "user", "ada"), &[]).await?;
    desk.enter(labelled(sent("second", 7, 6), "user", "ada"), &[]).await?;
    desk.done(change("second", settled(5, 4))).await?;
    desk.stands(&ada, (9, 8), (5, 4)).await?;
    // From here on it is kept, and says the same.
    desk.enter(labelled(sent("third", 1, 1), "user", "ada"), &[at_most(ada.clone(), 100)]).await?;
    desk.stands(&ada, (10, 9), (5, 4)).await?;
    desk.enter(labelled(sent("fourth", 1, 1), "user", "ada"), &[]).await?;
    desk.stands(&ada, (11, 10), (5, 4)).await
}

async fn reconciling(desk: Desk) -> Verdict {
    let limits = [everything(), of(CounterScope::label("user", "ada"))].map(|counter| at_most(counter, 100));
    desk.enter(sent("held", 9, 8), &limits).await?;
    desk.enter(labelled(sent("spent", 7, 6), "user", "ada"), &limits).await?;
    desk.done(change("spent", settled(70, 60))).await?;
    desk.enter(sent("free", 0, 0), &limits).await?;
    let found = desk.reconcile().await?;
    ensure!(found.is_whole(), "totals are not the sums of their entries: {found:?}");
    ensure!(found.entries == 3 && found.totals == 2, "there are 3 entries and 2 totals, it compared {found:?}");
    Ok(())
}
