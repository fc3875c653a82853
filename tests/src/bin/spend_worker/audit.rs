//! What a race has left: whether the ledger agrees with what its callers were told, and what is left once everything that was
//! lost is given up and decided.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use cosmic_ai::Charge;
use cosmic_ai::pricing::ledger::{Drift, Entry, Ledger, Limit, Standing, State};
use cosmic_ai::pricing::{Meter, Verdict};
use serde_json::json;

use crate::arguments::Arguments;
use crate::ending::Ending;
use crate::place::Place;
use crate::plot::Operation;
use crate::story::Story;
use crate::{budgets, entries, race};

/// So many examples of what is wrong are shown.
const SHOWN: usize = 10;

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let ledger = Place::of(arguments)?.open().await?;
    let (seed, reservations): (u64, u64) = (arguments.number("seed")?, arguments.number("reservations")?);
    let story = Story::read(&arguments.path("journals")?)?;

    let before = entries::all(&*ledger).await?;
    let mut drift = told_drift(&*ledger).await?;
    let mut overspend = overspend(&*ledger, &before, reservations).await?;
    let (mut leaked, mut lost) = (0_u64, 0_u64);
    let asked: Vec<String> = (0..reservations).map(|number| Operation::of_race(seed, number).id.to_string()).collect();
    let parts = story.endings().map(|(id, _)| id).filter(|id| id.contains('.')).map(str::to_owned);
    let mut wrong = Vec::new();
    let mut expected: Vec<String> = asked.iter().cloned().chain(parts).collect();
    expected.extend(before.keys().cloned());
    expected.sort();
    expected.dedup();
    for id in &expected {
        let entry = before.get(id);
        if story.explains(id, entry) {
            continue;
        }
        let is_open = entry.is_some_and(|entry| entry.standing().held != Charge::ZERO);
        *(if is_open { &mut leaked } else { &mut lost }) += 1;
        wrong.push(format!(
            "{id}: {}",
            entry.map_or_else(|| "not in the ledger".to_owned(), |entry| entry.state.to_string())
        ));
    }

    let after = give_up(&ledger, &before).await?;
    drift += told_drift(&*ledger).await?;
    overspend = overspend.max(self::overspend(&*ledger, &after, reservations).await?);
    leaked += after.values().filter(|entry| entry.standing().held != Charge::ZERO).count() as u64;
    for limit in crate::watch::limits(reservations, SystemTime::now()) {
        leaked += u64::from(ledger.standing(&limit.counter).await?.held != Charge::ZERO);
    }

    for line in wrong.iter().take(SHOWN) {
        eprintln!("the ledger does not have what its caller was told: {line}");
    }
    let (entered, others): (Vec<&String>, Vec<&String>) = asked.iter().partition(|id| before.contains_key(*id));
    let count = |wanted: Ending| others.iter().filter(|id| story.ending(id) == Some(wanted)).count();
    let spent = before.values().map(|entry| entry.standing().spent.total().get()).sum::<u64>();
    println!(
        "{}",
        json!({
            "admitted": entered.len(),
            "refused": count(Ending::Refused),
            "failed": count(Ending::Failed),
            "parts": before.keys().filter(|id| id.contains('.')).count(),
            "overspend": overspend,
            "leaked": leaked,
            "lost": lost,
            "drift": drift,
            "killed": story.killed,
            "spent": spent,
            "waits": story.waits.iter().map(|(name, waits)| (*name, percentiles(waits))).collect::<BTreeMap<_, _>>(),
        })
    );
    Ok(())
}

/// How many totals are not the sum of their entries.
pub(crate) async fn told_drift(ledger: &dyn Ledger) -> Result<u64> {
    let found = ledger.reconcile().await?;
    for drift in found.drift.iter().take(SHOWN) {
        let Drift { counter, recorded, actual, .. } = drift;
        let shown = |standing: &Standing| format!("{} held and {} spent", standing.held, standing.spent);
        eprintln!("the total of {}: {}, and its entries {}", counter.scope, shown(recorded), shown(actual));
    }
    Ok(found.drift.len() as u64)
}

/// By how much the limits are exceeded, by the ledger's totals and by the sums of its entries; the larger counts.
async fn overspend(ledger: &dyn Ledger, entries: &BTreeMap<String, Entry>, reservations: u64) -> Result<u64> {
    let mut sums: Vec<(Limit, u64)> = Vec::new();
    for entry in entries.values() {
        let standing = entry.standing();
        let tokens = standing.held.total().get() + standing.spent.total().get();
        for limit in budgets::of_race(reservations).iter().filter_map(|budget| budget.limit(&entry.labels, entry.at)) {
            match sums.iter_mut().find(|(known, _)| *known == limit) {
                Some((_, sum)) => *sum += tokens,
                None => sums.push((limit, tokens)),
            }
        }
    }
    let mut over = 0;
    for (limit, sum) in sums {
        let most = limit.total.map_or(u64::MAX, cosmic_ai::Tokens::get);
        over += sum.saturating_sub(most).max(crate::watch::over(ledger, &limit).await?);
    }
    Ok(over)
}

/// Takes what is open for lost, and decides all of it, one in two as billed.
async fn give_up(ledger: &Arc<dyn Ledger>, before: &BTreeMap<String, Entry>) -> Result<BTreeMap<String, Entry>> {
    let meter = Meter::new(ledger.clone());
    if let Err(error) = decide(ledger, &meter).await {
        // A ledger whose totals are wrong closes nothing; what is open then is counted.
        eprintln!("not all that is open can be closed: {error}");
    }
    let after = entries::all(&**ledger).await?;
    for (id, entry) in before {
        let is_closed = matches!(entry.state, State::Settled | State::Released);
        if is_closed && after.get(id) != Some(entry) {
            eprintln!("{id} was closed and has changed since");
        }
    }
    Ok(after)
}

async fn decide(ledger: &Arc<dyn Ledger>, meter: &Meter) -> Result<()> {
    ledger.expire(SystemTime::now() + race::LIFE + Duration::from_secs(1)).await?;
    for (place, entry) in meter.unresolved().await?.into_iter().enumerate() {
        let whole = entry.held.unwrap_or_default();
        let verdict = if place.is_multiple_of(2) { Verdict::NotBilled } else { Verdict::Charged(whole) };
        meter.resolve(&entry.id, verdict).await?;
    }
    Ok(())
}

/// The middle, the 99th of a hundred and the longest, in microseconds, with their number.
fn percentiles(waits: &[u64]) -> serde_json::Value {
    let mut sorted = waits.to_vec();
    sorted.sort_unstable();
    let at = |percent: usize| sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied().unwrap_or_default();
    json!({ "count": sorted.len(), "p50": at(50), "p99": at(99), "max": at(100) })
}
