//! What the journals of a race say: how each operation ended for its caller, and what may be open because a process died.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use cosmic_ai::pricing::ledger::{Entry, Kind, State};

use crate::ending::Ending;
use crate::journal::{self, verb};

#[derive(Debug, Default)]
pub(crate) struct Story {
    /// How operations ended; those that are missing were under way when their process was killed for the last time.
    endings: BTreeMap<String, Ending>,
    sent: BTreeSet<String>,
    /// Whose process was killed after they ended: what was dropped there may never have been settled.
    excused: BTreeSet<String>,
    /// Whose change the ledger could not write in time.
    unsure: BTreeSet<String>,
    /// How long commands took as their callers saw it, in microseconds.
    pub(crate) waits: BTreeMap<&'static str, Vec<u64>>,
    pub(crate) killed: u64,
}

impl Story {
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut story = Self::default();
        for path in journal::all(folder, None)? {
            let records = journal::read(&path)?;
            let was_killed = !records.iter().any(|record| record.verb == verb::CLOSED);
            story.killed += u64::from(was_killed);
            for record in records {
                match record.verb.as_str() {
                    verb::SENT => {
                        story.sent.insert(record.what);
                    }
                    verb::UNSURE => {
                        story.unsure.insert(record.what);
                    }
                    verb::END => {
                        if was_killed {
                            story.excused.insert(record.what.clone());
                        }
                        story.endings.insert(record.what, record.how.parse()?);
                    }
                    other => {
                        if let Some(command) = verb::WAITS.into_iter().find(|command| *command == other) {
                            let wait = record.what.parse().with_context(|| format!("a wait of `{}`", record.what))?;
                            story.waits.entry(command).or_default().push(wait);
                        }
                    }
                }
            }
        }
        Ok(story)
    }

    pub(crate) fn endings(&self) -> impl Iterator<Item = (&str, Ending)> {
        self.endings.iter().map(|(id, ending)| (id.as_str(), *ending))
    }

    pub(crate) fn ending(&self, id: &str) -> Option<Ending> {
        self.endings.get(id).copied()
    }

    /// Whether an operation may stand as it does after what its caller was told. `None` is not in the ledger.
    pub(crate) fn explains(&self, id: &str, entry: Option<&Entry>) -> bool {
        let state = entry.map(|entry| entry.state);
        let kind = entry.map(|entry| entry.kind);
        let Some(ending) = self.endings.get(id) else {
            // It was under way when its process was killed. The one that followed asks for everything again, but for the parts of
            // a plan that finds no room any more.
            let plan = id.rsplit_once('.').and_then(|(plan, _)| self.endings.get(plan));
            return self.killed > 0 && matches!(plan, Some(Ending::Refused | Ending::Failed));
        };
        let is_excused = self.excused.contains(id);
        let is_unsure = is_excused && self.unsure.contains(id);
        let is_plain = match (ending, state) {
            (Ending::Dropped, _) if kind == Some(Kind::Plan) => state == Some(State::Released),
            (Ending::Dropped, None | Some(State::Released)) => !self.sent.contains(id),
            (Ending::Dropped, Some(State::Settled)) => kind == Some(Kind::Text) && self.sent.contains(id),
            (Ending::Dropped, Some(State::Unknown)) => kind == Some(Kind::Image) && self.sent.contains(id),
            (Ending::Settled, Some(State::Settled))
            | (Ending::Released, Some(State::Released))
            | (Ending::Resolved, Some(State::Settled | State::Released))
            | (Ending::Unknown, Some(State::Unknown))
            // Released by an earlier process that was killed before it could say so, and now there is no room for it.
            | (Ending::Refused | Ending::Failed, None | Some(State::Released))
            // An earlier process had begun it, and was killed.
            | (Ending::Known, Some(_)) => true,
            _ => false,
        };
        let is_open = matches!(state, Some(State::Reserved | State::Sent | State::Unknown));
        is_plain || (is_open && (is_unsure || (is_excused && matches!(ending, Ending::Dropped | Ending::Failed))))
    }
}
