//! The same request on all models: the order, who is left out and why, and how it is shown.

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    ExtensionRequest, ImageQuality, ImageRequest, ImageSize, Modality, Registry, RequestRef, SpeechRequest,
    TextRequest, VideoRequest,
};
use cosmic_ai_pricing::{Comparisons, Estimator};
use proptest::prelude::*;

use super::properties::request;

fn compare<'a>(request: impl Into<RequestRef<'a>>) -> Comparisons {
    Estimator::new(Registry::built_in()).compare(request).unwrap()
}

fn ids(compared: &Comparisons) -> Vec<&str> {
    compared.models.iter().map(|comparison| comparison.estimate.model.as_str()).collect()
}

/// How many models of a modality the API offers.
fn count(modality: Modality) -> usize {
    Registry::built_in().models_of(modality).filter(|model| model.is_offered()).count()
}

/// Those of `expected` that are compared, in their order: models that appeared since stand between them.
fn known<'a>(compared: &'a Comparisons, expected: &[&str]) -> Vec<&'a str> {
    ids(compared).into_iter().filter(|id| expected.contains(id)).collect()
}

#[test]
fn text_is_compared_on_all_offered_models_cheapest_first() {
    let ask = TextRequest::new("Name three colours").with_max_tokens(50);
    let compared = compare(&ask);
    assert_eq!((compared.models.len(), compared.left_out.len()), (count(Modality::Text), 0));
    let asked: Vec<_> = compared.models.iter().filter(|comparison| comparison.asked).collect();
    assert!(matches!(asked[..], [own] if own.estimate.model == "claude-opus-4-8"), "{asked:?}");
    assert_eq!(compared.models[0].estimate.tier.as_deref(), Some("Budget"));
    assert!(compared.models.iter().all(|comparison| comparison.offered));
    let all = Estimator::new(Registry::built_in()).with_unoffered_models().compare(&ask).unwrap();
    assert_eq!(all.models.len(), Registry::built_in().models_of(Modality::Text).count());
    let unoffered = all.models.iter().find(|comparison| comparison.estimate.model == "gpt-4o-mini").unwrap();
    assert!(!unoffered.offered && unoffered.to_string().ends_with("(gpt-4o-mini, Budget 1.0x), not offered by id"));
}

#[test]
fn the_model_that_is_asked_for_is_compared_though_it_is_not_offered() {
    let compared = compare(&TextRequest::new("Hi").with_max_tokens(5).with_model("GPT-4o Mini"));
    let own = compared.models.iter().find(|comparison| comparison.asked).unwrap();
    assert_eq!((own.estimate.model.as_str(), own.offered), ("gpt-4o-mini", false));
    assert_eq!(ids(&compared).iter().filter(|id| **id == "gpt-4o-mini").count(), 1);
    assert!(own.to_string().ends_with("(gpt-4o-mini, Budget 1.0x), not offered by id, as asked"), "{own}");
}

#[test]
fn a_model_that_cannot_take_the_request_is_left_out_with_the_reason() {
    let large = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_4096);
    let compared = compare(&large);
    let (flash, pro) = ("gemini-3.1-flash-image-preview", "gemini-3-pro-image-preview");
    assert_eq!(known(&compared, &[flash, pro, "dall-e-3"]), [flash, pro]);
    let text = compared.to_string();
    for line in [
        "57,600 expected, at most 57,622 tokens deducted (gemini-3.1-flash-image-preview), as asked",
        "57,600 expected, at most 57,622 tokens deducted (gemini-3-pro-image-preview)",
        "left out: dall-e-3: invalid request: size `4096x4096` is not a size of dall-e-3, did you mean `1024x1024`? \
         (allowed: 1024x1024, 1792x1024, 1024x1792)",
    ] {
        assert!(text.lines().any(|said| said == line), "{line} is not in\n{text}");
    }
    let json = serde_json::to_value(&compared).unwrap();
    let find = |list: &str, pointer: &str, id: &str| {
        json[list].as_array().unwrap().iter().find(|one| one.pointer(pointer).unwrap() == id).unwrap().clone()
    };
    let reason = find("left_out", "/model", "dall-e-3")["reason"].clone();
    assert!(reason.as_str().unwrap().starts_with("invalid request: size"), "{reason}");
    for (id, asked) in [(flash, true), (pro, false)] {
        let row = find("models", "/estimate/model", id);
        assert_eq!((&row["asked"], &row["estimate"]["deducted_tokens"]["expected"]), (&asked.into(), &57_600.into()));
    }

    let sharp = compare(&ImageRequest::new("A lake").with_model("dall-e-3").with_quality(ImageQuality::Hd));
    assert_eq!(known(&sharp, &[flash, pro, "dall-e-3"]), ["dall-e-3"]);
    assert_eq!(sharp.models.len() + sharp.left_out.len(), count(Modality::Image));
}

