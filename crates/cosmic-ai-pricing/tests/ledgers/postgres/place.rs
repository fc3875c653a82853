//! A schema of its own for each test, dropped at its end; and what the tests say.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cosmic_ai_core::{Charge, OperationId, Tokens};
use cosmic_ai_pricing::ledger::{
    Admission, Basis, BodyHash, Change, Counter, CounterScope, Entry, Kind, Ledger, Limit, Next, PostgresBuilder,
    PostgresLedger,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, query_scalar, raw_sql};

/// A schema that nobody else uses.
pub(super) struct Place {
    pub(super) url: String,
    pub(super) schema: String,
}

/// Runs a test and drops all that it has made, whether it fails or not.
pub(super) async fn on(name: &str, test: impl AsyncFnOnce(&Place)) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let place = Place { url: server(), schema: format!("test_{name}_{}_{now}", std::process::id()) };
    let guard = Drops(place.url.clone(), place.schema.clone());
    test(&place).await;
    drop(guard);
}

/// The server for tests.
pub(super) fn server() -> String {
    let url = env::var("COSMIC_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    url.unwrap_or_else(|| panic!("COSMIC_TEST_POSTGRES_URL names no server: run `cargo xtask ci ledgers`"))
}

struct Drops(String, String);

impl Drop for Drops {
    /// On a thread of its own, for this may be in the middle of a panic on any.
    fn drop(&mut self) {
        let Self(url, schema) = self;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let mut connection = PgConnection::connect(url).await.unwrap();
                    // A ledger of the test may still be at work.
                    let _ = kill(&mut connection, schema).await;
                    let like = format!("{schema}%");
                    let found = query_scalar("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE $1").bind(like);
                    let schemas: Vec<String> = found.fetch_all(&mut connection).await.unwrap();
                    for schema in schemas {
                        let drop = format!("DROP SCHEMA \"{schema}\" CASCADE");
                        raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
                    }
                });
            });
        });
    }
}

/// Ends the sessions of a place's ledgers. How many there were.
pub(super) async fn kill(connection: &mut PgConnection, schema: &str) -> i64 {
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = left($1, 63)";
    query_scalar(kill).bind(schema).fetch_one(connection).await.unwrap()
}

impl Place {
    /// The address of the server, with a name by which the sessions of this place are known.
    pub(super) fn address(&self, parameters: &str) -> String {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{separator}application_name={}{parameters}", self.url, self.schema)
    }

    /// A ledger that is patient: a busy machine must not look like a failure.
    pub(super) fn builder(&self) -> PostgresBuilder {
        self.builder_at(&self.address(""))
    }

    pub(super) fn builder_at(&self, url: &str) -> PostgresBuilder {
        PostgresLedger::builder(url).with_schema(&self.schema).with_patience(Duration::from_mins(1))
    }

    pub(super) async fn ledger(&self) -> PostgresLedger {
        self.builder().connect().await.unwrap()
    }

    /// Another session, which knows nothing of ledgers.
    pub(super) async fn session(&self) -> PgConnection {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        say(&mut connection, &format!("SET search_path TO \"{}\"", self.schema)).await;
        connection
    }
}

pub(super) async fn say(connection: &mut PgConnection, sql: &str) {
    raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

/// When everything in these tests happens.
pub(super) fn start() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(24 * 20_778)
}

pub(super) fn id(name: &str) -> OperationId {
    name.parse().unwrap()
}

/// An operation about to be sent, with ten input tokens held.
pub(super) fn sent(name: &str) -> Entry {
    let mut entry = Entry::new(id(name), Kind::Text, BodyHash::of(Kind::Text, name.as_bytes()));
    (entry.held, entry.ticket) = (Some(tokens(10)), 1);
    (entry.at, entry.deadline) = (start(), start() + Duration::from_mins(30));
    entry
}

pub(super) fn tokens(input: u64) -> Charge {
    Charge::new(Tokens(input), Tokens::ZERO)
}

pub(super) fn everything() -> Counter {
    Counter::new(CounterScope::everything(), UNIX_EPOCH, None)
}

/// An operation under a limit on everything.
pub(super) fn within(entry: Entry, most: u64) -> Admission {
    let mut limit = Limit::new(everything());
    limit.total = Some(Tokens(most));
    Admission::new(entry, vec![limit])
}

/// Its settlement at seven input tokens.
pub(super) fn settled(name: &str) -> Change {
    let to = Next::Settled { charge: Some(tokens(7)), basis: Basis::Reported, result: None };
    Change::new(id(name), Some(1), to, start() + Duration::from_mins(1))
}

/// Whatever happened, totals equal their entries.
pub(super) async fn assert_whole(ledger: &impl Ledger) {
    let found = ledger.reconcile().await.unwrap();
    assert!(found.is_whole() && found.totals > 0, "{found:?}");
}
