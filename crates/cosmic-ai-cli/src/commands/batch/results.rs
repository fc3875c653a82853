//! The file of results: a line when a job is about to be sent, a line when it has ended. Synced line by line, so that what stands
//! in it is known after a crash.
//!
//! The first line names the batch, from which the operation id of each job follows: the same job of the same batch has the same id,
//! whichever process sends it, and an operation is paid once.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cosmic_ai::OperationId;
use serde_json::{Value, json};

use super::earlier::{Earlier, Head, State, check_kind};
use super::jobs::Job;
use crate::failure::Failure;

/// The file, open for more.
#[derive(Debug)]
pub(super) struct Results {
    path: PathBuf,
    file: Mutex<File>,
    batch: String,
    earlier: Earlier,
    /// The first line that could not be written, by its error: then nothing more is begun, as its end might not be written
    /// either.
    broken: OnceLock<(io::ErrorKind, String)>,
}

/// What is said of a file that is there before its batch is begun.
pub(super) fn is_there(path: &Path) -> Failure {
    Failure::Usage(format!("{} is there already: go on with it by --resume, or give another -o", path.display()))
}

impl Results {
    /// Begins a file, or goes on with one. Nobody else can have it at the same time.
    pub(super) fn open(path: &Path, resume: bool, earlier: Earlier, head: &Head) -> Result<Self, Failure> {
        let failed = |error| Failure::file(path.display(), "cannot be written", error);
        check_kind(path)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let options = if resume { options.create(true) } else { options.create_new(true) };
        let mut file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => is_there(path),
            _ => failed(error),
        })?;
        if file.try_lock().is_err() {
            return Err(Failure::Usage(format!("{} is being written by another run", path.display())));
        }
        if file.metadata().map_err(failed)?.len() != earlier.length {
            return Err(Failure::Usage(format!("{} was written by another run meanwhile", path.display())));
        }
        // What a crash tore off is no line.
        file.set_len(earlier.whole).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        let is_new = earlier.head.is_none();
        let (path, batch) = (path.to_owned(), head.batch.clone());
        let results = Self { path, file: Mutex::new(file), batch, earlier, broken: OnceLock::new() };
        if is_new {
            results.append(&json!(head)).map_err(|error| results.unwritten(error))?;
        }
        Ok(results)
    }

    /// The operation id of a job.
    pub(super) fn operation(&self, job: &Job) -> OperationId {
        self.earlier.operation(&self.batch, job)
    }

    /// Appends a line on a job, and waits until it is on disk.
    pub(super) async fn record(self: &Arc<Self>, job: &Job, state: State, more: Value) -> Result<(), Failure> {
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
        if let (State::Sent, Some((kind, message))) = (state, self.broken.get()) {
            return Err(self.unwritten(io::Error::new(*kind, message.clone())));
        }
        let results = self.clone();
        let written = tokio::task::spawn_blocking(move || results.append(&line)).await;
        written.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| self.unwritten(error))
    }

    fn unwritten(&self, error: io::Error) -> Failure {
        Failure::file(self.path.display(), "cannot be written", error)
    }

    fn append(&self, line: &Value) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file.stream_position()?;
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data());
        if let Err(error) = &written {
            let _ = self.broken.set((error.kind(), error.to_string()));
            // Half a line would make the next one unreadable.
            let _ = file.set_len(before).and_then(|()| file.seek(SeekFrom::Start(before)));
        }
        written
    }
}
