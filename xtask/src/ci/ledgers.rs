//! Runs the tests of every ledger against the databases themselves; none of them is replaced by a double.

use std::path::Path;

use anyhow::Result;

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

    let url = postgres.fresh_database("servers")?;
    let servers = Program::cargo(root).unshown_env(postgres::URL, &url);
    let test =
        ["test", "--package", "cosmic-ai-server", "--features", "postgres-tests", "--test", "server", "--", "fleet"];
    servers.args(test).run()
}
