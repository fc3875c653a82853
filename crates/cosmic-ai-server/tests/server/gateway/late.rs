//! Copies for which something else happens first: the same call again, a deletion, another lost medium, a stop.

use cosmic_ai::mock::{Fault, MemoryLibrary, MockBackend, When};
use cosmic_ai::pricing::ledger::State;
use cosmic_ai::{Client, Generators, ImageRequest, MediaLibrary as _, MediaQuery};
use cosmic_ai_server::{Backend, Config, KeepConfig};
use cosmic_ai_testkit::server::{FaultServer, Gate, Reply, Script};
use reqwest::Method;
use serde_json::{Value, json};

use super::{states, to};
use crate::fixture::{BUCKET, Fixture, WRITE_KEY, answer};

fn copying(cdn: &FaultServer) -> impl FnOnce(Config) -> Config {
    let keep = KeepConfig::from_hosts([cdn.address().to_string()]);
    |config| config.keeping(keep)
}

fn medium(cdn: &FaultServer) -> Value {
    json!({ "id": "m1", "name": "a.mp4", "type": "video/mp4", "size": 900, "url": format!("{}/a", cdn.url()) })
}

async fn gateway_to(api: &FaultServer, cdn: &FaultServer) -> Fixture {
    Fixture::with(Backend::http(to(&format!("{}/v3", api.url())).build().unwrap()), copying(cdn)).await
}

fn video(fixture: &Fixture) -> impl Future<Output = Result<reqwest::Response, reqwest::Error>> + Send + 'static {
    let call = fixture.call("ai/video", &json!({ "prompt": "A kite", "duration": 4 }));
    call.header("idempotency-key", "order-1").send()
}

#[tokio::test]
async fn a_call_again_while_its_medium_is_copied_gets_the_same_copy() {
    let gate = Gate::new();
    let whole = || Reply::new(200, vec![b'a'; 900]);
    let cdn = FaultServer::start(Script::new().then(whole().gated_after(450, &gate)).then(whole())).await;
    let medium = medium(&cdn);
    let api = Script::new()
        .then(Reply::json(200, json!({ "media": medium })))
        .then(Reply::json(200, json!({ "media": [medium], "total": 1 })));
    let api = FaultServer::start(api).await;
    let fixture = gateway_to(&api, &cdn).await;
    let first = tokio::spawn(video(&fixture));
    cdn.wait_for_requests(1).await;
    let again = tokio::spawn(video(&fixture));
    // Its medium is looked for in the library, and then copied.
    api.wait_for_requests(2).await;
    gate.open();
    let mut urls = Vec::new();
    for call in [first, again] {
        let (status, made) = answer(call.await.unwrap().unwrap()).await;
        assert_eq!(status, 200, "{made}");
        urls.push(made["media"]["url"].as_str().unwrap().to_owned());
    }
    assert_eq!(urls[0], urls[1]);
    assert_eq!(fixture.client.get(&urls[0]).send().await.unwrap().status(), 200);
    assert_eq!(cdn.requests().len(), 1);
    assert_eq!(api.requests()[1].method, "GET");
}

#[tokio::test]
async fn what_is_deleted_is_not_copied_again_for_its_key() {
    let cdn = FaultServer::start(Script::new().then_times(2, Reply::new(200, vec![b'a'; 900]))).await;
    let medium = medium(&cdn);
    let api = Script::new()
        .then(Reply::json(200, json!({ "media": medium })))
        .then(Reply::json(200, json!({ "message": "Deleted" })))
        .then(Reply::json(404, json!({ "message": "No media found" })));
    let api = FaultServer::start(api).await;
    let fixture = gateway_to(&api, &cdn).await;
    let (status, made) = answer(video(&fixture).await.unwrap()).await;
    assert_eq!((status, &made["media"]["origin_url"]), (200, &medium["url"]), "{made}");
    let path = format!("/v3/buckets/{BUCKET}/media/m1");
    let deleted = fixture.request(Method::DELETE, &path).bearer_auth(WRITE_KEY).send().await.unwrap();
    assert_eq!(deleted.status(), 200);
    let (status, again) = answer(video(&fixture).await.unwrap()).await;
    assert_eq!((status, &again["media"]["url"]), (200, &medium["url"]), "{again}");
    assert!(again["media"].get("origin_url").is_none(), "{again}");
    assert_eq!((cdn.requests().len(), api.requests().len()), (1, 3));
    assert_eq!(std::fs::read_dir(fixture.folder().join("media")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_was_lost_is_all_settled_before_it_is_copied_and_a_stop_waits_for_the_copies() {
    let prompt = "A kite";
    // The bytes that the lost ones have, too.
    let library = MemoryLibrary::new();
    let client = Client::builder(MockBackend::builder().with_library(library.clone()).build()).build();
    let sample = client.generate_image(&ImageRequest::new(prompt)).await.unwrap().media;
    let bytes = library.open(&sample).await.unwrap().collect().await.unwrap();
    let gate = Gate::new();
    let slow = Reply::new(200, bytes.clone()).gated_after(bytes.len() / 2, &gate);
    let cdn = FaultServer::start(Script::new().then(slow).then(Reply::new(200, bytes))).await;

    let library = MemoryLibrary::new().with_base_url(cdn.url());
    let mock = MockBackend::builder().with_library(library.clone()).fault(When::image(), Fault::answer_lost());
    let generators = Generators::from(mock.build());
    let backend = || Backend::of(generators.clone());
    let fixture = Fixture::with(backend(), |config| config).await;
    for _ in 0..2 {
        assert_eq!(fixture.ask("ai/image", &json!({ "prompt": prompt })).await.0, 502);
    }
    assert_eq!(states(&fixture).await, [State::Unknown; 2]);
    // The first look is at once.
    let fixture = fixture.restarted(backend(), copying(&cdn)).await;
    cdn.wait_for_requests(1).await;
    assert_eq!(states(&fixture).await, [State::Settled; 2]);
    let copies = fixture.server.library().bucket(BUCKET);
    let (server, _folder) = fixture.into_parts();
    let (stopped, ()) = tokio::join!(server.stop(), async { gate.open() });
    stopped.unwrap();
    for lost in library.find(&MediaQuery::all()).await.unwrap().media {
        assert_eq!(copies.get(&lost.id).await.unwrap().size, lost.size);
    }
    assert_eq!(cdn.requests().len(), 2);
}
