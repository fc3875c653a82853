//! The models that can be asked for, what they take and what they cost.

pub(crate) mod described;
mod entry;
mod generated;
mod names;
mod overlay;
mod provenance;

use std::borrow::Cow;

pub use self::entry::{
    Availability, DurationPrice, ExtensionSpec, FixedPrice, GenerationTime, ImagePrice, ImageSpec, List, Model,
    ReferenceLimit, Spec, SpeechSpec, TextSpec, TierPrice, VideoSpec, VoiceGroup, VoiceInfo,
};
pub use self::generated::models;
use self::names::Names;
pub use self::provenance::{Basis, Figure, Provenance};
use crate::model::Modality;

/// The models that can be asked for. Everything that validates or prices a request asks a registry.
///
/// The built-in one holds what the API's page lists, compiled in from data files. An application adds to it with an
/// [overlay](Self::with_overlay), or lets unknown models pass with [`allow_unknown`](Self::allow_unknown).
///
/// ```
/// use cosmic_ai_core::{Registry, models};
///
/// let registry = Registry::built_in();
/// for name in ["claude-opus-4-8", "claude-opus-4.8", "Claude Opus 4.8"] {
///     assert_eq!(registry.find(name).map(|model| &model.id), Some(&models::CLAUDE_OPUS_4_8));
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Registry {
    models: List<Model>,
    names: Names,
    tiers: List<TierPrice>,
    allows_unknown: bool,
}

static BUILT_IN: Registry = Registry {
    models: Cow::Borrowed(generated::MODELS),
    names: Names::BuiltIn,
    tiers: Cow::Borrowed(generated::TIERS),
    allows_unknown: false,
};

impl Registry {
    /// The models that the API's page lists, as of the dates that each figure carries.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Lets requests for models pass that the registry does not hold. Their price is unknown, and nothing about them is
    /// validated but what holds for every model.
    #[must_use]
    pub fn allow_unknown(mut self) -> Self {
        self.allows_unknown = true;
        self
    }

    /// Whether requests for models pass that the registry does not hold.
    pub const fn allows_unknown(&self) -> bool {
        self.allows_unknown
    }

    /// All models, in the order of the API's page, those of an overlay last.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The models of one modality.
    pub fn models_of(&self, modality: Modality) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.modality() == modality)
    }

    /// The model that a request gets which names none.
    pub fn default_model(&self, modality: Modality) -> Option<&Model> {
        self.models_of(modality).find(|model| model.default)
    }

    /// The price tiers of text models, cheapest first.
    pub fn tiers(&self) -> &[TierPrice] {
        &self.tiers
    }

    /// The model of this id, alias or display name, whatever the case of its ASCII letters. Does not allocate.
    pub fn find(&self, name: &str) -> Option<&Model> {
        self.names.position(name).and_then(|position| self.models.get(position))
    }

    /// Up to three ids that look most like `name`, nearest first, out of the models of `modality` that the API offers.
    pub fn nearest(&self, name: &str, modality: Modality) -> Vec<&str> {
        let name = names::plain(name);
        let mut ranked: Vec<_> = self
            .models_of(modality)
            .filter(|model| model.is_offered())
            .map(|model| (model.likeness(&name), model.id.as_str()))
            .filter(|(likeness, _)| *likeness > 0.7)
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.into_iter().take(3).map(|(_, id)| id).collect()
    }
}

#[cfg(test)]
mod tests;
