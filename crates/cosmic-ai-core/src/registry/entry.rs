//! What the registry knows of one model: who makes it, what it takes, what it costs.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::provenance::{Figure, Provenance};
use crate::image::{AspectRatio, ImageFormat, ImageQuality, ImageSize};
use crate::model::{Modality, ModelId, Provider};
use crate::speech::Voice;
use crate::tokens::{Multiplier, Tokens};
use crate::video::{ClipSeconds, Resolution};

/// A list that is borrowed in the built-in registry and owned in an overlay.
pub type List<T> = Cow<'static, [T]>;

/// One model of the registry.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Model {
    /// The id that goes over the wire, such as `claude-opus-4-8`.
    pub id: ModelId,
    /// The name that people read, such as `Claude Opus 4.8`.
    pub name: Cow<'static, str>,
    /// Other spellings of the id that look-ups accept, such as `claude-opus-4.8`.
    pub aliases: List<Cow<'static, str>>,
    /// Who makes the model.
    pub provider: Provider,
    /// Whether the API's page offers the model by id.
    #[serde(flatten)]
    pub availability: Availability,
    /// Whether the API's page recommends it.
    pub recommended: bool,
    /// Whether a request of this modality that names no model gets this one.
    pub default: bool,
    /// What the model takes and costs, by modality.
    #[serde(flatten)]
    pub spec: Spec,
}

impl Model {
    /// What the model generates.
    pub const fn modality(&self) -> Modality {
        match self.spec {
            Spec::Text(_) => Modality::Text,
            Spec::Image(_) => Modality::Image,
            Spec::Video(_) => Modality::Video,
            Spec::Speech(_) => Modality::Speech,
        }
    }

    /// Whether the API's page offers the model by id. Others are left out of comparisons and suggestions.
    pub const fn is_offered(&self) -> bool {
        matches!(self.availability, Availability::Offered)
    }
}

/// Whether a model can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "availability", content = "availability_note")]
#[non_exhaustive]
pub enum Availability {
    /// The page lists the model with its id.
    Offered,
    /// The page prices the model by name but lists no id: the id is the provider's well-known one, and a call may be
    /// refused. The text says so in words.
    NamedOnly(Cow<'static, str>),
}

/// What a model takes and costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "modality")]
#[non_exhaustive]
pub enum Spec {
    /// Generates text.
    Text(TextSpec),
    /// Generates images.
    Image(ImageSpec),
    /// Generates and extends videos.
    Video(VideoSpec),
    /// Speaks text.
    Speech(SpeechSpec),
}

/// A text model: charged by token, multiplied by its tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TextSpec {
    /// The price tier.
    pub tier: TierPrice,
    /// How many tokens a request and its answer may have together, where the provider publishes it.
    pub context_window: Option<Figure<Tokens>>,
    /// How many tokens an answer may have at most, where the provider publishes it.
    pub max_output: Option<Figure<Tokens>>,
}

/// The price tier of a text model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TierPrice {
    /// The tier's name, such as `Standard`.
    pub name: Cow<'static, str>,
    /// The multiplier that is documented, or expected where it is assumed. Applies to input and output alike.
    pub multiplier: Multiplier,
    /// The tier to reckon with besides, such as `Premium`, where it is assumed that the model is in this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_tier: Option<Cow<'static, str>>,
    /// The largest multiplier that is to be reckoned with: that of `high_tier`, or `multiplier` where there is none or
    /// an overlay makes it the cheaper one.
    pub high: Multiplier,
    /// Where the tier comes from.
    pub provenance: Provenance,
}

impl TierPrice {
    /// A tier whose multiplier is sure.
    pub fn new(name: impl Into<Cow<'static, str>>, multiplier: Multiplier, provenance: Provenance) -> Self {
        Self { name: name.into(), multiplier, high_tier: None, high: multiplier, provenance }
    }
}

impl fmt::Display for TierPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.multiplier)
    }
}

/// A fixed price in output tokens. Media have no multiplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FixedPrice {
    /// The least that may be charged; `None` where nothing is known (it may be free).
    pub low: Option<Tokens>,
    /// What is documented, or expected where it is assumed.
    pub expected: Tokens,
    /// The most that is to be reckoned with; equals `expected` where that is documented.
    pub high: Tokens,
    /// Where the price comes from.
    pub provenance: Provenance,
}

