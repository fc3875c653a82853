//! The price tables of the API's page, and the algebra of charges.

mod properties;

use super::*;
use crate::image::ImageRequest;
use crate::request::Request;
use crate::speech::SpeechRequest;
use crate::text::TextRequest;
use crate::video::{ExtensionRequest, VideoRequest};

const FAST: &str = "veo-3.1-fast-generate-preview";
const STANDARD: &str = "veo-3.1-generate-preview";

pub(super) fn cost(request: impl Into<Request>, usage: Option<Usage>) -> Cost {
    Registry::built_in().cost(&request.into(), usage.as_ref())
}

pub(super) fn charge(input: u64, output: u64) -> Charge {
    Charge::new(Tokens(input), Tokens(output))
}

fn image(model: &str, size: &str) -> ImageRequest {
    ImageRequest::new("A lake").with_model(model).with_size(size.parse().unwrap())
}

fn clip(model: &str, seconds: u32) -> VideoRequest {
    VideoRequest::new("Rain").with_model(model).with_duration(ClipSeconds::new(seconds))
}

fn extension(model: &str) -> ExtensionRequest {
    ExtensionRequest::new("clip", "On").with_model(model)
}

#[test]
fn a_thousand_tokens_of_text_are_deducted_as_the_tier_table_says() {
    let budget = "GPT-5 Nano, GPT-4.1 Nano, GPT-4o Mini, GPT-5 Mini, GPT-4.1 Mini, Claude Haiku 3, Claude Haiku 4.5";
    let standard = "GPT-5, GPT-5.2, GPT-4.1, GPT-4o, o1-mini, o3, o3-mini, o4-mini, Claude Sonnet 4, Claude Sonnet 4.5, \
                    Claude Opus 4.5, Claude Opus 4.6, Claude Opus 4.7, Claude Opus 4.8, Gemini 3 Pro";
    let premium = "Claude Opus 4, Claude Opus 4.1, o1, o3-pro";
    for (models, deducted) in [(budget, 1_000), (standard, 2_000), (premium, 4_000)] {
        for model in models.split(", ") {
            let request = TextRequest::new("Hi").with_model(model);
            let usage = Usage::new(1_000_u32, 1_000_u32);
            assert_eq!(cost(request, Some(usage)), Cost::Known(charge(deducted, deducted)), "{model}");
        }
    }
    let default = cost(TextRequest::new("Hi"), Some(Usage::new(10_u32, 89_u32)));
    assert_eq!(default, Cost::Known(charge(20, 178)), "the page's first example, at 2.0x");
}

#[test]
fn an_untiered_model_is_charged_as_assumed() {
    for model in ["gemini-3.1-pro-preview", "gpt-5.2-codex"] {
        let cost = cost(TextRequest::new("Hi").with_model(model), Some(Usage::new(10_u32, 500_u32)));
        assert!(
            matches!(&cost, Cost::Assumed { charge: found, reason } if *found == charge(20, 1_000) && reason.contains("Standard")),
            "{model}: {cost}"
        );
    }
}

#[test]
fn every_row_of_the_media_price_table_holds() {
    let rows: [(Request, u64); 14] = [
        (image("dall-e-3", "1024x1024").into(), 4_800),
        (image("gemini-3.1-flash-image-preview", "1024x1024").into(), 32_160),
        (image("gemini-3.1-flash-image-preview", "2048x2048").into(), 32_160),
        (image("gemini-3.1-flash-image-preview", "4096x4096").into(), 57_600),
        (image("gemini-3-pro-image-preview", "1024x1024").into(), 32_160),
        (image("gemini-3-pro-image-preview", "2048x2048").into(), 32_160),
        (image("gemini-3-pro-image-preview", "4096x4096").into(), 57_600),
        (clip(FAST, 4).into(), 144_000),
        (clip(FAST, 6).into(), 216_000),
        (clip(FAST, 8).into(), 288_000),
        (extension(FAST).into(), 288_000),
        (clip(STANDARD, 4).into(), 384_000),
        (clip(STANDARD, 6).into(), 576_000),
        (clip(STANDARD, 8).into(), 768_000),
    ];
    for (request, price) in rows {
        assert_eq!(cost(request.clone(), None), Cost::Known(charge(0, price)), "{request:?}");
    }
    assert_eq!(cost(extension(STANDARD), None), Cost::Known(charge(0, 768_000)));
    assert_eq!(cost(ImageRequest::new("A"), None), Cost::Known(charge(0, 32_160)), "defaults");
    assert_eq!(cost(VideoRequest::new("A"), None), Cost::Known(charge(0, 288_000)), "defaults");
    for (model, per_thousand) in [("tts-1", 3_600), ("tts-1-hd", 7_200)] {
        let thousand = SpeechRequest::new("x".repeat(1_000)).with_model(model);
        assert_eq!(cost(thousand, None).charge(), Some(charge(250, per_thousand)), "{model}");
    }
}

