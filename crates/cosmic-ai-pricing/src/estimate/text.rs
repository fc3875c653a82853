//! Estimates of text: counted input, bounded output, times the tier.

use cosmic_ai_core::registry::TextSpec;
use cosmic_ai_core::{Model, TextRequest, Tokens};

use super::Estimate;
use super::assumption::Assumption;
use super::range::{Bounds, TokenRange};
use crate::tokenizer::counter::{Counter, Counting};

/// What a request adds to its text at most: the framing around it.
pub(super) const FRAMING_MOST: u64 = 16;
/// What each message of a chat adds at most.
const MESSAGE_MOST: u64 = 8;
/// What the framing of a request or message is expected to add: the API's page reports 10 tokens for a prompt of 8.
const FRAMING_EXPECTED: u64 = 2;
/// The answer expected where nothing bounds it more tightly.
const USUAL_ANSWER: Tokens = Tokens(500);
/// What a file at `media_url` is expected to add: about one image.
const USUAL_MEDIA: u64 = 1_600;

pub(super) fn estimate(
    model: &Model,
    spec: &TextSpec,
    request: &TextRequest,
    media_tokens: Option<Tokens>,
    counting: Counting,
) -> Estimate {
    let counter = Counter::of(counting, model);
    let mut assumptions = vec![match counter.vocabulary() {
        None => Assumption::InputCounted,
        Some(vocabulary) => Assumption::InputCountedExactly { vocabulary },
    }];
    let input = input(spec, request, counter, media_tokens, &mut assumptions);
    let output = output(spec, request, &mut assumptions);
    assumptions.push(Assumption::MultiplierOnBoth);
    if let Some(reason) = spec.tier.provenance.assumption() {
        assumptions.push(Assumption::Tier(reason.to_owned().into()));
    }
    let bounds = Bounds::of(input, output, spec.tier.multiplier, spec.tier.high);
    Estimate {
        model: model.id.clone(),
        tier: Some(spec.tier.name.clone()),
        multiplier: Some(spec.tier.multiplier),
        input_tokens: input,
        output_tokens: output,
        deducted_tokens: bounds.deducted(),
        money: None,
        assumptions,
        bounds,
    }
}

fn input(
    spec: &TextSpec,
    request: &TextRequest,
    counter: Counter,
    media_tokens: Option<Tokens>,
    assumptions: &mut Vec<Assumption>,
) -> TokenRange {
    let messages = request.messages.as_ref().map_or(0, Vec::len) as u64;
    let texts = counter.count(request.texts());
    let expected = texts.expected + FRAMING_EXPECTED * messages.max(1);
    let most = texts.most + FRAMING_MOST + MESSAGE_MOST * messages;
    // The text itself is certain where it is counted exactly; only its framing is open.
    let low = Tokens(counter.vocabulary().map_or(expected / 2, |_| texts.expected));
    if request.media_url.is_none() {
        return TokenRange::new(low, Tokens(expected), Some(Tokens(most)));
    }
    let (added, assumption) = match (media_tokens, &spec.context_window) {
        (Some(tokens), _) => (Some(tokens), Assumption::MediaStated { tokens }),
        (None, window) => {
            (window.as_ref().map(|figure| figure.value), Assumption::MediaFillsWindow { window: window.clone() })
        }
    };
    assumptions.push(assumption);
    let usual = added.map_or(USUAL_MEDIA, |most| most.get().min(USUAL_MEDIA));
    let high = added.and_then(|added| Tokens(most).checked_add(added));
    TokenRange::new(low, Tokens(expected.saturating_add(usual)), high)
}

fn output(spec: &TextSpec, request: &TextRequest, assumptions: &mut Vec<Assumption>) -> TokenRange {
    assumptions.push(Assumption::UsualAnswer { tokens: USUAL_ANSWER });
    let (high, bound) = match (request.max_tokens, &spec.max_output) {
        (Some(max_tokens), _) => (Some(Tokens::from(max_tokens)), Assumption::MaxTokensBounds),
        (None, Some(ceiling)) => (
            Some(ceiling.value),
            Assumption::CeilingBounds { tokens: ceiling.value, provenance: ceiling.provenance.clone() },
        ),
        (None, None) => (None, Assumption::Unbounded),
    };
    assumptions.push(bound);
    let expected = high.map_or(USUAL_ANSWER, |high| high.min(USUAL_ANSWER));
    TokenRange::new(Tokens(1), expected, high)
}
