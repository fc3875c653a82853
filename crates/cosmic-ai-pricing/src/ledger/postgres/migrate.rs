//! Brings the tables up to the version of this code.

use sqlx::{AssertSqlSafe, PgConnection, Row, query, raw_sql};

use super::database::{Database, Lock};
use super::fault::Fault;
use crate::ledger::LedgerError;
use crate::ledger::schema::{Found, Migration, pending};

/// All versions of the tables.
pub(super) const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, oldest: 1, sql: include_str!("migrations/0001.sql") }];

/// Makes or completes the tables. Needs no right to create anything where they are complete.
pub(super) async fn migrate(connection: &mut PgConnection, database: &Database) -> Result<(), Fault> {
    // Another encoding has no place for every text, and what was paid for must have one.
    let encoding: String = query("SHOW server_encoding").fetch_one(&mut *connection).await?.try_get(0)?;
    if encoding != "UTF8" {
        let message = format!("the database is encoded as {encoding}; a ledger needs one in UTF8");
        return Err(Fault::Wrong(LedgerError::unavailable(message)));
    }
    if pending(database.migrations, found(connection, database).await?)?.is_empty() {
        return Ok(());
    }
    // Several processes may open a new ledger at once: one makes it, the others find it made when they get the lock. Nobody
    // writes while the tables change.
    raw_sql(AssertSqlSafe(database.begin(Lock::Exclusive))).execute(&mut *connection).await?;
    // A step may take long where there are many rows.
    raw_sql("SET LOCAL statement_timeout TO 0").execute(&mut *connection).await?;
    let steps = pending(database.migrations, found(connection, database).await?)?;
    if !steps.is_empty() {
        make_schema(connection, database).await?;
    }
    for step in steps {
        raw_sql(step.sql).execute(&mut *connection).await?;
        query(
            "INSERT INTO \"schema\" (version, oldest) VALUES ($1, $2) \
             ON CONFLICT (one) DO UPDATE SET version = excluded.version, oldest = excluded.oldest",
        )
        .bind(i64::from(step.version))
        .bind(i64::from(step.oldest))
        .execute(&mut *connection)
        .await?;
    }
    raw_sql("COMMIT").execute(&mut *connection).await?;
    Ok(())
}

/// Whether this code may still write, when a connection is opened again: the tables may have changed meanwhile. They are
/// never made anew then, for an empty ledger would forget what was spent.
pub(super) async fn check(connection: &mut PgConnection, database: &Database) -> Result<(), Fault> {
    let Some(found) = found(connection, database).await? else {
        return Err(Fault::Busy(LedgerError::unavailable("the tables of the ledger are gone")));
    };
    match pending(database.migrations, Some(found)) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::Busy(error)),
    }
}

async fn found(connection: &mut PgConnection, database: &Database) -> Result<Option<Found>, Fault> {
    // The catalog itself, and no function that looks a name up: these remember what was not there before a lock was waited
    // for.
    let exists = "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
                  WHERE nspname = $1 AND relname = 'schema')";
    let row = query(exists).bind(&database.schema).fetch_one(&mut *connection).await?;
    if !row.try_get::<bool, _>(0)? {
        return Ok(None);
    }
    let row = query("SELECT version, oldest FROM \"schema\"").fetch_optional(connection).await?;
    let Some(row) = row else { return Err(LedgerError::corrupt("the schema has no version").into()) };
    let version = |column: usize| -> Result<u32, Fault> {
        let version = row.try_get::<i64, _>(column)?;
        u32::try_from(version).map_err(|_| LedgerError::corrupt(format!("schema version {version}")).into())
    };
    Ok(Some(Found { version: version(0)?, oldest: version(1)? }))
}

/// `IF NOT EXISTS` alone asks for the right to create one even where there is nothing to create.
async fn make_schema(connection: &mut PgConnection, database: &Database) -> Result<(), Fault> {
    let exists = query("SELECT 1 FROM pg_namespace WHERE nspname = $1").bind(&database.schema);
    if exists.fetch_optional(&mut *connection).await?.is_none() {
        let create = format!("CREATE SCHEMA \"{}\"", database.schema);
        raw_sql(AssertSqlSafe(create)).execute(connection).await?;
    }
    Ok(())
}
