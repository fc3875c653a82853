//! Connections, turns, request ids, logs and cross-origin calls: what every request passes, and how many may.

mod connections;
#[cfg(unix)]
mod files;
mod log;

use std::time::Duration;

use cosmic_ai::mock::Latency;
use cosmic_ai_server::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};
use crate::generating::mock;

/// A server whose calls take `latency`.
async fn slow(latency: Duration, change: impl FnOnce(Config) -> Config) -> Fixture {
    Fixture::with(mock(move |mock| mock.with_latency(Latency::fixed(latency))), change).await
}

fn body() -> Value {
    json!({ "prompt": "Name a colour", "max_tokens": 5 })
}

async fn metrics(fixture: &Fixture) -> String {
    fixture.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn calls_beyond_those_at_once_wait_and_those_beyond_the_queue_are_refused() {
    let fixture = slow(Duration::from_millis(500), |mut config| {
        (config.limits.calls, config.limits.queue) = (1, 1);
        config
    })
    .await;
    let ask = async || {
        let response = fixture.call("ai/text", &body()).send().await.unwrap();
        let pause = response.headers().get("retry-after").map(|pause| pause.to_str().unwrap().to_owned());
        (answer(response).await.0, pause)
    };
    let mut answers: Vec<_> = <[_; 3]>::from(tokio::join!(ask(), ask(), ask())).to_vec();
    answers.sort();
    assert_eq!(answers.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 429]);
    assert_eq!(answers[2].1.as_deref(), Some("2"));
    assert_eq!(ask().await.0, 200);
    let metrics = metrics(&fixture).await;
    assert!(metrics.contains("cosmic_ai_refusals_total{reason=\"too_many\"} 1"), "{metrics}");
    assert!(
        metrics.contains("cosmic_ai_calls_under_way 0") && metrics.contains("cosmic_ai_calls_waiting 0"),
        "{metrics}"
    );
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_call_that_waits_too_long_for_its_turn_is_refused() {
    let fixture = slow(Duration::from_millis(1_500), |mut config| {
        config.limits.calls = 1;
        config.limits.queue_time = Duration::from_millis(100);
        config
    })
    .await;
    let ask = async || fixture.ask("ai/text", &body()).await;
    let answers = tokio::join!(ask(), ask());
    let (ours, late) = if answers.0.0 == 200 { answers } else { (answers.1, answers.0) };
    assert_eq!((ours.0, late.0), (200, 429), "{}", late.1);
    assert!(late.1["message"].as_str().unwrap().contains("waited too long"), "{}", late.1);
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn fields_that_no_call_has_are_ignored_and_named() {
    let fixture = Fixture::start().await;
    let mut misspelt = body();
    (misspelt["max_token"], misspelt["temperature"], misspelt["write_key"]) =
        (3.into(), 0.2.into(), "not-named".into());
    let mut streamed = misspelt.clone();
    streamed["stream"] = true.into();
    let made = json!({ "prompt": "A kite", "sise": "1024x1024" });
    let refused = json!({ "prompt": "A kite", "sise": "1024x1024", "size": "large" });
    for (path, body, status, expected) in [
        ("ai/text", body(), 200, None),
        ("ai/text", misspelt, 200, Some("max_token, temperature")),
        ("ai/text", streamed, 200, Some("max_token, temperature")),
        ("ai/image", made, 200, Some("sise")),
        ("ai/image", refused, 400, Some("sise")),
    ] {
        let response = fixture.call(path, &body).send().await.unwrap();
        let named = response.headers().get("x-ignored-fields").map(|names| names.to_str().unwrap().to_owned());
        assert_eq!((response.status().as_u16(), named.as_deref()), (status, expected), "{body}");
    }
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_body_in_gzip_is_read() {
    use std::io::Write as _;
    let fixture = Fixture::start().await;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body().to_string().as_bytes()).unwrap();
    let call = fixture.call("ai/text", &Value::Null).header("content-encoding", "gzip").body(encoder.finish().unwrap());
    let (status, answer) = answer(call.send().await.unwrap()).await;
    assert_eq!(status, 200, "{answer}");
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_sane_request_id_is_echoed_and_another_replaced() {
    let fixture = Fixture::start().await;
    let long = "a".repeat(65);
    for (given, is_echoed) in [("order-1.2_C", true), ("a b", false), ("a\"b", false), (long.as_str(), false)] {
        let response = fixture.request(Method::GET, "/nowhere").header("x-request-id", given).send().await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(id == given, is_echoed, "{given}: {id}");
        assert!(!id.is_empty() && response.headers()["x-content-type-options"] == "nosniff");
    }
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn pages_of_allowed_origins_may_call_and_others_may_not() {
    let fixture =
        Fixture::with(cosmic_ai_server::Backend::mock(), |config| config.with_cors_origin("http://localhost:3000"))
            .await;
    let preflight = |origin: &'static str| {
        fixture
            .request(Method::OPTIONS, "/v3/buckets/shop/ai/text")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,idempotency-key,if-none-match,range")
    };
    let allowed = preflight("http://localhost:3000").send().await.unwrap();
    assert!(allowed.status().is_success());
    assert_eq!(allowed.headers()["access-control-allow-origin"], "http://localhost:3000");
    let names = allowed.headers()["access-control-allow-headers"].to_str().unwrap().to_owned();
    for name in ["authorization", "content-type", "idempotency-key", "if-none-match", "if-range", "range"] {
        assert!(names.contains(name), "{names}");
    }
    let other = preflight("http://evil.example").send().await.unwrap();
    assert!(other.headers().get("access-control-allow-origin").is_none());
    // A refusal can be read by the page, too.
    let refused =
        fixture.request(Method::GET, "/nowhere").header("origin", "http://localhost:3000").send().await.unwrap();
    assert_eq!(refused.headers()["access-control-allow-origin"], "http://localhost:3000");
    let exposed = refused.headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
    for name in [
        "x-request-id",
        "retry-after",
        "idempotency-replayed",
        "x-ignored-fields",
        "etag",
        "content-range",
        "accept-ranges",
    ] {
        assert!(exposed.contains(name), "{exposed}");
    }
    fixture.server.stop().await.unwrap();

    let closed = Fixture::start().await;
    let answered =
        closed.request(Method::GET, "/healthz").header("origin", "http://localhost:3000").send().await.unwrap();
    assert!(answered.headers().get("access-control-allow-origin").is_none());
    closed.server.stop().await.unwrap();
}
