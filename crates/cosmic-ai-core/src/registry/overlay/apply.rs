//! Applies the rows of an overlay to a copy of the registry's models and tiers.

mod media;
mod speech;
mod text;
mod tier;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rows::{Document, FigureRow, LimitRow, PriceRow, SourceRow, TimeRow};
use super::value::{Day, LowPrice, Value};
use crate::model::{ModelId, Provider};
use crate::registry::{
    Availability, Basis, Figure, FixedPrice, GenerationTime, Model, Provenance, ReferenceLimit, Registry, Spec,
    TierPrice, VoiceInfo,
};
use crate::tokens::Tokens;

/// A key and what is wrong with its value.
pub(super) type Wrong = (String, String);

/// The registry as far as the overlay is applied.
pub(super) struct Applying {
    pub(super) models: Vec<Model>,
    pub(super) tiers: Vec<TierPrice>,
    /// The key of the row that added or changed a model, by the model's position.
    pub(super) rows: BTreeMap<usize, String>,
    voices: Vec<VoiceInfo>,
    source: Provenance,
}

/// The keys that rows of every modality have.
struct Common {
    /// The key of the row, such as `text[0]`.
    key: String,
    id: String,
    name: Option<String>,
    provider: Option<String>,
    aliases: Option<Vec<String>>,
    named_only: Option<String>,
    recommended: Option<bool>,
    default: Option<bool>,
}

/// Takes the common keys out of a row.
macro_rules! common {
    ($row:ident, $key:expr) => {
        $crate::registry::overlay::apply::Common {
            key: $key,
            id: $row.id,
            name: $row.name,
            provider: $row.provider,
            aliases: $row.aliases,
            named_only: $row.named_only,
            recommended: $row.recommended,
            default: $row.default,
        }
    };
}
use common;

impl Applying {
    pub(super) fn new(registry: &Registry, file: &str) -> Self {
        let known_voices = registry.models.iter().flat_map(|model| match &model.spec {
            Spec::Speech(spec) => spec.voices.to_vec(),
            _ => Vec::new(),
        });
        Self {
            voices: known_voices.collect(),
            models: registry.models.to_vec(),
            tiers: registry.tiers.to_vec(),
            rows: BTreeMap::new(),
            source: Provenance::custom(file.to_owned()),
        }
    }

    pub(super) fn apply(&mut self, document: Document) -> Result<(), Wrong> {
        if let Some(SourceRow { title, date }) = document.source {
            self.source.source = title.into();
            self.source.date = date.map_or_else(String::new, |Day(day)| day).into();
        }
        self.tiers(document.tier)?;
        for (place, row) in document.text.into_iter().enumerate() {
            self.text(format!("text[{place}]"), row)?;
        }
        for (place, row) in document.image.into_iter().enumerate() {
            self.image(format!("image[{place}]"), row)?;
        }
        for (place, row) in document.video.into_iter().enumerate() {
            self.video(format!("video[{place}]"), row)?;
        }
        for row in document.voice {
            self.voice(row);
        }
        for (place, row) in document.speech.into_iter().enumerate() {
            self.speech(format!("speech[{place}]"), row)?;
        }
        Ok(())
    }

    /// Puts a model into its place: that of the model with its id, or the end. `spec` gets the spec to change, if there
    /// is one of the modality, and gives the new one.
    fn place(
        &mut self,
        common: Common,
        spec: impl FnOnce(&Self, &str, Option<Spec>) -> Result<Spec, Wrong>,
    ) -> Result<(), Wrong> {
        let Common { key, id, name, provider, aliases, named_only, recommended, default } = common;
        let blank = |text: &str| text.trim().is_empty();
        let named = name.iter().map(|name| (format!("{key}.name"), name));
        let also = aliases.iter().flatten().enumerate();
        let also = also.map(|(place, alias)| (format!("{key}.aliases[{place}]"), alias));
        if let Some((key, _)) =
            [(format!("{key}.id"), &id)].into_iter().chain(named).chain(also).find(|(_, text)| blank(text))
        {
            return Err((key, "must not be blank".to_owned()));
        }
        let position = self.models.iter().position(|model| model.id == *id);
        if position.is_none()
            && let Some(other) = self.models.iter().find(|model| model.bears(&id))
        {
            return Err((
                format!("{key}.id"),
                format!("`{id}` is another name of `{0}`; write id = \"{0}\"", other.id),
            ));
        }
        let old = position.and_then(|position| self.models.get(position).cloned());
        let spec = spec(self, &key, old.as_ref().map(|old| old.spec.clone()))?;
        let mut model = match old {
            Some(old) => Model { spec, ..old },
            None => Model {
                name: name.clone().unwrap_or_else(|| id.clone()).into(),
                id: ModelId::from(id),
                aliases: Cow::Borrowed(&[]),
                provider: Provider::from(provider.as_deref().ok_or_else(|| missing(&key, "provider"))?),
                availability: Availability::Offered,
                recommended: false,
                default: false,
                spec,
            },
        };
        if let Some(name) = name {
            model.name = name.into();
        }
        if let Some(provider) = provider {
            model.provider = Provider::from(provider.as_str());
        }
        if let Some(aliases) = aliases {
            model.aliases = aliases.into_iter().map(Cow::Owned).collect();
        }
        if let Some(note) = named_only {
            model.availability = Availability::NamedOnly(note.into());
        }
        model.recommended = recommended.unwrap_or(model.recommended);
        self.set_default(&mut model, default, &key)?;
        let position = position.unwrap_or(self.models.len());
        match self.models.get_mut(position) {
            Some(known) => *known = model,
            None => self.models.push(model),
        }
        self.rows.insert(position, key);
        Ok(())
    }

