//! Models, prices, usage, and how the server is.

use cosmic_ai::pricing::Budget;
use cosmic_ai::{Registry, Tokens};
use cosmic_ai_server::{Backend, BucketConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY, answer};

async fn get(fixture: &Fixture, path: &str) -> (u16, Value) {
    answer(fixture.request(Method::GET, path).send().await.unwrap()).await
}

async fn estimate(fixture: &Fixture, query: &str, body: Value) -> (u16, Value) {
    let request = fixture.request(Method::POST, &format!("/v3/estimate{query}"));
    answer(request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()).await
}

#[tokio::test]
async fn every_model_is_listed_with_what_it_takes_and_costs() {
    let fixture = Fixture::start().await;
    let (status, all) = get(&fixture, "/v3/models").await;
    assert_eq!((status, &all["total"]), (200, &json!(Registry::built_in().models().len())));
    let (_, one) = get(&fixture, "/v3/models/Claude%20Opus%204.8").await;
    let opus = &one["model"];
    assert_eq!(opus["id"], "claude-opus-4-8");
    assert_eq!(
        opus["pricingTier"],
        json!({
            "tier": "standard", "name": "Standard", "multiplier": 2.0, "highTier": null, "highMultiplier": 2.0,
        })
    );
    assert_eq!(opus["sources"]["pricingTier"]["basis"], "documented");
    assert_eq!(
        (&opus["isDefault"], &opus["modality"], &opus["provider"]),
        (&json!(true), &json!("text"), &json!("anthropic"))
    );
    // Assumed to be Standard, and to be reckoned with as Premium.
    let (_, one) = get(&fixture, "/v3/models/gpt-5.2-codex").await;
    let codex = &one["model"];
    assert_eq!(
        (&codex["pricingTier"]["highTier"], &codex["pricingTier"]["highMultiplier"]),
        (&json!("Premium"), &json!(4.0))
    );
    assert_eq!(codex["sources"]["pricingTier"]["basis"], "assumed");
    assert!(codex["sources"]["pricingTier"]["reason"].is_string());
    let (_, images) = get(&fixture, "/v3/models?modality=image&provider=openai").await;
    let ids: Vec<&str> = images["models"].as_array().unwrap().iter().filter_map(|model| model["id"].as_str()).collect();
    assert_eq!(ids, ["dall-e-3"]);
    assert_eq!(images["models"][0]["contextWindow"], Value::Null);
    let (_, one) = get(&fixture, "/v3/models/veo-3.1-fast-generate-preview").await;
    assert_eq!(one["model"]["limits"]["durations"], json!([4, 6, 8]));
    let prices = one["model"]["prices"].as_array().unwrap();
    let extension = prices.iter().find(|price| price["per"] == "extension").unwrap();
    assert_eq!(extension["expected"], 288_000);
    let (_, speech) = get(&fixture, "/v3/models?modality=audio").await;
    assert_eq!(speech["models"][0]["limits"]["voices"].as_array().unwrap().len(), 9);

    assert_eq!(get(&fixture, "/v3/models/unheard-of").await.0, 404);
    for wrong in ["modality=film", "provider=nobody", "model=a", "modality=text&modality=image"] {
        let (status, refusal) = get(&fixture, &format!("/v3/models?{wrong}")).await;
        assert_eq!(status, 400, "{wrong}: {refusal}");
    }
    // Unknown is null, never zero.
    for model in all["models"].as_array().unwrap() {
        for figure in ["contextWindow", "maxOutputTokens"] {
            assert_ne!(model[figure], json!(0), "{model}");
            assert_eq!(model[figure].is_null(), model["sources"][figure].is_null(), "{model}");
        }
    }
}

