//! Everything that stands in front of a backend, or in its place, keeps the rules that the backend keeps: the whole suite
//! over the mock, metered, recorded, replayed, over HTTP, and over several of these at once.

use std::path::Path;

use cosmic_ai::http::{Environment, HttpBackend};
use cosmic_ai::mock::MockBackend;
use cosmic_ai::mock::cassette::{Order, Recording, Replay};
use cosmic_ai::pricing::ledger::MemoryLedger;
use cosmic_ai::pricing::{Budget, Meter, Metered};
use cosmic_ai::{Generators, MediaLibrary, Tokens};
use cosmic_ai_testkit::conformance::{self, CheckOutcome, Report};
use cosmic_ai_testkit::stub::CosmicStub;

/// No check failed, and none was skipped but for these.
#[track_caller]
fn assert_passed(report: &Report, skipped: &[&str]) {
    report.assert_ok();
    let left = report.results.iter().filter(|check| check.outcome != CheckOutcome::Passed);
    assert_eq!(left.map(|check| check.name).collect::<Vec<_>>(), skipped, "{report}");
    assert!(report.results.len() >= 90, "{report}");
}

/// A budget that no suite spends.
fn metered<B>(backend: B) -> Metered<B> {
    let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::monthly(Tokens(100_000_000_000)));
    Metered::new(backend, meter)
}

fn http(stub: &CosmicStub) -> HttpBackend {
    HttpBackend::builder(stub.bucket(), stub.write_key())
        .with_read_key(stub.read_key())
        .with_environment(Environment::custom(stub.base_url(), stub.base_url()))
        .build()
        .unwrap()
}

/// The suite over a recording, whose cassette is then in the folder.
async fn record<B>(backend: B, folder: &Path) -> Report
where
    Recording<B>: Into<Generators> + Clone,
    B: MediaLibrary,
{
    let recording = Recording::new(backend, folder).unwrap();
    let report = conformance::all(&recording.clone().into()).await;
    recording.finish().unwrap();
    report
}

#[tokio::test]
async fn the_mock() {
    assert_passed(&conformance::all(&MockBackend::new().into()).await, &[]);
}

#[tokio::test]
async fn the_mock_metered() {
    let mock = MockBackend::new();
    let metered = metered(mock.clone());
    assert_passed(&conformance::all(&metered.clone().into()).await, &[]);
    // Whose time ran out is made all the same, and found by its operation.
    metered.meter().reconcile(&mock).await.unwrap();
    let unresolved = metered.meter().unresolved().await.unwrap();
    assert!(unresolved.is_empty(), "the suite leaves nothing open: {unresolved:?}");
}

#[tokio::test]
async fn http_over_the_stub() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    assert_passed(&conformance::all(&http(&stub).into()).await, &[]);
}

/// A replay keeps every rule as well. Calls side by side are recorded in the order in which they begin, which is that of the
/// suite, so that even the strict order holds; what an answer says of its operation is said of the present one.
#[tokio::test]
async fn the_mock_recorded_and_replayed_strictly() {
    let folder = tempfile::tempdir().unwrap();
    assert_passed(&record(MockBackend::new(), folder.path()).await, &[]);
    for _ in 0..2 {
        let replay = Replay::open(folder.path()).unwrap();
        assert_passed(&conformance::all(&replay.clone().into()).await, &[]);
        replay.assert_all_used();
    }
}

#[tokio::test]
async fn the_mock_replayed_in_any_order_and_again() {
    let folder = tempfile::tempdir().unwrap();
    record(MockBackend::new(), folder.path()).await.assert_ok();
    let replay = Replay::builder(folder.path()).with_order(Order::Anywhere).open().unwrap();
    assert_passed(&conformance::all(&replay.clone().into()).await, &[]);
    replay.assert_all_used();
    // The suite wants media of their own from calls of one request, which a second round of the same answers has not.
    let replay = Replay::builder(folder.path()).with_order(Order::Anywhere).with_repeats().open().unwrap();
    conformance::all(&replay.clone().into()).await.assert_ok();
    let again = conformance::text(&replay).await;
    again.assert_ok();
}

#[tokio::test]
async fn http_recorded_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let stub = CosmicStub::start(MockBackend::new()).await;
    assert_passed(&record(http(&stub), folder.path()).await, &[]);
    drop(stub);
    let cassette = std::fs::read_to_string(folder.path().join("cassette.json")).unwrap();
    assert!(!cassette.contains("write_key"), "a key is in the cassette");
    let replay = Replay::open(folder.path()).unwrap();
    assert_passed(&conformance::all(&replay.into()).await, &[]);
}

/// A meter refuses what is invalid itself, so a cassette has to be recorded where it is replayed: before the meter or
/// behind it.
#[tokio::test]
async fn one_in_front_of_the_other() {
    let (before, behind) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_passed(&record(metered(MockBackend::new()), before.path()).await, &[]);
    assert_passed(&conformance::all(&Replay::open(before.path()).unwrap().into()).await, &[]);

    let recording = Recording::new(MockBackend::new(), behind.path()).unwrap();
    assert_passed(&conformance::all(&metered(recording).into()).await, &[]);
    assert_passed(&conformance::all(&metered(Replay::open(behind.path()).unwrap()).into()).await, &[]);
}
