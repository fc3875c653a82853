//! Runs the tests of every ledger against the databases themselves; none of them is replaced by a double.

use std::path::Path;

use anyhow::Result;

use super::disk;
use crate::postgres::{self, Postgres};
use crate::program::Program;

pub(super) fn run(root: &Path) -> Result<()> {
    let postgres = Postgres::available()?;
    println!("PostgreSQL {}", postgres.version());
    let url = postgres.fresh_database("ledgers")?;
    let mut tests = Program::cargo(root).unshown_env(postgres::URL, &url);
    if let Some(authority) = postgres.authority() {
        tests = tests.env(postgres::AUTHORITY, authority);
    }
    tests.args(["test", "--package", "cosmic-ai-pricing", "--features", "sqlite,postgres-tests"]).run()?;

    // What is built over a ledger: servers, and people at their terminals.
    for (package, features, tests, filter) in
        [("cosmic-ai-server", "postgres-tests", "server", "fleet"), ("cosmic-ai-cli", disk::FEATURES, "cli", "team")]
    {
        let url = postgres.fresh_database(tests)?;
        let program = Program::cargo(root).unshown_env(postgres::URL, &url);
        program.args(["test", "--package", package, "--features", features, "--test", tests, "--", filter]).run()?;
    }
    Ok(())
}
