//! Workers that misbehave on purpose: they show that the checks see it. What a check never found, it does not check.

use std::str::FromStr;

use anyhow::{Result, bail};
use cosmic_ai::pricing::ledger::Entry;
use sqlx::{Connection as _, PgConnection};

use crate::place::Place;

/// How a worker misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sabotage {
    /// It knows no budgets.
    Overspend,
    /// It forgets what was dropped.
    Leak,
    /// It gives each hold back twice in the totals.
    DoubleRelease,
    /// It sends again what the ledger knows already.
    Resend,
    /// It removes an operation that was paid.
    Lose,
}

impl FromStr for Sabotage {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "overspend" => Self::Overspend,
            "leak" => Self::Leak,
            "double-release" => Self::DoubleRelease,
            "resend" => Self::Resend,
            "lose" => Self::Lose,
            other => bail!("there is no sabotage `{other}`"),
        })
    }
}

/// Writes into a ledger behind its back.
#[derive(Debug, Clone)]
pub(crate) struct Spoiler(pub(crate) Place);

impl Spoiler {
    /// Takes the hold of a released operation from the totals once more.
    pub(crate) async fn release_again(&self, entry: &Entry) {
        let held = entry.held.unwrap_or_default();
        let (input, output) = (held.input.get(), held.output.get());
        let less = |most: &str| {
            format!("held_input = {most}(held_input - {input}, 0), held_output = {most}(held_output - {output}, 0)")
        };
        let (sqlite, postgres) = (less("max"), less("greatest"));
        self.run(&format!("UPDATE totals SET {sqlite}"), &format!("UPDATE cosmic_ai.totals SET {postgres}")).await;
    }

    /// Removes the first operation that was paid.
    pub(crate) async fn lose_one(&self) {
        let first = |table: &str| {
            format!("DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table} WHERE state = 'settled')")
        };
        self.run(&first("entries"), &first("cosmic_ai.entries")).await;
    }

    async fn run(&self, sqlite: &str, postgres: &str) {
        let done = match &self.0 {
            Place::Sqlite(path) => rusqlite::Connection::open(path)
                .and_then(|connection| connection.execute(sqlite, []))
                .map(drop)
                .map_err(anyhow::Error::from),
            Place::Postgres(url) => spoil_postgres(url, postgres).await,
        };
        if let Err(error) = done {
            eprintln!("the sabotage failed: {error:#}");
        }
    }
}

async fn spoil_postgres(url: &str, statement: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
