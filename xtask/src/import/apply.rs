//! Writes into the data files what a page states and nobody has decided otherwise.
//!
//! Nothing is ever removed: models, sizes and voices that are gone are left to a person, since programs name them.
//! `edit` changes one value and keeps what stands around it, `field` knows where each field is written, `added` writes
//! whole rows for new models.

mod added;
mod edit;
mod field;

use super::data::Data;
use super::facts::Facts;
use super::reading::Listed;
use super::report::{Item, Report};

/// Where a figure that is written comes from.
pub(super) struct Origin {
    pub(super) source: String,
    pub(super) date: String,
}

/// What became of a report.
#[derive(Default)]
pub(super) struct Applied {
    pub(super) done: Vec<String>,
    /// With the reason why a person has to do it.
    pub(super) by_hand: Vec<String>,
}

/// Edits the data. `stated` and `listed` are what the page says, for rows of new models.
pub(super) fn apply(data: &mut Data, report: &Report, stated: &Facts, listed: &[Listed], origin: &Origin) -> Applied {
    let mut applied = Applied::default();
    let undecided = |items: &[Item]| items.iter().filter(|item| item.decided.is_none()).cloned().collect::<Vec<Item>>();
    for item in undecided(&report.added) {
        let outcome = added::write(data, &item, stated, listed, origin);
        applied.note(&item, outcome);
    }
    for item in undecided(&report.changed) {
        let outcome = field::write(data, &item, stated, origin);
        applied.note(&item, outcome);
    }
    for item in undecided(&report.removed) {
        applied.note(&item, Err("nothing is removed by itself".to_owned()));
    }
    for item in undecided(&report.contradictory) {
        applied.note(&item, Err("decide it in decisions.toml".to_owned()));
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
}