#[test]
fn clips_extensions_and_speech_are_compared_too() {
    assert_eq!(compare(&VideoRequest::new("Rain")).models.len(), count(Modality::Video));
    let further = compare(&ExtensionRequest::new("clip", "On").with_model("veo-3.1-generate-preview"));
    let clips = ["veo-3.1-fast-generate-preview", "veo-3.1-generate-preview"];
    assert_eq!(known(&further, &clips), clips);
    assert!(further.models.iter().all(|own| own.asked == (own.estimate.model.as_str() == clips[1])));
    let speech = ["tts-1", "tts-1-hd"];
    assert_eq!(known(&compare(&SpeechRequest::new("Hello")), &speech), speech);
}

#[test]
fn an_unknown_price_comes_last() {
    let overlay = "[[image]]\nid = \"dall-e-3\"\nsizes = [\"1024x1024\", \"1792x1024\", \"1024x1792\", \"4096x4096\"]";
    let registry = Registry::built_in().with_overlay(overlay, "o.toml").unwrap();
    let large = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_4096).with_model("dall-e-3");
    let compared = Estimator::new(&registry).compare(&large).unwrap();
    assert_eq!(ids(&compared).last(), Some(&"dall-e-3"));
    assert_eq!(compared.models.last().unwrap().to_string(), "price unknown (dall-e-3), as asked");

    let registry = Registry::built_in().clone().allow_unknown();
    let house = TextRequest::new("Hi").with_max_tokens(5).with_model("llama-3");
    let compared = Estimator::new(&registry).compare(&house).unwrap();
    assert_eq!((compared.models.len(), ids(&compared).last().copied()), (count(Modality::Text) + 1, Some("llama-3")));
}

#[test]
fn a_request_that_its_own_model_refuses_is_not_compared() {
    let estimator = Estimator::new(Registry::built_in());
    let small = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_512);
    assert!(estimator.compare(&small.clone().with_model("dall-e-3")).is_err());
    let compared = estimator.compare(&small).unwrap();
    assert!(ids(&compared).contains(&"gemini-3.1-flash-image-preview") && !ids(&compared).contains(&"dall-e-3"));
    assert!(estimator.compare(&TextRequest::new(" ")).is_err());
}

proptest! {
    #[test]
    fn every_model_of_the_modality_is_compared_or_left_out_and_the_order_is_by_price(request in request()) {
        let estimator = Estimator::new(Registry::built_in()).with_unoffered_models();
        let compared = estimator.compare(&request).unwrap();
        let of_modality = Registry::built_in().models_of(request.as_ref().modality()).count();
        prop_assert_eq!(compared.models.len() + compared.left_out.len(), of_modality);
        prop_assert_eq!(compared.models.iter().filter(|comparison| comparison.asked).count(), 1);
        let expected: Vec<_> =
            compared.models.iter().map(|comparison| comparison.estimate.deducted_tokens.expected.unwrap()).collect();
        prop_assert!(expected.is_sorted(), "{:?}", expected);
        let own = compared.models.iter().find(|comparison| comparison.asked).unwrap();
        prop_assert_eq!(&own.estimate, &estimator.estimate(&request).unwrap());
        if let Some(Spec::Text(_)) = Registry::built_in().find(own.estimate.model.as_str()).map(|model| &model.spec) {
            prop_assert!(compared.left_out.is_empty(), "nothing about a text depends on its model");
        }
    }
}
