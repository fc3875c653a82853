//! The largest request that fits, and what would make one fit: sound, and tight.

use cosmic_ai_core::registry::{Model, Spec};
use cosmic_ai_core::{
    Charge, ClipSeconds, Currency, ExtensionRequest, ImageQuality, ImageRequest, ImageSize, LargestFit, Registry,
    Request, SpeechRequest, TextRequest, Tokens, VideoRequest,
};
use cosmic_ai_pricing::{Estimator, Rate, SuggestedChange};
use proptest::prelude::*;

use super::properties::request;

fn estimator() -> Estimator<'static> {
    Estimator::new(Registry::built_in())
}

/// What fits into `left` tokens of both pools together.
fn largest(request: impl Into<Request>, left: u64) -> Option<LargestFit> {
    estimator().largest_that_fits(&request.into(), |charge| charge.total() <= Tokens(left))
}

#[test]
fn a_text_fits_with_fewer_tokens_in_its_answer() {
    let ask = TextRequest::new("Write a product description for a coffee mug"); // 60 of input at most, times 2
    assert_eq!(largest(ask.clone(), 1_120), Some(LargestFit::MaxTokens(500)));
    assert_eq!(largest(ask.clone().with_max_tokens(9_000), 1_121), Some(LargestFit::MaxTokens(500)));
    assert_eq!(largest(ask.clone(), 122), Some(LargestFit::MaxTokens(1)));
    assert_eq!(largest(ask.clone(), 121), None);
    assert_eq!(largest(ask.clone(), u64::MAX), Some(LargestFit::MaxTokens(128_000)), "the model's ceiling");
    assert_eq!(largest(ask.clone().with_model("o1"), u64::MAX), Some(LargestFit::MaxTokens(u32::MAX)), "none is known");
    let untiered = ask.clone().with_model("gpt-5.2-codex");
    assert_eq!(largest(untiered, 2_240), Some(LargestFit::MaxTokens(500)), "by the tier to reckon with");
    let output = estimator().largest_that_fits(&ask, |charge| charge.output <= Tokens(1_000));
    assert_eq!(output, Some(LargestFit::MaxTokens(500)), "a limit on one pool leaves the other alone");
}

#[test]
fn a_clip_fits_shorter_and_an_extension_as_it_is_or_not() {
    let film = VideoRequest::new("Rain"); // 20 of input at most
    let rows = [(288_020, Some(8)), (288_019, Some(6)), (216_020, Some(6)), (144_020, Some(4)), (144_019, None)];
    for (left, seconds) in rows {
        let expected = seconds.map(|seconds| LargestFit::Duration(ClipSeconds::new(seconds)));
        assert_eq!(largest(film.clone(), left), expected, "{left}");
    }
    for left in [0, u64::MAX] {
        assert_eq!(largest(ExtensionRequest::new("clip", "On"), left), None);
    }
}

#[test]
fn an_image_fits_smaller_in_the_same_quality() {
    let large = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_4096); // 22 of input at most
    let size = |size| Some(LargestFit::Size(size));
    assert_eq!(largest(large.clone(), 57_622), size(ImageSize::SQUARE_4096));
    assert_eq!(largest(large.clone(), 57_621), size(ImageSize::SQUARE_2048), "the largest at the price of 1K");
    assert_eq!(largest(large, 32_181), None);
    let draw = |size| ImageRequest::new("A lake").with_model("dall-e-3").with_size(size);
    assert_eq!(largest(draw(ImageSize::PORTRAIT_1792), 9_622), size(ImageSize::PORTRAIT_1792), "its own among equals");
    assert_eq!(largest(draw(ImageSize::LANDSCAPE_1792), 9_622), size(ImageSize::LANDSCAPE_1792));
    assert_eq!(largest(draw(ImageSize::PORTRAIT_1792), 9_621), size(ImageSize::SQUARE_1024));
    let sharp = draw(ImageSize::PORTRAIT_1792).with_quality(ImageQuality::Hd);
    assert_eq!(largest(sharp, 14_421), None, "a lower quality is another image");
}

