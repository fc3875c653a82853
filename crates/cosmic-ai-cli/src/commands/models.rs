//! `models`: what can be asked for, what it takes and what it costs.

use cosmic_ai::registry::Spec;
use cosmic_ai::{Model, Outcome, Problem, Registry};
use serde_json::json;

use crate::args::values::{MODALITIES, all_models};
use crate::args::{ModelsAction, ModelsCommand};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(command: &ModelsCommand, output: Output) -> Result<(), Failure> {
    let registry = Registry::built_in();
    if let Some(ModelsAction::Show { id }) = &command.action {
        let model = registry.find(id).ok_or_else(|| unknown(registry, id))?;
        if output.json {
            output.object(&json!(model), Outcome::NotSent)?;
        } else {
            output.lines(&described(model))?;
        }
        return Ok(());
    }
    let wanted = match &command.modality {
        None => None,
        Some(name) => {
            let found = MODALITIES.into_iter().find(|modality| modality.as_str() == name.as_str());
            let problem = || Problem::new("modality", "is not known").given(name).allowed(MODALITIES);
            Some(found.ok_or_else(|| Failure::invalid(problem()))?)
        }
    };
    let models: Vec<&Model> =
        registry.models().iter().filter(|model| wanted.is_none_or(|wanted| model.modality() == wanted)).collect();
    if output.json {
        output.object(&json!({ "models": models }), Outcome::NotSent)?;
        return Ok(());
    }
    let width = models.iter().map(|model| model.id.as_str().len()).max().unwrap_or_default();
    let lines = models.iter().map(|model| {
        let default = if model.default { " (default)" } else { "" };
        let offered = if model.is_offered() { "" } else { " (not offered by id)" };
        format!("{:<6}  {:<width$}  {}{default}{offered}", model.modality(), model.id, price(model))
    });
    output.lines(&lines.collect::<Vec<_>>().join("\n"))?;
    Ok(())
}

/// A price in a few words.
fn price(model: &Model) -> String {
    match &model.spec {
        Spec::Text(spec) => format!("used tokens x {}", spec.tier),
        Spec::Image(spec) => {
            let (low, high) = ends(spec.prices.iter().map(|price| price.price.expected));
            format!("{} tokens an image", between(low, high))
        }
        Spec::Video(spec) => {
            let (low, high) = ends(spec.durations.iter().map(|price| price.price.expected));
            format!("{} tokens a clip", between(low, high))
        }
        Spec::Speech(spec) => format!("{} tokens for each 1,000 characters", spec.price_per_thousand.value),
        _ => "price unknown".to_owned(),
    }
}

fn ends(prices: impl Iterator<Item = cosmic_ai::Tokens>) -> (cosmic_ai::Tokens, cosmic_ai::Tokens) {
    prices.fold((cosmic_ai::Tokens(u64::MAX), cosmic_ai::Tokens::ZERO), |(low, high), price| {
        (low.min(price), high.max(price))
    })
}

fn between(low: cosmic_ai::Tokens, high: cosmic_ai::Tokens) -> String {
    if low == high { low.to_string() } else { format!("{low} to {high}") }
}

/// All that the registry knows of a model, as it writes it itself.
fn described(model: &Model) -> String {
    let figures = serde_json::to_string_pretty(model).unwrap_or_default();
    format!("{} ({}), {}\n{figures}", model.name, model.provider, price(model))
}

fn unknown(registry: &Registry, id: &str) -> Failure {
    // Of the nearest of each modality, the one that begins most like it.
    let candidates = MODALITIES.into_iter().flat_map(|modality| registry.nearest(id, modality));
    let alike = |other: &&str| other.chars().zip(id.chars()).take_while(|(one, other)| one == other).count();
    let nearest = candidates.max_by_key(alike);
    let problem = Problem::new("model", "is not in the registry").given(id).nearest(nearest);
    Failure::invalid(problem.allowed(all_models()))
}
