//! Spending across crates: clients of two processes with one budget in a file, over HTTP and over the mock.

use std::path::Path;
use std::sync::Arc;

use cosmic_ai::http::{Environment, HttpBackend};
use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::ledger::{Ledger, SqliteLedger, State};
use cosmic_ai::pricing::report::{Dimension, Report, ReportQuery};
use cosmic_ai::pricing::{Budget, Meter, Scope};
use cosmic_ai::{Call, Client, ErrorKind, Generators, ImageRequest, OperationId, Tokens, VideoRequest};
use cosmic_ai_testkit::stub::CosmicStub;
use serde_json::Value;

/// A client as one process of a team would build it.
fn client(backend: impl Into<Generators>, path: &Path, tokens: u64) -> (Client, Arc<SqliteLedger>) {
    let ledger = Arc::new(SqliteLedger::open(path).unwrap());
    let budget = Budget::monthly(Tokens(tokens)).for_scope(Scope::project("spring"));
    let meter = Meter::new(ledger.clone()).with_budget(budget).with_label("project", "spring");
    (Client::builder(backend).with_meter(meter).build(), ledger)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_clients_with_one_file_spend_no_more_than_its_budget() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spend.db");
    let cover = || ImageRequest::new("A lake");
    let most = Client::new(MockBackend::new()).estimate(&cover()).unwrap().most().unwrap().total().get();
    let processes = [client(MockBackend::new(), &path, 6 * most), client(MockBackend::new(), &path, 6 * most)];
    let calls = (0..10).map(|task| {
        let client = processes[task % 2].0.clone();
        tokio::spawn(async move { client.generate_image(cover()).await })
    });
    let mut made = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert!(matches!(error.kind(), ErrorKind::Budget(_)), "{error}"),
        }
    }
    assert_eq!(made, 6);
    drop(processes);
    // Another process adds up afterwards what was spent on what.
    let ledger = SqliteLedger::open(&path).unwrap();
    let report = Report::of(&ledger, &ReportQuery::all().by(Dimension::Modality)).await.unwrap();
    assert_eq!(report.total.calls, 6);
    assert_eq!(report.total.total, Tokens(6 * 32_160));
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clip_whose_answer_was_lost_stays_held_until_it_is_found_by_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spend.db");
    let stub = CosmicStub::start(MockBackend::new()).await;
    let backend = || {
        let builder = HttpBackend::builder(stub.bucket(), stub.write_key()).with_read_key(stub.read_key());
        builder.with_environment(Environment::custom(stub.base_url(), stub.base_url())).build().unwrap()
    };
    let id: OperationId = "order-1234".parse().unwrap();
    let clip = || VideoRequest::new("Waves");

    let (first, ledger) = client(backend(), &path, 1_000_000);
    stub.lose_answers(1);
    let error = first.with(Call::of(id.clone())).generate_video(clip()).await.unwrap_err();
    assert!(error.outcome().is_unknown(), "{error}");
    assert_eq!(ledger.entry(&id).await.unwrap().unwrap().state, State::Unknown);
    drop((first, ledger));

    let (second, ledger) = client(backend(), &path, 1_000_000);
    let lookups = second.meter().unwrap().reconcile(second.generators().library.as_deref().unwrap()).await.unwrap();
    assert_eq!(lookups.len(), 1);
    assert_eq!(lookups[0].entry.state, State::Settled);
    // The job runs again under its id, and gets what was paid for.
    let video = second.with(Call::of(id)).generate_video(clip()).await.unwrap();
    let found = lookups[0].entry.result.as_ref().and_then(|result| result.pointer("/media/id")).and_then(Value::as_str);
    assert_eq!(found, Some(video.media.id.as_str()));
    let paid = stub.requests().into_iter().filter(|request| request.method == "POST").count();
    assert_eq!(paid, 1);
    assert_eq!(ledger.reconcile().await.unwrap().entries, 1);
}
