//! The file of results: a line when a job is about to be sent, a line when it has ended. Synced line by line, so that what stands
//! in it is known after a crash.
//!
//! The first line names the run, from which the operation id of each job follows: the same job of the same run has the same id,
//! whichever process sends it, and an operation is paid once.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use cosmic_ai::OperationId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::jobs::Job;
use crate::failure::Failure;

/// What an earlier run left.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    head: Option<Head>,
    lines: BTreeMap<usize, Known>,
    /// How many bytes of the file are whole lines.
    whole: u64,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    batch: String,
    /// The ledger, by name; nothing if it was gone with the process.
    ledger: Option<String>,
}

/// What is known of a job: its last line.
#[derive(Debug, Clone, Deserialize)]
struct Known {
    line: usize,
    hash: String,
    state: State,
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

impl Earlier {
    /// Reads what an earlier run left; nothing if there is no file. A last line that was torn by a crash is passed over.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        check_kind(path)?;
        let text = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::file(path.display(), "cannot be read", error)),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let wrong = |line: usize| {
            Failure::settings(format!("{}, line {line}: is no line of results of a batch", path.display()))
        };
        let mut earlier = Self { whole: whole as u64, ..Self::default() };
        let lines = text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
        for (number, line) in (1..).zip(lines).filter(|(_, line)| !line.is_empty()) {
            if number == 1 {
                earlier.head = Some(serde_json::from_slice(line).map_err(|_| wrong(number))?);
            } else {
                let known: Known = serde_json::from_slice(line).map_err(|_| wrong(number))?;
                earlier.lines.insert(known.line, known);
            }
        }
        Ok(earlier)
    }

    /// Whether a job is finished or of unknown outcome, so that it is not sent again.
    pub(super) fn is_closed(&self, job: &Job) -> bool {
        self.lines.get(&job.line).is_some_and(|known| matches!(known.state, State::Done | State::Unknown))
    }

    /// Whether a job was about to be sent when its run ended: the ledger is to be asked first.
    pub(super) fn begun(&self, job: &Job) -> bool {
        self.lines.get(&job.line).is_some_and(|known| known.state == State::Sent)
    }

    /// Refuses jobs that were changed since: what was paid for would be told as the result of something else.
    pub(super) fn check(&mut self, jobs: &[Job]) -> Result<(), Failure> {
        let changed = |job: &&Job| {
            let known = self.lines.get(&job.line);
            known.is_some_and(|known| known.hash != job.hash && known.state != State::Failed)
        };
        match jobs.iter().find(changed) {
            None => Ok(()),
            Some(job) => {
                let reason =
                    "was changed since it was sent; put new requests at the end, or begin anew with another -o";
                Err(Failure::invalid(cosmic_ai::Problem::new(job.name(), reason)))
            }
        }
    }
}

/// Refuses devices and pipes: nothing could be read back from them, or without end.
fn check_kind(path: &Path) -> Result<(), Failure> {
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            let error = io::Error::from(io::ErrorKind::InvalidInput);
            Err(Failure::file(path.display(), "is no file that results can be kept in", error))
        }
        _ => Ok(()),
    }
}

/// The file, open for more.
#[derive(Debug)]
pub(super) struct Results {
    path: PathBuf,
    file: Mutex<File>,
    run: String,
    /// Whether a line could not be written: then nothing more is begun, as its end might not be written either.
    is_broken: AtomicBool,
    /// Whether the ledger is the one of the run before, and was kept: then what it does not know was never sent.
    pub(super) ledger_is_same: bool,
}

impl Results {
    /// Begins a file, or goes on with one. Nobody else can have it at the same time.
    pub(super) fn open(path: &Path, resume: bool, earlier: &Earlier, ledger: Option<&str>) -> Result<Self, Failure> {
        let failed = |error| Failure::file(path.display(), "cannot be written", error);
        check_kind(path)?;
        let goes_on = resume && earlier.head.is_some();
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let options = if resume { options.create(true) } else { options.create_new(true) };
        let mut file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::Usage(format!(
                "{} is there already: go on with it by --resume, or give another -o",
                path.display()
            )),
            _ => failed(error),
        })?;
        if file.try_lock().is_err() {
            return Err(Failure::Usage(format!("{} is being written by another run", path.display())));
        }
        // What a crash tore off is no line.
        file.set_len(earlier.whole).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        let head = earlier
            .head
            .clone()
            .unwrap_or_else(|| Head { batch: OperationId::mint().to_string(), ledger: ledger.map(str::to_owned) });
        let results = Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            run: head.batch.clone(),
            is_broken: AtomicBool::new(false),
            ledger_is_same: ledger.is_some() && head.ledger.as_deref() == ledger,
        };
        if !goes_on {
            results.append(&json!(head)).map_err(failed)?;
        }
        Ok(results)
    }

    /// What names the run.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// The operation id of a job: the same for every process that goes on with this run.
    pub(super) fn operation(&self, job: &Job) -> OperationId {
        // A run's name and a number are visible characters, few enough.
        format!("{}-{}", self.run, job.line).parse().unwrap_or_else(|_| OperationId::mint())
    }

    /// Appends a line on a job, and waits until it is on disk.
    pub(super) async fn record(
        self: &std::sync::Arc<Self>,
        job: &Job,
        state: State,
        more: Value,
    ) -> Result<(), Failure> {
        let mut line = json!({
            "line": job.line,
            "label": job.label,
            "kind": job.request.as_ref().to_string(),
            "hash": job.hash,
            "operation_id": self.operation(job),
            "state": state,
        });
        if let (Some(fields), Value::Object(more)) = (line.as_object_mut(), more) {
            fields.extend(more);
        }
        if state == State::Sent && self.is_broken.load(Ordering::Relaxed) {
            let error = io::Error::other("an earlier line could not be written");
            return Err(Failure::file(self.path.display(), "is not written any more", error));
        }
        let results = self.clone();
        let written = tokio::task::spawn_blocking(move || results.append(&line)).await;
        let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
        written.map_err(|error| Failure::file(self.path.display(), "cannot be written", error))
    }

    fn append(&self, line: &Value) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file.stream_position()?;
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data());
        if written.is_err() {
            self.is_broken.store(true, Ordering::Relaxed);
            // Half a line would make the next one unreadable.
            let _ = file.set_len(before).and_then(|()| file.seek(SeekFrom::Start(before)));
        }
        written
    }
}
