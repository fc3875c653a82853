//! Which ledger it is about: a file of SQLite, or a database of PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use cosmic_ai::pricing::ledger::{Ledger, PostgresLedger, SqliteLedger};

use crate::arguments::Arguments;

/// Holds the URL, which may have a password and so is never an argument.
const URL: &str = "COSMIC_TEST_POSTGRES_URL";

#[derive(Debug, Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Place {
    pub(crate) fn of(arguments: &Arguments) -> Result<Self> {
        match arguments.text("ledger")? {
            "sqlite" => Ok(Self::Sqlite(arguments.path("file")?)),
            "postgres" => std::env::var(URL).map(Self::Postgres).with_context(|| format!("{URL} is not set")),
            other => bail!("there is no ledger `{other}`"),
        }
    }

    pub(crate) async fn open(&self) -> Result<Arc<dyn Ledger>> {
        Ok(match self {
            Self::Sqlite(path) => Arc::new(SqliteLedger::open(path)?),
            Self::Postgres(url) => Arc::new(PostgresLedger::connect(url).await?),
        })
    }
}