#[test]
fn a_speech_fits_with_fewer_characters() {
    let text = SpeechRequest::new("x".repeat(5_000));
    assert_eq!(largest(text.clone(), 3_600 + 250), Some(LargestFit::Characters(1_000)));
    assert_eq!(largest(text.clone(), 7_200 + 250), Some(LargestFit::Characters(1_000)));
    assert_eq!(largest(text.clone(), 7_200 + 251), Some(LargestFit::Characters(1_004)));
    assert_eq!(largest(text.clone(), 3_601), Some(LargestFit::Characters(4)));
    assert_eq!(largest(text, 3_600), None);
}

#[test]
fn what_is_invalid_unknown_or_unbounded_does_not_fit() {
    assert_eq!(largest(TextRequest::new(" "), u64::MAX), None);
    assert_eq!(largest(VideoRequest::new("Rain").with_duration(ClipSeconds::new(5)), u64::MAX), None);
    let overlay = "[[text]]\nid = \"house\"\nprovider = \"us\"\ntier = \"Budget\"";
    let registry = Registry::built_in().with_overlay(overlay, "o.toml").unwrap().allow_unknown();
    let estimator = Estimator::new(&registry);
    let file = TextRequest::new("Hi").with_model("house").with_media_url("https://example.com/a.pdf");
    assert_eq!(estimator.largest_that_fits(&file, |_| true), None, "the file may be of any size");
    let stated = estimator.with_media_tokens(Tokens(100)).largest_that_fits(&file, |_| true);
    assert_eq!(stated, Some(LargestFit::MaxTokens(u32::MAX)));
    assert_eq!(estimator.largest_that_fits(&TextRequest::new("Hi").with_model("llama-3"), |_| true), None);
}

#[test]
fn suggestions_are_cheaper_models_and_then_less_of_the_same() {
    let lines = |request: Request, left: u64| -> Vec<String> {
        let suggestions = estimator().cheaper(&request, |charge| charge.total() <= Tokens(left));
        suggestions.iter().map(ToString::to_string).collect()
    };
    let film = || VideoRequest::new("Rain").with_model("veo-3.1-generate-preview");
    assert_eq!(
        lines(film().into(), 400_000),
        ["use veo-3.1-fast-generate-preview (at most 288,020 tokens)", "shorten to 4 s (at most 384,020 tokens)"]
    );
    assert_eq!(lines(film().into(), 768_020), [""; 0], "it fits as it is");
    assert_eq!(lines(film().into(), 100), [""; 0], "nothing helps");
    assert_eq!(
        lines(ExtensionRequest::new("clip", "On").with_model("veo-3.1-generate-preview").into(), 400_000).len(),
        1
    );
    let image = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_4096);
    assert_eq!(lines(image.into(), 40_000), ["reduce to 2048x2048 (at most 32,182 tokens)"], "DALL-E has no such size");
    let speech = SpeechRequest::new("😀".repeat(600)).with_model("tts-1-hd");
    assert_eq!(
        lines(speech.into(), 7_500),
        ["use tts-1 (at most 7,500 tokens)", "cut to 1,000 characters (at most 7,450 tokens)"]
    );
    let text = lines(TextRequest::new("Hi").with_max_tokens(1_000).into(), 1_100);
    assert_eq!(
        text,
        [
            "use claude-haiku-4-5-20251001 (at most 1,018 tokens)",
            "use gpt-5-mini (at most 1,018 tokens)",
            "use gpt-5-nano (at most 1,018 tokens)",
            "set max_tokens to 532 (at most 1,100 tokens)"
        ],
        "and no model that is not offered"
    );
}

#[test]
fn a_suggestion_shows_money_and_serialises_in_words() {
    let rate = Rate::new(Currency::USD, "our plan").with_input(0).with_output(5_000_000);
    let film = VideoRequest::new("Rain");
    let suggestions = estimator().with_rate(&rate).cheaper(&film, |charge| charge.total() < Tokens(200_000));
    assert_eq!(suggestions.len(), 1);
    assert_eq!(suggestions[0].to_string(), "shorten to 4 s (at most 144,020 tokens, 0.72 USD)");
    let json = serde_json::to_value(&suggestions[0]).unwrap();
    assert_eq!(
        (&json["change"], &json["estimate"]["deducted_tokens"]["high"]),
        (&"shorten to 4 s".into(), &144_020.into())
    );
}

