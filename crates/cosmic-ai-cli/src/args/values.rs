//! Values that the library judges: every text is taken here, and the registry's values show in help and completions.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command};
use cosmic_ai::registry::Spec;
use cosmic_ai::{Modality, Model, Registry};

/// Takes any text; lists what is known. A wrong value is then an invalid request, with what is allowed, and no misused flag.
#[derive(Clone)]
pub(crate) struct Known(pub(crate) fn() -> Vec<String>);

impl TypedValueParser for Known {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let text = value.to_str().map(str::to_owned);
        text.ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}

pub(crate) fn modalities() -> Vec<String> {
    MODALITIES.iter().map(ToString::to_string).collect()
}

/// The modalities, in the order of the API's page.
pub(crate) const MODALITIES: [Modality; 4] = [Modality::Text, Modality::Image, Modality::Video, Modality::Speech];

pub(crate) fn text_models() -> Vec<String> {
    ids(Modality::Text)
}

pub(crate) fn image_models() -> Vec<String> {
    ids(Modality::Image)
}

pub(crate) fn video_models() -> Vec<String> {
    ids(Modality::Video)
}

pub(crate) fn speech_models() -> Vec<String> {
    ids(Modality::Speech)
}

pub(crate) fn all_models() -> Vec<String> {
    MODALITIES.into_iter().flat_map(ids).collect()
}

pub(crate) fn sizes() -> Vec<String> {
    gathered(Modality::Image, |model| match &model.spec {
        Spec::Image(spec) => shown(&spec.sizes),
        _ => Vec::new(),
    })
}

pub(crate) fn aspect_ratios() -> Vec<String> {
    gathered(Modality::Image, |model| match &model.spec {
        Spec::Image(spec) => shown(&spec.aspect_ratios),
        _ => Vec::new(),
    })
}

pub(crate) fn qualities() -> Vec<String> {
    gathered(Modality::Image, |model| match &model.spec {
        Spec::Image(spec) => shown(&spec.qualities),
        _ => Vec::new(),
    })
}

pub(crate) fn formats() -> Vec<String> {
    gathered(Modality::Image, |model| match &model.spec {
        Spec::Image(spec) => shown(&spec.formats),
        _ => Vec::new(),
    })
}

pub(crate) fn durations() -> Vec<String> {
    gathered(Modality::Video, |model| match &model.spec {
        Spec::Video(spec) => spec.durations.iter().map(|price| price.duration.to_string()).collect(),
        _ => Vec::new(),
    })
}

pub(crate) fn resolutions() -> Vec<String> {
    gathered(Modality::Video, |model| match &model.spec {
        Spec::Video(spec) => shown(&spec.resolutions),
        _ => Vec::new(),
    })
}

pub(crate) fn voices() -> Vec<String> {
    gathered(Modality::Speech, |model| match &model.spec {
        Spec::Speech(spec) => spec.voices.iter().map(|voice| voice.voice.to_string()).collect(),
        _ => Vec::new(),
    })
}

/// The line of help of a model's flag.
pub(crate) fn model_help(modality: Modality) -> String {
    with_default("The model, by id, alias or name", default_model(modality).map(|model| &model.id))
}

/// The line of help of a clip's length.
pub(crate) fn duration_help() -> String {
    let default = default_model(Modality::Video).and_then(|model| match &model.spec {
        Spec::Video(spec) => Some(&spec.default_duration),
        _ => None,
    });
    with_default("Length in seconds: it decides the price", default)
}

/// The line of help of a clip's resolution.
pub(crate) fn resolution_help() -> String {
    let default = default_model(Modality::Video).and_then(|model| match &model.spec {
        Spec::Video(spec) => Some(&spec.default_resolution),
        _ => None,
    });
    with_default("Resolution", default)
}

/// The line of help of a voice.
pub(crate) fn voice_help() -> String {
    let default = default_model(Modality::Speech).and_then(|model| match &model.spec {
        Spec::Speech(spec) => Some(&spec.default_voice),
        _ => None,
    });
    with_default("The voice", default)
}

/// The line of help of an image's quality, with the models of those that not all have.
pub(crate) fn quality_help() -> String {
    let models: Vec<&Model> = Registry::built_in().models_of(Modality::Image).collect();
    let mut line = "Quality".to_owned();
    for quality in qualities() {
        let takes = |model: &&&Model| match &model.spec {
            Spec::Image(spec) => shown(&spec.qualities).contains(&quality),
            _ => false,
        };
        let names: Vec<&str> = models.iter().filter(takes).map(|model| model.name.as_ref()).collect();
        if names.len() < models.len() {
            line = format!("{line}; `{quality}` is for {}", names.join(", "));
        }
    }
    line
}

/// What `extend` does, with how long the new clip is.
pub(crate) fn extend_about() -> String {
    let extension = default_model(Modality::Video).and_then(|model| match &model.spec {
        Spec::Video(spec) => spec.extension.as_ref(),
        _ => None,
    });
    extension.map_or_else(
        || "Continue a clip".to_owned(),
        |extension| format!("Continue a clip for another {} seconds", extension.duration),
    )
}

fn default_model(modality: Modality) -> Option<&'static Model> {
    Registry::built_in().default_model(modality)
}

/// A line of help, and what is taken where nothing is said.
fn with_default(line: &str, default: Option<impl ToString>) -> String {
    default.map_or_else(|| line.to_owned(), |default| format!("{line} [default: {}]", default.to_string()))
}

/// The models that can be asked for by id.
fn ids(modality: Modality) -> Vec<String> {
    let offered = Registry::built_in().models_of(modality).filter(|model| model.is_offered());
    offered.map(|model| model.id.to_string()).collect()
}

fn shown(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// What the models of a modality take, each value once, in their order.
fn gathered(modality: Modality, of: impl Fn(&Model) -> Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for value in Registry::built_in().models_of(modality).flat_map(of) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all
}
