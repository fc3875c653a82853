//! One of the processes that race: does its share of the operations, many at a time.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use cosmic_ai::TextGenerator;
use cosmic_ai::pricing::Meter;
use cosmic_ai::pricing::ledger::Ledger;

use crate::arguments::Arguments;
use crate::budgets;
use crate::ending::Ending;
use crate::journal::{self, Journal, verb};
use crate::observed::Observed;
use crate::perform::Stage;
use crate::place::Place;
use crate::plot::{Crash, Operation};
use crate::sabotage::{Sabotage, Spoiler};

/// How long an operation may be under way. Short, so that what killed processes left expires while the others still race.
pub(crate) const LIFE: Duration = Duration::from_millis(500);

struct Share {
    stage: Stage,
    seed: u64,
    /// The share is each `processes`-th operation from `slot` on.
    slot: u64,
    processes: u64,
    reservations: u64,
    next: AtomicU64,
    /// What earlier processes of this share have ended, or crashed in.
    ended: HashSet<String>,
    crashed: HashSet<String>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let place = Place::of(arguments)?;
    let (slot, generation): (usize, u32) = (arguments.number("slot")?, arguments.number("generation")?);
    let (reservations, sabotage) = (arguments.number("reservations")?, arguments.sabotage()?);
    let folder = arguments.path("journals")?;

    let mut share = (HashSet::new(), HashSet::new());
    for path in journal::all(&folder, Some(slot))? {
        for record in journal::read(&path)? {
            match record.verb.as_str() {
                verb::END => share.0.insert(record.what),
                verb::CRASH => share.1.insert(record.what),
                _ => false,
            };
        }
    }
    let journal = Arc::new(Journal::open(&folder.join(format!("worker-{slot}-{generation:04}")))?);
    let ledger = place.open().await?;
    let observed = Arc::new(Observed::new(ledger, journal.clone(), sabotage, Spoiler(place)));
    let mut meter = Meter::new(observed.clone()).with_call_life(LIFE);
    if sabotage != Some(Sabotage::Overspend) {
        meter = budgets::of_race(reservations).into_iter().fold(meter, Meter::with_budget);
    }
    let share = Arc::new(Share {
        stage: Stage { meter: Arc::new(meter), journal: journal.clone(), is_durable: false },
        seed: arguments.number("seed")?,
        slot: slot as u64,
        processes: arguments.number("processes")?,
        reservations,
        next: AtomicU64::new(0),
        ended: share.0,
        crashed: share.1,
    });
    let tasks: Vec<_> = (0..arguments.number("tasks")?).map(|_| tokio::spawn(share.clone().work())).collect();
    for task in tasks {
        task.await.context("a task panicked")??;
    }
    observed.flush().await?;
    journal.tell(verb::CLOSED, "");
    Ok(())
}

impl Share {
    async fn work(self: Arc<Self>) -> Result<()> {
        loop {
            let number = self.slot + self.processes * self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.reservations {
                return Ok(());
            }
            let operation = Operation::of_race(self.seed, number);
            if self.ended.contains(operation.id.as_str()) {
                continue;
            }
            match operation.crash.filter(|_| !self.crashed.contains(operation.id.as_str())) {
                Some(crash) => self.crash(&operation, crash).await?,
                None => self.stage.perform(&operation).await?,
            };
        }
    }

    /// Asks to be killed, and waits for it while the other tasks go on. A budget may have refused before.
    async fn crash(&self, operation: &Operation, crash: Crash) -> Result<Ending> {
        self.stage.journal.tell(verb::CRASH, &operation.id);
        if crash == Crash::Sent {
            let metered = self.stage.metered(self.stage.backend(operation).hanging());
            let (call, request) = (operation.call(), operation.text());
            tokio::select! {
                _ = metered.generate_text(&call, &request) => {}
                () = metered.backend().arrived.notified() => {
                    println!("crash");
                    std::future::pending::<()>().await;
                }
            }
        }
        if crash == Crash::After {
            self.stage.perform(operation).await?;
        }
        println!("crash");
        std::future::pending().await
    }
}
