//! What goes through, and what does not.

use cosmic_ai::Tokens;
use cosmic_ai::pricing::ledger::State;
use cosmic_ai::pricing::{Budget, Scope};
use cosmic_ai_server::{Backend, BucketConfig};
use cosmic_ai_testkit::server::{FaultServer, Reply, Script};
use serde_json::{Value, json};

use super::{OWN_WRITE_KEY, assert_keeps_keys, gateway, gateway_to, service, states, to};
use crate::fixture::{Fixture, READ_KEY, WRITE_KEY, answer};

#[tokio::test]
async fn every_call_goes_through_under_the_gateways_own_key() {
    let service = service().await;
    let fixture = gateway(&service).await;
    let (status, text) = fixture.ask("ai/text", &json!({ "prompt": "Hello", "max_tokens": 30 })).await;
    assert_eq!(status, 200, "{text}");
    let streamed = fixture.call("ai/text", &json!({ "prompt": "Hello", "max_tokens": 30, "stream": true }));
    let streamed = streamed.send().await.unwrap().text().await.unwrap();
    let events = streamed.split_terminator("\n\n").map(|event| event.strip_prefix("data: ").unwrap());
    let events: Vec<Value> = events.map(|event| serde_json::from_str(event).unwrap()).collect();
    let fragments: String = events.iter().filter_map(|event| event["text"].as_str()).collect();
    assert_eq!((fragments.as_str(), &events.last().unwrap()["event"]), (text["text"].as_str().unwrap(), &json!("end")));

    let own = json!({ "note": "mine", "cosmic_ai_operation_id": "own-1" });
    let (status, image) = fixture.ask("ai/image", &json!({ "prompt": "A kite", "metadata": own })).await;
    assert_eq!(status, 200, "{image}");
    // The client's own operation id is its own again.
    assert_eq!(image["media"]["metadata"]["cosmic_ai_operation_id"], "own-1");
    let (status, video) = fixture.ask("ai/video", &json!({ "prompt": "It flies", "duration": 4 })).await;
    assert_eq!(status, 200, "{video}");
    let id = video["media"]["id"].as_str().unwrap();
    let (status, longer) = fixture.ask("ai/video/extend", &json!({ "prompt": "On", "media_id": id })).await;
    assert_eq!((status, &longer["source_media_id"]), (200, &json!(id)), "{longer}");
    let (status, speech) = fixture.ask("ai/audio", &json!({ "prompt": "Welcome" })).await;
    assert_eq!(status, 200, "{speech}");
    // Media are where the service has them.
    let url = image["media"]["url"].as_str().unwrap();
    assert!(url.starts_with(service.base_url().trim_end_matches("/v3")), "{url}");
    assert!(image["media"].get("origin_url").is_none());

    let (status, list) = fixture.list("").await;
    assert_eq!((status, list["total"].as_u64()), (200, Some(4)), "{list}");
    let oldest = &list["media"][3];
    assert_eq!((&oldest["id"], &oldest["metadata"]), (&image["media"]["id"], &image["media"]["metadata"]));
    assert_eq!(states(&fixture).await, [State::Settled; 6]);
    for request in service.requests().iter().filter(|request| request.method == "POST") {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {OWN_WRITE_KEY}").as_str()));
        let sent = format!("{:?}{}", request.headers, String::from_utf8_lossy(&request.body));
        assert!(!sent.contains(WRITE_KEY) && !sent.contains(READ_KEY), "{sent}");
    }
    for shown in [&text, &image, &video, &longer, &speech, &list] {
        assert_keeps_keys(shown);
    }
}

#[tokio::test]
async fn what_else_the_service_says_at_the_end_of_a_stream_is_passed_on() {
    let events = [
        json!({ "text": "Hello" }),
        json!({ "token_count": { "input_tokens": 3, "output_tokens": 2 } }),
        json!({ "event": "end", "data": { "model": "claude-opus-4-8", "finish": "stop", "more": { "a": [1] } } }),
    ];
    let reply = Reply::sse(events.map(|event| event.to_string())).reply();
    let server = FaultServer::start(Script::new().then(reply)).await;
    let backend = Backend::http(to(&format!("{}/v3", server.url())).build().unwrap());
    let fixture = Fixture::with(backend, |config| config).await;
    let streamed = fixture.call("ai/text", &json!({ "prompt": "Hello", "max_tokens": 30, "stream": true }));
    let text = streamed.send().await.unwrap().text().await.unwrap();
    let end = text.split_terminator("\n\n").last().and_then(|event| event.strip_prefix("data: ")).unwrap();
    let expected = json!({ "model": "claude-opus-4-8", "finish": "stop", "more": { "a": [1] } });
    assert_eq!(serde_json::from_str::<Value>(end).unwrap()["data"], expected, "{text}");
}

