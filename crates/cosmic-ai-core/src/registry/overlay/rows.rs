//! The rows of an overlay as they are written. Every key but `id` may be left out of a row that changes a model.

use serde::Deserialize;

use crate::image::{AspectRatio, ImageFormat, ImageQuality, ImageSize};
use crate::registry::VoiceGroup;
use crate::speech::Voice;
use crate::tokens::{Multiplier, Tokens};
use crate::video::{ClipSeconds, Resolution};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
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
#[serde(deny_unknown_fields)]
pub(super) struct SourceRow {
    pub(super) title: String,
    pub(super) date: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierRow {
    pub(super) name: String,
    pub(super) multiplier: Multiplier,
    pub(super) source: Option<String>,
    pub(super) date: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextRow {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) named_only: Option<String>,
    pub(super) recommended: Option<bool>,
    pub(super) default: Option<bool>,
    pub(super) tier: Option<TierChoice>,
    pub(super) context_window: Option<FigureRow>,
    pub(super) max_output: Option<FigureRow>,
}

/// A tier by name, or with what is assumed of it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a tier is its name, or a table of `name`, `high`, `assumed`, `source` and `date`")]
pub(super) enum TierChoice {
    Name(String),
    #[serde(rename_all = "snake_case")]
    Assumed {
        name: String,
        high: Option<String>,
        assumed: Option<String>,
        source: Option<String>,
        date: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a figure is a number of tokens, or a table of `tokens`, `assumed`, `source` and `date`")]
pub(super) enum FigureRow {
    Tokens(Tokens),
    Table { tokens: Tokens, assumed: Option<String>, source: Option<String>, date: Option<String> },
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a price is a number of tokens, or a table of `tokens`, `low`, `high`, `assumed`, `source` and `date`"
)]
pub(super) enum PriceRow {
    Tokens(Tokens),
    Table {
        tokens: Tokens,
        low: Option<LowPrice>,
        high: Option<Tokens>,
        assumed: Option<String>,
        source: Option<String>,
        date: Option<String>,
    },
}

/// The least that may be charged: a number, or `"unknown"`.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a low price is a number of tokens or \"unknown\"")]
pub(super) enum LowPrice {
    Tokens(Tokens),
    Unknown(Unknown),
}

#[derive(Deserialize)]
pub(super) enum Unknown {
    #[serde(rename = "unknown")]
    Unknown,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a limit is a number of images, or a table of `total`, `objects` and `characters`")]
pub(super) enum LimitRow {
    Total(u32),
    Table { total: u32, objects: Option<u32>, characters: Option<u32> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeRow {
    pub(super) least_seconds: u32,
    pub(super) most_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub(super) reference_images: Option<LimitRow>,
    pub(super) generation_time: Option<TimeRow>,
    #[serde(default)]
    pub(super) prices: Vec<ImagePriceRow>,
}

/// Where something comes from that has no figure of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OriginRow {
    pub(super) assumed: Option<String>,
    pub(super) source: Option<String>,
    pub(super) date: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImagePriceRow {
    pub(super) size: ImageSize,
    #[serde(default)]
    pub(super) quality: ImageQuality,
    pub(super) price: PriceRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub(super) reference_images: Option<LimitRow>,
    pub(super) generation_time: Option<TimeRow>,
    pub(super) extension: Option<ExtensionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DurationRow {
    pub(super) duration: ClipSeconds,
    pub(super) price: PriceRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtensionRow {
    pub(super) duration: ClipSeconds,
    pub(super) resolution: Resolution,
    pub(super) price: PriceRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub(super) price_per_thousand: Option<FigureRow>,
    pub(super) piece_characters: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VoiceRow {
    pub(super) name: Voice,
    pub(super) group: VoiceGroup,
    pub(super) sound: String,
    pub(super) suits: String,
}
