//! Looks at the budgets of a race all along: what is spent and held together may at no time be more than a limit.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use cosmic_ai::pricing::ledger::{Ledger, Limit};
use serde_json::json;

use crate::arguments::Arguments;
use crate::budgets;
use crate::place::Place;
use crate::plot;

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Watches until its standard input ends, and then says how often it looked and what it saw at the worst.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let ledger = Place::of(arguments)?.open().await?;
    let reservations = arguments.number("reservations")?;
    let is_over = Arc::new(AtomicBool::new(false));
    let told = is_over.clone();
    std::thread::spawn(move || {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        told.store(true, Ordering::Relaxed);
    });
    println!("ready");

    let (mut looks, mut most_over) = (0_u64, 0);
    while !is_over.load(Ordering::Relaxed) {
        let limits = limits(reservations, SystemTime::now());
        // The budget of all each time, and of the others the next one.
        let others = limits.len().saturating_sub(1).max(1) as u64;
        let other = usize::try_from(1 + looks % others)?;
        for limit in [limits.first(), limits.get(other)].into_iter().flatten() {
            most_over = most_over.max(over(&*ledger, limit).await?);
        }
        looks += 1;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    println!("{}", json!({ "looks": looks, "most_over": most_over }));
    Ok(())
}

/// Every limit that operations of a race can meet.
pub(crate) fn limits(reservations: u64, now: SystemTime) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    for user in plot::users() {
        let labels = BTreeMap::from([("user".to_owned(), user), ("project".to_owned(), "film".to_owned())]);
        for limit in budgets::of_race(reservations).iter().filter_map(|budget| budget.limit(&labels, now)) {
            if !limits.contains(&limit) {
                limits.push(limit);
            }
        }
    }
    limits
}

/// By how many tokens a limit is exceeded.
pub(crate) async fn over(ledger: &dyn Ledger, limit: &Limit) -> Result<u64> {
    let standing = ledger.standing(&limit.counter).await?;
    let committed = standing.committed().context("a total is too large")?.total().get();
    Ok(limit.total.map_or(0, |most| committed.saturating_sub(most.get())))
}