/// An image model: a fixed price by size and quality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImageSpec {
    /// The sizes it makes.
    pub sizes: List<ImageSize>,
    /// The size of a request that names none.
    pub default_size: ImageSize,
    /// The aspect ratios it makes; empty where shapes are chosen by size alone.
    pub aspect_ratios: List<AspectRatio>,
    /// The qualities that can be asked for; `standard` is the default of all.
    pub qualities: List<ImageQuality>,
    /// The file formats; the first is the default.
    pub formats: List<ImageFormat>,
    /// Where it comes from that the other formats are made, at the same price as the first; `None` where that is as sure
    /// as the rest.
    pub other_formats: Option<Provenance>,
    /// How many reference images a request may name.
    pub reference_images: ReferenceLimit,
    /// The usual time to generate, where published.
    pub generation_time: Option<GenerationTime>,
    /// The price of each size and quality.
    pub prices: List<ImagePrice>,
}

/// The price of one size and quality of an image model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImagePrice {
    /// The size.
    pub size: ImageSize,
    /// The quality.
    pub quality: ImageQuality,
    /// The price of one image.
    pub price: FixedPrice,
}

/// How many reference images a request may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReferenceLimit {
    /// All reference images together; 0 where the model takes none.
    pub total: u32,
    /// How many of them may show objects, where the source tells them apart.
    pub objects: Option<u32>,
    /// How many of them may show characters, where the source tells them apart.
    pub characters: Option<u32>,
}

/// A video model: a fixed price by duration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VideoSpec {
    /// The price of each duration that it makes.
    pub durations: List<DurationPrice>,
    /// The duration of a request that names none.
    pub default_duration: ClipSeconds,
    /// The resolutions it makes.
    pub resolutions: List<Resolution>,
    /// The resolution of a request that names none.
    pub default_resolution: Resolution,
    /// How many reference images a request may name; the one of Veo becomes the first frame.
    pub reference_images: ReferenceLimit,
    /// What an extension makes and costs; `None` where the model cannot extend.
    pub extension: Option<ExtensionSpec>,
    /// The usual time to generate, where published.
    pub generation_time: Option<GenerationTime>,
}

/// The price of one duration of a video model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DurationPrice {
    /// The duration.
    pub duration: ClipSeconds,
    /// The price of one clip.
    pub price: FixedPrice,
}

/// What an extension makes and costs. Neither duration nor resolution can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExtensionSpec {
    /// How long the new clip is.
    pub duration: ClipSeconds,
    /// The resolution of the new clip, whatever that of its source.
    pub resolution: Resolution,
    /// The price of one extension.
    pub price: FixedPrice,
}

/// A speech model: a price by length of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SpeechSpec {
    /// The voices it speaks with.
    pub voices: List<VoiceInfo>,
    /// The voice of a request that names none.
    pub default_voice: Voice,
    /// Output tokens for 1,000 characters. How parts of a thousand are charged is assumed:
    /// see [`speech_price`](crate::cost::speech_price).
    pub price_per_thousand: Figure<Tokens>,
    /// How many characters are spoken in one piece; longer texts are split and joined by the API.
    pub piece_characters: u32,
}

/// A voice and what it is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VoiceInfo {
    /// The voice, as it goes over the wire.
    pub voice: Voice,
    /// The group that the voice is listed in.
    pub group: VoiceGroup,
    /// How it sounds, in a few words.
    pub sound: Cow<'static, str>,
    /// What it suits, in a few words.
    pub suits: Cow<'static, str>,
}

/// The group that a voice is listed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VoiceGroup {
    /// Listed among the feminine voices.
    Feminine,
    /// Listed among the masculine voices.
    Masculine,
}

/// The usual time to generate one medium. Not a limit: use it for progress bars, and be more patient than this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GenerationTime {
    /// Seldom faster than this, in whole seconds.
    pub least_seconds: u32,
    /// Seldom slower than this, in whole seconds.
    pub most_seconds: u32,
}

impl GenerationTime {
    /// The range as durations.
    pub const fn range(&self) -> RangeInclusive<Duration> {
        Duration::from_secs(self.least_seconds as u64)..=Duration::from_secs(self.most_seconds as u64)
    }
}
