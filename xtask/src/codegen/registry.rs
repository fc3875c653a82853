//! The registry as the data files describe it, with every default filled in.

pub(super) use super::data::VoiceGroup;

pub(super) struct Registry {
    pub(super) tiers: Vec<Tier>,
    /// In the order of the files and within them.
    pub(super) models: Vec<Model>,
}

/// A price tier, or what a model has of one. Multipliers are in thousandths.
#[derive(Clone)]
pub(super) struct Tier {
    pub(super) name: String,
    pub(super) multiplier: u32,
    /// The dearest tier that it may be, where it is another.
    pub(super) high_name: Option<String>,
    pub(super) high: u32,
    pub(super) provenance: Provenance,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Provenance {
    /// The reason of an assumption; `None` where the source states the figure.
    pub(super) assumed: Option<String>,
    pub(super) source: String,
    pub(super) date: String,
}

pub(super) struct Model {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) provider: String,
    /// Why the id is not one of the page; `None` where it is.
    pub(super) named_only: Option<String>,
    pub(super) recommended: bool,
    pub(super) default: bool,
    pub(super) spec: Spec,
    /// Where the model stands, for errors that concern several models.
    pub(super) place: String,
}

pub(super) enum Spec {
    Text(Text),
    Image(Image),
    Video(Video),
    Speech(Speech),
}

impl Spec {
    pub(super) fn modality(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Speech(_) => "speech",
        }
    }
}

pub(super) struct Text {
    pub(super) tier: Tier,
    pub(super) context_window: Option<Figure>,
    pub(super) max_output: Option<Figure>,
}

pub(super) struct Figure {
    pub(super) tokens: u64,
    pub(super) provenance: Provenance,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Price {
    /// `None` where the least that may be charged is unknown.
    pub(super) low: Option<u64>,
    pub(super) expected: u64,
    pub(super) high: u64,
    pub(super) provenance: Provenance,
}

/// Two numbers: a size in pixels or an aspect ratio.
pub(super) type Pair = (u16, u16);

pub(super) struct Image {
    pub(super) sizes: Vec<Pair>,
    pub(super) default_size: Pair,
    pub(super) aspect_ratios: Vec<Pair>,
    pub(super) qualities: Vec<Quality>,
    pub(super) formats: Vec<Format>,
    pub(super) other_formats: Option<Provenance>,
    pub(super) reference_images: References,
    pub(super) generation_time: Option<(u32, u32)>,
    pub(super) prices: Vec<(Pair, Quality, Price)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quality {
    Standard,
    Hd,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Svg,
}

pub(super) struct References {
    pub(super) total: u32,
    pub(super) objects: Option<u32>,
    pub(super) characters: Option<u32>,
}

pub(super) struct Video {
    pub(super) durations: Vec<(u32, Price)>,
    pub(super) default_duration: u32,
    pub(super) resolutions: Vec<u16>,
    pub(super) default_resolution: u16,
    pub(super) reference_images: References,
    pub(super) extension: Option<Extension>,
    pub(super) generation_time: Option<(u32, u32)>,
}

pub(super) struct Extension {
    pub(super) duration: u32,
    pub(super) resolution: u16,
    pub(super) price: Price,
}

pub(super) struct Speech {
    pub(super) voices: Vec<Voice>,
    pub(super) default_voice: String,
    pub(super) price_per_thousand: Figure,
    pub(super) piece_characters: u32,
}

#[derive(Clone)]
pub(super) struct Voice {
    pub(super) name: String,
    pub(super) group: VoiceGroup,
    pub(super) sound: String,
    pub(super) suits: String,
}
