//! Writes tables of the registry for people: all models for `docs/models.md`, prices for the README.

use std::fmt::Write as _;

use super::registry::{Model, Provenance, Registry, Spec, Text, VoiceGroup};
use super::words::{
    ceiling, decimal, grouped, image_makes, image_prices, speech_makes, speech_price, tier_text, video_makes,
    video_prices,
};

/// One line about a model, as its constant's documentation shows it.
pub(super) fn line(model: &Model) -> String {
    let price = match &model.spec {
        Spec::Text(spec) => tier_text(&spec.tier),
        Spec::Image(spec) => format!("tokens an image {}", image_prices(spec)),
        Spec::Video(spec) => format!("tokens a clip {}", video_prices(spec)),
        Spec::Speech(spec) => format!("{} tokens for 1,000 characters", grouped(spec.price_per_thousand.tokens)),
    };
    let mut notes = String::new();
    if assumptions(model).iter().any(|(what, _)| *what != CEILINGS) {
        notes.push_str(", in part assumed");
    }
    if model.named_only.is_some() {
        notes.push_str("; not offered by id");
    }
    format!("{}: {price}{notes}.", model.name)
}

/// The whole registry: models, voices, assumptions, sources.
pub(super) fn all(registry: &Registry) -> String {
    let mut out = String::from("\n## Text\n\n| Model | Id | Tier | Context window | Longest answer | Notes |\n");
    out.push_str("| --- | --- | --- | ---: | ---: | --- |\n");
    for (model, spec) in registry.models.iter().filter_map(|model| as_text(model)) {
        let (window, output) = (ceiling(spec.context_window.as_ref()), ceiling(spec.max_output.as_ref()));
        let tier = tier_text(&spec.tier);
        let _ = writeln!(out, "| {} | `{}` | {tier} | {window} | {output} | {} |", model.name, model.id, notes(model));
    }
    out.push_str("\n## Images, videos and speech\n\n| Model | Id | Output tokens | Makes | Notes |\n");
    out.push_str("| --- | --- | --- | --- | --- |\n");
    for model in &registry.models {
        let (price, makes) = match &model.spec {
            Spec::Text(_) => continue,
            Spec::Image(spec) => (image_prices(spec), image_makes(spec)),
            Spec::Video(spec) => (video_prices(spec), video_makes(spec)),
            Spec::Speech(spec) => (speech_price(spec), speech_makes(spec)),
        };
        let _ = writeln!(out, "| {} | `{}` | {price} | {makes} | {} |", model.name, model.id, notes(model));
    }
    voices(&mut out, registry);
    names(&mut out, registry);
    provenance(&mut out, registry);
    out.push('\n');
    out
}

/// Prices alone: a row for each tier and each model of media.
pub(super) fn overview(registry: &Registry) -> String {
    let mut out = String::from("\n| What | Tokens deducted | Models |\n| --- | --- | --- |\n");
    for tier in &registry.tiers {
        let of_tier = |spec: &Text| spec.tier.name == tier.name;
        let models = registry.models.iter().filter_map(as_text).filter(|(_, spec)| of_tier(spec));
        let names: Vec<String> = models.map(|(model, _)| starred(model)).collect();
        let _ = writeln!(out, "| Text, {} | used × {} | {} |", tier.name, decimal(tier.multiplier), names.join(", "));
    }
    for model in &registry.models {
        let (what, price) = match &model.spec {
            Spec::Text(_) => continue,
            Spec::Image(spec) => ("Image", image_prices(spec)),
            Spec::Video(spec) => ("Video", video_prices(spec)),
            Spec::Speech(spec) => ("Speech", speech_price(spec)),
        };
        let _ = writeln!(out, "| {what} | {price} | {} |", starred(model));
    }
    out.push_str("\n\\* in part assumed, or not offered by id: see [all models](docs/models.md).\n\n");
    out
}

fn as_text(model: &Model) -> Option<(&Model, &Text)> {
    match &model.spec {
        Spec::Text(spec) => Some((model, spec)),
        _ => None,
    }
}

fn starred(model: &Model) -> String {
    let sure = model.named_only.is_none() && assumptions(model).iter().all(|(what, _)| *what == CEILINGS);
    format!("{}{}", model.name, if sure { "" } else { "\\*" })
}

fn notes(model: &Model) -> String {
    let mut notes: Vec<String> = Vec::new();
    if model.default {
        notes.push("default".to_owned());
    }
    if model.recommended {
        notes.push("recommended".to_owned());
    }
    if model.named_only.is_some() {
        notes.push("not offered by id".to_owned());
    }
    let mut whats: Vec<&str> = assumptions(model).into_iter().map(|(what, _)| what).collect();
    whats.dedup();
    notes.extend(whats.into_iter().map(|what| format!("{what} assumed")));
    notes.join("; ")
}