#[tokio::test]
async fn any_body_is_priced_without_a_key_and_without_being_sent() {
    let fixture = Fixture::start().await;
    let body = json!({ "prompt": "Write a product description for a coffee mug", "max_tokens": 500 });
    let (status, price) = estimate(&fixture, "", body).await;
    assert_eq!(status, 200, "{price}");
    assert_eq!(
        (&price["model"], &price["tier"], &price["multiplier"]),
        (&json!("claude-opus-4-8"), &json!("Standard"), &json!(2.0))
    );
    assert_eq!(price["deducted_tokens"]["high"], 1_120);
    assert!(price["assumptions"].as_array().unwrap().iter().all(Value::is_string));
    for (query, body, high) in [
        ("?kind=image", json!({ "prompt": "A lake" }), Some(32_160)),
        ("", json!({ "kind": "video", "prompt": "Waves", "write_key": "k" }), Some(288_000)),
        ("", json!({ "prompt": "Waves", "duration": "4" }), Some(144_000)),
        ("", json!({ "prompt": "More", "media_id": "abc" }), Some(288_000)),
        ("?kind=audio", json!({ "prompt": "Hello" }), Some(3_600)),
        (
            "?kind=text",
            json!({ "prompt": "Hello", "stream": true, "media_url": "https://a.b/c.pdf", "model": "o1-mini" }),
            None,
        ),
    ] {
        let (status, price) = estimate(&fixture, query, body.clone()).await;
        assert_eq!(status, 200, "{body}: {price}");
        assert_eq!(price["output_tokens"]["high"].as_u64().filter(|_| high.is_some()), high, "{body}: {price}");
    }
    let (status, compared) =
        estimate(&fixture, "?compare=true", json!({ "prompt": "Waves", "resolution": "1080p" })).await;
    assert_eq!(status, 200, "{compared}");
    assert_eq!(compared["comparisons"].as_array().unwrap().len(), 2);
    assert_eq!(compared["comparisons"][0]["estimate"]["model"], "veo-3.1-fast-generate-preview");
    for (query, body, words) in [
        ("", json!({ "prompt": "What am I?" }), "(allowed: text, image, video, extend, audio, speech)"),
        ("?kind=film", json!({ "prompt": "Waves" }), "kind `film`"),
        ("?kind=image", json!({ "kind": "text", "prompt": "A" }), "kind is another in the body"),
        ("?kind=image", json!({ "prompt": "A", "size": "3x3" }), "size `3x3`"),
        ("?kind=image", json!({ "prompt": 3 }), "prompt"),
        ("?compares=true", json!({ "prompt": "A" }), "compares"),
    ] {
        let (status, refusal) = estimate(&fixture, query, body).await;
        assert_eq!(status, 400, "{query}: {refusal}");
        assert!(refusal["message"].as_str().unwrap().contains(words), "{query}: {refusal}");
    }
    let (_, usage) = get(&fixture, &format!("/v3/usage?read_key={READ_KEY}")).await;
    assert_eq!(usage["total"]["calls"], 0);
}

