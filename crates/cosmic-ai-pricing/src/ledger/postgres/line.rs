//! The connection for writing: opened, opened again, and never trusted with the outcome of a commit that it did not answer.

use std::time::Duration;

use sqlx::{Connection, PgConnection};

use super::database::{Database, within};
use super::fault::Fault;
use super::migrate;
use super::transaction::{Applied, SUMMING, Written, apply, apply_alone, commit, is_committed, rollback};
use super::writer::Trouble;
use crate::ledger::LedgerError;
use crate::ledger::batch::{Answer, Command};

/// The first and the longest pause after a failure; each is twice as long as the one before.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_secs(1)];

/// The connection for writing, and what went wrong with it.
#[derive(Debug)]
pub(super) struct Line {
    database: Database,
    /// Only one that is open and at rest; it is taken out while something is under way.
    connection: Option<PgConnection>,
    trouble: Trouble,
    failures: u32,
}

impl Line {
    pub(super) fn new(database: Database, connection: PgConnection, trouble: Trouble) -> Self {
        Self { database, connection: Some(connection), trouble, failures: 0 }
    }

    /// What to tell those whose time is over.
    pub(super) fn trouble(&self) -> LedgerError {
        self.trouble.after(self.database.patience)
    }

    /// Applies commands in one transaction. When this is done they are durable, and on a fault none is.
    pub(super) async fn write(&mut self, commands: &[&Command]) -> Result<Vec<Result<Answer, LedgerError>>, Fault> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.open().await?;
        let Applied { answers, written } = match self.apply(&mut connection, commands).await {
            Ok(applied) => applied,
            Err(fault) => {
                let undone = within(self.database.patience, rollback(&mut connection));
                if !matches!(fault, Fault::Lost(_)) && undone.await.is_ok() {
                    self.connection = Some(connection);
                }
                return Err(fault);
            }
        };
        match (within(self.database.patience, commit(&mut connection)).await, written) {
            (Ok(()), _) => self.connection = Some(connection),
            (Err(fault), None) => return Err(fault),
            (Err(fault), Some(written)) => {
                drop(connection);
                if !self.was_committed(&written, fault).await {
                    return Err(Fault::lost("the connection broke before a batch was committed"));
                }
            }
        }
        self.failures = 0;
        self.trouble.set(None);
        Ok(answers)
    }

    async fn apply(&self, connection: &mut PgConnection, commands: &[&Command]) -> Result<Applied, Fault> {
        let Self { database, .. } = self;
        // The server ends a statement that takes too long; should it be gone without a word, we do. There are few
        // statements, and only in that case do they take long one after the other.
        match within(database.patience.saturating_mul(2), apply(connection, database, commands)).await? {
            Some(applied) => Ok(applied),
            None => within(SUMMING, apply_alone(connection, database, commands)).await,
        }
    }

    async fn open(&mut self) -> Result<PgConnection, Fault> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let mut connection = self.database.connect().await?;
        within(self.database.patience, migrate::check(&mut connection, &self.database)).await?;
        Ok(connection)
    }

    /// Finds out whether a transaction whose commit was not answered was committed, however long that takes: to apply its
    /// commands again would answer `Stale` to whom they are done.
    async fn was_committed(&mut self, written: &Written, mut fault: Fault) -> bool {
        loop {
            self.pause(&fault.error()).await;
            fault = match self.asked(written).await {
                Ok(Some(was_committed)) => return was_committed,
                // The server has not noticed yet that the other connection is gone.
                Ok(None) => Fault::lost("a commit is still in progress"),
                // It knows nothing of such a transaction: another server took over, without it.
                Err(Fault::Wrong(_)) => return false,
                Err(fault) => fault,
            };
        }
    }

    async fn asked(&mut self, written: &Written) -> Result<Option<bool>, Fault> {
        let mut connection = self.open().await?;
        let asked = within(self.database.patience, is_committed(&mut connection, written)).await?;
        self.connection = Some(connection);
        Ok(asked)
    }

    /// Waits before the next attempt, so that a fleet does not come back all at once.
    pub(super) async fn pause(&mut self, error: &LedgerError) {
        if self.failures == 0 {
            tracing::debug!(%error, "the ledger was not written; it is tried again");
        } else {
            tracing::warn!(%error, failures = self.failures, "the ledger is still not written");
        }
        self.trouble.set(Some(error.clone()));
        let [first, longest] = PAUSES;
        let pause = first.saturating_mul(1 << self.failures.min(10)).min(longest);
        self.failures = self.failures.saturating_add(1);
        tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
    }

    pub(super) async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // The server notices anyhow.
            drop(within(self.database.patience, async { Ok(connection.close().await?) }).await);
        }
    }
}
