//! The exact cost calculator: what a call is charged, in integers.

use std::borrow::Cow;
use std::fmt;

use crate::image::{ImageFormat, ImageQuality, ImageSize};
use crate::model::Modality;
use crate::registry::{FixedPrice, ImageSpec, Model, Provenance, Registry, Spec, SpeechSpec, VideoSpec};
use crate::request::RequestRef;
use crate::tokens::{Charge, Multiplier, Tokens};
use crate::usage::Usage;
use crate::video::ClipSeconds;

/// What a call is charged. An unknown price is its own value and never zero.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cost {
    /// The charge, by documented prices or by an overlay.
    Known(Charge),
    /// The charge, by a price that is assumed.
    Assumed {
        /// The charge.
        charge: Charge,
        /// What is assumed, and why.
        reason: Cow<'static, str>,
    },
    /// The price is not known.
    Unknown {
        /// Why not.
        reason: Cow<'static, str>,
    },
}

impl Cost {
    /// The charge, known or assumed; `None` where the price is unknown.
    pub const fn charge(&self) -> Option<Charge> {
        match self {
            Self::Known(charge) | Self::Assumed { charge, .. } => Some(*charge),
            Self::Unknown { .. } => None,
        }
    }

    fn by(charge: Option<Charge>, provenance: &Provenance) -> Self {
        match (charge, provenance.assumption()) {
            (None, _) => Self::unknown("more tokens than a 64-bit number holds"),
            (Some(charge), None) => Self::Known(charge),
            (Some(charge), Some(reason)) => Self::Assumed { charge, reason: reason.to_owned().into() },
        }
    }

    fn unknown(reason: &'static str) -> Self {
        Self::Unknown { reason: Cow::Borrowed(reason) }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(charge) => charge.fmt(f),
            Self::Assumed { charge, reason } => write!(f, "{charge}, assuming: {reason}"),
            Self::Unknown { reason } => write!(f, "unknown: {reason}"),
        }
    }
}

impl Registry {
    /// What a call with this request is charged, given the usage that came back with its response.
    ///
    /// - Text: usage times the tier's multiplier, input and output alike. Without usage the charge is unknown.
    /// - Media with usage: as reported; a clip's price that is reported under the input is moved to the output, where
    ///   it is billed. The reported total is never added on top.
    /// - Media without usage: the registry's price as output, input unknown and left at zero ("minimal", says the
    ///   source).
    ///
    /// ```
    /// use cosmic_ai_core::{Charge, Cost, Registry, TextRequest, Tokens, Usage};
    ///
    /// let cost = Registry::built_in().cost(&TextRequest::new("Hello"), Some(&Usage::new(10_u32, 500_u32)));
    /// assert_eq!(cost, Cost::Known(Charge::new(Tokens(20), Tokens(1_000)))); // Claude Opus 4.8: Standard, 2.0x
    /// ```
    pub fn cost<'a>(&self, request: impl Into<RequestRef<'a>>, usage: Option<&Usage>) -> Cost {
        let request = request.into();
        let modality = request.modality();
        let model = match request.model() {
            Some(named) => self.find(named.as_str()).filter(|model| model.modality() == modality),
            None => self.default_model(modality),
        };
        match (model, usage) {
            // Media have no multiplier, so reported usage says it all.
            (None, Some(usage)) if modality != Modality::Text => Cost::Known(media_charge(usage, None)),
            (None, _) => Cost::unknown("the model is not in the registry"),
            (Some(model), usage) => model_cost(model, request, usage),
        }
    }
}

fn model_cost(model: &Model, request: RequestRef<'_>, usage: Option<&Usage>) -> Cost {
    match (&model.spec, request) {
        (Spec::Text(spec), RequestRef::Text(_)) => match usage {
            None => Cost::unknown("the service reported no usage"),
            Some(usage) => Cost::by(text_charge(usage, spec.tier.multiplier), &spec.tier.provenance),
        },
        (Spec::Image(spec), RequestRef::Image(request)) => {
            let size = request.size.unwrap_or(spec.default_size);
            let cost = fixed_cost(image_price(spec, size, request.quality.unwrap_or_default()), usage);
            match (cost, usage, format_assumption(spec, request.format)) {
                (Cost::Known(charge), None, Some(reason)) => Cost::Assumed { charge, reason: reason.to_owned().into() },
                (cost, ..) => cost,
            }
        }
        (Spec::Video(spec), RequestRef::Video(request)) => {
            fixed_cost(video_price(spec, request.duration.unwrap_or(spec.default_duration)), usage)
        }
        (Spec::Video(spec), RequestRef::Extend(_)) => {
            fixed_cost(spec.extension.as_ref().map(|extension| &extension.price), usage)
        }
        (Spec::Speech(spec), RequestRef::Speech(request)) => speech_cost(spec, &request.prompt, usage),
        _ => Cost::unknown("the model does not take such requests"),
    }
}

