//! What the callers were told, and what they were not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Result, ensure};
use fastrand::Rng;
use serde_json::Value;

/// What says in an answer what it cost and took. What an answer has of it, every replay has.
const FIELDS: [&str; 2] = ["usage", "generation_time_seconds"];

/// A medium that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// What made it: the route, or `upload`.
    pub(crate) by: &'static str,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) size: u64,
    /// The number that its bytes are made of, if it was uploaded.
    pub(crate) upload: Option<u64>,
}

/// A call that may be asked for again under its key.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) route: &'static str,
    pub(crate) body: Value,
}

/// A call with a key that was answered.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) asked: Asked,
    pub(crate) answer: Value,
    medium: Option<String>,
}

/// What all callers know.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    counts: Counts,
    kept: Vec<Kept>,
    /// Media whose deletion was asked for and not answered.
    doubtful: BTreeMap<String, Kept>,
    deleted: Vec<Kept>,
    pending: BTreeMap<String, Asked>,
    told: BTreeMap<String, Told>,
    /// Which route's first answers have which of the fields.
    first_answers: BTreeSet<(&'static str, &'static str)>,
    /// What was wrong with replays, and how often.
    replay_faults: BTreeMap<String, u64>,
}

/// How often something was seen.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Calls that generate and were answered.
    pub(crate) calls: u64,
    pub(crate) uploads: u64,
    pub(crate) deletions: u64,
    /// Calls without an answer that were asked for again.
    pub(crate) asked_again: u64,
    /// Calls with an answer that were asked for again.
    pub(crate) replayed: u64,
}

impl Journal {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before a call with a key is sent.
    pub(crate) fn sending(&self, key: &str, asked: Asked) {
        self.known().pending.insert(key.to_owned(), asked);
    }

    /// A call was answered for the first time.
    pub(crate) fn answered(&self, key: Option<&str>, asked: Asked, answer: Value) {
        let mut known = self.known();
        let has = FIELDS.into_iter().filter(|field| answer.get(field).is_some());
        known.first_answers.extend(has.map(|field| (asked.route, field)));
        known.take_down(key, asked, answer);
    }

    /// A call whose answer never came was asked for again. Its answer has what first answers have.
    pub(crate) fn answered_at_last(&self, key: &str, asked: Asked, answer: Option<Value>) {
        let mut known = self.known();
        known.counts.asked_again += 1;
        let Some(answer) = answer else {
            known.pending.remove(key);
            return;
        };
        for field in FIELDS {
            if known.first_answers.contains(&(asked.route, field)) && answer.get(field).is_none() {
                known.replay_fault(format!("{} without an answer, asked for again, has no `{field}`", asked.route));
            }
        }
        known.take_down(Some(key), asked, answer);
    }

    /// A call that was answered was asked for again. Fails if the answer is of another medium.
    pub(crate) fn replayed(&self, key: &str, told: &Told, answer: &Value) -> Result<()> {
        let mut known = self.known();
        known.counts.replayed += 1;
        let again = answer.pointer("/media/id").and_then(Value::as_str);
        ensure!(told.medium.as_deref() == again, "the key {key} has two media: {:?} and {again:?}", told.medium);
        for field in FIELDS {
            let Some(first) = told.answer.get(field) else { continue };
            let fault = match answer.get(field) {
                Some(again) if again == first => continue,
                Some(_) => "has another",
                None => "has no",
            };
            known.replay_fault(format!("{} with an answer, asked for again, {fault} `{field}`", told.asked.route));
        }
        Ok(())
    }

    pub(crate) fn uploaded(&self, kept: Kept) {
        let mut known = self.known();
        known.counts.uploads += 1;
        known.kept.push(kept);
    }

    /// Chooses a medium that is to be deleted. From now on nobody knows whether it is there. No clips, which may be being extended.
    pub(crate) fn deleting(&self, dice: &mut Rng) -> Option<Kept> {
        let mut known = self.known();
        let place = dice.usize(..known.kept.len().max(1));
        if known.kept.get(place)?.by == "video" {
            return None;
        }
        let kept = known.kept.remove(place);
        known.doubtful.insert(kept.id.clone(), kept.clone());
        Some(kept)
    }

    /// A deletion was acknowledged.
    pub(crate) fn deleted(&self, id: &str) {
        self.known().counts.deletions += 1;
        self.found(id, false);
    }

    /// It is known now whether a medium is there whose deletion was asked for. From now on it stays so.
    pub(crate) fn found(&self, id: &str, is_there: bool) {
        let mut known = self.known();
        let Some(kept) = known.doubtful.remove(id) else { return };
        if is_there { known.kept.push(kept) } else { known.deleted.push(kept) }
    }

    /// Takes an acknowledged upload for deleted, so that the audit has something to find.
    pub(crate) fn pretend_a_deletion(&self) {
        let mut known = self.known();
        let place = known.kept.iter().position(|kept| kept.upload.is_some());
        let pretended = place.map(|place| known.kept.remove(place));
        known.deleted.extend(pretended);
    }

    /// Takes answers to have had another usage, so that asking for them once more has something to find.
    pub(crate) fn pretend_another_usage(&self) {
        for told in self.known().told.values_mut() {
            if let Some(usage) = told.answer.get_mut("usage") {
                *usage = Value::Null;
            }
        }
    }

    pub(crate) fn kept(&self) -> Vec<Kept> {
        self.known().kept.clone()
    }

    pub(crate) fn doubtful(&self) -> Vec<Kept> {
        self.known().doubtful.values().cloned().collect()
    }

    pub(crate) fn gone(&self) -> Vec<Kept> {
        self.known().deleted.clone()
    }

    pub(crate) fn pending(&self) -> Vec<(String, Asked)> {
        self.known().pending.iter().map(|(key, asked)| (key.clone(), asked.clone())).collect()
    }

    /// Calls with a key that were answered and whose media are there.
    pub(crate) fn told(&self) -> Vec<(String, Told)> {
        let known = self.known();
        let is_gone = |told: &Told| known.deleted.iter().any(|deleted| told.medium.as_ref() == Some(&deleted.id));
        known.told.iter().filter(|(_, told)| !is_gone(told)).map(|(key, told)| (key.clone(), told.clone())).collect()
    }

    pub(crate) fn replay_faults(&self) -> Vec<String> {
        self.known().replay_faults.iter().map(|(fault, times)| format!("{fault}: {times} times")).collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.known().counts
    }
}

impl Known {
    fn take_down(&mut self, key: Option<&str>, asked: Asked, answer: Value) {
        self.counts.calls += 1;
        let kept = Kept::of(asked.route, &answer);
        if let Some(key) = key {
            self.pending.remove(key);
            let medium = kept.as_ref().map(|kept| kept.id.clone());
            self.told.insert(key.to_owned(), Told { asked, answer, medium });
        }
        self.kept.extend(kept);
    }

    fn replay_fault(&mut self, fault: String) {
        *self.replay_faults.entry(fault).or_default() += 1;
    }
}

impl Kept {
    /// The medium of an answer, if it has one.
    pub(crate) fn of(by: &'static str, answer: &Value) -> Option<Self> {
        let media = answer.get("media")?;
        Some(Self {
            by,
            id: media.get("id")?.as_str()?.to_owned(),
            name: media.get("name")?.as_str()?.to_owned(),
            size: media.get("size")?.as_u64()?,
            upload: None,
        })
    }
}
