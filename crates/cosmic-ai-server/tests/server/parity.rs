//! The client of this project against the server: it keeps all rules, and the server changes neither bytes nor charges.

use cosmic_ai::http::HttpBackend;
use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::Meter;
use cosmic_ai::pricing::ledger::{EntryQuery, Ledger, MemoryLedger};
use cosmic_ai::{
    Charge, Client, ClipSeconds, ExtensionRequest, ImageRequest, Media, MediaLibrary, SpeechRequest, TextRequest,
    VideoRequest,
};
use cosmic_ai_server::Backend;
use cosmic_ai_testkit::conformance::{self, CheckOutcome};

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY};

fn over_http(fixture: &Fixture) -> HttpBackend {
    let base = fixture.server.base_url();
    let builder = HttpBackend::builder(BUCKET, WRITE_KEY).with_read_key(READ_KEY);
    builder.with_environment(cosmic_ai::http::Environment::custom(&base, &base)).build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_http_backend_keeps_all_rules_over_the_server() {
    let fixture = Fixture::start().await;
    let report = conformance::all(&over_http(&fixture).into()).await;
    report.assert_ok();
    // A check that was skipped proves nothing.
    let left = report.results.iter().filter(|check| check.outcome != CheckOutcome::Passed);
    assert_eq!(left.map(|check| check.name).collect::<Vec<_>>(), [""; 0], "{report}");
    assert!(report.results.len() >= 90, "{report}");
}

async fn bytes(client: &Client, media: &Media) -> Vec<u8> {
    let library = client.generators().library.as_ref().unwrap();
    library.open(media).await.unwrap().collect().await.unwrap().to_vec()
}

/// One job of every kind: the bytes of what was made.
async fn job(client: &Client) -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    let ask = TextRequest::new("Name three colours").with_max_tokens(40);
    made.push(client.generate_text(&ask).await.unwrap().text.into_bytes());
    made.push(client.stream_text(&ask).await.unwrap().collect().await.unwrap().text.into_bytes());
    let image = ImageRequest::new("A red bicycle").with_size("2048x2048".parse().unwrap());
    made.push(bytes(client, &client.generate_image(&image).await.unwrap().media).await);
    let clip = VideoRequest::new("It rolls by").with_duration(ClipSeconds::SIX);
    let clip = client.generate_video(&clip).await.unwrap().media;
    made.push(bytes(client, &clip).await);
    let speech = SpeechRequest::new("Hello there, and welcome to the show.");
    made.push(bytes(client, &client.generate_speech(&speech).await.unwrap().media).await);
    // What an extension is made from includes the id of its source, which differs: its length does not.
    let next = ExtensionRequest::new(clip.id, "And away");
    let next = client.extend_video(&next).await.unwrap().media;
    made.push(next.content_type.into_bytes());
    made
}

/// The charges of a job, in the order of its calls.
async fn charges(ledger: &dyn Ledger) -> Vec<Charge> {
    let entries = ledger.entries(&EntryQuery::all()).await.unwrap();
    entries.iter().map(|entry| entry.charge.unwrap()).collect()
}

#[tokio::test]
async fn the_same_job_gives_the_same_bytes_and_charges_directly_and_through_the_server() {
    let ledger = std::sync::Arc::new(MemoryLedger::new());
    let near = MockBackend::builder().with_seed(7).build();
    let near = Client::builder(near).with_meter(Meter::new(ledger.clone())).build();
    let fixture = Fixture::with(Backend::mock_with_seed(7), |config| config).await;
    let far = Client::new(over_http(&fixture));
    assert_eq!(job(&near).await, job(&far).await);
    let charged = charges(&*ledger).await;
    assert_eq!(charged.len(), 6);
    assert_eq!(charged, charges(&**fixture.server.ledger()).await);
}
