//! A model as `/v3/models` shows it. What is unknown is null, never zero.

use cosmic_ai::registry::{Availability, Basis, Figure, FixedPrice, Model, Provenance, Spec, TierPrice};
use cosmic_ai::{ClipSeconds, ImageQuality, ImageSize, Modality, ModelId, Multiplier, Tokens};
use schemars::JsonSchema;
use serde::Serialize;

use super::limits::Limits;

/// A model: who makes it, what it takes and what it costs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Model", deny_unknown_fields)]
pub(crate) struct ModelView {
    /// The id that requests name.
    id: ModelId,
    /// The name that people read.
    name: String,
    /// Other spellings of the id that requests may use.
    aliases: Vec<String>,
    /// Who makes it.
    provider: String,
    /// What it generates.
    modality: Modality,
    /// Whether the API's page offers it by id. A call of another may be refused.
    is_offered: bool,
    /// What the page says of it instead; null for models that it offers.
    availability_note: Option<String>,
    /// Whether the page recommends it.
    is_recommended: bool,
    /// Whether a request of this modality that names no model gets it.
    is_default: bool,
    /// How many tokens a request and its answer may have together; null where nobody publishes it, and for media.
    context_window: Option<Tokens>,
    /// How many tokens an answer may have; null where nobody publishes it, and for media.
    max_output_tokens: Option<Tokens>,
    /// The price tier, by which the tokens of a text are multiplied; null for media, whose prices are fixed.
    pricing_tier: Option<PricingTier>,
    /// Fixed prices in tokens, deducted as output without a multiplier. Empty for text.
    prices: Vec<Price>,
    /// What requests may ask for.
    limits: Limits,
    /// Where `contextWindow`, `maxOutputTokens` and `pricingTier` come from; null for those that are null.
    sources: Sources,
}

/// A price tier.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
struct PricingTier {
    /// Its name in lower case, such as `standard`.
    tier: String,
    /// Its name, such as `Standard`.
    name: String,
    /// By how much the tokens of request and answer are multiplied.
    multiplier: Multiplier,
    /// The name of the tier to reckon with besides; null where the tier is sure.
    high_tier: Option<String>,
    /// The largest multiplier to reckon with; `multiplier` where that is sure.
    high_multiplier: Multiplier,
}

/// A fixed price.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
struct Price {
    /// What is priced.
    per: Unit,
    /// The size of the image; null for all else.
    size: Option<ImageSize>,
    /// The quality of the image; null for all else.
    quality: Option<ImageQuality>,
    /// How many seconds the clip has; null for all else.
    duration: Option<ClipSeconds>,
    /// The least that may be deducted; null where nothing is known.
    low: Option<Tokens>,
    /// What is documented, or expected where it is assumed.
    expected: Tokens,
    /// The most to reckon with.
    high: Tokens,
    /// Where the price comes from.
    source: Source,
}

/// What a fixed price is of.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Unit {
    /// One image.
    Image,
    /// One clip.
    Clip,
    /// One extension of a clip.
    Extension,
    /// A thousand characters that are spoken.
    ThousandCharacters,
}

/// Where figures come from.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
struct Sources {
    /// Of `contextWindow`.
    context_window: Option<Source>,
    /// Of `maxOutputTokens`.
    max_output_tokens: Option<Source>,
    /// Of `pricingTier`.
    pricing_tier: Option<Source>,
}

/// Where a figure comes from, and how sure it is.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "what is answered has a `source` in it")]
#[schemars(deny_unknown_fields)]
pub(super) struct Source {
    /// How sure it is.
    basis: BasisName,
    /// What was assumed and why; null unless it is assumed.
    reason: Option<String>,
    /// Title or address of the source.
    source: String,
    /// The day it was read, `YYYY-MM-DD`; null where nobody says.
    date: Option<String>,
}

