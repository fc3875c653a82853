//! Expiring and pruning, a part at a time, so that nobody waits long for a turn.

use std::collections::BTreeSet;
use std::time::SystemTime;

use cosmic_ai_core::OperationId;
use rusqlite::{Statement, ToSql, params};

use super::super::batch::{Answer, Command};
use super::super::book::overdue;
use super::super::change::Advanced;
use super::super::summary::{added, is_prunable, summaries};
use super::super::{Entry, Expired, LedgerError, State};
use super::failure::failed;
use super::rows::{self, not_before};
use super::store::Store;
use crate::clock::millis;

/// The most entries of a part.
const PART: u32 = 500;

/// One part of a longer piece of work, in a transaction of its own.
#[derive(Debug, Clone)]
pub(super) enum Chore {
    Expire { now: SystemTime },
    Prune { before: SystemTime, after: Place },
}

/// A place in the order of entries: time and id.
pub(super) type Place = (i64, String);

/// The place before all entries.
pub(super) fn start() -> Place {
    (-1, String::new())
}

/// What a part came to.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) expired: Expired,
    pub(super) summarised: u64,
    /// A summary may get entries of several parts, and is counted once.
    pub(super) summaries: BTreeSet<OperationId>,
    pub(super) removed: u64,
    /// Where the next part begins; `None` where this was the last one.
    pub(super) next: Option<Place>,
}

impl Store<'_> {
    pub(super) fn part(&mut self, chore: &Chore) -> Result<Part, LedgerError> {
        match chore {
            Chore::Expire { now } => self.expire(*now),
            Chore::Prune { before, after } => self.prune(*before, after),
        }
    }

    fn expire(&mut self, now: SystemTime) -> Result<Part, LedgerError> {
        let found = listed(&mut self.overdue, params![not_before(now), PART])?;
        let changes: Vec<Command> =
            found.iter().filter_map(|entry| overdue(entry, now)).map(Command::Advance).collect();
        let mut expired = Expired::default();
        for answer in self.apply(&changes.iter().collect::<Vec<_>>())? {
            // An entry that cannot be expired ends this: it would be found again and again.
            if let Answer::Advanced(Advanced::Done(entry)) = answer? {
                expired.count(entry.state);
            }
        }
        // What is expired is not found again, so that every part begins at the start.
        let next = is_full(&found).then(start);
        Ok(Part { expired, next, ..Part::default() })
    }

    fn prune(&mut self, before: SystemTime, after: &Place) -> Result<Part, LedgerError> {
        let (at, id) = after;
        let found = listed(&mut self.closed, params![at, id, not_before(before), PART])?;
        let prunable: Vec<&Entry> = found.iter().filter(|entry| is_prunable(entry, before)).collect();
        let settled = || prunable.iter().copied().filter(|entry| entry.state == State::Settled);
        let mut part = Part { summarised: settled().count() as u64, ..Part::default() };
        part.removed = prunable.len() as u64 - part.summarised;
        for (id, summary) in summaries(settled())? {
            let known = self.entry(&id)?;
            self.put(&known.map_or_else(|| Ok(summary.clone()), |known| added(&known, &summary))?)?;
            part.summaries.insert(id);
        }
        for entry in &prunable {
            self.remove_entry.execute([entry.id.as_str()]).map_err(failed)?;
        }
        self.remove_totals.execute([millis(before)]).map_err(failed)?;
        let last = found.last().filter(|_| is_full(&found));
        part.next = last.map(|last| (millis(last.at), last.id.as_str().to_owned()));
        Ok(part)
    }
}

fn is_full(found: &[Entry]) -> bool {
    found.len() >= PART as usize
}

fn listed(statement: &mut Statement<'_>, params: &[&dyn ToSql]) -> Result<Vec<Entry>, LedgerError> {
    let mut rows = statement.query(params).map_err(failed)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        entries.push(rows::entry(row)?);
    }
    Ok(entries)
}
