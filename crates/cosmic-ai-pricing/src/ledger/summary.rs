//! Retention: settled entries become summaries that count the same everywhere.

use std::collections::BTreeMap;
use std::time::SystemTime;

use cosmic_ai_core::{Charge, OperationId};
use sha2::{Digest, Sha256};

use super::LedgerError;
use super::entry::{BodyHash, Entry, State};
use crate::clock::{millis, time};

/// Entries are summarised by the quarter of an hour: every time zone's days begin at one, so that a summary counts in the
/// same windows as what it stands for.
const QUARTER: i64 = 15 * 60 * 1_000;

/// What the id of every summary begins with, and of nothing else.
pub(crate) const SUMMARY_PREFIX: &str = "summary:";

/// The ticket of every summary.
const SUMMARY: i64 = -1;

/// Whether an entry may be summarised or removed: it is closed, was reserved before `before`, and is no summary itself.
pub(crate) fn is_prunable(entry: &Entry, before: SystemTime) -> bool {
    let is_closed = matches!(entry.state, State::Settled | State::Released);
    is_closed && entry.at < before && entry.ticket != SUMMARY
}

/// The summaries that settled entries go into, by id. Each is to be added to the one of that id, if there is one.
pub(crate) fn summaries<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Result<BTreeMap<OperationId, Entry>, LedgerError> {
    let mut summaries: BTreeMap<OperationId, Entry> = BTreeMap::new();
    for entry in entries {
        let summary = summary_of(entry)?;
        match summaries.get_mut(&summary.id) {
            Some(sum) => *sum = added(sum, &summary)?,
            None => {
                summaries.insert(summary.id.clone(), summary);
            }
        }
    }
    Ok(summaries)
}

/// Two summaries of one id as one.
pub(crate) fn added(one: &Entry, other: &Entry) -> Result<Entry, LedgerError> {
    let sum = |one: Option<Charge>, other: Option<Charge>| match (one, other) {
        (Some(one), Some(other)) => one.checked_add(other).map(Some).ok_or(LedgerError::Overflow),
        _ => Ok(None),
    };
    Ok(Entry {
        held: sum(one.held, other.held)?,
        expected: sum(one.expected, other.expected)?,
        charge: sum(one.charge, other.charge)?,
        closed_at: one.closed_at.max(other.closed_at),
        calls: one.calls.saturating_add(other.calls),
        ..one.clone()
    })
}

/// A settled entry as the summary of itself alone.
fn summary_of(entry: &Entry) -> Result<Entry, LedgerError> {
    let at = millis(entry.at);
    let at = at - at.rem_euclid(QUARTER);
    // What is told apart by the figures that are known keeps sums of what is known exact.
    let known = [entry.held, entry.expected, entry.charge].map(|charge| charge.is_some());
    let key = (at, entry.kind, &entry.model, &entry.labels, entry.basis, known);
    let key = serde_json::to_vec(&key).map_err(|error| LedgerError::corrupt(error.to_string()))?;
    let hash = BodyHash(Sha256::digest(key).into());
    let id = format!("{SUMMARY_PREFIX}{hash}")
        .parse::<OperationId>()
        .map_err(|error| LedgerError::corrupt(error.to_string()))?;
    Ok(Entry {
        id,
        parent: None,
        drawn: Charge::ZERO,
        body: BodyHash::default(),
        at: time(at),
        deadline: time(at),
        result: None,
        ticket: SUMMARY,
        ..entry.clone()
    })
}