/// How sure a figure is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum BasisName {
    /// The source states it.
    Documented,
    /// The sources are silent or contradict each other.
    Assumed,
    /// Whoever runs the server set it.
    Custom,
}

impl ModelView {
    pub(super) fn of(model: &Model) -> Self {
        let mut view = Self {
            id: model.id.clone(),
            name: model.name.to_string(),
            aliases: model.aliases.iter().map(ToString::to_string).collect(),
            provider: model.provider.to_string(),
            modality: model.modality(),
            is_offered: model.is_offered(),
            availability_note: match &model.availability {
                Availability::NamedOnly(note) => Some(note.to_string()),
                _ => None,
            },
            is_recommended: model.recommended,
            is_default: model.default,
            context_window: None,
            max_output_tokens: None,
            pricing_tier: None,
            prices: prices(&model.spec),
            limits: Limits::of(&model.spec),
            sources: Sources { context_window: None, max_output_tokens: None, pricing_tier: None },
        };
        if let Spec::Text(spec) = &model.spec {
            (view.context_window, view.sources.context_window) = figure(spec.context_window.as_ref());
            (view.max_output_tokens, view.sources.max_output_tokens) = figure(spec.max_output.as_ref());
            view.pricing_tier = Some(PricingTier::of(&spec.tier));
            view.sources.pricing_tier = Some(Source::of(&spec.tier.provenance));
        }
        view
    }
}

fn figure(figure: Option<&Figure<Tokens>>) -> (Option<Tokens>, Option<Source>) {
    (figure.map(|figure| figure.value), figure.map(|figure| Source::of(&figure.provenance)))
}

/// The fixed prices of a model of media.
fn prices(spec: &Spec) -> Vec<Price> {
    match spec {
        Spec::Image(spec) => {
            let of = |price: &cosmic_ai::registry::ImagePrice| Price {
                size: Some(price.size),
                quality: Some(price.quality),
                ..Price::of(Unit::Image, &price.price)
            };
            spec.prices.iter().map(of).collect()
        }
        Spec::Video(spec) => {
            let clips = spec.durations.iter();
            let clips = clips.map(|clip| Price { duration: Some(clip.duration), ..Price::of(Unit::Clip, &clip.price) });
            let extension = spec.extension.iter().map(|extension| Price {
                duration: Some(extension.duration),
                ..Price::of(Unit::Extension, &extension.price)
            });
            clips.chain(extension).collect()
        }
        Spec::Speech(spec) => {
            let tokens = spec.price_per_thousand.value;
            vec![Price {
                per: Unit::ThousandCharacters,
                size: None,
                quality: None,
                duration: None,
                low: Some(tokens),
                expected: tokens,
                high: tokens,
                source: Source::of(&spec.price_per_thousand.provenance),
            }]
        }
        _ => Vec::new(),
    }
}

impl PricingTier {
    fn of(tier: &TierPrice) -> Self {
        Self {
            tier: tier.name.to_ascii_lowercase(),
            name: tier.name.to_string(),
            multiplier: tier.multiplier,
            high_tier: tier.high_tier.as_ref().map(ToString::to_string),
            high_multiplier: tier.high,
        }
    }
}

impl Price {
    fn of(per: Unit, price: &FixedPrice) -> Self {
        let FixedPrice { low, expected, high, provenance, .. } = price;
        let source = Source::of(provenance);
        Self { per, size: None, quality: None, duration: None, low: *low, expected: *expected, high: *high, source }
    }
}

impl Source {
    pub(super) fn of(provenance: &Provenance) -> Self {
        Self {
            basis: match provenance.basis {
                Basis::Documented => BasisName::Documented,
                Basis::Custom => BasisName::Custom,
                _ => BasisName::Assumed,
            },
            reason: provenance.assumption().map(ToOwned::to_owned),
            source: provenance.source.to_string(),
            date: Some(provenance.date.to_string()).filter(|date| !date.is_empty()),
        }
    }
}
