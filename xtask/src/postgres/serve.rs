//! `cargo xtask postgres`: a server for as long as somebody wants one, to run single tests against.

use anyhow::{Context, Result};

use super::{AUTHORITY, Postgres, URL};

/// Starts a server, says how to use it, and stops it at the first line or the end of standard input.
///
/// # Errors
///
/// As [`Postgres::start`].
pub(crate) fn serve() -> Result<()> {
    let postgres = Postgres::start()?;
    print!("{}", usage(&postgres)?);
    std::io::stdin().read_line(&mut String::new()).context("cannot read standard input")?;
    Ok(())
}

fn usage(postgres: &Postgres) -> Result<String> {
    let authority = postgres.authority().context("a server of our own without certificate")?.display();
    let (version, url) = (postgres.version(), postgres.url());
    Ok(format!(
        "PostgreSQL {version} runs until Enter or Ctrl-C; then all that is in it is removed.\n\n\
         For tests:\n  export {URL}={url}\n  export {AUTHORITY}={authority}\n\n\
         To look into it:\n  psql {url}\n\
         With TLS:\n  psql '{url}?sslmode=verify-full&sslrootcert={authority}'\n"
    ))
}