    /// One model of each modality is the default, always.
    fn set_default(&mut self, model: &mut Model, default: Option<bool>, key: &str) -> Result<(), Wrong> {
        match default {
            Some(true) => {
                let modality = model.modality();
                for other in self.models.iter_mut().filter(|other| other.modality() == modality) {
                    other.default = false;
                }
                model.default = true;
                Ok(())
            }
            Some(false) if model.default => {
                let message = "this model is the default; set `default = true` on another instead".to_owned();
                Err((format!("{key}.default"), message))
            }
            Some(false) | None => Ok(()),
        }
    }

    /// The origin of a figure: its own if it gives one, else that of the document, else the file.
    fn provenance(&self, assumed: Option<String>, source: Option<String>, date: Option<Day>) -> Provenance {
        Provenance {
            basis: assumed.map_or(Basis::Custom, |reason| Basis::Assumed(reason.into())),
            source: source.map_or_else(|| self.source.source.clone(), Cow::Owned),
            date: date.map_or_else(|| self.source.date.clone(), |Day(day)| Cow::Owned(day)),
        }
    }

    fn figure(&self, Value(row): Value<FigureRow>) -> Figure<Tokens> {
        Figure::new(row.tokens, self.provenance(row.assumed, row.source, row.date))
    }

    fn price(&self, key: &str, Value(row): Value<PriceRow>) -> Result<FixedPrice, Wrong> {
        let is_assumed = row.assumed.is_some();
        let price = FixedPrice {
            low: row.low.map_or(Some(row.tokens), |LowPrice(low)| low),
            expected: row.tokens,
            high: row.high.unwrap_or(row.tokens),
            provenance: self.provenance(row.assumed, row.source, row.date),
        };
        if price.low.is_some_and(|low| low > price.expected) || price.high < price.expected {
            return Err((key.to_owned(), "must have low <= tokens <= high".to_owned()));
        }
        let is_range = price.low != Some(price.expected) || price.high != price.expected;
        if is_range && !is_assumed {
            return Err((key.to_owned(), "a range needs `assumed`, the reason of the assumption".to_owned()));
        }
        Ok(price)
    }
}

fn missing(key: &str, field: &str) -> Wrong {
    (key.to_owned(), format!("a new model needs `{field}`"))
}

fn other_modality(key: &str, spec: &Spec) -> Wrong {
    let section = match spec {
        Spec::Text(_) => "text",
        Spec::Image(_) => "image",
        Spec::Video(_) => "video",
        Spec::Speech(_) => "speech",
    };
    (format!("{key}.id"), format!("this model is of another modality; change it under [[{section}]]"))
}

fn limit(Value(row): Value<LimitRow>) -> ReferenceLimit {
    let LimitRow { total, objects, characters } = row;
    ReferenceLimit { total, objects, characters }
}

fn time(key: &str, row: TimeRow) -> Result<GenerationTime, Wrong> {
    let TimeRow { least_seconds, most_seconds } = row;
    if least_seconds > most_seconds {
        return Err((format!("{key}.generation_time"), "must have least_seconds <= most_seconds".to_owned()));
    }
    Ok(GenerationTime { least_seconds, most_seconds })
}

/// The value must be in the list that goes with it.
fn contained<T: PartialEq + std::fmt::Display>(
    key: &str,
    field: &str,
    value: &T,
    list: impl IntoIterator<Item = T>,
) -> Result<(), Wrong> {
    let list: Vec<T> = list.into_iter().collect();
    if list.contains(value) {
        return Ok(());
    }
    let allowed: Vec<String> = list.iter().map(ToString::to_string).collect();
    Err((format!("{key}.{field}"), format!("`{value}` is not in its list (allowed: {})", allowed.join(", "))))
}
