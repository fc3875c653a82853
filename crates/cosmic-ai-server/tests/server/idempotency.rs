//! `Idempotency-Key`: paid once, however often it is sent.

use std::time::Duration;

use cosmic_ai::mock::Latency;
use cosmic_ai::pricing::ledger::EntryQuery;
use cosmic_ai_server::{Backend, BucketConfig};
use reqwest::Response;
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};
use crate::generating::mock;

async fn keyed(fixture: &Fixture, key: &str, path: &str, body: &Value) -> Response {
    fixture.call(path, body).header("idempotency-key", key).send().await.unwrap()
}

async fn entries(fixture: &Fixture) -> usize {
    fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap().len()
}

#[tokio::test]
async fn the_same_request_again_gives_the_same_answer_and_costs_nothing() {
    let fixture = Fixture::start().await;
    let calls = [
        ("ai/text", json!({ "prompt": "Hello", "max_tokens": 30 })),
        ("ai/image", json!({ "prompt": "A kite", "metadata": { "note": "mine", "cosmic_ai_operation_id": "own-id" } })),
        ("ai/video", json!({ "prompt": "A kite flies", "duration": 4 })),
        ("ai/audio", json!({ "prompt": "Welcome" })),
    ];
    for (place, (path, body)) in calls.iter().enumerate() {
        let first = keyed(&fixture, "order-1", path, body).await;
        // One key for each call here: their operations are told apart by the key alone.
        if place > 0 {
            assert_eq!(answer(first).await.0, 422, "{path}");
        }
        let key = format!("order-{path}");
        let first = keyed(&fixture, &key, path, body).await;
        assert!(first.headers().get("idempotency-replayed").is_none());
        let first = answer(first).await;
        assert_eq!(first.0, 200, "{path}: {}", first.1);
        let again = keyed(&fixture, &key, path, body).await;
        assert_eq!(again.headers()["idempotency-replayed"], "true", "{path}");
        assert_eq!(answer(again).await, first, "{path}");
    }
    assert_eq!(entries(&fixture).await, 5);
    let fixture = fixture.restarted(Backend::mock(), |config| config).await;
    for (path, body) in &calls {
        let again = keyed(&fixture, &format!("order-{path}"), path, body).await;
        assert_eq!(answer(again).await.0, 200, "{path} after a restart");
    }
    assert_eq!(entries(&fixture).await, 5);
}

#[tokio::test]
async fn while_it_is_under_way_it_is_409_and_another_body_is_422() {
    let backend = mock(|mock| mock.with_latency(Latency::fixed(Duration::from_millis(400))));
    let fixture = Fixture::with(backend, |config| config).await;
    let body = json!({ "prompt": "A kite" });
    let first = keyed(&fixture, "k", "ai/image", &body);
    let second = async {
        while entries(&fixture).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let again = keyed(&fixture, "k", "ai/image", &body).await;
        assert!(again.headers().contains_key("retry-after"));
        assert_eq!(answer(again).await.0, 409);
        let other = keyed(&fixture, "k", "ai/image", &json!({ "prompt": "A dragon" })).await;
        assert_eq!(answer(other).await.0, 422);
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(answer(first).await.0, 200);
    assert_eq!(entries(&fixture).await, 1);
}

#[tokio::test]
async fn a_streamed_answer_is_replayed_as_a_stream_or_in_one_piece() {
    let fixture = Fixture::start().await;
    let streamed = json!({ "prompt": "Hello", "max_tokens": 30, "stream": true });
    let first = keyed(&fixture, "s", "ai/text", &streamed).await.text().await.unwrap();
    assert!(first.contains("\"event\":\"end\""));
    let text: String = first
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
        .filter_map(|event| event["text"].as_str().map(str::to_owned))
        .collect();
    let again = keyed(&fixture, "s", "ai/text", &streamed).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert!(again.text().await.unwrap().contains("\"token_count\""));
    let whole = answer(keyed(&fixture, "s", "ai/text", &json!({ "prompt": "Hello", "max_tokens": 30 })).await).await;
    assert_eq!((whole.0, whole.1["text"].as_str()), (200, Some(text.as_str())));
    assert_eq!(entries(&fixture).await, 1);
}

#[tokio::test]
async fn a_refused_call_may_be_tried_again_under_its_key() {
    let fixture = Fixture::start().await;
    assert_eq!(answer(keyed(&fixture, "r", "ai/image", &json!({ "prompt": "" })).await).await.0, 400);
    assert_eq!(answer(keyed(&fixture, "r", "ai/image", &json!({ "prompt": "A kite" })).await).await.0, 200);
}

#[tokio::test]
async fn a_key_belongs_to_its_bucket() {
    let fixture = Fixture::with(Backend::mock(), |config| {
        config.with_bucket(BucketConfig::new("other", "other-write", "other-read"))
    })
    .await;
    let body = json!({ "prompt": "Hello", "max_tokens": 30 });
    assert_eq!(answer(keyed(&fixture, "k", "ai/text", &body).await).await.0, 200);
    let other = fixture
        .request(reqwest::Method::POST, "/v3/buckets/other/ai/text")
        .bearer_auth("other-write")
        .header("content-type", "application/json")
        .header("idempotency-key", "k")
        .body(body.to_string());
    let other = other.send().await.unwrap();
    assert!(other.headers().get("idempotency-replayed").is_none());
    assert_eq!(answer(other).await.0, 200);
    assert_eq!(entries(&fixture).await, 2);
}
