//! The server as a gateway: a client in front, the service's API behind, budgets and copies between.

mod buckets;
mod copies;
mod crashes;
mod faults;
mod kinds;
mod late;
mod lost;
mod passing;

use std::time::Duration;

use cosmic_ai::Modality;
use cosmic_ai::http::{Environment, HttpBackend, HttpBackendBuilder, RetryPolicy, Timeouts};
use cosmic_ai::pricing::ledger::{Entry, EntryQuery, State};
use cosmic_ai_server::{Backend, Config};
use cosmic_ai_testkit::stub::CosmicStub;

use crate::fixture::Fixture;

/// The gateway's own keys at the service. The clients of the gateway must never see them.
const OWN_WRITE_KEY: &str = "CANARY-WRITE-41d8e6aa";
const OWN_READ_KEY: &str = "CANARY-READ-90c2f7b3";

/// The way to an API at `base`, such as `http://127.0.0.1:4010/v3`. Nothing is sent twice.
fn to(base: &str) -> HttpBackendBuilder {
    HttpBackend::builder("test-bucket", OWN_WRITE_KEY)
        .with_read_key(OWN_READ_KEY)
        .with_environment(Environment::custom(base, base))
        .with_retry(RetryPolicy::default().with_attempts(1))
        .with_timeouts(Timeouts::of(Modality::Text).with_first_byte(Duration::from_secs(20)))
}

async fn service() -> CosmicStub {
    service_over(cosmic_ai::mock::MockBackend::new()).await
}

async fn service_over(mock: cosmic_ai::mock::MockBackend) -> CosmicStub {
    CosmicStub::builder(mock).with_write_key(OWN_WRITE_KEY).with_read_key(OWN_READ_KEY).start().await
}

async fn gateway_to(service: &CosmicStub, change: impl FnOnce(Config) -> Config) -> Fixture {
    Fixture::with(Backend::http(to(&service.base_url()).build().unwrap()), change).await
}

async fn gateway(service: &CosmicStub) -> Fixture {
    gateway_to(service, |config| config).await
}

async fn entries(fixture: &Fixture) -> Vec<Entry> {
    fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap()
}

async fn states(fixture: &Fixture) -> Vec<State> {
    entries(fixture).await.iter().map(|entry| entry.state).collect()
}

/// No word of the gateway's own keys.
fn assert_keeps_keys(answer: &serde_json::Value) {
    let answer = answer.to_string();
    assert!(!answer.contains(OWN_WRITE_KEY) && !answer.contains(OWN_READ_KEY), "{answer}");
}
