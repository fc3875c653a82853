//! What the mock makes up and what a service is paid for never stand in for one another: not in a ledger, and not under a key.

use std::path::Path;

use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::Meter;
use cosmic_ai::pricing::ledger::{Admission, BodyHash, Entry, EntryQuery, Kind, Ledger as _, SqliteLedger, State};
use cosmic_ai::{Client, Generators, TextRequest};
use cosmic_ai_server::{Backend, BucketConfig, Config, KeepConfig, LedgerPlace, Server, StartError};
use cosmic_ai_testkit::server::{FaultServer, Script, Turn};
use serde_json::json;

use super::{entries, gateway, service, to};
use crate::fixture::{BUCKET, Fixture, answer, config};
use crate::library::crashed;

/// A gateway to a service that nobody asks.
fn unasked() -> Backend {
    Backend::http(to("http://127.0.0.1:9/v3").build().unwrap())
}

/// What a start says of a ledger that holds calls of the other kind.
async fn refusal(config: Config, backend: Backend, holds: &str, starts: &str) -> String {
    let refused = Server::start(config, backend).await.unwrap_err();
    match &refused {
        StartError::MixedLedger { holds: held, starts: started, .. } => {
            assert_eq!((&**held, *started), (holds, starts));
        }
        other => panic!("{other}"),
    }
    refused.to_string()
}

#[tokio::test]
async fn what_a_gateway_left_open_is_not_the_mocks_to_release_and_its_key_is_paid_once() {
    let service = FaultServer::start(Script::new().then_times(9, Turn::new().read_request().hold())).await;
    let backend = || Backend::http(to(&format!("{}/v3", service.url())).build().unwrap());
    let fixture = Fixture::with(backend(), |config| config).await;
    let body = json!({ "prompt": "Hello", "max_tokens": 30 });
    let call = tokio::spawn(fixture.call("ai/text", &body).header("idempotency-key", "order-1").send());
    service.wait_for_requests(1).await;
    let folder = crashed(fixture.folder());

    let said = refusal(config(folder.path()), Backend::mock(), "http", "mock").await;
    assert!(said.contains("spend.db") && said.contains("another data folder"), "{said}");
    let fixture = Fixture::in_folder(folder, backend()).await;
    let recovery = fixture.server.recovery();
    assert_eq!((recovery.released, recovery.unresolved), (0, 1), "{recovery}");
    let again = fixture.call("ai/text", &body).header("idempotency-key", "order-1").send().await.unwrap();
    let (status, refusal) = answer(again).await;
    assert_eq!((status, &refusal["code"]), (409, &json!("OUTCOME_UNKNOWN")), "{refusal}");
    assert_eq!(service.requests().len(), 1, "it was sent twice");
    call.abort();
}

#[tokio::test]
async fn a_ledger_of_one_kind_is_refused_by_servers_of_the_other() {
    let service = service().await;
    let http = || Backend::http(to(&service.base_url()).build().unwrap());
    let kinds: [(&str, &dyn Fn() -> Backend); 2] = [("mock", &Backend::mock), ("http", &http)];
    for ((own, first), (other, second)) in [(kinds[0], kinds[1]), (kinds[1], kinds[0])] {
        let folder = tempfile::tempdir().unwrap();
        let place = LedgerPlace::Sqlite(folder.path().join("shared.db"));
        let fixture = Fixture::with(first(), |config| config.with_ledger(place.clone())).await;
        assert_eq!(fixture.ask("ai/text", &json!({ "prompt": "Hello", "max_tokens": 30 })).await.0, 200);
        assert_eq!(entries(&fixture).await[0].labels["backend"], own);
        let elsewhere = tempfile::tempdir().unwrap();
        let shared = || config(elsewhere.path()).with_ledger(place.clone());
        let said = refusal(shared(), second(), own, other).await;
        assert!(said.contains("shared.db") && said.contains(&format!("on the backend {own}")), "{said}");
        // One of the same kind shares it, and the other kind has a ledger of its own.
        Server::start(shared(), first()).await.unwrap().stop().await.unwrap();
        Server::start(config(elsewhere.path()), second()).await.unwrap().stop().await.unwrap();
    }
}

