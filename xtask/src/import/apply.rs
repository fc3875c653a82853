//! Writes into the data files what a page states and nobody has decided otherwise.
//!
//! Nothing is ever removed: models, sizes and voices that are gone are left to a person, since programs name them. Nothing is
//! written that codegen would refuse either. `edit` changes one value and keeps what stands around it, `field` knows where each
//! field is written, `added` writes whole rows for new models, `doubt` finds figures that are likely to be misread.

mod added;
mod doubt;
mod edit;
mod field;

use std::collections::BTreeSet;

use super::data::{Data, Known};
use super::reading::Reading;
use super::report::{Item, Report};
use crate::codegen;

/// Where a figure that is written comes from.
pub(super) struct Origin {
    pub(super) source: String,
    pub(super) date: String,
}

/// What is written, and on whose word.
pub(super) struct Order<'a> {
    pub(super) report: &'a Report,
    /// What the data files said before.
    pub(super) known: &'a Known,
    /// What the page says, for rows of new models.
    pub(super) reading: &'a Reading,
    pub(super) origin: Origin,
    /// Keys of figures that a person has looked at, however far they are from what was known.
    pub(super) accepted: &'a [String],
}

/// What became of a report.
#[derive(Debug, Default)]
pub(super) struct Applied {
    pub(super) done: Vec<String>,
    /// With the reason why a person has to do it.
    pub(super) by_hand: Vec<String>,
}

/// Edits the data, which stays as sound as it was.
pub(super) fn apply(data: &mut Data, order: &Order<'_>) -> Applied {
    let undecided =
        |items: &'_ [Item]| items.iter().filter(|item| item.decided.is_none()).cloned().collect::<Vec<Item>>();
    let mut added = undecided(&order.report.added);
    // Models may be in a tier that is as new as they are.
    added.sort_by_key(|item| !item.key.subject.starts_with("tier/"));
    let changed = undecided(&order.report.changed);
    let makers = &order.known.providers;

    let before = data.clone();
    let mut applied = edit(data, &added, &changed, makers, order);
    if codegen::judge(&data.texts()).is_err() {
        // One thing that cannot be must not keep the others from being written.
        *data = before;
        applied = Applied::default();
        for part in added.chunk_by(|one, other| one.key.subject == other.key.subject) {
            applied.note_all(edit_soundly(data, part, &[], makers, order));
        }
        for part in changed.chunk_by(|one, other| one.key.subject == other.key.subject) {
            applied.note_all(edit_soundly(data, &[], part, makers, order));
        }
    }
    for item in undecided(&order.report.removed) {
        applied.note(&item, Err("nothing is removed by itself".to_owned()));
    }
    for item in undecided(&order.report.contradictory) {
        applied.note(&item, Err("decide it in decisions.toml".to_owned()));
    }
    applied
        .by_hand
        .extend(order.report.stale_decisions.iter().map(|stale| format!("{stale}: delete it from decisions.toml")));
    applied
}

fn edit(data: &mut Data, added: &[Item], changed: &[Item], makers: &BTreeSet<String>, order: &Order<'_>) -> Applied {
    let mut applied = Applied::default();
    for item in added {
        let outcome = added::write(data, item, makers, order);
        applied.note(item, outcome);
    }
    for item in changed {
        let doubt = doubt::about(item, order).filter(|_| !order.accepted.contains(&item.key.to_string()));
        let is_open = |other: &&Item| other.key == item.key && other.decided.is_none();
        let outcome = match doubt {
            _ if order.report.contradictory.iter().any(|other| is_open(&other)) => {
                Err("the page contradicts itself about it: decide that first".to_owned())
            }
            Some(doubt) => Err(doubt),
            None => field::write(data, item, &order.reading.facts, &order.origin),
        };
        applied.note(item, outcome);
    }
    applied
}

/// As [`edit()`], and back to what was there if codegen would refuse what comes of it.
fn edit_soundly(
    data: &mut Data,
    added: &[Item],
    changed: &[Item],
    makers: &BTreeSet<String>,
    order: &Order<'_>,
) -> Applied {
    let before = data.clone();
    let mut applied = edit(data, added, changed, makers, order);
    if let Err(error) = codegen::judge(&data.texts()) {
        *data = before;
        let undone = std::mem::take(&mut applied.done);
        applied.by_hand.extend(undone.iter().map(|key| format!("{key}: the data files would be wrong: {error:#}")));
    }
    applied
}

impl Applied {
    fn note(&mut self, item: &Item, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.done.push(item.key.to_string()),
            Err(why) => self.by_hand.push(format!("{}: {why}", item.key)),
        }
    }

    fn note_all(&mut self, other: Self) {
        self.done.extend(other.done);
        self.by_hand.extend(other.by_hand);
    }
}
