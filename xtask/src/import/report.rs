//! What `import` found, and what follows of it.

mod write;

use serde::Serialize;

use super::facts::{Key, Value};

/// How an import ends; the exit status of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    /// Nothing that is not decided.
    Clean = 0,
    Drift = 1,
    /// Something was not understood, so nothing may be concluded.
    Unreadable = 2,
}

#[derive(Default, Serialize)]
pub(super) struct Report {
    /// Models, tiers and voices that the page has and the data files have not.
    pub(super) added: Vec<Item>,
    /// The other way round; nothing is ever removed by `--apply`.
    pub(super) removed: Vec<Item>,
    pub(super) changed: Vec<Item>,
    /// What the page leaves open or says twice.
    pub(super) contradictory: Vec<Item>,
    pub(super) unreadable: Vec<Row>,
    pub(super) missing: Vec<String>,
    /// Decisions about what the page no longer says: someone has to delete them, or they would hold again unasked some day.
    pub(super) stale_decisions: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Item {
    pub(super) key: Key,
    /// What the data files say.
    pub(super) registry: Option<String>,
    pub(super) page: String,
    pub(super) lines: Vec<usize>,
    pub(super) decided: Option<Decided>,
    /// What the page says, for those who write it into the data files.
    #[serde(skip)]
    pub(super) value: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Decided {
    pub(super) decision: String,
    pub(super) reason: String,
    pub(super) date: String,
}

#[derive(Serialize)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) why: String,
}

impl Report {
    pub(super) fn ending(&self) -> Ending {
        if !self.unreadable.is_empty() || !self.missing.is_empty() {
            Ending::Unreadable
        } else if self.items().any(|item| item.decided.is_none()) || !self.stale_decisions.is_empty() {
            Ending::Drift
        } else {
            Ending::Clean
        }
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        self.added.iter().chain(&self.removed).chain(&self.changed).chain(&self.contradictory)
    }
}
