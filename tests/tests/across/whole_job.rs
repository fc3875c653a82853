//! A plan in JSON is priced, carried out, accounted for and saved, as an application would do it.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Client, Cost, Error, Media, MediaId, Request, Tokens, Usage};
use serde_json::{Value, json};

/// One request of every kind; `source` is the clip to extend.
fn plan(source: &MediaId) -> Value {
    json!([
        { "kind": "text", "prompt": "Write a product description for a coffee mug", "max_tokens": 500 },
        { "kind": "text", "messages": [{ "role": "user", "content": "And for a plate?" }], "max_tokens": 80,
          "model": "gpt-5" },
        { "kind": "image", "prompt": "A coffee mug", "size": "512x512", "aspect_ratio": "16:9", "alt_text": "A mug",
          "folder": "shop", "metadata": { "article": 7 } },
        { "kind": "image", "prompt": "A coffee mug", "model": "dall-e-3", "quality": "hd" },
        { "kind": "video", "prompt": "The mug turns", "duration": 4, "resolution": "1080p",
          "reference_images": ["https://example.com/mug.png"] },
        { "kind": "extend", "media_id": source, "prompt": "The mug falls",
          "model": "veo-3.1-generate-preview" },
        { "kind": "speech", "prompt": "A mug that keeps its heat.", "voice": "sage", "model": "tts-1-hd" },
    ])
}

/// Carries out one request; gives what was made and used.
pub(crate) async fn carry_out(client: &Client, request: &Request) -> Result<(Option<Media>, Option<Usage>), Error> {
    Ok(match request {
        Request::Text(request) => (None, client.generate_text(request).await?.usage),
        Request::Image(request) => {
            let response = client.generate_image(request).await?;
            (Some(response.media), response.usage)
        }
        Request::Video(request) => {
            let response = client.generate_video(request).await?;
            (Some(response.media), response.usage)
        }
        Request::Extend(request) => {
            let response = client.extend_video(request).await?;
            (Some(response.media), response.usage)
        }
        Request::Speech(request) => {
            let response = client.generate_speech(request).await?;
            (Some(response.media), response.usage)
        }
        other => panic!("a new kind of request: {other:?}"),
    })
}

#[tokio::test]
async fn a_plan_is_priced_carried_out_accounted_for_and_saved() {
    let client = Client::new(MockBackend::new());
    let source = client.generate_video(cosmic_ai::VideoRequest::new("A mug on a table")).await.unwrap().media.id;
    let json = plan(&source);
    let requests: Vec<Request> = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&requests).unwrap(), json, "nothing is lost on the way through JSON");

    let folder = tempfile::tempdir().unwrap();
    let mut charges = Vec::new();
    for (number, request) in requests.iter().enumerate() {
        let estimate = client.estimate(request).unwrap();
        let (media, usage) = carry_out(&client, request).await.unwrap();
        let charge = client.cost(request, usage.as_ref()).charge().unwrap();
        let most = estimate.most().unwrap();
        assert!(charge.input <= most.input && charge.output <= most.output, "{charge} after {estimate}");
        charges.push(charge.total().get());
        if let Some(media) = media {
            let path = folder.path().join(number.to_string());
            client.save(&media, &path).await.unwrap();
            assert_eq!(std::fs::metadata(path).unwrap().len(), media.size.unwrap());
        }
    }
    // Media as the price table has them; DALL-E in HD as the registry expects it; speech with 7 input tokens.
    assert_eq!(charges[2..], [32_160, 4_800, 144_000, 768_000, 7_207]);
    assert!(charges[0] <= 2 * (44 + 16 + 500) && charges[1] <= 2 * (16 + 16 + 8 + 80), "{charges:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn a_kind_that_does_not_exist_is_named_in_the_error() {
    let error = serde_json::from_value::<Request>(json!({ "kind": "smell", "prompt": "A rose" })).unwrap_err();
    assert!(error.to_string().contains("smell") && error.to_string().contains("speech"), "{error}");
}

#[test]
fn an_estimate_is_json_for_people_and_programs() {
    let client = Client::new(MockBackend::new());
    let estimate = |request: Value| {
        let request: Request = serde_json::from_value(request).unwrap();
        serde_json::to_value(client.estimate(&request).unwrap()).unwrap()
    };
    let ask = estimate(json!({ "kind": "text", "prompt": "Write a product description for a coffee mug",
                               "max_tokens": 500 }));
    let keys: Vec<&String> = ask.as_object().unwrap().keys().collect();
    let expected = ["assumptions", "deducted_tokens", "input_tokens", "model", "multiplier", "output_tokens", "tier"];
    assert_eq!(sorted(keys), expected);
    assert_eq!((&ask["model"], &ask["tier"]), (&json!("claude-opus-4-8"), &json!("Standard")));
    assert_eq!(ask["output_tokens"]["high"], 500);
    assert_eq!(ask["deducted_tokens"]["high"], 1_120);
    assert!(ask["assumptions"].as_array().unwrap().iter().all(Value::is_string));

    let film = estimate(json!({ "kind": "video", "prompt": "A kite" }));
    assert_eq!((&film["tier"], &film["multiplier"]), (&Value::Null, &Value::Null));
    assert_eq!(film["output_tokens"], json!({ "low": 288_000, "expected": 288_000, "high": 288_000 }));

    let open = estimate(json!({ "kind": "text", "prompt": "Describe it", "media_url": "https://example.com/a.pdf",
                                "model": "gpt-4o-mini" }));
    for key in ["input_tokens", "output_tokens", "deducted_tokens"] {
        let range = open[key].as_object().unwrap();
        assert_eq!(sorted(range.keys().collect()), ["expected", "high", "low"], "{key}");
    }
}

fn sorted(mut keys: Vec<&String>) -> Vec<&str> {
    keys.sort();
    keys.into_iter().map(String::as_str).collect()
}

#[tokio::test]
async fn the_cost_of_every_kind_is_known_from_its_request_alone_but_for_text() {
    let client = Client::new(MockBackend::new());
    let requests: Vec<Request> = serde_json::from_value(plan(&MediaId::from("source"))).unwrap();
    for request in &requests {
        let cost = client.cost(request, None);
        match request {
            Request::Text(_) => assert!(matches!(cost, Cost::Unknown { .. })),
            _ => assert!(cost.charge().unwrap().output > Tokens::ZERO, "{cost}"),
        }
    }
}