#[tokio::test]
async fn usage_is_of_one_bucket_and_its_budgets() {
    let fixture = Fixture::with(Backend::mock(), |mut config| {
        config.buckets[0] =
            BucketConfig::new(BUCKET, WRITE_KEY, READ_KEY).with_budget(Budget::monthly(Tokens(100_000)));
        config
            .with_bucket(BucketConfig::new("other", "other-write", "other-read"))
            .with_bucket(BucketConfig::new("twin", "twin-write", "other-read"))
            .with_budget(Budget::monthly(Tokens(1_000_000)))
    })
    .await;
    fixture.ask("ai/text", &json!({ "prompt": "Hello", "max_tokens": 10 })).await;
    fixture.ask("ai/image", &json!({ "prompt": "A lake" })).await;
    let path = "/v3/buckets/other/ai/image";
    let request = fixture.request(Method::POST, path).bearer_auth("other-write");
    let body = json!({ "prompt": "A lake" }).to_string();
    let (status, _) = answer(request.header("content-type", "application/json").body(body).send().await.unwrap()).await;
    assert_eq!(status, 200);

    let (status, usage) = get(&fixture, &format!("/v3/usage?read_key={READ_KEY}&by=modality,model")).await;
    assert_eq!(status, 200, "{usage}");
    assert_eq!((&usage["bucket"], &usage["total"]["calls"]), (&json!(BUCKET), &json!(2)));
    let keys: Vec<&Value> = usage["rows"].as_array().unwrap().iter().map(|row| &row["key"]).collect();
    assert_eq!(keys, [&json!(["image", "gemini-3.1-flash-image-preview"]), &json!(["text", "claude-opus-4-8"])]);
    let spent = usage["total"]["total"].as_u64().unwrap();
    // The budget over all buckets is not told of: it says what others spend.
    let standings = usage["standings"].as_array().unwrap();
    assert_eq!(standings.len(), 1, "{usage}");
    assert_eq!(standings[0]["left"]["total"], 100_000 - spent);

    let by_key = fixture.request(Method::GET, "/v3/usage?bucket=other").bearer_auth("other-write");
    let (status, usage) = answer(by_key.send().await.unwrap()).await;
    assert_eq!((status, &usage["total"]["calls"]), (200, &json!(1)), "{usage}");
    let asked = format!("/v3/usage?read_key={READ_KEY}&by=day,label:user&since=2026-01-01");
    let asked_for = json!({ "by": ["day", "label:user"], "since": "2026-01-01T00:00:00Z", "until": null });
    assert_eq!(get(&fixture, &asked).await.1["query"], asked_for);
    let (_, later) = get(&fixture, &format!("/v3/usage?read_key={READ_KEY}&since=2100-01-01")).await;
    assert_eq!(later["total"]["calls"], 0);
    let (_, labelled) = get(&fixture, &format!("/v3/usage?read_key={READ_KEY}&by=day,label:user")).await;
    assert_eq!(labelled["rows"][0]["key"][1], Value::Null);
    for (query, expected) in [
        ("", 401),
        ("?read_key=guess", 401),
        (&*format!("?read_key={READ_KEY}&bucket=other"), 401),
        ("?read_key=other-read&bucket=none", 404),
        ("?read_key=other-read", 400),
        (&*format!("?read_key={READ_KEY}&by=colour"), 400),
        (&*format!("?read_key={READ_KEY}&since=yesterday"), 400),
        (&*format!("?read_key={READ_KEY}&since=2026-02-01&until=2026-01-01"), 400),
        (&*format!("?read_key={READ_KEY}&from=2026-02-01"), 400),
    ] {
        let (status, refusal) = get(&fixture, &format!("/v3/usage{query}")).await;
        assert_eq!(status, expected, "{query}: {refusal}");
    }
    let (_, refusal) = get(&fixture, &format!("/v3/usage?read_key={READ_KEY}&untill=2026-02-01")).await;
    let message = refusal["message"].as_str().unwrap();
    assert!(message.contains("parameter `untill` is not known to this route, did you mean `until`?"), "{message}");
}

#[tokio::test]
async fn budgets_over_everything_stand_in_the_usage_of_a_bucket_that_is_everything() {
    let shared = |config: cosmic_ai_server::Config| {
        let ledger = config.data.join("shared.db");
        config.with_ledger(cosmic_ai_server::LedgerPlace::Sqlite(ledger))
    };
    let other = |config: cosmic_ai_server::Config| config.with_bucket(BucketConfig::new("other", "other-w", "other-r"));
    let same = |config| config;
    let cases: [(&dyn Fn(cosmic_ai_server::Config) -> cosmic_ai_server::Config, bool); 3] =
        [(&same, true), (&shared, false), (&other, false)];
    for (place, (change, is_shown)) in cases.into_iter().enumerate() {
        let budget = Budget::monthly(Tokens(100_000));
        let fixture = Fixture::with(Backend::mock(), |config| change(config.with_budget(budget))).await;
        fixture.ask("ai/text", &json!({ "prompt": "Hello", "max_tokens": 10 })).await;
        let (_, usage) = get(&fixture, &format!("/v3/usage?read_key={READ_KEY}")).await;
        let spent = usage["total"]["total"].as_u64().unwrap();
        let left: Vec<u64> =
            usage["standings"].as_array().unwrap().iter().map(|one| one["left"]["total"].as_u64().unwrap()).collect();
        let expected = if is_shown { vec![100_000 - spent] } else { Vec::new() };
        assert_eq!(left, expected, "{place}: {usage}");
        fixture.server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn the_server_says_how_it_is() {
    let fixture = Fixture::start().await;
    assert_eq!(get(&fixture, "/healthz").await, (200, json!({ "status": "ok" })));
    assert_eq!(get(&fixture, "/readyz").await, (200, json!({ "status": "ready" })));
    let metrics = fixture.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(metrics.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(metrics.text().await.unwrap().contains("# TYPE"));
    let (status, document) = get(&fixture, "/openapi.json").await;
    assert_eq!((status, document), (200, cosmic_ai_server::document()));
}
