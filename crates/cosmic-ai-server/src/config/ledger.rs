//! Where what is spent is recorded.

use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

use super::ConfigError;

/// Where what is spent is recorded.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum LedgerPlace {
    /// The file `spend.db` in the data folder.
    #[default]
    DataFolder,
    /// This SQLite file, which other processes of the machine may share.
    Sqlite(PathBuf),
    /// This PostgreSQL database, which many servers share: `postgres://…`. Needs the feature `postgres`.
    Postgres(SecretString),
    /// Nowhere: in memory, and gone with the process.
    Memory,
}

/// Reads `data-folder`, `memory`, a URL that begins with `postgres://` or `postgresql://`, or the path of a SQLite file.
impl FromStr for LedgerPlace {
    type Err = ConfigError;

    fn from_str(place: &str) -> Result<Self, ConfigError> {
        match place {
            "data-folder" => Ok(Self::DataFolder),
            "memory" => Ok(Self::Memory),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(Self::Postgres(url.into())),
            // The URL is not repeated: it may have a password.
            url if url.contains("://") => Err(ConfigError::new(
                "is a URL of another kind than postgres:// and postgresql://; others are \"data-folder\", \"memory\", and the \
                 path of a SQLite file",
            )),
            path => Ok(Self::Sqlite(path.into())),
        }
    }
}
