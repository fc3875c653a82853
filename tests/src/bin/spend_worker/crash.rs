//! The process that is killed, and the one that comes after it: tries all operations of a list, the new ones first, whatever
//! earlier processes did with them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use cosmic_ai::pricing::Meter;
use cosmic_ai::pricing::ledger::Ledger;
use cosmic_ai::{Error, TextGenerator};

use crate::arguments::Arguments;
use crate::audit::told_drift;
use crate::budgets;
use crate::ending::Ending;
use crate::journal::{self, Journal, verb};
use crate::observed::Observed;
use crate::perform::Stage;
use crate::place::Place;
use crate::plot::{Deed, Operation};
use crate::sabotage::{Sabotage, Spoiler};

/// Longer than any run of `crash`: nothing expires, so what was sent and not closed stays so.
pub(crate) const LIFE: Duration = Duration::from_hours(24);

/// How many operations are tried again at a time: nearly all are known, and there are many.
const TASKS_AGAIN: usize = 64;

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let place = Place::of(arguments)?;
    let (seed, old, new): (u64, u64, u64) =
        (arguments.number("seed")?, arguments.number("old")?, arguments.number("new")?);
    let (path, sabotage) = (arguments.path("journal")?, arguments.sabotage()?);
    let mut refusals: HashMap<String, u32> = HashMap::new();
    for record in journal::read(&path)?.into_iter().filter(|record| record.verb == verb::REFUSED) {
        *refusals.entry(record.what).or_default() += 1;
    }
    let journal = Arc::new(Journal::open(&path)?);
    let spoiler = Spoiler(place.clone());
    let ledger = place.open().await?;
    println!("ready");
    if new == 0 {
        println!("drift {}", told_drift(&*ledger).await?);
    }
    let observed = Arc::new(Observed::new(ledger, journal.clone(), sabotage, spoiler.clone()));
    let meter =
        budgets::of_crash().into_iter().fold(Meter::new(observed.clone()).with_call_life(LIFE), Meter::with_budget);
    let stage = Stage { meter: Arc::new(meter), journal: journal.clone(), is_durable: true };

    let refusals = Arc::new(refusals);
    for (numbers, tasks) in [(old..old + new, arguments.number("tasks")?), (0..old, TASKS_AGAIN)] {
        let numbers = Arc::new(Mutex::new(numbers));
        let work = || work(stage.clone(), numbers.clone(), refusals.clone(), seed, sabotage);
        let tasks: Vec<_> = (0..tasks).map(|_| tokio::spawn(work())).collect();
        for task in tasks {
            task.await.context("a task panicked")??;
        }
    }
    observed.flush().await?;
    if sabotage == Some(Sabotage::Lose) {
        spoiler.lose_one().await;
    }
    println!("done");
    Ok(())
}

async fn work(
    stage: Stage,
    numbers: Arc<Mutex<Range<u64>>>,
    refusals: Arc<HashMap<String, u32>>,
    seed: u64,
    sabotage: Option<Sabotage>,
) -> Result<(), Error> {
    let next = || numbers.lock().unwrap_or_else(PoisonError::into_inner).next();
    while let Some(number) = next() {
        let mut operation = Operation::of_crash(seed, number);
        if operation.deed == Deed::Refused && refusals.contains_key(operation.id.as_str()) {
            // Refused once, it is answered now: it may be sent again, and once more only.
            operation.deed = Deed::Text;
        }
        let ending = stage.perform(&operation).await?;
        if ending == Ending::Known && sabotage == Some(Sabotage::Resend) && number % 10 == 0 {
            let (backend, call) = (stage.backend(&operation.answered()), operation.call());
            backend.generate_text(&call, &operation.text()).await?;
        }
    }
    Ok(())
}
