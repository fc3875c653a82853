//! Rules of sharing: what many do at once comes to the same as one after the other.

use cosmic_ai_pricing::ledger::{Admitted, Advanced, Counter, CounterScope, Entry, LedgerError, Limit, Next};
use tokio::task::JoinSet;

use super::super::report::{Flaw, Verdict, ensure};
use super::scene::{
    Desk, at_most, change, charge, day, everything, id, labelled, of, part, plan, sent, settled, start, with,
};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.several("ledger/handles-share-one-ledger", shared).await;
    run.several("ledger/together-they-admit-what-fits", what_fits).await;
    run.several("ledger/first-requests-together-admit-what-fits", first).await;
    run.several("ledger/of-admissions-of-one-id-one-is-new", one_new).await;
    run.several("ledger/of-settlements-of-one-operation-one-is-done", one_done).await;
    run.several("ledger/parts-together-draw-what-there-is", parts).await;
    run.several("ledger/pruning-and-expiry-beside-admissions-lose-nothing", beside).await;
}

/// How many tasks race on each handle.
const TASKS: usize = 8;

/// Runs a task for each of [`TASKS`] on each handle, all at once, and gives their answers.
async fn race<T, R>(desks: &[Desk], task: impl Fn(Desk, usize) -> R) -> Result<Vec<T>, Flaw>
where
    T: Send + 'static,
    R: Future<Output = Result<T, LedgerError>> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        for (place, desk) in desks.iter().enumerate() {
            tasks.spawn(task(desk.clone(), number * desks.len() + place));
        }
    }
    let mut answers = Vec::new();
    while let Some(answer) = tasks.join_next().await {
        answers.push(answer.map_err(|error| format!("a task died: {error}"))??);
    }
    Ok(answers)
}

async fn shared(desks: Vec<Desk>) -> Verdict {
    let limits = [at_most(everything(), 100)];
    for (place, desk) in desks.iter().enumerate() {
        desk.enter(sent(&format!("entry-{place}"), 10, 10), &limits).await?;
    }
    // Each is settled through another handle than it was entered through.
    for (place, desk) in desks.iter().rev().enumerate() {
        desk.done(change(&format!("entry-{place}"), settled(1, 2))).await?;
    }
    let number = desks.len() as u64;
    for desk in &desks {
        desk.stands(&everything(), (0, 0), (number, 2 * number)).await?;
    }
    Ok(())
}

/// Admits an operation of 10 tokens for each task, and checks that as many are in as fit.
async fn admitted(desks: &[Desk], counter: Counter, most: u64) -> Verdict {
    let limits: [Limit; 1] = [at_most(counter.clone(), most)];
    let answers = race(desks, |desk, number| {
        let (entry, limits) = (labelled(sent(&format!("racer-{number}"), 4, 6), "user", "ada"), limits.clone());
        async move { desk.ask(entry, &limits).await }
    })
    .await?;
    let new = answers.iter().filter(|answer| **answer == Admitted::New).count() as u64;
    let refused = answers.iter().filter(|answer| matches!(answer, Admitted::Refused(_))).count();
    let fit = most / 10;
    ensure!(new == fit, "{fit} of {} fit, admitted were {new}", answers.len());
    ensure!(
        refused == answers.len() - answers.iter().filter(|answer| **answer == Admitted::New).count(),
        "the others should be refused, they are {answers:?}"
    );
    for desk in desks {
        desk.stands(&counter, (4 * new, 6 * new), (0, 0)).await?;
        let entries = desk.all().await?.len() as u64;
        ensure!(entries == new, "{new} were admitted, there are {entries} entries");
    }
    Ok(())
}

async fn what_fits(desks: Vec<Desk>) -> Verdict {
    // The counter is kept before they start.
    if let Some(desk) = desks.first() {
        desk.refused(sent("early", 1_000, 0), &[at_most(everything(), 135)]).await?;
    }
    admitted(&desks, everything(), 135).await
}

async fn first(desks: Vec<Desk>) -> Verdict {
    let today = Counter::new(CounterScope::label("user", "ada"), start(), Some(day(1)));
    admitted(&desks, today, 50).await
}

