//! What is left after all kills: the totals of the ledger, what was sent more than once, and what was lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use cosmic_ai::pricing::ledger::{Entry, Ledger, State};
use serde_json::json;

use crate::arguments::Arguments;
use crate::audit::told_drift;
use crate::journal::{self, Record, verb};
use crate::place::Place;
use crate::plot::{Deed, Operation};
use crate::{crash, entries};

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let ledger = Place::of(arguments)?.open().await?;
    let (seed, operations): (u64, u64) = (arguments.number("seed")?, arguments.number("operations")?);
    let records = journal::read(&arguments.path("journal")?)?;
    let entries = entries::all(&*ledger).await?;

    let mut drift = told_drift(&*ledger).await?;
    if let Err(error) = ledger.expire(SystemTime::now() + crash::LIFE + Duration::from_secs(1)).await {
        // As where totals are wrong, which is counted.
        eprintln!("not all that is open expires: {error}");
    }
    drift += told_drift(&*ledger).await?;

    let refused = records.iter().filter(|record| record.verb == verb::REFUSED).map(|record| record.what.clone());
    let (resent, mut lost) = (resent(&records), lost(&records, &entries, &refused.collect()));
    for number in 0..operations {
        let operation = Operation::of_crash(seed, number);
        // What is dropped before it is sent may never have been entered.
        if operation.deed != Deed::DroppedEarly && !entries.contains_key(operation.id.as_str()) {
            lost.insert(format!("{}: not in the ledger", operation.id));
        }
    }
    for id in &resent {
        eprintln!("sent again: {id}");
    }
    for line in &lost {
        eprintln!("lost: {line}");
    }
    let open = |entry: &&Entry| matches!(entry.state, State::Reserved | State::Sent | State::Unknown);
    println!(
        "{}",
        json!({
            "resent": resent.len(),
            "lost": lost.len(),
            "drift": drift,
            "entries": entries.len(),
            "open": entries.values().filter(open).count(),
            "sent": records.iter().filter(|record| record.verb == verb::SENT).count(),
        })
    );
    Ok(())
}

/// What was sent again although the backend had not refused it.
fn resent(records: &[Record]) -> BTreeSet<String> {
    let mut under_way: BTreeMap<&str, bool> = BTreeMap::new();
    let mut resent = BTreeSet::new();
    for record in records {
        match record.verb.as_str() {
            verb::SENT if under_way.insert(&record.what, true) == Some(true) => {
                resent.insert(record.what.clone());
            }
            verb::REFUSED => {
                under_way.insert(&record.what, false);
            }
            _ => {}
        }
    }
    resent
}

/// What the ledger does not know, or not as it said before.
fn lost(records: &[Record], entries: &BTreeMap<String, Entry>, refused: &BTreeSet<String>) -> BTreeSet<String> {
    let mut lost = BTreeSet::new();
    for record in records {
        let id = record.what.as_str();
        let state = entries.get(id).map(|entry| entry.state);
        let is_kept = match record.verb.as_str() {
            verb::SENT if refused.contains(id) => state.is_some(),
            verb::SENT => state.is_some_and(|state| state != State::Released),
            verb::SETTLED => state == Some(State::Settled),
            _ => true,
        };
        if !is_kept {
            let state = state.map_or_else(|| "not in the ledger".to_owned(), |state| state.to_string());
            lost.insert(format!("{id}: {} before, and now {state}", record.verb));
        }
    }
    lost
}