/// The request with the size that is said to fit.
fn resized(request: &Request, to: LargestFit) -> Request {
    match (request.clone(), to) {
        (Request::Text(request), LargestFit::MaxTokens(most)) => request.with_max_tokens(most).into(),
        (Request::Image(request), LargestFit::Size(size)) => request.with_size(size).into(),
        (Request::Video(request), LargestFit::Duration(duration)) => request.with_duration(duration).into(),
        (Request::Speech(mut request), LargestFit::Characters(most)) => {
            request.prompt = "x".repeat(usize::try_from(most).unwrap());
            request.into()
        }
        other => panic!("{other:?}"),
    }
}

/// All requests of this kind that are larger than `than`, or the next one where they are too many.
fn larger(model: &Model, request: &Request, than: Option<LargestFit>) -> Vec<Request> {
    let fits: Vec<LargestFit> = match (&model.spec, request) {
        (Spec::Text(spec), Request::Text(_)) => {
            let ceiling = spec.max_output.as_ref().map_or(u64::from(u32::MAX), |ceiling| ceiling.value.get());
            let next = match than {
                Some(LargestFit::MaxTokens(most)) => most.checked_add(1),
                _ => Some(1),
            };
            next.filter(|next| u64::from(*next) <= ceiling).map(LargestFit::MaxTokens).into_iter().collect()
        }
        (Spec::Image(spec), Request::Image(request)) => {
            let quality = request.quality.unwrap_or_default();
            let key = |of: ImageSize| {
                let price = spec.prices.iter().find(|price| price.size == of && price.quality == quality).unwrap();
                (price.price.high, of.area())
            };
            let beyond = |size: &ImageSize| match than {
                Some(LargestFit::Size(fitting)) => key(*size) > key(fitting),
                _ => true,
            };
            spec.sizes.iter().copied().filter(beyond).map(LargestFit::Size).collect()
        }
        (Spec::Video(spec), Request::Video(_)) => {
            let durations = spec.durations.iter().map(|price| LargestFit::Duration(price.duration));
            durations
                .filter(|duration| match (duration, than) {
                    (LargestFit::Duration(one), Some(LargestFit::Duration(fitting))) => *one > fitting,
                    _ => true,
                })
                .collect()
        }
        (_, Request::Speech(_)) => match than {
            Some(LargestFit::Characters(most)) => vec![LargestFit::Characters(most + 1)],
            _ => vec![LargestFit::Characters(1)],
        },
        _ => Vec::new(),
    };
    fits.into_iter().map(|fit| resized(request, fit)).collect()
}

proptest! {
    #[test]
    fn the_largest_that_fits_fits_and_the_next_larger_does_not(
        request in request(), left in prop_oneof![0..2_000_u64, 0..1_000_000_u64], of_pool in 0..3,
    ) {
        let admits = |charge: Charge| Tokens(left) >= match of_pool {
            0 => charge.total(),
            1 => charge.output,
            _ => charge.input,
        };
        // A speech bounded by its input alone may be too long to be written out here.
        prop_assume!(of_pool != 2 || !matches!(request, Request::Speech(_)) || left < 2_000);
        let fits = |request: &Request| estimator().estimate(request).unwrap().most().is_some_and(admits);
        let found = estimator().largest_that_fits(&request, admits);
        if let Some(largest) = found {
            prop_assert!(fits(&resized(&request, largest)), "{:?} of {:?}", largest, request);
        }
        let name = estimator().estimate(&request).unwrap().model;
        let model = Registry::built_in().find(name.as_str()).unwrap();
        for beyond in larger(model, &request, found) {
            prop_assert!(!fits(&beyond), "{:?} fits, {:?} was the largest", beyond, found);
        }
    }

    #[test]
    fn every_suggestion_is_admitted_and_only_what_is_not_admitted_has_any(request in request(), left in 0..800_000_u64) {
        let admits = |charge: Charge| charge.total() <= Tokens(left);
        let own = estimator().estimate(&request).unwrap();
        let suggestions = estimator().cheaper(&request, admits);
        prop_assert!(suggestions.is_empty() || !own.most().is_some_and(admits));
        for suggestion in &suggestions {
            prop_assert!(suggestion.estimate.most().is_some_and(admits), "{}", suggestion);
            match &suggestion.change {
                SuggestedChange::Model(id) => prop_assert_eq!(id, &suggestion.estimate.model),
                SuggestedChange::Smaller(_) => prop_assert_eq!(&own.model, &suggestion.estimate.model),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
