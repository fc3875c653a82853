//! Commands that a stored ledger applies together: what has to be loaded for them, and how they are applied.

use std::collections::BTreeSet;
use std::time::SystemTime;

use cosmic_ai_core::OperationId;

use super::LedgerError;
use super::admission::{Admission, Admitted};
use super::book::Book;
use super::change::{Advanced, Change};
use super::counter::Counter;
use super::entry::Entry;
use crate::clock::{millis, time};

/// What a ledger is told to do.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    Admit(Box<Admission>),
    Advance(Change),
}

/// What it answers.
#[derive(Debug)]
pub(crate) enum Answer {
    Admitted(Admitted),
    Advanced(Advanced),
}

impl Command {
    /// To enter an operation, with times as they are stored: otherwise a counter would not be found again.
    pub(crate) fn admit(mut admission: Admission) -> Self {
        let entry = &mut admission.entry;
        (entry.at, entry.deadline) = (in_millis(entry.at), in_millis(entry.deadline));
        for limit in &mut admission.limits {
            limit.counter = stored_counter(&limit.counter);
        }
        Self::Admit(Box::new(admission))
    }

    pub(crate) fn apply(&self, book: &mut Book) -> Result<Answer, LedgerError> {
        match self {
            Self::Admit(admission) => book.admit(admission).map(Answer::Admitted),
            Self::Advance(change) => book.advance(change).map(Answer::Advanced),
        }
    }
}

/// A counter as it is stored.
pub(crate) fn stored_counter(counter: &Counter) -> Counter {
    Counter::new(counter.scope.clone(), in_millis(counter.from), counter.until.map(in_millis))
}

fn in_millis(moment: SystemTime) -> SystemTime {
    time(millis(moment))
}

/// The operations that commands name, to be loaded first. Sorted, so that locks are taken in one order.
pub(crate) fn operations<'c>(commands: impl IntoIterator<Item = &'c Command>) -> BTreeSet<OperationId> {
    let mut ids = BTreeSet::new();
    for command in commands {
        match command {
            Command::Admit(admission) => {
                ids.insert(admission.entry.id.clone());
                ids.extend(admission.entry.parent.clone());
            }
            Command::Advance(change) => {
                ids.insert(change.id.clone());
            }
        }
    }
    ids
}

/// The parents of what was loaded, to be loaded second.
pub(crate) fn parents(book: &Book) -> BTreeSet<OperationId> {
    book.entries().filter_map(|entry| entry.parent.clone()).filter(|id| book.entry(id).is_none()).collect()
}

/// Which totals the loaded and the new entries may change, to be loaded third: all whose window reaches into `earliest` to
/// `latest`, and whose scope is one of `scopes` or has an empty value.
#[derive(Debug)]
pub(crate) struct Reach {
    /// Names and values of labels.
    pub(crate) scopes: BTreeSet<(String, String)>,
    pub(crate) earliest: SystemTime,
    pub(crate) latest: SystemTime,
}

impl Reach {
    pub(crate) fn of<'c>(book: &Book, commands: impl IntoIterator<Item = &'c Command>) -> Option<Self> {
        let new = commands.into_iter().filter_map(|command| match command {
            Command::Admit(admission) => Some(&admission.entry),
            Command::Advance(_) => None,
        });
        let entries: Vec<&Entry> = new.chain(book.entries()).collect();
        let labels = entries.iter().flat_map(|entry| &entry.labels);
        Some(Self {
            scopes: labels.map(|(name, value)| (name.clone(), value.clone())).collect(),
            earliest: entries.iter().map(|entry| entry.at).min()?,
            latest: entries.iter().map(|entry| entry.at).max()?,
        })
    }
}

/// The counters of limits of which no total is kept yet: to be added up from the stored entries, before anything is applied.
pub(crate) fn missing_totals<'c>(book: &Book, commands: impl IntoIterator<Item = &'c Command>) -> BTreeSet<Counter> {
    let limits = commands.into_iter().flat_map(|command| match command {
        Command::Admit(admission) => admission.limits.as_slice(),
        Command::Advance(_) => &[],
    });
    limits.map(|limit| &limit.counter).filter(|counter| book.total(counter).is_none()).cloned().collect()
}
