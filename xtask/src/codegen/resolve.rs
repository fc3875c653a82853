//! From the keys of the data files to the registry: fills in defaults and refuses what cannot be.

use std::collections::HashMap;

use anyhow::Result;
use toml::Spanned;

use super::data::{Common, DataFile, Source, TextModel};
use super::registry::{Figure, Model, Price, Provenance, References, Registry, Spec, Text, Tier, Voice};
use super::source::SourceFile;
use super::value::{self, Value};

/// The registry of `files`, in their order. Tiers and voices may stand in any file, whatever its order.
pub(super) fn registry(files: &[SourceFile]) -> Result<Registry> {
    let parsed = files.iter().map(|file| Ok((file, file.parse()?))).collect::<Result<Vec<_>>>()?;
    let mut known = Known { tiers: Vec::new(), voices: HashMap::new() };
    for (file, data) in &parsed {
        let scope = Scope::new(file, &data.source)?;
        for tier in &data.tier {
            known.add_tier(&scope, tier)?;
        }
        for voice in &data.voice {
            known.add_voice(&scope, voice)?;
        }
    }
    let mut models = Vec::new();
    for (file, data) in &parsed {
        let scope = Scope::new(file, &data.source)?;
        models.extend(scope.models(data, &known)?);
    }
    Ok(Registry { tiers: known.tiers, models })
}

/// What models refer to by name.
pub(super) struct Known {
    tiers: Vec<Tier>,
    pub(super) voices: HashMap<String, Voice>,
}

impl Known {
    fn add_tier(&mut self, scope: &Scope<'_>, tier: &super::data::Tier) -> Result<()> {
        let name = scope.text(&tier.name, "name")?;
        if self.tiers.iter().any(|known| known.name.eq_ignore_ascii_case(&name)) {
            return Err(scope.file.error(&tier.name, "name", format!("a second tier `{name}`")));
        }
        let Some(multiplier) = thousandths(*tier.multiplier.get_ref()) else {
            let message = "a multiplier is above 0, at most 1000, and has at most three decimals";
            return Err(scope.file.error(&tier.multiplier, "multiplier", message));
        };
        let provenance = scope.provenance(tier.assumed.as_ref(), tier.source.as_ref(), tier.date.as_ref())?;
        self.tiers.push(Tier { name, multiplier, high_name: None, high: multiplier, provenance });
        Ok(())
    }

    fn add_voice(&mut self, scope: &Scope<'_>, voice: &super::data::Voice) -> Result<()> {
        let name = scope.text(&voice.name, "name")?;
        let entry =
            Voice { name: name.clone(), group: voice.group, sound: voice.sound.clone(), suits: voice.suits.clone() };
        match self.voices.insert(name, entry) {
            Some(known) => Err(scope.file.error(&voice.name, "name", format!("a second voice `{}`", known.name))),
            None => Ok(()),
        }
    }

    fn tier(&self, name: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.name == name)
    }
}

/// A file and the source that its figures have unless they name another.
pub(super) struct Scope<'a> {
    pub(super) file: &'a SourceFile,
    title: String,
    date: String,
}

impl<'a> Scope<'a> {
    fn new(file: &'a SourceFile, source: &Source) -> Result<Self> {
        let mut scope = Self { file, title: String::new(), date: String::new() };
        scope.title = scope.text(&source.title, "title")?;
        scope.date = scope.date(&source.date)?;
        Ok(scope)
    }

    fn models(&self, data: &DataFile, known: &Known) -> Result<Vec<Model>> {
        let mut models = Vec::new();
        for model in &data.text {
            models.push(self.model(&model.common(), Spec::Text(self.text_spec(model, known)?))?);
        }
        for model in &data.image {
            models.push(self.model(&model.common(), Spec::Image(self.image_spec(model)?))?);
        }
        for model in &data.video {
            models.push(self.model(&model.common(), Spec::Video(self.video_spec(model)?))?);
        }
        for model in &data.speech {
            models.push(self.model(&model.common(), Spec::Speech(self.speech_spec(model, known)?))?);
        }
        Ok(models)
    }

    fn model(&self, common: &Common<'_>, spec: Spec) -> Result<Model> {
        let aliases = common.aliases.iter().map(|alias| self.id(alias, "aliases")).collect::<Result<_>>()?;
        Ok(Model {
            id: self.id(common.id, "id")?,
            name: self.text(common.name, "name")?,
            aliases,
            provider: self.id(common.provider, "provider")?,
            named_only: common.named_only.map(|reason| self.text(reason, "named_only")).transpose()?,
            recommended: common.recommended,
            default: common.default,
            spec,
            place: self.file.place(common.id),
        })
    }

