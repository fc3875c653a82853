//! Where a ledger is and how it is used; opens it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use super::PostgresLedger;
use super::database::Database;
use super::migrate::MIGRATIONS;
use crate::ledger::LedgerError;
use crate::ledger::schema::Migration;

/// The schema of a ledger, if nothing else is said.
const SCHEMA: &str = "cosmic_ai";

/// The longest that a command may take: a point in time must be reckoned with it.
const LONGEST_PATIENCE: Duration = Duration::from_hours(24);

/// How long a command may take, if nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says how a [`PostgresLedger`] is opened. From [`PostgresLedger::builder`].
#[must_use = "nothing is opened until `connect`"]
#[derive(Clone)]
pub struct PostgresBuilder {
    url: String,
    schema: String,
    patience: Duration,
    migrations: &'static [Migration],
}

impl fmt::Debug for PostgresBuilder {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schema, patience, .. } = self;
        f.debug_struct("PostgresBuilder").field("schema", schema).field("patience", patience).finish_non_exhaustive()
    }
}

impl PostgresBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), schema: SCHEMA.to_owned(), patience: PATIENCE, migrations: MIGRATIONS }
    }

    /// The longest time that a command waits, 5 s if not set; from 1 ms to a day. After that it fails with
    /// [`LedgerError::Unavailable`]: an admission is taken back where it can be, a change stays queued and is tried again.
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The PostgreSQL schema in which the tables are, `cosmic_ai` if not set. It is made if it is missing. Ledgers of one
    /// database in different schemas have nothing to do with each other. At most 63 of lower-case letters, digits and `_`,
    /// not beginning with a digit or `pg_`.
    pub fn with_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// As code of another version would open it.
    #[cfg(test)]
    #[cfg(feature = "postgres-tests")]
    pub(super) const fn with_migrations(mut self, migrations: &'static [Migration]) -> Self {
        self.migrations = migrations;
        self
    }

    /// Opens the ledger, and makes or completes its tables where they are missing.
    ///
    /// # Errors
    /// When the URL or the schema's name cannot be used, the database cannot be reached, the role may not make what is
    /// missing, or the ledger was made by a later version. Never with the password.
    pub async fn connect(self) -> Result<PostgresLedger, LedgerError> {
        let Self { url, schema, patience, migrations } = self;
        if !is_name(&schema) {
            return Err(LedgerError::unavailable(format!(
                "`{schema}` cannot name a schema: use lower-case letters, digits and `_`"
            )));
        }
        let mut options = options(&url)?;
        if options.get_application_name().is_none() {
            options = options.application_name("cosmic-ai");
        }
        let database = Database {
            options,
            schema,
            patience: patience.clamp(Duration::from_millis(1), LONGEST_PATIENCE),
            migrations,
        };
        PostgresLedger::open(database).await
    }
}

/// Whether a name may stand in statements as it is.
fn is_name(name: &str) -> bool {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let goes_on = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    begins && goes_on && name.len() <= 63 && !name.starts_with("pg_")
}

/// Reads a URL. The error says what is wrong with it and shows nothing of it, for where a password is not escaped, any part
/// may be of the password.
fn options(url: &str) -> Result<PgConnectOptions, LedgerError> {
    let wrong = |what: &str| {
        LedgerError::unavailable(format!("{what}; the URL is postgres://user:password@host:port/database?sslmode=…"))
    };
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    let Some(rest) = rest else { return Err(wrong("the URL of the ledger does not begin with postgres://")) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, beyond) = rest.split_at(end);
    // Such a password would be taken for the port, and its end for the database, and both would be shown.
    if beyond.contains('#') || (beyond.contains('@') && !authority.contains('@')) {
        return Err(wrong("a `/`, `?`, `#` or `@` in the user or password has to be written %2F, %3F, %23 or %40"));
    }
    let known = without_unknown(url);
    let options = PgConnectOptions::from_str(&known).map_err(|_| wrong("the URL of the ledger cannot be read"))?;
    // Statements are said a thousand times a second, and the ledger tells itself what fails.
    Ok(options.disable_statement_logging())
}

/// A URL without the parameters that only other clients know: the client would log them with their values.
fn without_unknown(url: &str) -> String {
    let Some((address, parameters)) = url.split_once('?') else { return url.to_owned() };
    let is_known = |parameter: &&str| {
        let name = parameter.split_once('=').map_or(*parameter, |(name, _)| name);
        let is_known = KNOWN.contains(&name) || name.starts_with("options[");
        if !is_known {
            tracing::warn!("a parameter in the URL of the ledger is not supported and has no effect");
        }
        is_known
    };
    let kept: Vec<&str> = parameters.split('&').filter(is_known).collect();
    format!("{address}?{}", kept.join("&"))
}

/// The parameters that the client reads.
const KNOWN: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
