//! Versions of the tables, and what may be said of a database. Needs a server, as the tests of all ledgers do.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{AssertSqlSafe, Connection, PgConnection, query_scalar, raw_sql};

use super::migrate::MIGRATIONS;
use super::*;
use crate::ledger::schema::Migration;
use crate::ledger::{BodyHash, Kind};

/// A later version that this code can live with: a column with a default.
const SECOND: &[Migration] = &[
    MIGRATIONS[0],
    Migration { version: 2, oldest: 1, sql: "ALTER TABLE entries ADD COLUMN region text NOT NULL DEFAULT 'eu'" },
];

/// One that it cannot live with.
const THIRD: &[Migration] = &[
    SECOND[0],
    SECOND[1],
    Migration { version: 3, oldest: 3, sql: "ALTER TABLE entries RENAME COLUMN at TO reserved_at" },
];

fn server() -> String {
    let missing = "COSMIC_TEST_POSTGRES_URL names no server for this test: run `cargo xtask ci ledgers`";
    env::var("COSMIC_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()).expect(missing)
}

/// Runs a test on a schema of its own, which is dropped at its end. One that fails leaves it to be looked at.
async fn on(name: &str, test: impl AsyncFnOnce(&str)) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let schema = format!("test_{name}_{}_{now}", std::process::id());
    test(&schema).await;
    say(&format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE")).await;
}

async fn say(sql: &str) {
    let mut connection = PgConnection::connect(&server()).await.unwrap();
    raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
}

fn builder(schema: &str) -> PostgresBuilder {
    PostgresLedger::builder(&server()).with_schema(schema)
}

fn sent(name: &str) -> Admission {
    Admission::new(Entry::new(name.parse().unwrap(), Kind::Text, BodyHash::default()), Vec::new())
}

#[tokio::test]
async fn old_and_new_processes_share_a_ledger_while_a_version_rolls_out() {
    on("rollout", async |schema| {
        let old = builder(schema).connect().await.unwrap();
        assert_eq!(old.admit(sent("a")).await.unwrap(), Admitted::New);
        let new = builder(schema).with_migrations(SECOND).connect().await.unwrap();
        assert_eq!(old.admit(sent("b")).await.unwrap(), Admitted::New);
        assert_eq!(new.admit(sent("c")).await.unwrap(), Admitted::New);
        let started_later = builder(schema).connect().await.unwrap();
        assert_eq!(started_later.admit(sent("d")).await.unwrap(), Admitted::New);
        for ledger in [&old, &new, &started_later] {
            assert_eq!(ledger.reconcile().await.unwrap().entries, 4);
            assert!(ledger.entry(&"a".parse().unwrap()).await.unwrap().is_some());
        }
    })
    .await;
}

#[tokio::test]
async fn a_ledger_that_needs_later_code_is_not_opened() {
    on("too_new", async |schema| {
        drop(builder(schema).connect().await.unwrap());
        drop(builder(schema).with_migrations(THIRD).connect().await.unwrap());
        for older in [MIGRATIONS, SECOND] {
            let error = builder(schema).with_migrations(older).connect().await.unwrap_err();
            let ours = older.last().unwrap().version;
            assert_eq!(error, LedgerError::TooNew { schema: 3, needs: 3, ours });
        }
    })
    .await;
}

/// It would write into tables that have changed under it.
#[tokio::test]
async fn code_that_is_too_old_stops_when_its_connection_breaks() {
    on("broken", async |schema| {
        let url = format!("{}?application_name={schema}", server());
        let old = PostgresLedger::builder(&url).with_schema(schema);
        let old = old.with_patience(std::time::Duration::from_secs(1)).connect().await.unwrap();
        drop(builder(schema).with_migrations(THIRD).connect().await.unwrap());
        say(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = left('{schema}', 63)"
        ))
        .await;
        let error = old.admit(sent("a")).await.unwrap_err();
        assert_eq!(error, LedgerError::TooNew { schema: 3, needs: 3, ours: 1 });
    })
    .await;
}

#[tokio::test]
async fn a_role_that_may_create_nothing_uses_tables_that_there_are() {
    on("role", async |schema| {
        drop(builder(schema).connect().await.unwrap());
        say(&format!(
            "CREATE ROLE \"{schema}\" LOGIN; GRANT USAGE ON SCHEMA \"{schema}\" TO \"{schema}\"; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"{schema}\" TO \"{schema}\""
        ))
        .await;
        let mut connection = PgConnection::connect(&server()).await.unwrap();
        let allowed = "SELECT has_database_privilege($1, current_database(), 'CREATE')";
        let allowed: bool = query_scalar(allowed).bind(schema).fetch_one(&mut connection).await.unwrap();
        assert!(!allowed, "the test would prove nothing");
        let url = format!("{}?user={schema}", server());
        let ledger = PostgresLedger::builder(&url).with_schema(schema).connect().await.unwrap();
        assert_eq!(ledger.admit(sent("a")).await.unwrap(), Admitted::New);
        assert_eq!(ledger.reconcile().await.unwrap().entries, 1);
        drop(ledger);
        say(&format!("DROP OWNED BY \"{schema}\"; DROP ROLE \"{schema}\"")).await;
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_cannot_stand_in_a_statement_is_refused() {
    let long = "a".repeat(64);
    for schema in ["", "Upper", "1st", "pg_own", "a b", "a\"; DROP", "ä", &long] {
        let error = PostgresLedger::builder("postgres://nowhere.invalid/x").with_schema(schema).connect().await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("cannot name a schema"), "{schema}: {error}");
    }
}
