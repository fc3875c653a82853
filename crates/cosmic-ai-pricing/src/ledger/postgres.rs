//! The ledger of a fleet: a PostgreSQL database that many processes share.
//!
//! In reading order: `builder` opens it, `writer` is the task that takes commands from the queue, `line` its connection,
//! `transaction` what it does with a batch and why totals are right, `rows` and `sums` the statements; `reader` and `prune`
//! go beside it, `migrate` makes the tables.

mod builder;
mod database;
mod fault;
mod line;
mod migrate;
mod prune;
mod reader;
mod rows;
mod sums;
#[cfg(test)]
#[cfg(feature = "postgres-tests")]
mod tests;
mod transaction;
mod writer;

use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::OperationId;
use sqlx::PgPool;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use self::database::{Database, within};
use self::fault::Fault;
use self::line::Line;
use self::rows::rounded;
use self::writer::{Job, Trouble};
use super::batch::{Answer, Command};
use super::check::check;
use super::{
    Admission, Admitted, Advanced, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError, Pruned,
    Reconciliation, Standing,
};

pub use self::builder::PostgresBuilder;

/// A ledger in a PostgreSQL database (13 or later), shared by all processes that open it.
///
/// All that is asked at the same time is written in one transaction by one task, which runs on the tokio runtime that the
/// ledger was opened on, with its timers and input and output enabled. It reconnects by itself. The ledger may be used from
/// elsewhere, also without a runtime. Sessions are set up when they are opened, so a pooler between must keep them whole.
///
/// When it is dropped, the task writes what is queued and ends. Only [`flush`](Ledger::flush) before the end of the runtime
/// makes sure of that.
///
/// ```no_run
/// # async fn example() -> Result<(), cosmic_ai_pricing::ledger::LedgerError> {
/// use cosmic_ai_pricing::ledger::{Ledger, PostgresLedger};
///
/// let url = "postgres://cosmic@db.example.com/cosmic?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem";
/// let ledger = PostgresLedger::connect(url).await?;
/// println!("{} entries", ledger.reconcile().await?.entries);
/// ledger.flush().await
/// # }
/// ```
pub struct PostgresLedger {
    database: Database,
    queue: mpsc::UnboundedSender<Job>,
    trouble: Trouble,
    pool: PgPool,
    runtime: Handle,
}

impl fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresLedger").field(&self.database).finish()
    }
}

impl PostgresLedger {
    /// Opens the ledger of a database: `postgres://user:password@host:port/database`, with `sslmode` and `sslrootcert` as
    /// libpq reads them. Needs a tokio runtime.
    ///
    /// # Errors
    /// As [`PostgresBuilder::connect`].
    pub async fn connect(url: &str) -> Result<Self, LedgerError> {
        Self::builder(url).connect().await
    }

    /// The same with settings.
    pub fn builder(url: &str) -> PostgresBuilder {
        PostgresBuilder::new(url)
    }

    async fn open(database: Database) -> Result<Self, LedgerError> {
        let runtime = Handle::try_current().map_err(|error| LedgerError::unavailable(error.to_string()))?;
        let mut connection = database.connect().await.map_err(Fault::error)?;
        migrate::migrate(&mut connection, &database).await.map_err(Fault::error)?;
        let (queue, jobs) = mpsc::unbounded_channel();
        let (trouble, pool) = (Trouble::default(), database.pool());
        let line = Line::new(database.clone(), connection, trouble.clone());
        runtime.spawn(writer::run(jobs, line));
        Ok(Self { database, queue, trouble, pool, runtime })
    }

    /// Queues a command, and waits for its answer as long as patience lasts.
    async fn command(&self, command: Command) -> Result<Answer, LedgerError> {
        let (answer, answered) = oneshot::channel();
        let until = Instant::now() + self.database.patience;
        self.queue.send(Job::Do(command, Some(answer), until)).map_err(|_| ended())?;
        self.answered(answered).await?
    }

    async fn answered<T>(&self, answered: oneshot::Receiver<T>) -> Result<T, LedgerError> {
        let patience = self.database.patience;
        // The timer is of the ledger's runtime, for the caller may have none.
        let waited = {
            let _entered = self.runtime.enter();
            tokio::time::timeout(patience, answered)
        };
        match waited.await {
            Ok(answer) => answer.map_err(|_| ended()),
            Err(_) => Err(self.trouble.after(patience)),
        }
    }

    /// Asks on the ledger's runtime, since the caller may have none.
    async fn ask<T, F>(&self, question: impl FnOnce(PgPool, Database) -> F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let asked = self.runtime.spawn(question(self.pool.clone(), self.database.clone()));
        asked.await.map_err(|_| ended())?.map_err(Fault::error)
    }
}

fn ended() -> LedgerError {
    LedgerError::unavailable("the runtime that the ledger was opened on has ended")
}

#[async_trait]
impl Ledger for PostgresLedger {
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        check(&admission)?;
        match self.command(Command::admit(admission)).await? {
            Answer::Admitted(admitted) => Ok(admitted),
            Answer::Advanced(_) => Err(LedgerError::corrupt("the answer to another question")),
        }
    }

    async fn advance(&self, mut change: Change) -> Result<Advanced, LedgerError> {
        change.at = rounded(change.at);
        match self.command(Command::Advance(change)).await? {
            Answer::Advanced(advanced) => Ok(advanced),
            Answer::Admitted(_) => Err(LedgerError::corrupt("the answer to another question")),
        }
    }

    fn enqueue(&self, mut change: Change) {
        change.at = rounded(change.at);
        if self.queue.send(Job::Do(Command::Advance(change), None, Instant::now())).is_err() {
            tracing::error!("a change was enqueued after the ledger's runtime had ended; its deadline will tell");
        }
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        let (done, flushed) = oneshot::channel();
        self.queue.send(Job::Flush(done)).map_err(|_| ended())?;
        self.answered(flushed).await
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        let now = rounded(now);
        let mut expired = Expired::default();
        let mut last = (i64::MIN, String::new());
        loop {
            let (changes, next) =
                self.ask(|pool, _| async move { reader::overdue_after(&pool, now, &last).await }).await?;
            let Some(next) = next else { return Ok(expired) };
            last = next;
            // All at once, so that they are written together.
            let mut answers = Vec::new();
            for change in changes {
                let (answer, answered) = oneshot::channel();
                let job = Job::Do(Command::Advance(change), Some(answer), Instant::now());
                self.queue.send(job).map_err(|_| ended())?;
                answers.push(answered);
            }
            for answered in answers {
                if let Answer::Advanced(Advanced::Done(entry)) = self.answered(answered).await?? {
                    expired.count(entry.state);
                }
            }
        }
    }

    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        let id = id.clone();
        self.ask(|pool, database| async move { within(database.patience, reader::find(&pool, &id)).await }).await
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
        let query = query.clone();
        self.ask(|pool, database| async move { within(database.patience, reader::list(&pool, &query)).await }).await
    }

    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
        let counter = counter.clone();
        self.ask(|pool, database| async move { within(database.patience, reader::standing(&pool, &counter)).await })
            .await
    }

    async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
        self.ask(|pool, _| async move { reader::reconcile(&pool).await }).await
    }

    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
        let before = rounded(before);
        self.ask(|pool, database| async move { prune::prune(&pool, &database, before).await }).await
    }
}
