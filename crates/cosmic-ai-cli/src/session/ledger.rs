//! Where spending is recorded.

use std::path::PathBuf;
use std::sync::Arc;

use cosmic_ai::pricing::ledger::{EntryQuery, Ledger, LedgerError, MemoryLedger, PostgresLedger, SqliteLedger};

use super::{BACKEND_LABEL, Kind};
use crate::failure::Failure;
use crate::settings::{self, Settings};

/// Where spending is recorded.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In this file; whether its folder is ours to make.
    Sqlite { path: PathBuf, is_ours: bool },
    /// In this database.
    Postgres(String),
    /// Nowhere: gone with the process.
    Memory,
}

impl Place {
    /// What is set; else a file in the user's data folder, another one for the mock.
    ///
    /// # Errors
    /// For a URL of something else. It is not repeated: it may hold a password.
    pub(super) fn of(settings: &Settings, kind: Kind) -> Result<Self, Failure> {
        Ok(match settings.value(settings::LEDGER) {
            Some("memory") => Self::Memory,
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Self::Postgres(url.to_owned())
            }
            Some(url) if url.contains("://") => {
                return Err(Failure::settings(
                    "the ledger is a SQLite file, a postgres:// URL or `memory`, and no URL of another kind",
                ));
            }
            Some(path) => Self::Sqlite { path: PathBuf::from(path), is_ours: false },
            None if kind == Kind::Mock => Self::Sqlite { path: settings.places.mock().join("spend.db"), is_ours: true },
            None => Self::Sqlite { path: settings.places.ledger(), is_ours: true },
        })
    }

    /// A name that stays the same from run to run and holds no password; `None` if the ledger does not.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Sqlite { path, .. } => {
                // A bare file name has no folder of its own to be resolved.
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                let whole = path.parent().and_then(|folder| folder.canonicalize().ok());
                let shown =
                    whole.zip(path.file_name()).map_or_else(|| path.clone(), |(folder, name)| folder.join(name));
                Some(shown.display().to_string())
            }
            Self::Postgres(url) => Some(without_password(url)),
            Self::Memory => None,
        }
    }
}

/// A database URL as it may be shown: the query may name the database, so it stays, without secrets.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres".to_owned() };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    if query.contains('@') && !rest.contains('@') {
        // What looks like a query may be the rest of a password.
        return format!("{scheme}://****");
    }
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let may_be_shown = |name: &str| {
        let name = name.to_ascii_lowercase();
        // What is encoded may be anything.
        !["pass", "secret", "token", "key", "%"].iter().any(|part| name.contains(part))
    };
    let shown: Vec<&str> =
        query.split('&').filter(|pair| pair.split_once('=').is_some_and(|(name, _)| may_be_shown(name))).collect();
    let mark = if shown.is_empty() { "" } else { "?" };
    format!("{scheme}://{host}{mark}{}", shown.join("&"))
}

/// What a ledger is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be looked at: none is made where there is none.
    Look,
    /// To be written: it is made where there is none.
    Spend,
}

pub(super) async fn open(settings: &Settings, kind: Kind, purpose: Purpose) -> Result<Arc<dyn Ledger>, Failure> {
    let failed = |error: LedgerError| Failure::Call(error.into());
    Ok(match Place::of(settings, kind)? {
        Place::Memory => Arc::new(MemoryLedger::new()),
        Place::Sqlite { path, is_ours } if purpose == Purpose::Look && !path.exists() => {
            if !is_ours {
                // An empty ledger in place of one whose name was misspelt would look as if nothing had been spent.
                let error = std::io::Error::from(std::io::ErrorKind::NotFound);
                return Err(Failure::file(path.display(), "no ledger is there", error));
            }
            Arc::new(MemoryLedger::new())
        }
        Place::Postgres(url) => Arc::new(Box::pin(PostgresLedger::connect(&url)).await.map_err(failed)?),
        Place::Sqlite { path, is_ours } => {
            let folder = path.parent().filter(|_| is_ours).map(std::path::Path::to_owned);
            let open = move || {
                if let Some(folder) = folder {
                    let message =
                        |error: std::io::Error| format!("the folder {} cannot be made: {error}", folder.display());
                    std::fs::create_dir_all(&folder).map_err(|error| LedgerError::unavailable(message(error)))?;
                }
                SqliteLedger::open(path)
            };
            let opened = tokio::task::spawn_blocking(open).await;
            let opened = opened.unwrap_or_else(|_| Err(LedgerError::unavailable("its thread died")));
            Arc::new(opened.map_err(failed)?)
        }
    })
}

/// Refuses a ledger that holds what the other backend spent: figures of the mock among real ones would mislead everyone.
pub(super) async fn check_unmixed(ledger: &dyn Ledger, kind: Kind) -> Result<(), Failure> {
    let first = ledger.entries(&EntryQuery::all().with_limit(1)).await.map_err(|error| Failure::Call(error.into()))?;
    let Some(first) = first.first() else { return Ok(()) };
    // What other programs enter has no such label, and is real.
    let other = first.labels.get(BACKEND_LABEL).map_or(Kind::Http.as_str(), String::as_str);
    if other == kind.as_str() {
        return Ok(());
    }
    Err(Failure::settings(format!(
        "the ledger holds what was spent on the backend {other}, and {} must not be mixed with it: name another with --ledger",
        kind.as_str()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_no_password() {
        assert_eq!(
            without_password("postgres://team:secret@db.example:5432/spend?sslmode=require"),
            "postgres://db.example:5432/spend?sslmode=require"
        );
        assert_eq!(
            without_password("postgres://db/?dbname=a&user=u&password=secret&SSLPassword=secret&p%61ssword=secret"),
            "postgres://db/?dbname=a&user=u"
        );
        assert_eq!(without_password("postgresql://db.example/spend"), "postgresql://db.example/spend");
    }
}