/// The charge of a medium with a fixed price.
fn fixed_cost(price: Option<&FixedPrice>, usage: Option<&Usage>) -> Cost {
    match (usage, price) {
        (Some(usage), price) => Cost::Known(media_charge(usage, price.map(|price| price.expected))),
        (None, Some(price)) => Cost::by(Some(Charge::new(Tokens::ZERO, price.expected)), &price.provenance),
        (None, None) => Cost::unknown("the registry has no price for this, and the service reported no usage"),
    }
}

fn speech_cost(spec: &SpeechSpec, text: &str, usage: Option<&Usage>) -> Cost {
    if let Some(usage) = usage {
        return Cost::Known(media_charge(usage, None));
    }
    let length = SpeechLength::of(text);
    let output = speech_price(length.characters, spec.price_per_thousand.value);
    let charge = output.map(|output| Charge::new(speech_input(length.characters), output));
    match Cost::by(charge, &spec.price_per_thousand.provenance) {
        Cost::Known(charge) => Cost::Assumed { charge, reason: Cow::Borrowed(SPEECH_ASSUMPTION) },
        other => other,
    }
}

/// What is assumed of every speech price.
pub const SPEECH_ASSUMPTION: &str = "every started 1,000 characters are charged in full: the source's one example charges 82 characters as 1,000, its text says the charge grows with the length";

/// The charge of text: both pools times the multiplier. `None` if a pool is larger than [`u64::MAX`].
pub fn text_charge(usage: &Usage, multiplier: Multiplier) -> Option<Charge> {
    Some(Charge::new(multiplier.apply(usage.input_tokens)?, multiplier.apply(usage.output_tokens)?))
}

/// The charge of a medium whose usage was reported; `price` is its fixed price, where it has one.
///
/// The API's examples of video put the price under the input and leave the output at zero, though its text says that
/// media are billed as output: exactly that case, and no other, is moved.
pub fn media_charge(usage: &Usage, price: Option<Tokens>) -> Charge {
    let misplaced = usage.output_tokens == Tokens::ZERO && price == Some(usage.input_tokens);
    if misplaced {
        Charge::new(Tokens::ZERO, usage.input_tokens)
    } else {
        Charge::new(usage.input_tokens, usage.output_tokens)
    }
}

/// The price of an image of `size` and `quality`; `None` if the model does not make it.
pub fn image_price(spec: &ImageSpec, size: ImageSize, quality: ImageQuality) -> Option<&FixedPrice> {
    spec.prices.iter().find(|price| price.size == size && price.quality == quality).map(|price| &price.price)
}

/// What is assumed of the price of an image because of its format; `None` for the model's first format.
pub fn format_assumption(spec: &ImageSpec, format: Option<ImageFormat>) -> Option<&str> {
    let other = format.is_some_and(|format| spec.formats.first() != Some(&format));
    spec.other_formats.as_ref().filter(|_| other).and_then(Provenance::assumption)
}

/// The price of a clip of `duration`; `None` if the model does not make it.
pub fn video_price(spec: &VideoSpec, duration: ClipSeconds) -> Option<&FixedPrice> {
    spec.durations.iter().find(|price| price.duration == duration).map(|price| &price.price)
}

/// The output tokens expected for speaking `characters`: every *started* 1,000 at the full price. `None` if that is
/// larger than [`u64::MAX`].
pub fn speech_price(characters: u64, per_thousand: Tokens) -> Option<Tokens> {
    characters.div_ceil(1_000).checked_mul(per_thousand.get()).map(Tokens)
}

/// The fewest output tokens for speaking `characters`: in proportion to the length, but never less than 1,000
/// characters cost. Rounded down. `None` if that is larger than [`u64::MAX`].
pub fn speech_price_least(characters: u64, per_thousand: Tokens) -> Option<Tokens> {
    let product = u128::from(characters.max(1_000)) * u128::from(per_thousand.get());
    u64::try_from(product / 1_000).ok().map(Tokens)
}

/// The input tokens of speaking `characters`: a quarter, rounded up, as in the API's one example (82 characters, 21
/// tokens).
pub const fn speech_input(characters: u64) -> Tokens {
    Tokens(characters.div_ceil(4))
}

/// The length of a text in the two units that a service may count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeechLength {
    /// Unicode scalar values.
    pub characters: u64,
    /// UTF-16 code units, as JavaScript counts: never fewer than characters.
    pub utf16_units: u64,
}

impl SpeechLength {
    /// The length of `text`.
    pub fn of(text: &str) -> Self {
        let (mut characters, mut utf16_units) = (0, 0);
        for character in text.chars() {
            characters += 1;
            utf16_units += character.len_utf16() as u64;
        }
        Self { characters, utf16_units }
    }
}

#[cfg(test)]
mod tests;
