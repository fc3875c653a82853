//! Rules of forgetting: totals stay what they were.

use cosmic_ai_core::ModelId;
use cosmic_ai_pricing::ledger::{Basis, Counter, CounterScope, Entry, Kind, LedgerError, Next, State};

use super::super::report::{Flaw, Verdict, ensure};
use super::scene::{
    Desk, at_most, change, charge, day, everything, id, labelled, minute, of, plan, sent, settled, start, unknown, with,
};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/pruning-keeps-totals", keeps_totals).await;
    run.one("ledger/pruning-says-what-it-removed", counts).await;
    run.one("ledger/pruning-keeps-what-is-open-or-recent", keeps_open).await;
    run.one("ledger/a-counter-asked-after-pruning-counts-the-pruned", asked_later).await;
    run.one("ledger/pruning-again-adds-to-the-summaries", again).await;
    run.one("ledger/summaries-tell-apart-what-reports-tell-apart", told_apart).await;
    run.one("ledger/a-pruned-id-is-free", free).await;
}

/// Enters an operation of a user at a minute and settles it.
async fn spend(desk: &Desk, name: &str, at: u64, spent: (u64, u64)) -> Verdict {
    let entry = labelled(with(sent(name, 50, 50), |entry| entry.at = minute(at)), "user", "ada");
    desk.enter(entry, &[]).await?;
    desk.done(change(name, settled(spent.0, spent.1))).await?;
    Ok(())
}

async fn summaries(desk: &Desk) -> Result<Vec<Entry>, Flaw> {
    Ok(desk.all().await?.into_iter().filter(|entry| entry.id.as_str().starts_with("summary:")).collect())
}

async fn keeps_totals(desk: Desk) -> Verdict {
    let ada = of(CounterScope::label("user", "ada"));
    let today = Counter::new(CounterScope::everything(), start(), Some(day(1)));
    let counters = [ada, today, everything()];
    let limits = counters.clone().map(|counter| at_most(counter, 1_000));
    // Kept totals, from before the first operation on.
    desk.enter(sent("open", 1, 1), &limits).await?;
    spend(&desk, "one", 0, (10, 20)).await?;
    spend(&desk, "two", 20, (1, 2)).await?;
    let mut before = Vec::new();
    for counter in &counters {
        before.push(desk.standing(counter).await?);
    }
    // The second time, the day is over, and its total may be dropped; it is still what it was.
    for until in [minute(15), day(2)] {
        desk.prune(until).await?;
        for (counter, before) in counters.iter().zip(&before) {
            let after = desk.standing(counter).await?;
            ensure!(after == *before, "for {}, it was {before:?} and is {after:?}", counter.scope);
        }
        let found = desk.reconcile().await?;
        ensure!(found.is_whole(), "totals are not the sums of their entries: {found:?}");
    }
    Ok(())
}

async fn counts(desk: Desk) -> Verdict {
    spend(&desk, "one", 0, (10, 20)).await?;
    spend(&desk, "two", 1, (1, 2)).await?;
    spend(&desk, "three", 15, (3, 3)).await?;
    desk.enter(sent("released", 9, 9), &[]).await?;
    desk.done(change("released", Next::Released)).await?;
    let pruned = desk.prune(day(1)).await?;
    let is_so = pruned.summarised == 3 && pruned.summaries == 2 && pruned.removed == 1;
    ensure!(is_so, "3 settled of 2 quarters of an hour and 1 released were pruned, it says {pruned:?}");
    let nothing = desk.prune(day(1)).await?;
    let is_so = nothing.summarised == 0 && nothing.summaries == 0 && nothing.removed == 0;
    ensure!(is_so, "there is nothing left to prune, it says {nothing:?}");
    let all = desk.all().await?;
    ensure!(all.len() == 2, "2 summaries are left, there is {all:?}");
    Ok(())
}

async fn keeps_open(desk: Desk) -> Verdict {
    desk.enter(plan("plan", 1, 1), &[]).await?;
    desk.enter(sent("sent", 1, 1), &[]).await?;
    desk.enter(sent("unknown", 1, 1), &[]).await?;
    desk.done(change("unknown", unknown(0, 0))).await?;
    spend(&desk, "recent", 10, (1, 1)).await?;
    spend(&desk, "older", 9, (2, 2)).await?;
    desk.prune(minute(10)).await?;
    for name in ["plan", "sent", "unknown", "recent"] {
        desk.get(name).await?;
    }
    let older = desk.entry(&id("older")).await?;
    ensure!(older.is_none(), "it was reserved before that and is settled, and is still there: {older:?}");
    desk.done(change("sent", settled(4, 4))).await?;
    desk.stands(&everything(), (2, 2), (7, 7)).await
}

