//! A gateway after a crash: it serves at once, and what the service finished meanwhile is found, answered and copied.

use std::time::Duration;

use cosmic_ai::pricing::ledger::State;
use cosmic_ai::{MediaId, MediaLibrary as _, OPERATION_ID_KEY};
use cosmic_ai_server::{Backend, Config, KeepConfig};
use cosmic_ai_testkit::server::{FaultServer, Script, Turn};
use cosmic_ai_testkit::stub::CosmicStub;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{entries, gateway, service, states, to};
use crate::fixture::{BUCKET, Fixture, answer};
use crate::library::crashed;

/// How long what ought to be at once may take on a machine that is busy.
const AT_ONCE: Duration = Duration::from_secs(10);

fn copying(service: &CosmicStub) -> impl FnOnce(Config) -> Config {
    let url = Url::parse(&service.base_url()).unwrap();
    let keep = KeepConfig::from_hosts([format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())]);
    |config| config.keeping(keep)
}

fn to_stub(service: &CosmicStub) -> Backend {
    Backend::http(to(&service.base_url()).build().unwrap())
}

async fn copy(fixture: &Fixture, id: &Value) -> Option<u64> {
    let copies = fixture.server.library().bucket(BUCKET);
    copies.get(&MediaId::from(id.as_str().unwrap())).await.ok().and_then(|copy| copy.size)
}

#[tokio::test]
async fn a_service_that_says_nothing_keeps_no_gateway_from_serving_nor_from_stopping() {
    let service = FaultServer::start(Script::new().then_times(20, Turn::new().read_request().hold())).await;
    let backend = || Backend::http(to(&format!("{}/v3", service.url())).build().unwrap());
    let fixture = Fixture::with(backend(), |config| config).await;
    for _ in 0..3 {
        tokio::spawn(fixture.call("ai/video", &json!({ "prompt": "A kite" })).send());
    }
    service.wait_for_requests(3).await;
    assert_eq!(states(&fixture).await, [State::Sent; 3]);
    let folder = crashed(fixture.folder());

    let fixture = tokio::time::timeout(AT_ONCE, Fixture::in_folder(folder, backend())).await.unwrap();
    let alive = fixture.request(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(answer(alive).await.0, 200);
    let recovery = fixture.server.recovery();
    assert_eq!((recovery.settled, recovery.released, recovery.unresolved), (0, 0, 3), "{recovery}");
    assert_eq!(states(&fixture).await, [State::Unknown; 3]);
    // The first look is at once, and still waits.
    service.wait_for_requests(4).await;
    assert_eq!(service.requests()[3].method, "GET");
    let (server, _folder) = fixture.into_parts();
    tokio::time::timeout(AT_ONCE, server.stop()).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_found_after_a_start_is_copied_and_replayed_with_all_that_the_api_says() {
    let service = service().await;
    let clip = gateway(&service).await.ask("ai/video", &json!({ "prompt": "A clip" })).await.1["media"]["id"].clone();
    let cases = [
        ("ai/image", json!({ "prompt": "A kite" }), None),
        ("ai/video", json!({ "prompt": "A kite", "duration": 4 }), Some(144_000)),
        ("ai/video/extend", json!({ "prompt": "A kite", "media_id": clip }), Some(288_000)),
        ("ai/audio", json!({ "prompt": "Welcome" }), Some(3_600)),
    ];
    let fixture = gateway(&service).await;
    for (path, body, _) in &cases {
        service.lose_answers(1);
        let lost = fixture.call(path, body).header("idempotency-key", *path).send().await.unwrap();
        assert_eq!(answer(lost).await.0, 502, "{path}");
    }
    let fixture = fixture.restarted(to_stub(&service), copying(&service)).await;
    // The first look is at once; the next would be in a minute.
    tokio::time::timeout(AT_ONCE * 3, async {
        while states(&fixture).await != [State::Settled; 4] {
            tokio::task::yield_now().await;
        }
        for entry in entries(&fixture).await {
            let id = &entry.result.as_ref().unwrap()["media"]["id"];
            while copy(&fixture, id).await.is_none() {
                tokio::task::yield_now().await;
            }
        }
    })
    .await
    .unwrap();
    for (path, body, charged) in &cases {
        let again = fixture.call(path, body).header("idempotency-key", *path).send().await.unwrap();
        assert_eq!(again.headers()["idempotency-replayed"], "true", "{path}");
        let (status, again) = answer(again).await;
        assert_eq!(status, 200, "{path}: {again}");
        let (_, fresh) = fixture.ask(path, body).await;
        let fields = |answer: &Value| -> Vec<String> {
            let fields = answer.as_object().unwrap().keys().filter(|field| *field != "revised_prompt");
            fields.cloned().collect()
        };
        assert_eq!(fields(&again), fields(&fresh), "{path}: {again}");
        let usage = charged.map(|output| {
            let input = again["usage"]["input_tokens"].as_u64().unwrap();
            json!({ "input_tokens": input, "output_tokens": output, "total_tokens": input + output })
        });
        assert_eq!(again.get("usage"), usage.as_ref(), "{path}: {again}");
        assert_eq!(again["generation_time_seconds"], again["media"]["metadata"]["generation_time_seconds"], "{path}");
        assert!(again["media"]["origin_url"].is_string(), "{path}: {again}");
        assert!(again["media"]["metadata"].get(OPERATION_ID_KEY).is_none(), "{path}: {again}");
        assert_eq!(again["media"]["size"].as_u64(), copy(&fixture, &again["media"]["id"]).await, "{path}");
    }
}

#[tokio::test]
async fn a_replay_makes_the_copy_that_is_missing() {
    let service = service().await;
    let fixture = gateway(&service).await;
    let body = json!({ "prompt": "A kite" });
    let send = |fixture: &Fixture| fixture.call("ai/image", &body).header("idempotency-key", "k").send();
    let (status, made) = answer(send(&fixture).await.unwrap()).await;
    assert_eq!((status, made["media"].get("origin_url")), (200, None), "{made}");
    let fixture = fixture.restarted(to_stub(&service), copying(&service)).await;
    let (status, again) = answer(send(&fixture).await.unwrap()).await;
    assert_eq!((status, &again["media"]["origin_url"]), (200, &made["media"]["url"]), "{again}");
    assert_eq!(copy(&fixture, &made["media"]["id"]).await, made["media"]["size"].as_u64());
    // It is there now, and asked for no more.
    let fetched = || service.requests().iter().filter(|request| request.path().starts_with("/media/")).count();
    let before = fetched();
    assert_eq!(answer(send(&fixture).await.unwrap()).await, (200, again));
    assert_eq!(fetched(), before);
}
