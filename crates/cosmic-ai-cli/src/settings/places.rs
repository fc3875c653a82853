//! Folders of this user: configuration, and data such as the ledger.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::failure::Failure;

/// What our folders are called.
const NAME: &str = "cosmic-ai";

/// Where this program keeps what is kept.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    config: PathBuf,
    data: PathBuf,
}

impl Places {
    /// The folders, by the customs of the system (`$XDG_CONFIG_HOME` and `$XDG_DATA_HOME` where those are known).
    ///
    /// # Errors
    /// When the user has no home.
    pub(crate) fn find() -> Result<Self, Failure> {
        let base = etcetera::choose_base_strategy().map_err(|_| {
            Failure::settings("there is no home folder: set HOME, or XDG_CONFIG_HOME and XDG_DATA_HOME")
        })?;
        Ok(Self { config: base.config_dir().join(NAME), data: base.data_dir().join(NAME) })
    }

    /// The configuration file, which people write.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The budgets, which `budget set` writes. A file of their own, so that what people write is never rewritten.
    pub(crate) fn budgets_file(&self) -> PathBuf {
        self.config.join("budgets.toml")
    }

    /// The ledger of what is really spent.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.data.join("spend.db")
    }

    /// The folder of the mock: its ledger and its media library. What it "spends" must not count as spent.
    pub(crate) fn mock(&self) -> PathBuf {
        self.data.join("mock")
    }

    /// The folder of the local server over the mock.
    pub(crate) fn serve(&self) -> PathBuf {
        self.data.join("serve")
    }

    /// The folder of the local server that passes calls on: a server does not start on what the other kind has spent.
    pub(crate) fn gateway(&self) -> PathBuf {
        self.data.join("gateway")
    }
}
