//! The rows of an overlay as they are written. Every key but `id` may be left out of a row that changes a model.

use serde::Deserialize;

use super::value::{Day, LowPrice, ShortForm, Value};
use crate::image::{AspectRatio, ImageFormat, ImageQuality, ImageSize};
use crate::registry::VoiceGroup;
use crate::speech::Voice;
use crate::tokens::{Multiplier, Tokens};
use crate::video::{ClipSeconds, Resolution};

/// The sections of which there may be many rows.
pub(super) const SECTIONS: &[&str] = &["tier", "text", "image", "video", "speech", "voice"];

#[derive(Deserialize, Default)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "the sections `source`, `tier`, `text`, `image`, `video`, `speech`, `voice`"
)]
pub(super) struct Document {
    pub(super) source: Option<SourceRow>,
    pub(super) tier: Vec<TierRow>,
    pub(super) text: Vec<TextRow>,
    pub(super) image: Vec<ImageRow>,
    pub(super) video: Vec<VideoRow>,
    pub(super) speech: Vec<SpeechRow>,
    pub(super) voice: Vec<VoiceRow>,
}

/// Where the figures of the whole document come from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `title`, `date`")]
pub(super) struct SourceRow {
    pub(super) title: String,
    pub(super) date: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `name`, `multiplier`, `assumed`, `source`, `date`")]
pub(super) struct TierRow {
    pub(super) name: String,
    pub(super) multiplier: Multiplier,
    pub(super) assumed: Option<String>,
    pub(super) source: Option<String>,
    pub(super) date: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `id` and what the row changes")]
pub(super) struct TextRow {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) named_only: Option<String>,
    pub(super) recommended: Option<bool>,
    pub(super) default: Option<bool>,
    pub(super) tier: Option<Value<TierChoice>>,
    pub(super) context_window: Option<Value<FigureRow>>,
    pub(super) max_output: Option<Value<FigureRow>>,
}

/// A tier by name, or with what is assumed of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `name`, `high`, `assumed`, `source`, `date`")]
pub(super) struct TierChoice {
    pub(super) name: String,
    pub(super) high: Option<String>,
    pub(super) assumed: Option<String>,
    pub(super) source: Option<String>,
    pub(super) date: Option<Day>,
}

impl ShortForm for TierChoice {
    const EXPECTED: &'static str = "the name of a tier, or a table of `name`, `high`, `assumed`, `source`, `date`";

    fn from_text(name: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), high: None, assumed: None, source: None, date: None })
    }
}

/// A number of tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `tokens`, `assumed`, `source`, `date`")]
pub(super) struct FigureRow {
    pub(super) tokens: Tokens,
    pub(super) assumed: Option<String>,
    pub(super) source: Option<String>,
    pub(super) date: Option<Day>,
}

impl ShortForm for FigureRow {
    const EXPECTED: &'static str = "a number of tokens, or a table of `tokens`, `assumed`, `source`, `date`";

    fn from_number(tokens: u64) -> Option<Self> {
        Some(Self { tokens: Tokens(tokens), assumed: None, source: None, date: None })
    }
}

/// A fixed price: a sure one, or a range with the reason of its assumption.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `tokens`, `low`, `high`, `assumed`, `source`, `date`")]
pub(super) struct PriceRow {
    pub(super) tokens: Tokens,
    pub(super) low: Option<LowPrice>,
    pub(super) high: Option<Tokens>,
    pub(super) assumed: Option<String>,
    pub(super) source: Option<String>,
    pub(super) date: Option<Day>,
}

impl ShortForm for PriceRow {
    const EXPECTED: &'static str =
        "a number of tokens, or a table of `tokens`, `low`, `high`, `assumed`, `source`, `date`";

    fn from_number(tokens: u64) -> Option<Self> {
        Some(Self { tokens: Tokens(tokens), low: None, high: None, assumed: None, source: None, date: None })
    }
}

/// How many reference images a request may name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `total`, `objects`, `characters`")]
pub(super) struct LimitRow {
    pub(super) total: u32,
    pub(super) objects: Option<u32>,
    pub(super) characters: Option<u32>,
}

impl ShortForm for LimitRow {
    const EXPECTED: &'static str = "a number of images, or a table of `total`, `objects`, `characters`";

    fn from_number(total: u64) -> Option<Self> {
        Some(Self { total: u32::try_from(total).ok()?, objects: None, characters: None })
    }
}

#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields, expecting = "a table of `least_seconds`, `most_seconds`")]
pub(super) struct TimeRow {
    pub(super) least_seconds: u32,
    pub(super) most_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `id` and what the row changes")]
pub(super) struct ImageRow {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) named_only: Option<String>,
    pub(super) recommended: Option<bool>,
    pub(super) default: Option<bool>,
    pub(super) sizes: Option<Vec<ImageSize>>,
    pub(super) default_size: Option<ImageSize>,
    pub(super) aspect_ratios: Option<Vec<AspectRatio>>,
    pub(super) qualities: Option<Vec<ImageQuality>>,
    pub(super) formats: Option<Vec<ImageFormat>>,
    pub(super) other_formats: Option<OriginRow>,
    pub(super) reference_images: Option<Value<LimitRow>>,
    pub(super) generation_time: Option<TimeRow>,
    #[serde(default)]
    pub(super) prices: Vec<ImagePriceRow>,
}

/// Where something comes from that has no figure of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `assumed`, `source`, `date`")]
pub(super) struct OriginRow {
    pub(super) assumed: Option<String>,
    pub(super) source: Option<String>,
    pub(super) date: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `size`, `quality`, `price`")]
pub(super) struct ImagePriceRow {
    pub(super) size: ImageSize,
    #[serde(default)]
    pub(super) quality: ImageQuality,
    pub(super) price: Value<PriceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `id` and what the row changes")]
pub(super) struct VideoRow {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) named_only: Option<String>,
    pub(super) recommended: Option<bool>,
    pub(super) default: Option<bool>,
    #[serde(default)]
    pub(super) durations: Vec<DurationRow>,
    pub(super) default_duration: Option<ClipSeconds>,
    pub(super) resolutions: Option<Vec<Resolution>>,
    pub(super) default_resolution: Option<Resolution>,
    pub(super) reference_images: Option<Value<LimitRow>>,
    pub(super) generation_time: Option<TimeRow>,
    pub(super) extension: Option<ExtensionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `duration`, `price`")]
pub(super) struct DurationRow {
    pub(super) duration: ClipSeconds,
    pub(super) price: Value<PriceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `duration`, `resolution`, `price`")]
pub(super) struct ExtensionRow {
    pub(super) duration: ClipSeconds,
    pub(super) resolution: Resolution,
    pub(super) price: Value<PriceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `id` and what the row changes")]
pub(super) struct SpeechRow {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) named_only: Option<String>,
    pub(super) recommended: Option<bool>,
    pub(super) default: Option<bool>,
    pub(super) voices: Option<Vec<Voice>>,
    pub(super) default_voice: Option<Voice>,
    pub(super) price_per_thousand: Option<Value<FigureRow>>,
    pub(super) piece_characters: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of `name`, `group`, `sound`, `suits`")]
pub(super) struct VoiceRow {
    pub(super) name: Voice,
    pub(super) group: VoiceGroup,
    pub(super) sound: String,
    pub(super) suits: String,
}