#[tokio::test]
async fn a_budget_refuses_before_anything_is_sent() {
    let service = service().await;
    let fixture = gateway_to(&service, |config| config.with_budget(Budget::monthly(Tokens(3_000)))).await;
    for (path, body, model) in [
        ("ai/image", json!({ "prompt": "A kite" }), "gemini-3.1-flash-image-preview"),
        ("ai/video", json!({ "prompt": "A kite" }), "veo-3.1-fast-generate-preview"),
        ("ai/audio", json!({ "prompt": "A kite" }), "tts-1"),
        ("ai/text", json!({ "prompt": "A kite", "max_tokens": 100_000 }), "claude-opus-4-8"),
        ("ai/text", json!({ "prompt": "A kite", "max_tokens": 100_000, "stream": true }), "claude-opus-4-8"),
    ] {
        let (status, refusal) = fixture.ask(path, &body).await;
        assert_eq!((status, &refusal["status"]), (402, &json!(402)), "{path}: {refusal}");
        assert_eq!((&refusal["code"], &refusal["model"]), (&json!("INSUFFICIENT_CREDITS"), &json!(model)));
        assert!(refusal.get("outcome").is_none(), "{refusal}");
    }
    assert!(service.requests().is_empty() && service.connections() == 0);
    let (status, text) = fixture.ask("ai/text", &json!({ "prompt": "A kite", "max_tokens": 20 })).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn a_budget_of_several_buckets_does_not_tell_what_others_spend() {
    let service = service().await;
    let refusal = |budgets: [Budget; 2], others: usize| {
        let service = &service;
        async move {
            let fixture = gateway_to(service, |mut config| {
                let [own, shared] = budgets;
                config.buckets[0] = config.buckets[0].clone().with_budget(own);
                let names = ["other", "third"].into_iter().take(others);
                names.fold(config.with_budget(shared), |config, slug| {
                    config.with_bucket(BucketConfig::new(slug, &format!("{slug}-write"), &format!("{slug}-read")))
                })
            })
            .await;
            let (status, refusal) = fixture.ask("ai/image", &json!({ "prompt": "A kite" })).await;
            assert_eq!((status, &refusal["code"]), (402, &json!("INSUFFICIENT_CREDITS")), "{refusal}");
            refusal["message"].as_str().unwrap().to_owned()
        }
    };
    let (little, much) = (|| Budget::monthly(Tokens(3_000)), || Budget::monthly(Tokens(1_000_000)));
    let shared = refusal([much(), little()], 2).await;
    let expected = "the budget of a month for all calls, which is shared with others; it renews at 2";
    assert!(shared.contains(expected), "{shared}");
    assert!(!shared.contains("3,000") && !shared.contains("left of 3"), "{shared}");
    let named = refusal([much(), little().named("house")], 1).await;
    assert!(named.contains("left of house, which is shared") && !named.contains("3,000"), "{named}");
    let by_user = refusal([much(), little().for_scope(Scope::each("user"))], 1).await;
    assert!(by_user.contains("the budget of a month for each user, which is shared"), "{by_user}");
    // What counts its own calls only says all.
    let own = refusal([little(), much()], 2).await;
    assert!(own.contains("3,000 tokens left"), "{own}");
    let each = refusal([much(), little().for_scope(Scope::each("bucket"))], 2).await;
    assert!(each.contains("3,000 tokens left"), "{each}");
    let alone = refusal([much(), little()], 0).await;
    assert!(alone.contains("3,000 tokens left"), "{alone}");
}

#[tokio::test]
async fn urls_in_requests_are_passed_on_as_they_are_and_never_asked_for() {
    let service = service().await;
    let fixture = gateway(&service).await;
    let trap = FaultServer::start(Script::new()).await;
    let url = |name: &str| format!("{}/{name}?a=%20b&c=d#e", trap.url());
    let cases = [
        ("ai/text", json!({ "prompt": "What is it?", "max_tokens": 30, "media_url": url("file.pdf") })),
        ("ai/text", json!({ "prompt": "What is it?", "max_tokens": 30, "media_url": url("f"), "stream": true })),
        ("ai/image", json!({ "prompt": "A kite", "reference_images": [url("one.png"), url("two.png")] })),
        ("ai/video", json!({ "prompt": "A kite", "reference_images": [url("first.png")] })),
    ];
    for (path, body) in &cases {
        let response = fixture.call(path, body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.bytes().await.unwrap();
        let sent = service.requests().pop().unwrap().json();
        for field in ["media_url", "reference_images"] {
            assert_eq!(sent.get(field), body.get(field), "{path}");
        }
    }
    // Not even by a mock within the server.
    let embedded = crate::fixture::Fixture::start().await;
    for (path, body) in &cases {
        assert_eq!(embedded.call(path, body).send().await.unwrap().status(), 200, "{path}");
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn an_idempotency_key_is_paid_once_at_the_service() {
    let service = service().await;
    let fixture = gateway(&service).await;
    for (path, body) in [
        ("ai/text", json!({ "prompt": "Hello", "max_tokens": 30 })),
        ("ai/image", json!({ "prompt": "A kite", "metadata": { "cosmic_ai_operation_id": "own-1" } })),
        ("ai/video", json!({ "prompt": "A kite", "duration": 4 })),
        ("ai/audio", json!({ "prompt": "A kite" })),
    ] {
        let calls = || service.requests().iter().filter(|request| request.path().contains("/ai/")).count();
        let before = calls();
        let send = || fixture.call(path, &body).header("idempotency-key", format!("order {path}")).send();
        let first = answer(send().await.unwrap()).await;
        let again = send().await.unwrap();
        assert_eq!(again.headers()["idempotency-replayed"], "true", "{path}");
        assert_eq!((first.0, answer(again).await), (200, first), "{path}");
        assert_eq!(calls(), before + 1, "{path}");
    }
}