#[test]
fn what_the_page_leaves_open_is_assumed_with_a_reason() {
    let hd = |size| image("dall-e-3", size).with_quality(ImageQuality::Hd);
    let svg = image("gemini-3-pro-image-preview", "4096x4096").with_format(ImageFormat::Svg);
    let cases: [(Request, u64, &str); 7] = [
        (image("gemini-3.1-flash-image-preview", "512x512").into(), 32_160, "512x512 has no price"),
        (image("dall-e-3", "1792x1024").into(), 4_800, "1792"),
        (image("dall-e-3", "1024x1792").into(), 4_800, "1792"),
        (hd("1024x1024").into(), 4_800, "hd costs more"),
        (hd("1792x1024").into(), 4_800, "hd costs more"),
        (svg.into(), 57_600, "svg"),
        (SpeechRequest::new("Welcome").into(), 3_600, "started 1,000 characters"),
    ];
    for (request, output, why) in cases {
        let cost = cost(request.clone(), None);
        assert!(matches!(&cost, Cost::Assumed { reason, .. } if reason.contains(why)), "{request:?}: {cost}");
        assert_eq!(cost.charge().map(|charge| charge.output), Some(Tokens(output)), "{request:?}");
    }
}

#[test]
fn reported_usage_is_the_charge_of_media_and_its_total_is_never_added() {
    let clip = || clip(FAST, 8);
    let cases: [(Request, Usage, Charge); 7] = [
        (clip().into(), Usage::new(288_000_u32, 0_u32).with_total(), charge(0, 288_000)), // the page's example: moved
        (extension(FAST).into(), Usage::new(288_000_u32, 0_u32).with_total(), charge(0, 288_000)),
        (clip().into(), Usage::new(0_u32, 288_000_u32).with_total(), charge(0, 288_000)),
        (clip().into(), Usage::new(288_000_u32, 1_u32), charge(288_000, 1)),
        (clip().into(), Usage::new(287_999_u32, 0_u32), charge(287_999, 0)),
        (clip().into(), Usage::new(0_u32, 0_u32), charge(0, 0)),
        (SpeechRequest::new("x".repeat(82)).into(), Usage::new(21_u32, 3_600_u32).with_total(), charge(21, 3_600)),
    ];
    for (request, usage, expected) in cases {
        assert_eq!(cost(request.clone(), Some(usage)), Cost::Known(expected), "{request:?} {usage:?}");
    }
    let other_length =
        cost(VideoRequest::new("A").with_duration(ClipSeconds::FOUR), Some(Usage::new(288_000_u32, 0_u32)));
    assert_eq!(other_length, Cost::Known(charge(288_000, 0)), "not the price of what was asked for");
}

#[test]
fn the_two_ways_to_speech_agree_on_the_documented_example() {
    let request = SpeechRequest::new("x".repeat(82));
    assert_eq!(cost(request, None).charge(), Some(charge(21, 3_600)));
    assert_eq!(speech_input(82), Tokens(21));
    for (characters, output, least) in
        [(0, 0, 3_600), (1, 3_600, 3_600), (1_000, 3_600, 3_600), (1_001, 7_200, 3_603), (2_500, 10_800, 9_000)]
    {
        assert_eq!(speech_price(characters, Tokens(3_600)), Some(Tokens(output)), "{characters}");
        assert_eq!(speech_price_least(characters, Tokens(3_600)), Some(Tokens(least)), "{characters}");
    }
}

#[test]
fn an_unknown_price_is_its_own_value() {
    let registry = Registry::built_in().clone().allow_unknown();
    let cases: [(Request, Option<Usage>, &str); 6] = [
        (TextRequest::new("Hi").with_model("llama-3").into(), Some(Usage::new(1_u32, 1_u32)), "not in the registry"),
        (TextRequest::new("Hi").with_model("dall-e-3").into(), None, "not in the registry"),
        (TextRequest::new("Hi").into(), None, "no usage"),
        (image("dall-e-3", "512x512").into(), None, "no price"),
        (clip(FAST, 5).into(), None, "no price"),
        (TextRequest::new("Hi").into(), Some(Usage::new(u64::MAX, 0_u32)), "64-bit"),
    ];
    for (request, usage, why) in cases {
        let cost = registry.cost(&request, usage.as_ref());
        assert!(matches!(&cost, Cost::Unknown { reason } if reason.contains(why)), "{request:?}: {cost:?}");
        assert_eq!(cost.charge(), None);
        assert!(cost.to_string().starts_with("unknown: "), "{cost}");
    }
}

#[test]
fn a_cost_is_shown_with_what_it_assumes() {
    let known = cost(VideoRequest::new("A"), None).to_string();
    assert_eq!(known, "288,000 tokens (0 input + 288,000 output)");
    let assumed = cost(SpeechRequest::new("Welcome"), None).to_string();
    assert!(assumed.starts_with("3,602 tokens (2 input + 3,600 output), assuming: every started"), "{assumed}");
}

#[test]
fn reported_usage_of_media_is_the_charge_even_of_a_model_that_is_not_in_the_registry() {
    let registry = Registry::built_in().clone().allow_unknown();
    let request = VideoRequest::new("A kite").with_model("sora");
    let cost = registry.cost(&request, Some(&Usage::new(3_u32, 900_u32)));
    assert_eq!(cost, Cost::Known(Charge::new(Tokens(3), Tokens(900))));
}
