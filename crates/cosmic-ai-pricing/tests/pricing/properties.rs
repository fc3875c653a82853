//! What holds for every request: ranges are in order, and what is billed is within what is held.

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    Cost, ExtensionRequest, ImageRequest, Message, Modality, Registry, Request, SpeechRequest, TextRequest, Tokens,
    Usage, VideoRequest,
};
use cosmic_ai_pricing::{Estimate, Estimator, TokenRange};
use proptest::prelude::*;
use proptest::sample::Index;

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z ,.]{1,400}x", "x\\PC{0,200}", "(好|é|😀|\n|x){1,60}x"]
}

/// A valid request for any model of the registry with any of its options.
pub(super) fn request() -> impl Strategy<Value = Request> {
    (text(), any::<[Index; 4]>(), proptest::option::of(1_u32..), any::<bool>(), 1_usize..5).prop_map(
        |(text, [model, one, two, three], max_tokens, file, messages)| {
            let model = model.get(Registry::built_in().models());
            match &model.spec {
                Spec::Text(_) => {
                    let mut request = if messages > 1 {
                        TextRequest::chat((0..messages).map(|_| Message::user(text.clone())))
                    } else {
                        TextRequest::new(text)
                    };
                    request.max_tokens = max_tokens;
                    request.media_url = file.then(|| "https://example.com/a.pdf".to_owned());
                    request.with_model(&model.id).into()
                }
                Spec::Image(spec) => {
                    let mut request = ImageRequest::new(text).with_model(&model.id);
                    request.size = file.then(|| *one.get(&spec.sizes));
                    request.quality = Some(*two.get(&spec.qualities));
                    request.format = Some(*three.get(&spec.formats));
                    request.into()
                }
                Spec::Video(_) if file => ExtensionRequest::new("clip", text).with_model(&model.id).into(),
                Spec::Video(spec) => VideoRequest::new(text)
                    .with_model(&model.id)
                    .with_duration(one.get(&spec.durations).duration)
                    .into(),
                Spec::Speech(_) => SpeechRequest::new(text.repeat(messages)).with_model(&model.id).into(),
                other => panic!("{other:?}"),
            }
        },
    )
}

fn in_order(range: TokenRange) -> bool {
    let expected = range.expected.unwrap();
    range.low <= expected && range.high.is_none_or(|high| expected <= high)
}

/// A number from the range, its ends included.
fn within(range: TokenRange, at: u64) -> u64 {
    let (low, high) = (range.low.get(), range.high.map_or(u64::from(u32::MAX), Tokens::get));
    low + u64::try_from(u128::from(high - low) * u128::from(at) / u128::from(u64::MAX)).unwrap()
}

fn estimate(request: &Request) -> Estimate {
    Estimator::new(Registry::built_in()).estimate(request).unwrap_or_else(|error| panic!("{error}"))
}

proptest! {
    #[test]
    fn low_is_at_most_expected_and_expected_at_most_high(request in request()) {
        let found = estimate(&request);
        for range in [found.input_tokens, found.output_tokens, found.deducted_tokens] {
            prop_assert!(in_order(range), "{found:?}");
        }
        let (least, expected) = (found.least(), found.expected().unwrap());
        prop_assert!(least.input <= expected.input && least.output <= expected.output);
        if let Some(most) = found.most() {
            prop_assert!(expected.input <= most.input && expected.output <= most.output);
            prop_assert_eq!(found.deducted_tokens.high, Some(most.total()));
        }
        prop_assert_eq!(found.deducted_tokens.expected, Some(expected.total()));
        prop_assert!(!found.assumptions.is_empty());
    }

    #[test]
    fn what_is_billed_is_within_what_is_held(request in request(), input in any::<u64>(), output in any::<u64>()) {
        let found = estimate(&request);
        let Some(most) = found.most() else { return Ok(()) };
        let registry = Registry::built_in();
        let used = Usage::new(within(found.input_tokens, input), within(found.output_tokens, output));
        let mut costs = vec![registry.cost(&request, Some(&used)), registry.cost(&request, Some(&used.with_total()))];
        if request.as_ref().modality() != Modality::Text {
            costs.push(registry.cost(&request, None));
        }
        if request.as_ref().modality() == Modality::Video {
            // The API's examples put the price under the input.
            let price = found.output_tokens.expected.unwrap();
            costs.push(registry.cost(&request, Some(&Usage::new(price, 0_u32).with_total())));
        }
        for cost in costs {
            let charge = cost.charge().unwrap();
            prop_assert!(charge.input <= most.input && charge.output <= most.output, "{charge} of {most}: {request:?}");
        }
    }

    #[test]
    fn more_text_is_never_cheaper(request in text(), more in "\\PC{0,40}") {
        let longer = format!("{request}{more}");
        let text = |text: &str| estimate(&TextRequest::new(text).with_max_tokens(5).into()).deducted_tokens;
        let speech = |text: &str| estimate(&SpeechRequest::new(text).into()).deducted_tokens;
        for (less, more) in [(text(&request), text(&longer)), (speech(&request), speech(&longer))] {
            prop_assert!(less.low <= more.low && less.expected <= more.expected && less.high <= more.high);
        }
    }

    #[test]
    fn no_stated_size_and_no_price_overflows(stated in prop_oneof![any::<u64>(), Just(u64::MAX)], tokens in 1_i64..) {
        let overlay = format!(
            "[[tier]]\nname = \"Standard\"\nmultiplier = 1000\n[[text]]\nid = \"gpt-5\"\ncontext_window = {tokens}\n\
             max_output = {tokens}\n[[speech]]\nid = \"tts-1\"\nprice_per_thousand = {tokens}\n[[video]]\n\
             id = \"veo-3.1-fast-generate-preview\"\nextension = {{ duration = 8, resolution = \"720p\", price = {tokens} }}"
        );
        let registry = Registry::built_in().with_overlay(&overlay, "o.toml").unwrap();
        let file = TextRequest::new("Hi").with_model("gpt-5").with_media_url("https://example.com/a");
        let requests: [Request; 3] =
            [file.into(), SpeechRequest::new("x".repeat(5_000)).into(), ExtensionRequest::new("a", "b").into()];
        for request in &requests {
            for estimator in [Estimator::new(&registry), Estimator::new(&registry).with_media_tokens(Tokens(stated))] {
                let found = estimator.estimate(request).unwrap();
                let _ = (found.to_string(), serde_json::to_string(&found).unwrap());
                if let (Some(expected), Some(high)) = (found.deducted_tokens.expected, found.deducted_tokens.high) {
                    prop_assert!(expected <= high);
                }
            }
        }
    }
}

#[test]
fn a_charge_that_overflows_is_unknown_and_its_estimate_unbounded() {
    let overlay = format!("[[speech]]\nid = \"tts-1\"\nprice_per_thousand = {}", i64::MAX);
    let registry = Registry::built_in().with_overlay(&overlay, "o.toml").unwrap();
    let request = SpeechRequest::new("x".repeat(3_000));
    let found = Estimator::new(&registry).estimate(&request).unwrap();
    assert_eq!((found.expected(), found.most()), (None, None));
    assert!(matches!(registry.cost(&request, None), Cost::Unknown { .. }));
}
