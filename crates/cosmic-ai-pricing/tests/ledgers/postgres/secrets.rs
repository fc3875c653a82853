//! A password is nowhere to be seen.

use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cosmic_ai_pricing::ledger::{Ledger, LedgerError, PostgresLedger};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::place::{assert_whole, everything, kill, on, sent, within};

const CANARY: &str = "canary7d1f";

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        use fmt::Write as _;
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The server's URL with a password, which a server that trusts us does not ask for.
fn with_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, rest) = rest.split_once('@').unwrap();
    let user = user.split_once(':').map_or(user, |(user, _)| user);
    format!("{scheme}://{user}:{CANARY}@{rest}")
}

#[tokio::test]
async fn a_password_is_in_no_debug_output_error_or_log() {
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    on("canary", async |place| {
        let url = with_password(&place.address(""));
        let builder = place.builder_at(&url);
        let opening = format!("{builder:?}");
        let ledger = builder.connect().await.unwrap();
        let shown = format!("{opening} {ledger:?}");
        // A connection that breaks, so that there is something to log.
        kill(&mut place.session().await, &place.schema).await;
        ledger.admit(within(sent("a"), 100)).await.unwrap();
        ledger.standing(&everything()).await.unwrap();
        assert_whole(&ledger).await;
        assert!(!shown.contains(CANARY), "{shown}");
        assert!(shown.contains(&place.schema), "{shown}");
    })
    .await;
    let log = log.0.lock().unwrap().clone();
    assert!(log.contains("tried again"), "the log was not read: {log}");
    assert!(!log.contains(CANARY), "{log}");
}

#[tokio::test]
async fn a_password_is_not_in_errors_of_connections_that_fail() {
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let server = with_password(&super::place::server());
    let nowhere = server.split_once('?').map_or(&*server, |(address, _)| address);
    let no_database = format!("{}/no_such_database", &nowhere[..nowhere.rfind('/').unwrap()]);
    let urls = [
        no_database,
        format!("{server}#{CANARY}"),
        format!("postgres://cosmic:{CANARY}@127.0.0.1:1/cosmic"),
        format!("postgres://cosmic:{CANARY}@no-such-host.invalid/cosmic"),
        format!("postgres://cosmic:{CANARY}@127.0.0.1:99999999/cosmic"),
        format!("postgres://cosmic:{CANARY}@127.0.0.1/cosmic?sslmode={CANARY}"),
        format!("postgres://cosmic:{CANARY}@127.0.0.1:1/cosmic?passwd={CANARY}"),
        format!("postgres://cosmic:{CANARY}@127.0.0.1:1/cosmic?password={CANARY}"),
        // Not escaped as they should be, so that the password is where something else belongs.
        format!("postgres://cosmic:123/{CANARY}@127.0.0.1/cosmic"),
        format!("postgres://cosmic:123#{CANARY}@127.0.0.1/cosmic"),
        format!("postgres://cosmic:123?{CANARY}@127.0.0.1/cosmic"),
        format!("postgres://cosmic:{CANARY}:{CANARY}@[/cosmic"),
        format!("cosmic:{CANARY}@127.0.0.1/cosmic"),
        format!("host=127.0.0.1 password={CANARY}"),
    ];
    for url in urls {
        let builder = PostgresLedger::builder(&url).with_patience(Duration::from_secs(20));
        let error = builder.connect().await.unwrap_err();
        assert!(matches!(error, LedgerError::Unavailable { .. }), "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(CANARY) && !shown.contains("123"), "{shown}");
    }
    let log = log.0.lock().unwrap().clone();
    assert!(!log.contains(CANARY), "{log}");
}