    fn text_spec(&self, model: &TextModel, known: &Known) -> Result<Text> {
        let Value(written) = model.tier.get_ref();
        let tier = |name: &str| {
            let names: Vec<&str> = known.tiers.iter().map(|tier| tier.name.as_str()).collect();
            let message = || format!("no tier `{name}`; there are {}", names.join(", "));
            known.tier(name).ok_or_else(|| self.file.error(&model.tier, "tier", message()))
        };
        let base = tier(&written.name)?;
        let high = written.high.as_ref().map(|name| tier(name.get_ref())).transpose()?;
        let high = high.filter(|high| high.name != base.name);
        if high.is_some_and(|high| high.multiplier < base.multiplier || written.assumed.is_none()) {
            let message = "`high` is a tier that is not cheaper, and `assumed` says why it is needed";
            return Err(self.file.error(&model.tier, "tier", message));
        }
        let provenance = self.provenance(written.assumed.as_ref(), written.source.as_ref(), written.date.as_ref())?;
        let context_window = self.optional_figure(model.context_window.as_ref(), "context_window")?;
        let max_output = self.optional_figure(model.max_output.as_ref(), "max_output")?;
        if let (Some(window), Some(output), Some(place)) = (&context_window, &max_output, &model.max_output)
            && output.tokens > window.tokens
        {
            return Err(self.file.error(place, "max_output", "larger than `context_window`"));
        }
        let tier = Tier {
            name: base.name.clone(),
            multiplier: base.multiplier,
            high_name: high.map(|high| high.name.clone()),
            high: high.unwrap_or(base).multiplier,
            provenance,
        };
        Ok(Text { tier, context_window, max_output })
    }

    fn optional_figure(&self, figure: Option<&Spanned<Value<value::Figure>>>, key: &str) -> Result<Option<Figure>> {
        figure.map(|figure| self.figure(figure, key)).transpose()
    }

    pub(super) fn figure(&self, place: &Spanned<Value<value::Figure>>, key: &str) -> Result<Figure> {
        let Value(written) = place.get_ref();
        if written.tokens == 0 {
            return Err(self.file.error(place, key, "0 tokens: leave out what is unknown"));
        }
        let provenance = self.provenance(written.assumed.as_ref(), written.source.as_ref(), written.date.as_ref())?;
        Ok(Figure { tokens: written.tokens, provenance })
    }

    pub(super) fn price(&self, place: &Spanned<Value<value::Price>>) -> Result<Price> {
        let Value(written) = place.get_ref();
        let expected = written.tokens;
        let low = written.low.as_ref().map_or(Some(expected), |low| low.0);
        let high = written.high.unwrap_or(expected);
        if expected == 0 || low.is_some_and(|low| low > expected) || high < expected {
            return Err(self.file.error(place, "price", "`low`, `tokens` and `high` rise, and `tokens` is not 0"));
        }
        if (low, high) != (Some(expected), expected) && written.assumed.is_none() {
            return Err(self.file.error(place, "price", "a range needs `assumed`, the reason of the assumption"));
        }
        let provenance = self.provenance(written.assumed.as_ref(), written.source.as_ref(), written.date.as_ref())?;
        Ok(Price { low, expected, high, provenance })
    }

    pub(super) fn references(&self, place: Option<&Spanned<Value<value::References>>>) -> Result<References> {
        let Some(place) = place else { return Ok(References { total: 0, objects: None, characters: None }) };
        let Value(written) = place.get_ref();
        if written.objects.unwrap_or(0).saturating_add(written.characters.unwrap_or(0)) > written.total {
            return Err(self.file.error(place, "reference_images", "`objects` and `characters` exceed `total`"));
        }
        Ok(References { total: written.total, objects: written.objects, characters: written.characters })
    }

    pub(super) fn provenance(
        &self,
        assumed: Option<&Spanned<String>>,
        source: Option<&Spanned<String>>,
        date: Option<&Spanned<String>>,
    ) -> Result<Provenance> {
        Ok(Provenance {
            assumed: assumed.map(|reason| self.text(reason, "assumed")).transpose()?,
            source: source.map_or_else(|| Ok(self.title.clone()), |source| self.text(source, "source"))?,
            date: date.map_or_else(|| Ok(self.date.clone()), |date| self.date(date))?,
        })
    }

    /// A text of one line that is not blank.
    fn text(&self, place: &Spanned<String>, key: &str) -> Result<String> {
        let text = place.get_ref();
        if text.trim().is_empty() || text.trim() != text || text.contains('\n') {
            return Err(self.file.error(place, key, "one line of text without blanks around it"));
        }
        Ok(text.clone())
    }

    /// A name for machines: lower-case letters, digits, dots, dashes, underscores.
    pub(super) fn id(&self, place: &Spanned<String>, key: &str) -> Result<String> {
        let text = place.get_ref();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if text.is_empty() || !text.bytes().all(plain) {
            return Err(self.file.error(place, key, "lower-case letters, digits, dots, dashes and underscores only"));
        }
        Ok(text.clone())
    }

    /// A day as `YYYY-MM-DD`.
    fn date(&self, place: &Spanned<String>) -> Result<String> {
        let text = place.get_ref();
        let parts: Vec<&str> = text.split('-').collect();
        let number = |digits: &str, length: usize| {
            (digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| digits.parse::<u32>().ok())
        };
        let valid = match parts.as_slice() {
            [year, month, day] => {
                number(year, 4).is_some()
                    && number(month, 2).flatten().is_some_and(|month| (1..=12).contains(&month))
                    && number(day, 2).flatten().is_some_and(|day| (1..=31).contains(&day))
            }
            _ => false,
        };
        if valid { Ok(text.clone()) } else { Err(self.file.error(place, "date", "a day is written YYYY-MM-DD")) }
    }
}

/// A multiplier in thousandths, `None` unless it is above 0, at most 1,000 and exact.
fn thousandths(value: f64) -> Option<u32> {
    let scaled = (value * 1_000.0).round();
    let exact = (scaled / 1_000.0 - value).abs() < 1e-9;
    // The range check makes the cast exact.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (exact && (1.0..=1_000_000.0).contains(&scaled)).then_some(scaled as u32)
}
