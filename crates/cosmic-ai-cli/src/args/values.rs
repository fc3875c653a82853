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
