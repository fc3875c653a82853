//! The ledger of a server: opened, and held to one kind of spending. What the mock makes up must not use up a budget that real
//! tokens are paid from, and what stood open behind a gateway is not the mock's to release.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cosmic_ai::pricing::ledger::{EntryQuery, Ledger, MemoryLedger, SqliteLedger};

use crate::backend::{BACKEND_LABEL, Spending};
use crate::config::{Config, ConfigError, LedgerPlace};
use crate::server::StartError;

/// Opens the ledger that a configuration names, for spending of one kind.
pub(crate) async fn open(config: &Config, spending: Spending) -> Result<Arc<dyn Ledger>, StartError> {
    let ledger: Arc<dyn Ledger> = match &config.ledger {
        LedgerPlace::DataFolder => sqlite(&in_data_folder(config)).await?,
        LedgerPlace::Sqlite(path) => sqlite(path).await?,
        LedgerPlace::Memory => Arc::new(MemoryLedger::new()),
        #[cfg(feature = "postgres")]
        LedgerPlace::Postgres(url) => {
            use secrecy::ExposeSecret as _;
            Arc::new(cosmic_ai::pricing::ledger::PostgresLedger::connect(url.expose_secret()).await?)
        }
        #[cfg(not(feature = "postgres"))]
        LedgerPlace::Postgres(_) => return Err(ConfigError::needs_postgres().into()),
    };
    check_unmixed(&*ledger, config, spending).await?;
    Ok(ledger)
}

async fn sqlite(path: &Path) -> Result<Arc<dyn Ledger>, StartError> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || SqliteLedger::open(path)).await;
    Ok(Arc::new(opened.map_err(|_| ConfigError::new("the ledger's thread died"))??))
}

fn in_data_folder(config: &Config) -> PathBuf {
    config.data.join("spend.db")
}

/// Refuses a ledger of the other kind of spending, as far as its oldest thousand entries tell. Servers and the command line look
/// at its oldest ones too before they write. What others enter later, or two who begin an empty ledger at once, it does not see:
/// for that, every call has its label, and only what is labelled as made up is ever released.
async fn check_unmixed(ledger: &dyn Ledger, config: &Config, spending: Spending) -> Result<(), StartError> {
    let first = ledger.entries(&EntryQuery::all()).await?;
    let Some(other) = first.iter().find(|entry| Spending::of(entry) != spending) else { return Ok(()) };
    let holds = other.labels.get(BACKEND_LABEL).map_or(Spending::Real.as_str(), String::as_str);
    let ledger = match &config.ledger {
        LedgerPlace::DataFolder => in_data_folder(config).display().to_string(),
        LedgerPlace::Sqlite(path) => path.display().to_string(),
        // Its URL may hold a password.
        LedgerPlace::Postgres(_) => "in PostgreSQL".to_owned(),
        LedgerPlace::Memory => "in memory".to_owned(),
    };
    Err(StartError::MixedLedger { ledger, holds: holds.to_owned(), starts: spending.as_str() })
}
