//! What requests may ask a model for, as `/v3/models` shows it.

use cosmic_ai::registry::{
    GenerationTime, ImageSpec, ReferenceLimit, Spec, SpeechSpec, VideoSpec, VoiceGroup, VoiceInfo,
};
use cosmic_ai::{AspectRatio, ClipSeconds, ImageFormat, ImageQuality, ImageSize, Resolution, Voice};
use schemars::JsonSchema;
use serde::Serialize;

use super::view::Source;

/// What requests may ask for, by modality.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ModelLimits")]
pub(super) enum Limits {
    /// Of an image model.
    Image(ImageLimits),
    /// Of a video model.
    Video(VideoLimits),
    /// Of a speech model.
    Speech(SpeechLimits),
    /// Of a text model.
    Text(TextLimits),
}

/// What a text model may be asked for, besides the figures of its tokens.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(super) struct TextLimits {
    /// How many files a request may have it look at, by `media_url`.
    media_urls: u32,
}

/// What an image model may be asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(super) struct ImageLimits {
    /// The sizes it makes.
    sizes: Vec<ImageSize>,
    /// The size of a request that names none.
    default_size: ImageSize,
    /// The aspect ratios it makes; empty where shapes are chosen by size alone.
    aspect_ratios: Vec<AspectRatio>,
    /// The qualities.
    qualities: Vec<ImageQuality>,
    /// The file formats; the first is the default.
    formats: Vec<ImageFormat>,
    /// Where it comes from that it makes formats other than the first; null where that is as sure as the rest.
    other_formats_source: Option<Source>,
    /// How many reference images a request may name.
    reference_images: References,
    /// How long it usually takes; null where nobody publishes it.
    generation_seconds: Option<Seconds>,
}

/// What a video model may be asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(super) struct VideoLimits {
    /// The durations of clips in seconds.
    durations: Vec<ClipSeconds>,
    /// The duration of a request that names none.
    default_duration: ClipSeconds,
    /// The resolutions.
    resolutions: Vec<Resolution>,
    /// The resolution of a request that names none.
    default_resolution: Resolution,
    /// How many reference images a request may name; the one of Veo becomes the first frame.
    reference_images: References,
    /// What an extension makes; null where the model cannot extend.
    extension: Option<Extension>,
    /// How long it usually takes; null where nobody publishes it.
    generation_seconds: Option<Seconds>,
}

/// What an extension makes. Neither can be chosen.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Extension {
    /// The duration of the new clip in seconds.
    duration: ClipSeconds,
    /// The resolution of the new clip.
    resolution: Resolution,
}

/// What a speech model may be asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(super) struct SpeechLimits {
    /// The voices.
    voices: Vec<VoiceView>,
    /// The voice of a request that names none.
    default_voice: Voice,
    /// How many characters are spoken in one piece; longer texts are split and joined.
    piece_characters: u32,
}

/// A voice and what it is good for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "VoiceInfo", deny_unknown_fields)]
struct VoiceView {
    /// The voice, as requests name it.
    voice: Voice,
    /// The group it is listed in; null for one that is in neither.
    group: Option<&'static str>,
    /// How it sounds.
    sound: String,
    /// What it suits.
    suits: String,
}

/// How many reference images a request may name.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReferenceLimit", deny_unknown_fields)]
struct References {
    /// All together; 0 where the model takes none.
    total: u32,
    /// How many of them may show objects; null where they are not told apart.
    objects: Option<u32>,
    /// How many of them may show characters; null where they are not told apart.
    characters: Option<u32>,
}

/// A usual time in seconds. Not a limit.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsualSeconds", deny_unknown_fields)]
struct Seconds {
    /// Seldom faster.
    least: u32,
    /// Seldom slower.
    most: u32,
}

impl Limits {
    pub(super) fn of(spec: &Spec) -> Self {
        match spec {
            Spec::Image(spec) => Self::Image(ImageLimits::of(spec)),
            Spec::Video(spec) => Self::Video(VideoLimits::of(spec)),
            Spec::Speech(spec) => Self::Speech(SpeechLimits::of(spec)),
            _ => Self::Text(TextLimits { media_urls: 1 }),
        }
    }
}

impl ImageLimits {
    fn of(spec: &ImageSpec) -> Self {
        Self {
            sizes: spec.sizes.to_vec(),
            default_size: spec.default_size,
            aspect_ratios: spec.aspect_ratios.to_vec(),
            qualities: spec.qualities.to_vec(),
            formats: spec.formats.to_vec(),
            other_formats_source: spec.other_formats.as_ref().map(Source::of),
            reference_images: References::of(spec.reference_images),
            generation_seconds: spec.generation_time.as_ref().map(Seconds::of),
        }
    }
}

impl VideoLimits {
    fn of(spec: &VideoSpec) -> Self {
        Self {
            durations: spec.durations.iter().map(|clip| clip.duration).collect(),
            default_duration: spec.default_duration,
            resolutions: spec.resolutions.to_vec(),
            default_resolution: spec.default_resolution,
            reference_images: References::of(spec.reference_images),
            extension: spec
                .extension
                .as_ref()
                .map(|extension| Extension { duration: extension.duration, resolution: extension.resolution }),
            generation_seconds: spec.generation_time.as_ref().map(Seconds::of),
        }
    }
}

impl SpeechLimits {
    fn of(spec: &SpeechSpec) -> Self {
        Self {
            voices: spec.voices.iter().map(VoiceView::of).collect(),
            default_voice: spec.default_voice.clone(),
            piece_characters: spec.piece_characters,
        }
    }
}

impl VoiceView {
    fn of(info: &VoiceInfo) -> Self {
        Self {
            voice: info.voice.clone(),
            group: match info.group {
                VoiceGroup::Feminine => Some("feminine"),
                VoiceGroup::Masculine => Some("masculine"),
                _ => None,
            },
            sound: info.sound.to_string(),
            suits: info.suits.to_string(),
        }
    }
}

impl References {
    const fn of(limit: ReferenceLimit) -> Self {
        Self { total: limit.total, objects: limit.objects, characters: limit.characters }
    }
}

impl Seconds {
    const fn of(time: &GenerationTime) -> Self {
        Self { least: time.least_seconds, most: time.most_seconds }
    }
}
