//! Where a ledger and the journals of those who write to it are: a folder of their own on a real disk, and beside it a
//! database if the ledger is one of PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use super::options::LedgerKind;
use crate::postgres::{self, Postgres};
use crate::root::root;

/// Below `target`, since `/tmp` is in memory on many machines, where a commit costs nothing.
const FOLDER: &str = "target/spending";

static PLACES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Place {
    folder: PathBuf,
    address: Address,
    /// The server that lives as long as this.
    postgres: Option<Postgres>,
}

/// How a process finds the ledger.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    File(PathBuf),
    Url(String),
}

impl Address {
    /// Tells a process: by its arguments, or by a variable where a password could be in it.
    pub(super) fn tell(&self, process: &mut Command) {
        match self {
            Self::File(path) => process.args(["--ledger", "sqlite", "--file"]).arg(path),
            Self::Url(url) => process.args(["--ledger", "postgres"]).env(postgres::URL, url),
        };
    }
}

impl Place {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When there is no PostgreSQL, with what to install; when the folder cannot be made.
    pub(crate) fn new(kind: LedgerKind, name: &str) -> Result<Self> {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let folder = root()?.join(FOLDER).join(format!("{name}-{kind}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let (address, postgres) = match kind {
            LedgerKind::Sqlite => (Address::File(folder.join("ledger.db")), None),
            LedgerKind::Postgres => {
                let postgres = Postgres::available()?;
                println!("PostgreSQL {}", postgres.version());
                (Address::Url(postgres.fresh_database(name)?), Some(postgres))
            }
        };
        Ok(Self { folder, address, postgres })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    /// A folder on the disk of the ledger; `None` where that belongs to a server that we were given.
    pub(crate) fn disk(&self) -> Option<&Path> {
        match &self.postgres {
            None => Some(&self.folder),
            Some(_) if std::env::var_os(postgres::URL).is_some_and(|url| !url.is_empty()) => None,
            // Its certificate is beside its data.
            Some(postgres) => postgres.authority().and_then(Path::parent),
        }
    }

    /// Removes what nobody has to look at.
    ///
    /// # Errors
    ///
    /// When the folder cannot be removed.
    pub(crate) fn remove(self) -> Result<()> {
        std::fs::remove_dir_all(&self.folder).with_context(|| format!("cannot remove {}", self.folder.display()))
    }
}
