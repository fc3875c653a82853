//! Calls that generate: what comes back, and what the ledger makes of it.

use std::time::Duration;

use cosmic_ai::mock::{Answer, Fault, Latency, MockBackend, When};
use cosmic_ai::pricing::Budget;
use cosmic_ai::pricing::ledger::{EntryQuery, State};
use cosmic_ai::{Modality, Tokens};
use cosmic_ai_server::{Backend, BucketConfig};
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY, answer};

/// A mock behind the server, with more to it.
pub(crate) fn mock(
    change: impl Fn(cosmic_ai::mock::MockBackendBuilder) -> cosmic_ai::mock::MockBackendBuilder + Send + Sync + 'static,
) -> Backend {
    Backend::embedded(move |library| {
        change(MockBackend::builder().with_library(library.clone()).without_recording()).build().into()
    })
}

async fn states(fixture: &Fixture) -> Vec<State> {
    let entries = fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap();
    entries.iter().map(|entry| entry.state).collect()
}

/// Waits until the ledger's entries stand so; fails after ten seconds.
async fn wait_for(fixture: &Fixture, expected: &[State]) {
    for _ in 0..1_000 {
        if states(fixture).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(states(fixture).await, expected);
}

#[tokio::test]
async fn text_comes_in_one_piece_with_its_usage() {
    let fixture = Fixture::start().await;
    let (status, answer) = fixture.ask("ai/text", &json!({ "prompt": "Name a colour", "max_tokens": 20 })).await;
    assert_eq!(status, 200, "{answer}");
    assert!(!answer["text"].as_str().unwrap().is_empty());
    assert!(answer["usage"]["output_tokens"].as_u64().unwrap() <= 20);
    assert_eq!(states(&fixture).await, [State::Settled]);
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stream_is_written_so_that_every_client_reads_it() {
    let backend = mock(|mock| mock.on(When::text(), Answer::fragments(["Grün, ", "naïve\n", "🎉"])));
    let fixture = Fixture::with(backend, |config| config).await;
    let body = json!({ "prompt": "Name a colour", "stream": true });
    let response = fixture.call("ai/text", &body).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    let blocks: Vec<&str> = text.split_terminator("\n\n").collect();
    assert!(text.ends_with("\n\n") && !text.contains('\r'), "{text:?}");
    let events: Vec<Value> =
        blocks.iter().map(|block| serde_json::from_str(block.strip_prefix("data: ").unwrap()).unwrap()).collect();
    assert_eq!(events[..3], [json!({ "text": "Grün, " }), json!({ "text": "naïve\n" }), json!({ "text": "🎉" })]);
    assert!(events[3]["token_count"]["output_tokens"].as_u64().unwrap() > 0, "{text}");
    assert_eq!(events[4]["event"], "end", "{text}");
    assert!(events[4]["data"].is_object());
    assert_eq!(events.len(), 5);
    assert_eq!(states(&fixture).await, [State::Settled]);
}

#[tokio::test]
async fn an_error_after_the_start_is_the_last_event_and_what_was_delivered_is_settled() {
    let backend = mock(|mock| {
        mock.on(When::text(), Answer::fragments(["one ", "two ", "three"]))
            .fault(When::text(), Fault::connection_lost().after_fragments(2))
    });
    let fixture = Fixture::with(backend, |config| config).await;
    let body = json!({ "prompt": "Count", "stream": true });
    let text = fixture.call("ai/text", &body).send().await.unwrap().text().await.unwrap();
    assert!(
        text.starts_with("data: {\"text\":\"one \"}\n\ndata: {\"text\":\"two \"}\n\ndata: {\"error\":{\"message\":"),
        "{text}"
    );
    assert!(text.ends_with("\n\n") && !text.contains("\"end\""), "{text}");
    assert_eq!(states(&fixture).await, [State::Settled]);
}

#[tokio::test]
async fn a_silent_stream_says_that_it_is_there() {
    let backend = mock(|mock| mock.on(When::text(), Answer::text("late").after(Duration::from_millis(300))));
    let fixture = Fixture::with(backend, |mut config| {
        config.limits.keep_alive = Duration::from_millis(40);
        config
    })
    .await;
    let body = json!({ "prompt": "Wait", "stream": true });
    let text = fixture.call("ai/text", &body).send().await.unwrap().text().await.unwrap();
    assert!(text.starts_with(": keep-alive\n\n"), "{text:?}");
    assert!(text.contains("data: {\"text\":\"late\"}\n\n"));
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_stream_which_is_settled_by_policy() {
    let backend = mock(|mock| {
        mock.with_latency_of(Modality::Text, Latency::realistic())
            .on(When::text(), Answer::text("word ".repeat(5_000)).in_fragments(5_000))
    });
    let fixture = Fixture::with(backend, |config| config).await;
    let body = json!({ "prompt": "Talk", "stream": true });
    let mut response = fixture.call("ai/text", &body).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"data: "));
    assert_eq!(states(&fixture).await, [State::Sent]);
    drop(response);
    wait_for(&fixture, &[State::Settled]).await;
    let entry = &fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap()[0];
    assert!(entry.charge.unwrap().output < entry.held.unwrap().output, "{entry:?}");
}

#[tokio::test]
async fn a_medium_is_finished_when_its_client_leaves_and_is_found_later() {
    let backend = mock(|mock| mock.with_latency(Latency::fixed(Duration::from_millis(300))));
    let fixture = Fixture::with(backend, |config| config).await;
    let body = json!({ "prompt": "A kite", "duration": 4, "metadata": { "order": 7 } });
    let impatient = fixture.call("ai/video", &body).timeout(Duration::from_millis(100)).send().await;
    assert!(impatient.unwrap_err().is_timeout());
    wait_for(&fixture, &[State::Settled]).await;
    let (status, list) = fixture.list("query={\"metadata.order\":7}").await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(list["media"][0]["type"], "video/mp4");
    assert_eq!(list["total"], 1);
}

#[tokio::test]
async fn media_come_as_the_api_shows_them() {
    let fixture = Fixture::start().await;
    let body =
        json!({ "prompt": "A red bicycle", "folder": "art", "alt_text": "A bicycle", "metadata": { "caption": "x" } });
    let (status, answer) = fixture.ask("ai/image", &body).await;
    assert_eq!(status, 200, "{answer}");
    let media = &answer["media"];
    assert_eq!((&media["type"], &media["width"], &media["height"]), (&json!("image/png"), &json!(1024), &json!(1024)));
    assert_eq!((&media["folder"], &media["alt_text"]), (&json!("art"), &json!("A bicycle")));
    assert_eq!(media["metadata"], json!({ "caption": "x" }));
    for field in
        ["id", "name", "original_name", "size", "bucket", "created_at", "created_by", "modified_at", "url", "imgix_url"]
    {
        assert!(media.get(field).is_some(), "{field} is missing in {media}");
    }
    assert!(answer.get("usage").is_none() && answer["revised_prompt"].is_string(), "{answer}");
    let bytes = fixture.client.get(media["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes.len() as u64, media["size"].as_u64().unwrap());
}

#[tokio::test]
async fn a_clip_made_before_a_restart_can_be_extended_after_it() {
    let fixture = Fixture::start().await;
    let (_, clip) = fixture.ask("ai/video", &json!({ "prompt": "A door opens", "duration": "8" })).await;
    let id = clip["media"]["id"].as_str().unwrap().to_owned();
    let fixture = fixture.restarted(Backend::mock(), |config| config).await;
    assert!(fixture.server.recovery().to_string().ends_with("0 settled, 0 released, 0 unresolved"));
    let (status, next) = fixture.ask("ai/video/extend", &json!({ "media_id": id, "prompt": "In we go" })).await;
    assert_eq!(status, 200, "{next}");
    assert_eq!((&next["source_media_id"], &next["is_extension"]), (&json!(id), &json!(true)));
    assert_eq!(next["usage"]["total_tokens"], 288_000);
    assert!(next["media"]["metadata"]["veo_file_uri"].is_string());
    let (status, last) =
        fixture.ask("ai/video/extend", &json!({ "media_id": next["media"]["id"], "prompt": "On" })).await;
    assert_eq!(status, 200, "{last}");
}

#[tokio::test]
async fn a_used_up_budget_is_402_with_model_tier_and_multiplier() {
    let fixture = Fixture::with(Backend::mock(), |mut config| {
        config.buckets.clear();
        let bucket = BucketConfig::new(BUCKET, WRITE_KEY, READ_KEY).with_budget(Budget::once(Tokens(40_000)));
        config.with_bucket(bucket)
    })
    .await;
    assert_eq!(fixture.ask("ai/image", &json!({ "prompt": "One" })).await.0, 200);
    let (status, refusal) = fixture.ask("ai/text", &json!({ "prompt": "Two", "max_tokens": 50_000 })).await;
    assert_eq!(status, 402, "{refusal}");
    assert_eq!(refusal["status"], 402);
    assert_eq!(refusal["code"], "INSUFFICIENT_CREDITS");
    assert_eq!((&refusal["tier"], &refusal["multiplier"]), (&json!("Standard"), &json!(2.0)), "{refusal}");
    let message = refusal["message"].as_str().unwrap();
    assert!(message.contains("Model Claude Opus 4.8 (Standard tier, 2.0x cost)"), "{message}");
    assert!(message.contains("the largest that fits"), "{message}");
    let (status, refusal) = fixture.ask("ai/video", &json!({ "prompt": "Three" })).await;
    assert_eq!((status, &refusal["model"]), (402, &json!("veo-3.1-fast-generate-preview")), "{refusal}");
}

#[tokio::test]
async fn keys_are_taken_from_the_header_or_the_body() {
    let fixture = Fixture::start().await;
    let path = format!("/v3/buckets/{BUCKET}/ai/text");
    let ask = |key: Option<&str>, body: Value| {
        let request = fixture.request(reqwest::Method::POST, &path).header("content-type", "application/json");
        let request = match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        let request = request.body(body.to_string());
        async { answer(request.send().await.unwrap()).await.0 }
    };
    let text = json!({ "prompt": "Hello", "max_tokens": 5 });
    let keyed = |key: &str| json!({ "prompt": "Hello", "max_tokens": 5, "write_key": key });
    assert_eq!(ask(Some(WRITE_KEY), text.clone()).await, 200);
    assert_eq!(ask(None, keyed(WRITE_KEY)).await, 200);
    assert_eq!(ask(None, text.clone()).await, 401);
    assert_eq!(ask(Some("another"), text.clone()).await, 401);
    assert_eq!(ask(Some(READ_KEY), text).await, 403);
    assert_eq!(
        ask(Some("another"), keyed(WRITE_KEY)).await,
        401,
        "a wrong key in the header is not made good by the body"
    );
    assert_eq!(ask(None, keyed(READ_KEY)).await, 403);
    assert_eq!(states(&fixture).await.len(), 2);
}
