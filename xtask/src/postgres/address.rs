//! URLs of databases, as libpq and the Rust clients read them: `postgres://user:password@host:port/database?options`.

use anyhow::{Context, Result, bail};

/// Whether it is a URL at all: libpq would also take `host=… dbname=…`, which Rust clients read differently.
///
/// # Errors
///
/// When it is none; the text itself is not shown, for it may hold a password.
pub(super) fn check(url: &str) -> Result<()> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(());
    }
    bail!("the address of a PostgreSQL server starts with postgres://, such as postgres://user@127.0.0.1:5432/database")
}

/// The same server, user and options, but another database.
///
/// # Errors
///
/// As [`check`].
pub(super) fn with_database(url: &str, database: &str) -> Result<String> {
    check(url)?;
    let (scheme, rest) = url.split_once("://").context("a URL without scheme")?;
    let (path, options) = rest.split_once('?').map_or((rest, None), |(path, options)| (path, Some(options)));
    // An absent host is written as nothing before the first slash.
    let server = path.split_once('/').map_or(path, |(server, _)| server);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    Ok(format!("{scheme}://{server}/{database}{options}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_nothing_else() {
        let check = |url: &str, expected: &str| assert_eq!(with_database(url, "new").unwrap(), expected);
        check("postgres://cosmic@127.0.0.1:5432/old", "postgres://cosmic@127.0.0.1:5432/new");
        check("postgresql://u:p@host/old?sslmode=require", "postgresql://u:p@host/new?sslmode=require");
        check("postgres://host", "postgres://host/new");
        check("postgres://host?sslrootcert=/a/b.pem", "postgres://host/new?sslrootcert=/a/b.pem");
        check("postgres:///old?host=/run/postgresql", "postgres:///new?host=/run/postgresql");
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_shown() {
        let error = with_database("host=127.0.0.1 password=hunter2", "new").unwrap_err().to_string();
        assert!(error.contains("starts with postgres://"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}
