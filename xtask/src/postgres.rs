//! A Postgres server for the commands that need one: the one that the environment names, or one of our own that is gone
//! afterwards, whatever happens.
//!
//! In reading order: `binaries` finds what is installed, `account` is whom the server runs as, `server` starts and stops it,
//! `address` puts URLs together, `serve` is the command `cargo xtask postgres`.

mod account;
mod address;
mod binaries;
mod serve;
mod server;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use self::binaries::Binaries;
use self::server::Server;
use crate::program::Program;
use crate::root::root;

pub(crate) use self::serve::serve;

/// Names a server to use instead of starting one; tests are given their database by it as well.
pub(crate) const URL: &str = "COSMIC_TEST_POSTGRES_URL";
/// The file with the authority that signed the server's certificate, for `sslrootcert`.
pub(crate) const AUTHORITY: &str = "COSMIC_TEST_POSTGRES_CA";

/// What to say where there is no server.
const INSTALL: &str =
    "apt-get install -y postgresql openssl (or set COSMIC_TEST_POSTGRES_URL to a server that you have)";

/// A server that accepts connections. When it is dropped, one of our own stops and takes its folder with it; on one that we
/// were given, the databases that we made are dropped.
pub(crate) struct Postgres {
    /// None where the server was given.
    server: Option<Server>,
    psql: PathBuf,
    url: String,
    authority: Option<PathBuf>,
    version: String,
    /// Made here, so to be dropped here.
    databases: RefCell<Vec<String>>,
}

impl Postgres {
    /// The server that the environment names, or else a new one.
    ///
    /// # Errors
    ///
    /// When nothing is installed, with what to install; when the server cannot be started or reached.
    pub(crate) fn available() -> Result<Self> {
        match std::env::var(URL) {
            Ok(url) if !url.is_empty() => {
                let authority = std::env::var_os(AUTHORITY).map(PathBuf::from);
                Self::reach(None, binaries::psql(), url, authority).with_context(|| format!("{URL} is of no use"))
            }
            _ => Self::start(),
        }
    }

    /// A new server, with an empty database `cosmic` whose superuser is `cosmic`. Every commit is on the disk before it is
    /// answered, as on a server in production, and clients choose whether they speak TLS.
    ///
    /// # Errors
    ///
    /// When nothing is installed, with what to install; when the server does not start, with the end of its log.
    pub(crate) fn start() -> Result<Self> {
        let binaries = Binaries::find()?;
        let server = Server::start(&binaries)?;
        let (psql, authority) = (binaries.client("psql"), server.authority());
        let every_cluster_has = server.url("postgres");
        let mut postgres = Self::reach(Some(server), psql, every_cluster_has, Some(authority))?;
        postgres.sql("CREATE DATABASE cosmic")?;
        postgres.url = address::with_database(&postgres.url, "cosmic")?;
        Ok(postgres)
    }

    fn reach(server: Option<Server>, psql: PathBuf, url: String, authority: Option<PathBuf>) -> Result<Self> {
        address::check(&url)?;
        let databases = RefCell::default();
        let mut postgres = Self { server, psql, url, authority, version: String::new(), databases };
        postgres.version = postgres.sql("SHOW server_version")?;
        Ok(postgres)
    }

    /// Such as `postgres://cosmic@127.0.0.1:40123/cosmic`. It may hold a password where the server was given.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The file with the certificate of the authority to trust: `sslmode=verify-full&sslrootcert=…`. None where the server
    /// was given and `COSMIC_TEST_POSTGRES_CA` was not.
    pub(crate) fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// As the server says it, such as `15.13 (Debian 15.13-0+deb12u1)`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// A new, empty database and its URL; `name` (lower case letters, digits, `_`) is part of its name, so that one sees
    /// whose it is. No other call gets the same, in this process or another.
    ///
    /// # Errors
    ///
    /// When the server refuses, as a given one does where our role may not create databases.
    pub(crate) fn fresh_database(&self, name: &str) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
        let database = format!("cosmic_{name}_{}_{}", std::process::id(), now.as_nanos());
        self.sql(&format!("CREATE DATABASE \"{database}\""))?;
        let url = address::with_database(&self.url, &database)?;
        self.databases.borrow_mut().push(database);
        Ok(url)
    }

    /// Runs one statement and hands back what it answers, trimmed.
    fn sql(&self, statement: &str) -> Result<String> {
        let quiet = ["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align"];
        let psql = Program::new(&self.psql.to_string_lossy(), &root()?).install(INSTALL).args(quiet);
        let answer = psql.args(["--set", "ON_ERROR_STOP=1", "--command", statement]).unshown(&self.url).text()?;
        Ok(answer.trim().to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.server.is_some() {
            return; // Its databases go with it.
        }
        for database in self.databases.take() {
            // Clients may still hold connections, if it is a failure that brings us here.
            if let Err(error) = self.sql(&format!("DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)")) {
                eprintln!("warning: the database {database} is left on the server of {URL}: {error:#}");
            }
        }
    }
}