async fn one_new(desks: Vec<Desk>) -> Verdict {
    let answers = race(&desks, |desk, number| {
        let ticket = i64::try_from(number).unwrap_or(0);
        let entry = with(sent("same", 4, 6), |entry| entry.ticket = ticket);
        async move { desk.ask(entry, &[at_most(everything(), 1_000)]).await }
    })
    .await?;
    let new = answers.iter().filter(|answer| **answer == Admitted::New).count();
    ensure!(new == 1, "of {} admissions of one id, {new} are new", answers.len());
    for desk in &desks {
        desk.stands(&everything(), (4, 6), (0, 0)).await?;
        let kept = desk.get("same").await?;
        let known = |answer: &Admitted| matches!(answer, Admitted::Known(known) if **known == kept);
        let are_known = answers.iter().all(|answer| *answer == Admitted::New || known(answer));
        ensure!(are_known, "all others should know {kept:?}, the answers are {answers:?}");
    }
    Ok(())
}

async fn one_done(desks: Vec<Desk>) -> Verdict {
    let Some(desk) = desks.first() else { return Ok(()) };
    desk.enter(sent("same", 4, 6), &[at_most(everything(), 1_000)]).await?;
    let answers = race(&desks, |desk, number| async move {
        let to = if number % 2 == 0 { settled(number as u64, 1) } else { Next::Released };
        desk.advance(change("same", to)).await
    })
    .await?;
    let done: Vec<&Entry> = answers
        .iter()
        .filter_map(|answer| match answer {
            Advanced::Done(entry) => Some(&**entry),
            _ => None,
        })
        .collect();
    let kept = desk.get("same").await?;
    ensure!(done == [&kept], "of {} that close one operation, these are done: {done:?}", answers.len());
    let spent = kept.charge.unwrap_or_default();
    desk.stands(&everything(), (0, 0), (spent.input.get(), spent.output.get())).await
}

async fn parts(desks: Vec<Desk>) -> Verdict {
    let Some(desk) = desks.first() else { return Ok(()) };
    let limits = [at_most(everything(), 200)];
    desk.enter(plan("plan", 40, 60), &limits).await?;
    let answers = race(&desks, |desk, number| {
        let limits = limits.clone();
        async move { desk.ask(part(&format!("part-{number}"), "plan", 4, 6), &limits).await }
    })
    .await?;
    // Ten find room in the plan, ten in the budget.
    let new = answers.iter().filter(|answer| **answer == Admitted::New).count();
    ensure!(new == 20, "20 of {} parts fit, admitted were {new}", answers.len());
    let plan = desk.get("plan").await?;
    ensure!(plan.held == Some(charge(0, 0)), "the parts drew all that the plan had, it is {plan:?}");
    let parts = desk.all().await?.into_iter().filter(|entry| entry.parent == Some(id("plan")));
    let drawn =
        parts.fold((0, 0), |(input, output), part| (input + part.drawn.input.get(), output + part.drawn.output.get()));
    ensure!(drawn == (40, 60), "the plan had 40 and 60, its parts drew {drawn:?}");
    desk.stands(&everything(), (80, 120), (0, 0)).await
}

async fn beside(desks: Vec<Desk>) -> Verdict {
    let limits = [at_most(of(CounterScope::label("user", "ada")), 1_000), at_most(everything(), 1_000)];
    let answers = race(&desks, |desk, number| {
        let (name, limits) = (format!("entry-{number}"), limits.clone());
        async move {
            if number % 4 == 3 {
                desk.prune(day(1)).await?;
                desk.expire(day(0)).await?;
                return Ok(true);
            }
            desk.ask(labelled(sent(&name, 4, 6), "user", "ada"), &limits).await?;
            desk.enqueue(change(&name, settled(1, 2)));
            desk.flush().await?;
            desk.standing(&everything()).await.map(|standing| standing.spent.input.get() >= 1)
        }
    })
    .await?;
    ensure!(answers.iter().all(|is_counted| *is_counted), "what was settled was not counted a moment later");
    let spent = (TASKS * desks.len()) as u64 / 4 * 3;
    for desk in &desks {
        desk.stands(&everything(), (0, 0), (spent, 2 * spent)).await?;
    }
    Ok(())
}
