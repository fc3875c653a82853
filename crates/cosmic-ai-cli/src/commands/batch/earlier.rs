//! What earlier runs left in a file of results.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use cosmic_ai::OperationId;
use serde::{Deserialize, Serialize};

use super::jobs::Job;
use crate::failure::Failure;

/// What earlier runs left.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    pub(super) head: Option<Head>,
    lines: BTreeMap<usize, Known>,
    /// The last mark that was left in a ledger.
    pub(super) mark: Option<OperationId>,
    /// How many bytes of the file are whole lines.
    pub(super) whole: u64,
    /// How many bytes it has.
    pub(super) length: u64,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// What names the batch, and begins the operation ids of its jobs.
    pub(super) batch: String,
    pub(super) backend: String,
    pub(super) bucket: Option<String>,
    /// The ledger, by name, for people: a file of the same name may be another one.
    pub(super) ledger: Option<String>,
}

/// What is known of a job: its last line.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Known {
    line: usize,
    hash: String,
    operation_id: OperationId,
    state: State,
    /// Of what was about to be sent: the mark that the ledger of that run holds.
    ledger_mark: Option<OperationId>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// About to be sent: it may have been.
    Sent,
    /// Answered.
    Done,
    /// Failed without having been billed: it may be tried again.
    Failed,
    /// Nobody knows whether it was billed, or it was billed and failed: never sent again.
    Unknown,
}

/// What an earlier run left to be done of a job.
#[derive(Debug, Clone)]
pub(super) enum Left {
    /// All of it: nothing of it was billed.
    All,
    /// It was about to be sent when its run ended: ledger and library are to be asked first.
    Begun {
        /// What the ledger holds if it is the one of that run.
        mark: Option<OperationId>,
    },
    /// Its outcome is unknown. It is never sent again, but the library may have by now what it made.
    Unknown,
}

impl Earlier {
    /// Reads what earlier runs left; nothing if there is no file. A last line that was torn by a crash is passed over.
    ///
    /// # Errors
    /// For what cannot be read, and for a file of something else.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        check_kind(path)?;
        let text = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::file(path.display(), "cannot be read", error)),
        };
        if text.is_empty() {
            return Ok(Self::default());
        }
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let wrong = |line: usize| {
            Failure::settings(format!(
                "{}, line {line}: is no line of results of a batch; nothing was sent or written",
                path.display()
            ))
        };
        let mut earlier = Self { whole: whole as u64, length: text.len() as u64, ..Self::default() };
        let mut lines = (1..).zip(text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n'));
        // Without its first line it is a file of something else, whose end must not be taken for a torn line.
        let head = lines.next().and_then(|(_, line)| serde_json::from_slice(line).ok());
        earlier.head = Some(head.ok_or_else(|| wrong(1))?);
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let known: Known = serde_json::from_slice(line).map_err(|_| wrong(number))?;
            if known.ledger_mark.is_some() {
                earlier.mark.clone_from(&known.ledger_mark);
            }
            earlier.lines.insert(known.line, known);
        }
        Ok(earlier)
    }

    /// Where a job stands, if it was begun.
    pub(super) fn state(&self, job: &Job) -> Option<State> {
        self.lines.get(&job.line).map(|known| known.state)
    }

    /// What is left to be done of a job, if anything is.
    pub(super) fn left(&self, job: &Job) -> Option<Left> {
        let Some(known) = self.lines.get(&job.line) else { return Some(Left::All) };
        match known.state {
            State::Failed => Some(Left::All),
            State::Sent => Some(Left::Begun { mark: known.ledger_mark.clone() }),
            State::Unknown => job.leaves_medium().then_some(Left::Unknown),
            State::Done => None,
        }
    }

    /// The operation id of a job: the same for every process that goes on with the batch, and another one for a request that
    /// was changed after it had failed.
    pub(super) fn operation(&self, batch: &str, job: &Job) -> OperationId {
        let id = match self.lines.get(&job.line) {
            Some(known) if known.hash == job.hash => return known.operation_id.clone(),
            Some(_) => format!("{batch}-{}-{}", job.line, job.hash.get(..12).unwrap_or(&job.hash)),
            None => format!("{batch}-{}", job.line),
        };
        // A batch's name, a number and a hash are visible characters, few enough.
        id.parse().unwrap_or_else(|_| OperationId::mint())
    }

    /// Refuses jobs that were changed, moved or removed since: what was paid for would be told as the result of something else,
    /// or be paid again from its new line.
    pub(super) fn check(&self, jobs: &[Job]) -> Result<(), Failure> {
        let jobs: BTreeMap<usize, &Job> = jobs.iter().map(|job| (job.line, job)).collect();
        // What failed was not billed: it may go, or come again elsewhere.
        for known in self.lines.values().filter(|known| known.state != State::Failed) {
            let what = match jobs.get(&known.line) {
                Some(job) if job.hash == known.hash => continue,
                Some(_) => "changed",
                None => "removed",
            };
            let is_elsewhere = |job: &&&Job| {
                let here = self.lines.get(&job.line);
                job.hash == known.hash && here.is_none_or(|here| here.hash != job.hash)
            };
            let place = jobs.values().find(is_elsewhere);
            let place = place.map(|job| format!(", and stands in {} now", job.name())).unwrap_or_default();
            let reason = format!(
                "was {what} since it was sent{place}; keep requests on their lines and put new ones at the end, or begin anew with another -o, which pays for all of them"
            );
            return Err(Failure::invalid(cosmic_ai::Problem::new(format!("line {}", known.line), reason)));
        }
        Ok(())
    }

    /// The first line of the batch: that of the earlier runs, or this one.
    ///
    /// # Errors
    /// When they ran on another backend or bucket: what the mock made would stand among what was paid for.
    pub(super) fn head(&self, path: &Path, this: Head) -> Result<Head, Failure> {
        let Some(head) = &self.head else { return Ok(this) };
        let shown = |head: &Head| {
            let bucket = head.bucket.as_ref().map(|bucket| format!(" and the bucket {bucket}"));
            format!("the backend {}{}", head.backend, bucket.unwrap_or_default())
        };
        if (&head.backend, &head.bucket) == (&this.backend, &this.bucket) {
            return Ok(head.clone());
        }
        Err(Failure::settings(format!(
            "{} holds results of {}; results of {} must not be mixed with them: give another -o, or those settings",
            path.display(),
            shown(head),
            shown(&this)
        )))
    }
}

/// Refuses devices and pipes: nothing could be read back from them, or without end.
pub(super) fn check_kind(path: &Path) -> Result<(), Failure> {
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            let error = io::Error::from(io::ErrorKind::InvalidInput);
            Err(Failure::file(path.display(), "is no file that results can be kept in", error))
        }
        _ => Ok(()),
    }
}