async fn asked_later(desk: Desk) -> Verdict {
    spend(&desk, "one", 0, (10, 20)).await?;
    spend(&desk, "two", 14, (1, 2)).await?;
    spend(&desk, "three", 15, (100, 0)).await?;
    desk.prune(day(1)).await?;
    let quarter = |from, until| Counter::new(CounterScope::label("user", "ada"), minute(from), Some(minute(until)));
    desk.stands(&quarter(0, 15), (0, 0), (11, 22)).await?;
    desk.stands(&quarter(15, 30), (0, 0), (100, 0)).await?;
    let limits = [at_most(of(CounterScope::label("user", "ada")), 133)];
    let refusal = desk.refused(labelled(sent("over", 1, 0), "user", "ada"), &limits).await?;
    ensure!(refusal.committed == [charge(111, 22)], "111 and 22 were spent and pruned, the refusal is {refusal:?}");
    Ok(())
}

async fn again(desk: Desk) -> Verdict {
    desk.enter(sent("open", 0, 0), &[at_most(everything(), 1_000)]).await?;
    for (name, spent) in [("one", (10, 20)), ("two", (1, 2)), ("three", (3, 4))] {
        spend(&desk, name, 0, spent).await?;
        desk.prune(minute(1)).await?;
    }
    let found = summaries(&desk).await?;
    let [summary] = found.as_slice() else {
        return Err(format!("three of one quarter of an hour make one summary, there are {found:?}").into());
    };
    let is_so = summary.calls == 3
        && summary.charge == Some(charge(14, 26))
        && summary.state == State::Settled
        && summary.at == start()
        && summary.labels.get("user").is_some_and(|user| user == "ada");
    ensure!(is_so, "3 calls of 14 and 26 tokens of one user at the start make this: {summary:?}");
    desk.stands(&everything(), (0, 0), (14, 26)).await
}

async fn told_apart(desk: Desk) -> Verdict {
    let entries = [
        sent("plain", 1, 1),
        with(sent("image", 1, 1), |entry| entry.kind = Kind::Image),
        with(sent("model", 1, 1), |entry| entry.model = Some(ModelId::from("another"))),
        labelled(sent("bob", 1, 1), "user", "bob"),
        with(sent("later", 1, 1), |entry| entry.at = minute(15)),
        sent("estimated", 1, 1),
        sent("dark", 1, 1),
    ];
    let number = entries.len();
    for entry in entries {
        let basis = if entry.id.as_str() == "estimated" { Basis::Estimated } else { Basis::Reported };
        let spent = (entry.id.as_str() != "dark").then(|| charge(2, 3));
        let to = Next::Settled { charge: spent, basis, result: None };
        let change = change(entry.id.as_str(), to);
        desk.enter(entry, &[]).await?;
        desk.done(change).await?;
    }
    desk.prune(day(1)).await?;
    let found = summaries(&desk).await?;
    ensure!(found.len() == number, "{number} that differ were made into {found:?}");
    let dark = found.iter().filter(|summary| summary.charge.is_none()).count();
    ensure!(dark == 1, "of one the charge is not known, there are {dark} without a charge: {found:?}");
    desk.stands(&everything(), (0, 0), (12, 18)).await
}

async fn free(desk: Desk) -> Verdict {
    spend(&desk, "settled", 0, (10, 20)).await?;
    desk.enter(sent("released", 1, 1), &[]).await?;
    desk.done(change("released", Next::Released)).await?;
    desk.prune(day(1)).await?;
    for name in ["settled", "released"] {
        let entry = desk.entry(&id(name)).await?;
        ensure!(entry.is_none(), "it was pruned, and is still there: {entry:?}");
        desk.enter(with(sent(name, 1, 1), |entry| entry.ticket = 2), &[]).await?;
    }
    desk.stands(&everything(), (2, 2), (10, 20)).await
}