const CEILINGS: &str = "ceilings";

/// Texts, each with the models that it concerns, in the order of their first mention.
#[derive(Default)]
struct Groups<'a>(Vec<(String, Vec<&'a str>)>);

impl<'a> Groups<'a> {
    fn add(&mut self, text: String, model: &'a str) {
        match self.0.iter_mut().find(|(known, _)| *known == text) {
            Some((_, models)) if models.contains(&model) => {}
            Some((_, models)) => models.push(model),
            None => self.0.push((text, vec![model])),
        }
    }
}

/// What is assumed of a model, and where it comes from.
fn assumptions(model: &Model) -> Vec<(&'static str, &Provenance)> {
    let mut all = figures(model);
    all.retain(|(_, provenance)| provenance.assumed.is_some());
    all
}

fn origins(model: &Model) -> impl Iterator<Item = &Provenance> {
    figures(model).into_iter().map(|(_, provenance)| provenance)
}

/// What is known of a model by figures, and where each comes from.
fn figures(model: &Model) -> Vec<(&'static str, &Provenance)> {
    let mut all: Vec<(&'static str, &Provenance)> = Vec::new();
    match &model.spec {
        Spec::Text(spec) => {
            all.push(("tier", &spec.tier.provenance));
            let ceilings = [&spec.context_window, &spec.max_output].into_iter().flatten();
            all.extend(ceilings.map(|figure| (CEILINGS, &figure.provenance)));
        }
        Spec::Image(spec) => {
            all.extend(spec.prices.iter().map(|(_, _, price)| ("some prices", &price.provenance)));
            all.extend(spec.other_formats.iter().map(|origin| ("svg", origin)));
        }
        Spec::Video(spec) => {
            all.extend(spec.durations.iter().map(|(_, price)| ("some prices", &price.provenance)));
            all.extend(spec.extension.iter().map(|extension| ("extension", &extension.price.provenance)));
        }
        Spec::Speech(spec) => all.push(("price", &spec.price_per_thousand.provenance)),
    }
    all
}

/// The voices of all speech models, each once.
fn voices(out: &mut String, registry: &Registry) {
    out.push_str("\n## Voices\n\n| Voice | Group | Sounds | Suits |\n| --- | --- | --- | --- |\n");
    let mut seen: Vec<&str> = Vec::new();
    for model in &registry.models {
        let Spec::Speech(spec) = &model.spec else { continue };
        for voice in &spec.voices {
            if seen.contains(&voice.name.as_str()) {
                continue;
            }
            seen.push(&voice.name);
            let group = match voice.group {
                VoiceGroup::Feminine => "feminine",
                VoiceGroup::Masculine => "masculine",
            };
            let note = if spec.default_voice == voice.name { " (default)" } else { "" };
            let _ = writeln!(out, "| `{}`{note} | {group} | {} | {} |", voice.name, voice.sound, voice.suits);
        }
    }
}

fn names(out: &mut String, registry: &Registry) {
    out.push_str("\n## Other spellings\n\nLook-ups take ids, display names and these, upper and lower case alike.\n\n");
    for model in registry.models.iter().filter(|model| !model.aliases.is_empty()) {
        let aliases: Vec<String> = model.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let _ = writeln!(out, "- {}: {}", model.name, aliases.join(", "));
    }
}

/// Every assumption with the models that it concerns, and every source with its date.
fn provenance(out: &mut String, registry: &Registry) {
    let mut reasons = Groups::default();
    for model in &registry.models {
        if let Some(reason) = &model.named_only {
            reasons.add(format!("id: {reason}"), &model.name);
        }
        for (what, origin) in assumptions(model) {
            reasons.add(format!("{what}: {}", origin.assumed.as_deref().unwrap_or_default()), &model.name);
        }
    }
    let mut sources = Groups::default();
    for model in &registry.models {
        for origin in origins(model) {
            sources.add(format!("{}, read on {}", origin.source, origin.date), &model.name);
        }
    }
    for (title, groups) in [("Assumptions", reasons), ("Sources", sources)] {
        let _ = write!(out, "\n## {title}\n\n");
        for (text, models) in groups.0 {
            let models =
                if models.len() == registry.models.len() { "all models".to_owned() } else { models.join(", ") };
            let _ = writeln!(out, "- {text} ({models})");
        }
    }
}
