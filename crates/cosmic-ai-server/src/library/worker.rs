//! A thread with a connection of its own, that does what it is asked one after another: SQLite blocks, and a runtime must not.

use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use cosmic_ai::Error;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::failure;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread with a connection. Dropping it finishes what was asked, and waits for that.
#[derive(Debug)]
pub(super) struct Worker {
    /// `None` only while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(name: &str, mut connection: Connection) -> io::Result<Self> {
        let (jobs, asked) = mpsc::channel::<Job>();
        let work = move || asked.into_iter().for_each(|job| job(&mut connection));
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Has work done in its turn. It is done even if nobody waits for it any more.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = answer.send(work(connection));
        });
        let jobs = self.jobs.as_ref().ok_or_else(failure::ended)?;
        jobs.send(job).map_err(|_| failure::ended())?;
        answered.await.map_err(|_| failure::ended())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // The lock of the folder is given back after this: nobody may write then.
            let _ = thread.join();
        }
    }
}
