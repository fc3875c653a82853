//! Estimates of media: fixed prices, billed as output.

use cosmic_ai_core::cost::{
    SpeechLength, format_assumption, image_price, speech_input, speech_price, speech_price_least, video_price,
};
use cosmic_ai_core::registry::{FixedPrice, ImageSpec, SpeechSpec, VideoSpec};
use cosmic_ai_core::{ExtensionRequest, ImageRequest, Model, Multiplier, SpeechRequest, Tokens, VideoRequest};

use super::Estimate;
use super::assumption::Assumption;
use super::range::{Bounds, TokenRange};
use super::text::FRAMING_MOST;
use crate::tokenizer::most_tokens;

pub(super) fn image(model: &Model, spec: &ImageSpec, request: &ImageRequest) -> Estimate {
    let size = request.size.unwrap_or(spec.default_size);
    let price = image_price(spec, size, request.quality.unwrap_or_default());
    let mut estimate = fixed(model, price, &request.prompt, request.reference_images.len());
    if let Some(reason) = format_assumption(spec, request.format) {
        estimate.assumptions.push(Assumption::Price(reason.to_owned().into()));
    }
    estimate
}

pub(super) fn video(model: &Model, spec: &VideoSpec, request: &VideoRequest) -> Estimate {
    let price = video_price(spec, request.duration.unwrap_or(spec.default_duration));
    fixed(model, price, &request.prompt, request.reference_images.len())
}

pub(super) fn extension(model: &Model, spec: &VideoSpec, request: &ExtensionRequest) -> Estimate {
    fixed(model, spec.extension.as_ref().map(|extension| &extension.price), &request.prompt, 0)
}

/// A medium with a fixed price. Its input is reported as nothing or not at all, so nothing is expected of it.
fn fixed(model: &Model, price: Option<&FixedPrice>, prompt: &str, references: usize) -> Estimate {
    let mut assumptions = vec![Assumption::MediaInput];
    let input = TokenRange::new(Tokens::ZERO, Tokens::ZERO, Some(Tokens(most_tokens(prompt) + FRAMING_MOST)));
    let output = match price {
        Some(price) => TokenRange::new(price.low.unwrap_or(Tokens::ZERO), price.expected, Some(price.high)),
        None => TokenRange { low: Tokens::ZERO, expected: None, high: None },
    };
    if references > 0 {
        assumptions.push(Assumption::ReferenceImages);
    }
    match price.map(|price| price.provenance.assumption()) {
        Some(Some(reason)) => assumptions.push(Assumption::Price(reason.to_owned().into())),
        Some(None) => {}
        None => assumptions.push(Assumption::UnknownPrice),
    }
    assemble(model, input, output, assumptions)
}

pub(super) fn speech(model: &Model, spec: &SpeechSpec, request: &SpeechRequest) -> Estimate {
    let SpeechLength { characters, utf16_units } = SpeechLength::of(&request.prompt);
    let per_thousand = spec.price_per_thousand.value;
    let input = TokenRange::new(speech_input(characters), speech_input(characters), Some(speech_input(utf16_units)));
    let output = TokenRange {
        low: speech_price_least(characters, per_thousand).unwrap_or(Tokens::ZERO),
        expected: speech_price(characters, per_thousand),
        high: speech_price(utf16_units, per_thousand),
    };
    let mut assumptions = vec![Assumption::SpeechByThousand, Assumption::SpeechInput];
    if let Some(reason) = spec.price_per_thousand.provenance.assumption() {
        assumptions.push(Assumption::Price(reason.to_owned().into()));
    }
    assemble(model, input, output, assumptions)
}

fn assemble(model: &Model, input: TokenRange, output: TokenRange, assumptions: Vec<Assumption>) -> Estimate {
    let bounds = Bounds::of(input, output, Multiplier::ONE, Multiplier::ONE);
    Estimate {
        model: model.id.clone(),
        tier: None,
        multiplier: None,
        input_tokens: input,
        output_tokens: output,
        deducted_tokens: bounds.deducted(),
        money: None,
        assumptions,
        bounds,
    }
}
