//! The keys of a data file, as they are written. An overlay of an application has the same.

use serde::Deserialize;
use toml::Spanned;

use super::value::{Figure, Price, References, TierName, Value};

/// One data file. Every file may hold every section; which holds which is only for readers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DataFile {
    pub(super) source: Source,
    #[serde(default)]
    pub(super) tier: Vec<Tier>,
    #[serde(default)]
    pub(super) text: Vec<TextModel>,
    #[serde(default)]
    pub(super) image: Vec<ImageModel>,
    #[serde(default)]
    pub(super) video: Vec<VideoModel>,
    #[serde(default)]
    pub(super) speech: Vec<SpeechModel>,
    #[serde(default)]
    pub(super) voice: Vec<Voice>,
}

/// Where the figures of a file come from that name nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) title: Spanned<String>,
    pub(super) date: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    pub(super) name: Spanned<String>,
    pub(super) multiplier: Spanned<f64>,
    pub(super) assumed: Option<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
}

/// The keys that models of every modality have.
pub(super) struct Common<'a> {
    pub(super) id: &'a Spanned<String>,
    pub(super) name: &'a Spanned<String>,
    pub(super) provider: &'a Spanned<String>,
    pub(super) aliases: &'a [Spanned<String>],
    pub(super) named_only: Option<&'a Spanned<String>>,
    pub(super) recommended: bool,
    pub(super) default: bool,
}

// serde's `flatten` would lose both spans and the refusal of unknown keys.
macro_rules! model {
    ($name:ident { $($(#[$attribute:meta])* $key:ident: $type:ty,)* }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            id: Spanned<String>,
            name: Spanned<String>,
            provider: Spanned<String>,
            #[serde(default)]
            aliases: Vec<Spanned<String>>,
            named_only: Option<Spanned<String>>,
            #[serde(default)]
            recommended: bool,
            #[serde(default)]
            default: bool,
            $($(#[$attribute])* pub(super) $key: $type,)*
        }

        impl $name {
            pub(super) fn common(&self) -> Common<'_> {
                Common {
                    id: &self.id,
                    name: &self.name,
                    provider: &self.provider,
                    aliases: &self.aliases,
                    named_only: self.named_only.as_ref(),
                    recommended: self.recommended,
                    default: self.default,
                }
            }
        }
    };
}

model!(TextModel {
    tier: Spanned<Value<TierName>>,
    context_window: Option<Spanned<Value<Figure>>>,
    max_output: Option<Spanned<Value<Figure>>>,
});

model!(ImageModel {
    sizes: Vec<Spanned<String>>,
    default_size: Spanned<String>,
    #[serde(default)]
    aspect_ratios: Vec<Spanned<String>>,
    qualities: Option<Spanned<Vec<Spanned<String>>>>,
    formats: Option<Spanned<Vec<Spanned<String>>>>,
    other_formats: Option<Spanned<Origin>>,
    reference_images: Option<Spanned<Value<References>>>,
    generation_time: Option<Spanned<GenerationTime>>,
    prices: Vec<ImagePrice>,
});

model!(VideoModel {
    durations: Vec<Duration>,
    default_duration: Spanned<u32>,
    resolutions: Vec<Spanned<String>>,
    default_resolution: Spanned<String>,
    reference_images: Option<Spanned<Value<References>>>,
    extension: Option<Extension>,
    generation_time: Option<Spanned<GenerationTime>>,
});

model!(SpeechModel {
    voices: Vec<Spanned<String>>,
    default_voice: Spanned<String>,
    price_per_thousand: Spanned<Value<Figure>>,
    piece_characters: u32,
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImagePrice {
    pub(super) size: Spanned<String>,
    pub(super) quality: Spanned<String>,
    pub(super) price: Spanned<Value<Price>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Duration {
    pub(super) duration: Spanned<u32>,
    pub(super) price: Spanned<Value<Price>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extension {
    pub(super) duration: u32,
    pub(super) resolution: Spanned<String>,
    pub(super) price: Spanned<Value<Price>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GenerationTime {
    pub(super) least_seconds: u32,
    pub(super) most_seconds: u32,
}

/// Where something comes from that is no figure of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Origin {
    pub(super) assumed: Option<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voice {
    pub(super) name: Spanned<String>,
    pub(super) group: VoiceGroup,
    pub(super) sound: String,
    pub(super) suits: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum VoiceGroup {
    Feminine,
    Masculine,
}
