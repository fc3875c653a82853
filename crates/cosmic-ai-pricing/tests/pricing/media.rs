//! Media: every row of the price table, and every decision on what it leaves open.

use cosmic_ai_core::{
    Charge, ClipSeconds, ExtensionRequest, ImageFormat, ImageQuality, ImageRequest, Registry, Request, SpeechRequest,
    Tokens, VideoRequest,
};
use cosmic_ai_pricing::{Assumption, Estimate, Estimator};

const FLASH: &str = "gemini-3.1-flash-image-preview";
const PRO: &str = "gemini-3-pro-image-preview";
const FAST: &str = "veo-3.1-fast-generate-preview";
const STANDARD: &str = "veo-3.1-generate-preview";

fn estimate(request: impl Into<Request>) -> Estimate {
    Estimator::new(Registry::built_in()).estimate(&request.into()).unwrap()
}

/// The output tokens: low, expected, high.
fn output(request: impl Into<Request>) -> (u64, u64, u64) {
    let output = estimate(request).output_tokens;
    (output.low.get(), output.expected.unwrap().get(), output.high.unwrap().get())
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
fn every_documented_price_is_low_expected_and_high_at_once() {
    let rows: [(Request, u64); 16] = [
        (image("dall-e-3", "1024x1024").into(), 4_800),
        (image(FLASH, "1024x1024").into(), 32_160),
        (image(FLASH, "2048x2048").into(), 32_160),
        (image(FLASH, "4096x4096").into(), 57_600),
        (image(PRO, "1024x1024").into(), 32_160),
        (image(PRO, "2048x2048").into(), 32_160),
        (image(PRO, "4096x4096").into(), 57_600),
        (clip(FAST, 4).into(), 144_000),
        (clip(FAST, 6).into(), 216_000),
        (clip(FAST, 8).into(), 288_000),
        (extension(FAST).into(), 288_000),
        (clip(STANDARD, 4).into(), 384_000),
        (clip(STANDARD, 6).into(), 576_000),
        (clip(STANDARD, 8).into(), 768_000),
        (extension(STANDARD).into(), 768_000),
        (VideoRequest::new("Rain").into(), 288_000),
    ];
    for (request, price) in rows {
        let estimate = estimate(request.clone());
        assert_eq!(output(request.clone()), (price, price, price), "{request:?}");
        assert_eq!(estimate.assumptions, [Assumption::MediaInput], "{request:?}");
        assert_eq!((estimate.tier.as_deref(), estimate.multiplier), (None, None));
        assert_eq!(estimate.expected(), Some(Charge::new(Tokens(0), Tokens(price))));
        assert_eq!(estimate.least(), Charge::new(Tokens(0), Tokens(price)));
    }
}

#[test]
fn what_the_page_leaves_open_is_a_range_with_its_reason() {
    let hd = |size| image("dall-e-3", size).with_quality(ImageQuality::Hd);
    let rows: [(Request, (u64, u64, u64), &str); 6] = [
        (image(FLASH, "512x512").into(), (0, 32_160, 32_160), "512x512 has no price"),
        (image("dall-e-3", "1792x1024").into(), (4_800, 4_800, 9_600), "1792"),
        (image("dall-e-3", "1024x1792").into(), (4_800, 4_800, 9_600), "1792"),
        (hd("1024x1024").into(), (4_800, 4_800, 14_400), "hd costs more"),
        (hd("1792x1024").into(), (4_800, 4_800, 14_400), "hd costs more"),
        (hd("1024x1792").into(), (4_800, 4_800, 14_400), "hd costs more"),
    ];
    for (request, expected, why) in rows {
        let found = estimate(request.clone());
        assert_eq!(output(request.clone()), expected, "{request:?}");
        let reasons = found.assumptions.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(reasons.iter().any(|reason| reason.contains(why)), "{request:?}: {reasons:?}");
    }
}

#[test]
fn svg_costs_as_much_as_png_and_says_that_this_is_assumed() {
    for model in [FLASH, PRO, "dall-e-3"] {
        let png = estimate(image(model, "1024x1024").with_format(ImageFormat::Png));
        let svg = estimate(image(model, "1024x1024").with_format(ImageFormat::Svg));
        assert_eq!(png.deducted_tokens, svg.deducted_tokens);
        assert_eq!(png.assumptions, [Assumption::MediaInput]);
        assert!(matches!(&svg.assumptions[1..], [Assumption::Price(reason)] if reason.contains("svg")), "{svg:?}");
    }
}

#[test]
fn the_prompt_of_a_medium_is_next_to_nothing_but_bounded() {
    let found = estimate(ImageRequest::new("Ein Bär"));
    let input = found.input_tokens;
    assert_eq!((input.low, input.expected, input.high), (Tokens(0), Some(Tokens(0)), Some(Tokens(8 + 16))));
    assert_eq!(found.most(), Some(Charge::new(Tokens(24), Tokens(32_160))));
    let framed = estimate(VideoRequest::new("Rain").with_first_frame("https://example.com/a.png"));
    assert_eq!(framed.assumptions, [Assumption::MediaInput, Assumption::ReferenceImages]);
}

#[test]
fn speech_is_charged_by_the_started_thousand() {
    // Characters, then output low, expected, high, then input expected, for `tts-1`; `tts-1-hd` costs twice as much.
    let rows = [
        (1, (3_600, 3_600, 3_600), 1),
        (82, (3_600, 3_600, 3_600), 21), // the page's example
        (1_000, (3_600, 3_600, 3_600), 250),
        (1_001, (3_603, 7_200, 7_200), 251),
        (1_500, (5_400, 7_200, 7_200), 375),
        (4_096, (14_745, 18_000, 18_000), 1_024),
        (10_000, (36_000, 36_000, 36_000), 2_500),
    ];
    for (characters, expected, input) in rows {
        let text = SpeechRequest::new("x".repeat(characters));
        assert_eq!(output(text.clone()), expected, "{characters}");
        let (low, usual, high) = output(text.clone().with_model("tts-1-hd"));
        let hd_low = (characters.max(1_000) as u64 * 7_200) / 1_000;
        assert_eq!((low, usual, high), (hd_low, expected.1 * 2, expected.2 * 2), "{characters}");
        let found = estimate(text);
        let tokens = Some(Tokens(input));
        assert_eq!(
            (Some(found.input_tokens.low), found.input_tokens.expected, found.input_tokens.high),
            (tokens, tokens, tokens)
        );
        assert_eq!(found.assumptions, [Assumption::SpeechByThousand, Assumption::SpeechInput]);
    }
}

#[test]
fn the_high_of_speech_counts_as_javascript_does() {
    // 600 faces are 600 characters and 1,200 units of UTF-16.
    let found = estimate(SpeechRequest::new("😀".repeat(600)));
    let output = found.output_tokens;
    assert_eq!((output.low, output.expected, output.high), (Tokens(3_600), Some(Tokens(3_600)), Some(Tokens(7_200))));
    let input = found.input_tokens;
    assert_eq!((input.low, input.expected, input.high), (Tokens(150), Some(Tokens(150)), Some(Tokens(300))));
}

#[test]
fn an_invalid_request_has_no_price() {
    let estimator = Estimator::new(Registry::built_in());
    let error = estimator.estimate(&image("dall-e-3", "512x512")).unwrap_err();
    assert_eq!(error.problems[0].field, "size");
    assert!(estimator.estimate(&SpeechRequest::new(" ")).is_err());
}

#[test]
fn a_size_without_a_price_is_unknown_and_not_free() {
    let overlay = "[[image]]\nid = \"dall-e-3\"\nsizes = [\"1024x1024\", \"1792x1024\", \"1024x1792\", \"2048x2048\"]";
    let registry = Registry::built_in().with_overlay(overlay, "o.toml").unwrap();
    let found = Estimator::new(&registry).estimate(&image("dall-e-3", "2048x2048")).unwrap();
    assert_eq!((found.output_tokens.expected, found.output_tokens.high), (None, None));
    assert_eq!((found.expected(), found.most(), found.has_known_price()), (None, None, false));
    assert_eq!(found.to_string(), "price unknown (dall-e-3)");
    assert!(found.assumptions.contains(&Assumption::UnknownPrice));
}
