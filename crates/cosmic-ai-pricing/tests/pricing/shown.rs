//! How an estimate is shown to people and programs.

use cosmic_ai_core::{ImageRequest, Registry, SpeechRequest, TextRequest, Tokens, VideoRequest};
use cosmic_ai_pricing::{Estimator, tokenizer};
use serde_json::{Value, json};

const MUG: &str = "Write a product description for a coffee mug";

fn estimator() -> Estimator<'static> {
    Estimator::new(Registry::built_in())
}

#[test]
fn one_line_says_how_much_at_most_or_why_not() {
    let show = |request: &TextRequest| estimator().estimate(request).unwrap().to_string();
    let ask = TextRequest::new("Write a product description for a coffee mug");
    assert_eq!(
        show(&ask.clone().with_max_tokens(500)),
        "at most 1,120 tokens deducted (claude-opus-4-8, Standard 2.0x)"
    );
    let codex = ask.clone().with_max_tokens(500).with_model("GPT-5.2 Codex");
    assert_eq!(show(&codex), "at most 2,240 tokens deducted (gpt-5.2-codex, Standard 2.0x)");
    let unbounded = ask.clone().with_model("o1");
    let about = Tokens(4 * (500 + tokenizer::estimate_tokens(MUG) + 2));
    assert_eq!(show(&unbounded), format!("about {about} tokens deducted, without an upper bound (o1, Premium 4.0x)"));
    let clip = estimator().estimate(&VideoRequest::new("Rain")).unwrap();
    assert_eq!(clip.to_string(), "at most 288,020 tokens deducted (veo-3.1-fast-generate-preview)");
    let speech = estimator().estimate(&SpeechRequest::new("Hi")).unwrap();
    assert_eq!(speech.to_string(), "at most 3,601 tokens deducted (tts-1)");
    let unknown = Registry::built_in().clone().allow_unknown();
    let unknown = Estimator::new(&unknown).estimate(&ask.with_model("llama-3")).unwrap();
    assert_eq!(unknown.to_string(), "price unknown (llama-3)");
}

/// The JSON without its assumptions, which must be texts and may not be empty.
fn json_of(estimate: &impl serde::Serialize) -> Value {
    let mut json = serde_json::to_value(estimate).unwrap();
    let assumptions = json.as_object_mut().unwrap().remove("assumptions").unwrap();
    let assumptions = assumptions.as_array().unwrap();
    assert!(
        !assumptions.is_empty() && assumptions.iter().all(|text| text.as_str().is_some_and(|text| text.len() > 10))
    );
    json
}

#[test]
fn json_has_every_key_and_null_for_what_is_unknown_or_unbounded() {
    let (ask, input) = (TextRequest::new(MUG), tokenizer::estimate_tokens(MUG) + 2);
    let text = estimator().estimate(&ask.clone().with_max_tokens(500)).unwrap();
    let expected = json!({
        "model": "claude-opus-4-8", "tier": "Standard", "multiplier": 2.0,
        "input_tokens": { "low": input / 2, "expected": input, "high": 60 },
        "output_tokens": { "low": 1, "expected": 500, "high": 500 },
        "deducted_tokens": { "low": 2 + input / 2 * 2, "expected": 1_000 + input * 2, "high": 1_120 },
    });
    assert_eq!(json_of(&text), expected);

    let unbounded = estimator().estimate(&ask.clone().with_model("o1")).unwrap();
    let expected = json!({
        "model": "o1", "tier": "Premium", "multiplier": 4.0,
        "input_tokens": { "low": input / 2, "expected": input, "high": 60 },
        "output_tokens": { "low": 1, "expected": 500, "high": null },
        "deducted_tokens": { "low": 4 + input / 2 * 4, "expected": 2_000 + input * 4, "high": null },
    });
    assert_eq!(json_of(&unbounded), expected);

    let thumbnail = ImageRequest::new("A lake").with_size("512x512".parse().unwrap());
    let image = estimator().estimate(&thumbnail).unwrap();
    let expected = json!({
        "model": "gemini-3.1-flash-image-preview", "tier": null, "multiplier": null,
        "input_tokens": { "low": 0, "expected": 0, "high": 22 },
        "output_tokens": { "low": 0, "expected": 32_160, "high": 32_160 },
        "deducted_tokens": { "low": 0, "expected": 32_160, "high": 32_182 },
    });
    assert_eq!(json_of(&image), expected);

    let unknown = Registry::built_in().clone().allow_unknown();
    let unknown = Estimator::new(&unknown).estimate(&ask.with_model("llama-3")).unwrap();
    let nothing = json!({ "low": 0, "expected": null, "high": null });
    let expected = json!({
        "model": "llama-3", "tier": null, "multiplier": null,
        "input_tokens": nothing, "output_tokens": nothing, "deducted_tokens": nothing,
    });
    assert_eq!(json_of(&unknown), expected);
}
