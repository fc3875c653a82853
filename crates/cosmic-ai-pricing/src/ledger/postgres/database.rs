//! Which database, and how sessions with it are opened.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool, raw_sql};

use super::fault::Fault;
use crate::ledger::schema::Migration;

/// Reading is rare beside writing: a page of entries and a look at a total may go on at once.
const READERS: u32 = 2;

/// Where a ledger is kept.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) options: PgConnectOptions,
    /// The name of the PostgreSQL schema: letters, digits and `_` only, so that it may stand in statements.
    pub(super) schema: String,
    pub(super) patience: Duration,
    pub(super) migrations: &'static [Migration],
}

impl fmt::Debug for Database {
    /// Where it is, and not who asks with which password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("host", &self.options.get_host())
            .field("port", &self.options.get_port())
            .field("database", &self.options.get_database())
            .field("schema", &self.schema)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// How a transaction that writes goes together with others; see `transaction` for why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// With others that change entries and the totals that there are.
    Shared,
    /// Alone.
    Exclusive,
}

impl Database {
    /// Opens the connection for writing.
    pub(super) async fn connect(&self) -> Result<PgConnection, Fault> {
        // Statements of this connection look rows up by key. Their plans are made when a new ledger is still empty, kept,
        // and would read the whole table until the statistics of the server catch up. What has no key then looks expensive
        // enough to be compiled, which takes longer than all else.
        let plans =
            "SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; SET jit TO off;";
        // No statement outlives its purpose on the server when we give it up, or are gone.
        let timeout = format!("SET statement_timeout TO {};", self.patience_ms());
        let connected = async {
            let mut connection = self.options.connect().await?;
            let session = format!("{} {timeout} {plans}", self.session());
            raw_sql(AssertSqlSafe(session)).execute(&mut connection).await?;
            Ok(connection)
        };
        within(self.patience, connected).await
    }

    /// The connections for reading and pruning, opened when they are needed.
    pub(super) fn pool(&self) -> PgPool {
        let session = self.session();
        PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(self.patience)
            .after_connect(move |connection, _| {
                let session = session.clone();
                Box::pin(async move { raw_sql(AssertSqlSafe(session)).execute(connection).await.map(|_| ()) })
            })
            .connect_lazy_with(self.options.clone())
    }

    /// What every session says first. A client that stops in the middle of a transaction must not hold back the fleet, and
    /// an answered commit is on the disk even where the server is set to answer earlier.
    fn session(&self) -> String {
        let Self { schema, .. } = self;
        let patience = self.patience_ms();
        format!(
            "SET search_path TO \"{schema}\"; \
             SET client_min_messages TO warning; \
             SET lock_timeout TO {patience}; \
             SET idle_in_transaction_session_timeout TO {patience}; \
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';"
        )
    }

    /// Milliseconds as the server takes them; none would be for ever.
    fn patience_ms(&self) -> i32 {
        i32::try_from(self.patience.as_millis()).unwrap_or(i32::MAX).max(1)
    }

    /// Begins a transaction that writes, and takes the lock. The snapshot of the next statement is younger than the lock.
    pub(super) fn begin(&self, lock: Lock) -> String {
        format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {}", self.lock(lock))
    }

    /// Takes the lock of this ledger until the transaction ends.
    pub(super) fn lock(&self, lock: Lock) -> String {
        let hash: [u8; 32] = Sha256::digest(format!("cosmic-ai ledger {}", self.schema)).into();
        let key = hash.iter().take(8).fold(0_i64, |key, byte| (key << 8) | i64::from(*byte));
        match lock {
            Lock::Shared => format!("SELECT pg_advisory_xact_lock_shared({key})"),
            Lock::Exclusive => format!("SELECT pg_advisory_xact_lock({key})"),
        }
    }
}

/// Gives up after a time, with the connection: nobody knows what is under way on it.
pub(super) async fn within<T>(time: Duration, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match tokio::time::timeout(time, work).await {
        Ok(done) => done,
        Err(_) => Err(Fault::lost(format!("no answer within {time:?}"))),
    }
}