#[tokio::test]
async fn the_command_line_and_a_server_agree_on_whose_ledger_it_is() {
    // What other programs enter has no such label, and is real.
    for (label, own, other) in [
        (Some("mock"), Backend::mock(), unasked()),
        (Some("http"), unasked(), Backend::mock()),
        (None, unasked(), Backend::mock()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.db");
        let mut meter = Meter::new(SqliteLedger::open(&path).unwrap());
        if let Some(label) = label {
            meter = meter.with_label("backend", label);
        }
        let client = Client::builder(MockBackend::new()).with_meter(meter).build();
        client.generate_text(&TextRequest::new("Hello").with_max_tokens(30)).await.unwrap();
        let data = tempfile::tempdir().unwrap();
        let shared = || config(data.path()).with_ledger(LedgerPlace::Sqlite(path.clone()));
        let refused = Server::start(shared(), other).await.unwrap_err();
        assert!(matches!(refused, StartError::MixedLedger { .. }), "{label:?}: {refused}");
        Server::start(shared(), own).await.unwrap().stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_key_names_another_operation_behind_another_kind_of_backend() {
    let service = service().await;
    let (mock, gateway) = (Fixture::start().await, gateway(&service).await);
    let mut ids = Vec::new();
    for fixture in [&mock, &gateway] {
        let call = fixture.call("ai/text", &json!({ "prompt": "Hello", "max_tokens": 30 }));
        assert_eq!(answer(call.header("idempotency-key", "order-1").send().await.unwrap()).await.0, 200);
        ids.push(entries(fixture).await[0].id.clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn only_calls_that_were_made_up_are_released() {
    let fixture = Fixture::start().await;
    let id = fixture.server.library().id().to_owned();
    let ledger = fixture.server.ledger().clone();
    let enter = |name: String, backend: Option<&str>, server: &str| {
        let mut entry = Entry::new(name.parse().unwrap(), Kind::Text, BodyHash::of(Kind::Text, b"{}"));
        entry.labels = [("bucket", Some(BUCKET)), ("server", Some(server)), ("backend", backend)]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        let ledger = ledger.clone();
        async move { ledger.admit(Admission::new(entry, Vec::new())).await.unwrap() }
    };
    // More than a start looks at, as if the others had slipped in.
    let mut fill = tokio::task::JoinSet::new();
    for place in 0..1_000 {
        fill.spawn(enter(format!("a-{place}"), Some("mock"), "another"));
    }
    fill.join_all().await;
    for (name, backend) in
        [("z-none", None), ("z-http", Some("http")), ("z-new", Some("new")), ("z-mock", Some("mock"))]
    {
        enter(name.to_owned(), backend, &id).await;
    }
    let fixture = fixture.restarted(Backend::mock(), |config| config).await;
    let recovery = fixture.server.recovery();
    assert_eq!((recovery.settled, recovery.released, recovery.unresolved), (0, 1, 3), "{recovery}");
    for (name, expected) in
        [("z-none", State::Unknown), ("z-http", State::Unknown), ("z-new", State::Unknown), ("z-mock", State::Released)]
    {
        let entry = fixture.server.ledger().entry(&name.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(entry.state, expected, "{name}");
    }
    assert_eq!(fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap().len(), 1_000);
}

#[tokio::test]
async fn a_configuration_is_judged_without_a_start_as_by_a_start() {
    let data = Path::new("/nowhere/to/be/made");
    let local = || Config::new(data).with_address(([127, 0, 0, 1], 0).into());
    let open = || Config::new(data).with_address(([0, 0, 0, 0], 0).into());
    let own = || BucketConfig::new(BUCKET, "a-write-key", "a-read-key");
    let other = || BucketConfig::new("other", "b-write-key", "b-read-key").with_folder("posters");
    let known = || BucketConfig::new(BUCKET, "local-write-key", "a-read-key");
    let cases = [
        ("a gateway without buckets", local(), unasked(), "real tokens"),
        ("a gateway with known keys", local().with_bucket(known()), unasked(), "known to everyone"),
        ("open without buckets", open(), Backend::mock(), "loopback"),
        (
            "open with known keys",
            open().with_bucket(known()).with_public_url("http://a.test"),
            Backend::mock(),
            "known to everyone",
        ),
        ("no address", open().with_bucket(own()), Backend::mock(), "public_url"),
        ("two of one slug", local().with_bucket(own()).with_bucket(own()), unasked(), "another bucket"),
        ("folders of a gateway", local().with_bucket(own()).with_bucket(other()), unasked(), "bucket[1].folders"),
        ("hosts", local().keeping(KeepConfig::from_hosts([""; 0])), Backend::mock(), "keep.hosts"),
    ];
    for (name, config, backend, expected) in cases {
        let judged = config.check_for(&backend).unwrap_err();
        assert!(judged.to_string().contains(expected), "{name}: {judged}");
        match Server::start(config, backend).await.unwrap_err() {
            StartError::Config(refused) => assert_eq!(refused, judged, "{name}"),
            other => panic!("{name}: {other}"),
        }
    }
    assert!(!data.exists());
    local().check_for(&Backend::mock()).unwrap();
    local().with_bucket(own()).check_for(&unasked()).unwrap();
    // Whose media are on the server's disk.
    let mut generators = Generators::from(MockBackend::new());
    generators.library = None;
    for backend in [Backend::mock(), Backend::of(generators)] {
        local().with_bucket(other()).check_for(&backend).unwrap();
    }
}
