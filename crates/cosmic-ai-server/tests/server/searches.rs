//! Lists by queries that are meant to take long: nobody else waits, and they end.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, WRITE_KEY, answer};

/// Stores a medium with metadata of 60 KB, in which every pattern has much to look at.
async fn large(fixture: &Fixture) {
    let metadata = json!({ "text": "a".repeat(60_000) });
    let part = Part::bytes(vec![1]).file_name("a.bin");
    let form = Form::new().part("media", part).text("metadata", metadata.to_string());
    let request = fixture.request(Method::POST, &format!("/v3/buckets/{BUCKET}/media")).bearer_auth(WRITE_KEY);
    let (status, answer) = answer(request.multipart(form).send().await.unwrap()).await;
    assert_eq!(status, 200, "{answer}");
}

async fn list(fixture: &Fixture, query: &Value) -> (u16, Value) {
    fixture.list(&format!("query={query}")).await
}

/// On a runtime of one thread, which any work of the server on it would stop.
#[tokio::test]
async fn a_query_of_slow_patterns_ends_and_nobody_waits_for_it() {
    let fixture = Fixture::start().await;
    for _ in 0..30 {
        large(&fixture).await;
    }
    let pattern = |count: usize| json!({ "metadata.text": { "$regex": format!("(a?){{{count}}}b") } });
    // As large as a pattern may be, as often as there may be one; none of them matches.
    let slow = json!({ "$nor": vec![pattern(90); 8] });
    let started = Instant::now();
    let lists = async {
        let both = tokio::join!(list(&fixture, &slow), list(&fixture, &slow));
        (both, started.elapsed())
    };
    tokio::pin!(lists);
    let mut longest = Duration::ZERO;
    let (((first, refusal), (second, _)), took) = loop {
        let asked = Instant::now();
        let health = async {
            let response = fixture.request(Method::GET, "/healthz").send().await.unwrap();
            assert_eq!(response.status(), 200);
        };
        tokio::pin!(health);
        tokio::select! {
            done = &mut lists => break done,
            () = &mut health => longest = longest.max(asked.elapsed()),
        }
    };
    eprintln!("two lists by slow patterns: {first} and {second} after {took:?}, others waited {longest:?} at most");
    assert!(matches!((first, second), (200 | 400, 200 | 400)), "{refusal}");
    assert!(took < Duration::from_secs(20) && longest < Duration::from_secs(1), "{took:?} {longest:?}");

    for (query, words) in [
        (json!({ "$or": vec![pattern(2); 9] }), "more than 8 times $regex"),
        (pattern(5_000), "$regex of metadata.text"),
        (json!({ "metadata.text": { "$regex": "x".repeat(300) } }), "more than 256 bytes"),
    ] {
        let (status, refusal) = list(&fixture, &query).await;
        assert_eq!(status, 400, "{refusal}");
        assert!(refusal["message"].as_str().unwrap().contains(words), "{refusal}");
    }
}
