//! The tables of models: who there is, by which id, made by whom, and what their descriptions state in passing.

mod described;

use std::collections::BTreeMap;

use anyhow::Result;

use crate::import::data::Known;
use crate::import::facts::{Key, Value};
use crate::import::page::{Block, Page};
use crate::import::reading::{Listed, MODALITIES, Reading};
use crate::import::spelling::{is_id, plain, words};

/// A row of a table of models.
struct Entry {
    listed: Listed,
    description: String,
}

pub(super) fn read(page: &Page, known: &Known, reading: &mut Reading) -> Result<()> {
    let mut entries = Vec::new();
    for (block, table, [name, id]) in reading.tables(page, [is_name, is_id_column]) {
        let (Some(modality), Some(provider)) = (modality(block), provider(block, known)) else {
            let headings = block.headings.join(" > ");
            reading.miss(format!(
                "who makes the models of the table in line {}, and what they make: its headings are `{headings}`",
                block.line
            ));
            continue;
        };
        let description = reading.place(block, table, |column| column == "description");
        for row in &table.rows {
            let listed = Listed {
                modality,
                id: plain(row.cell(id)),
                name: plain(row.cell(name)),
                provider: provider.clone(),
                line: row.line,
            };
            if !is_id(&listed.id) || listed.name.is_empty() {
                let why = format!("a model needs a name and an id; here are `{}` and `{}`", listed.name, listed.id);
                reading.cannot_read(row.line, why);
                continue;
            }
            let description = description.map_or("", |place| row.cell(place)).to_owned();
            entries.push(Entry { listed, description });
        }
    }
    let homes = homes(&entries, reading);
    for entry in &mut entries {
        entry.listed.modality = homes.get(&entry.listed.id).copied().unwrap_or(entry.listed.modality);
    }
    for entry in entries {
        take(entry, reading)?;
    }
    for model in reading.listed.clone() {
        // Several tables may list a model; it is recommended if one of them says so.
        if reading.facts.value(&model.key("recommended")).is_none() {
            reading.state(model.key("recommended"), Value::Flag(false), model.line);
        }
    }
    whole_tables(known, reading);
    Ok(())
}

fn is_name(column: &str) -> bool {
    matches!(column, "model" | "model name" | "name")
}

/// The column by which the rows of every table of models are told apart.
pub(super) fn is_id_column(column: &str) -> bool {
    column.split_whitespace().any(|word| word == "id")
}

/// What models of a table make: the nearest heading that says so.
fn modality(block: &Block) -> Option<&'static str> {
    block.headings.iter().rev().find_map(|heading| {
        let words = words(heading);
        let says = |word: &str| words.iter().any(|known| known == word);
        let is_of_models = says("models") || says("model");
        let modality = MODALITIES.into_iter().find(|modality| says(modality));
        modality.or(says("audio").then_some("speech")).filter(|_| is_of_models)
    })
}

/// Who makes them: a maker that is known, or else the first word of `Acme Models`.
fn provider(block: &Block, known: &Known) -> Option<String> {
    let heading = words(block.headings.last()?);
    // Two makers in one table: nobody can tell whose a row is.
    if heading.iter().any(|word| matches!(word.as_str(), "and" | "&" | "or")) {
        return None;
    }
    if let Some(word) = heading.iter().find(|word| known.providers.contains(*word)) {
        return Some(word.clone());
    }
    let (first, rest) = heading.split_first()?;
    let is_kind = MODALITIES.contains(&first.as_str()) || matches!(first.as_str(), "audio" | "available" | "other");
    let is_maker = !is_kind && rest.last().is_some_and(|last| last == "models");
    is_maker.then(|| first.clone())
}

/// What each model makes: the page lists those for media among the text models as well, by their maker.
fn homes(entries: &[Entry], reading: &mut Reading) -> BTreeMap<String, &'static str> {
    let mut homes = BTreeMap::new();
    for Entry { listed, .. } in entries {
        let home = homes.entry(listed.id.clone()).or_insert(listed.modality);
        if *home == "text" {
            *home = listed.modality;
        } else if !["text", *home].contains(&listed.modality) {
            let why = format!("`{}` stands among {home} models and among {} models", listed.id, listed.modality);
            reading.cannot_read(listed.line, why);
        }
    }
    homes
}

fn take(entry: Entry, reading: &mut Reading) -> Result<()> {
    let Entry { listed, description } = entry;
    let line = listed.line;
    if listed.modality == "text" && makes_media(&listed, &description) {
        reading.cannot_read(line, format!("`{}` stands among text models alone and seems to make media", listed.id));
        return Ok(());
    }
    reading.state(Key::whole(listed.subject()), Value::text("listed"), line);
    reading.state(listed.key("name"), Value::text(&listed.name), line);
    reading.state(listed.key("provider"), Value::text(&listed.provider), line);
    described::read(&listed, &description, reading)?;
    if !reading.listed.iter().any(|known| known.id == listed.id) {
        reading.listed.push(listed);
    }
    Ok(())
}

fn makes_media(listed: &Listed, description: &str) -> bool {
    let description = description.to_lowercase();
    let makes = ["image generation", "video generation", "text-to-speech"];
    words(&listed.name).iter().any(|word| word == "image" || word == "video" || word == "tts")
        || makes.iter().any(|what| description.contains(what))
}

/// A table that is gone is told from models that are gone: of each maker and kind that is known one must be left.
fn whole_tables(known: &Known, reading: &mut Reading) {
    for modality in MODALITIES {
        let listed = reading.of(modality);
        if listed.is_empty() {
            let heading = if modality == "speech" { "audio" } else { modality };
            reading.miss(format!(
                "a table of {modality} models: columns `Model` and `API Model ID`, under a heading with `{heading}` and `models`"
            ));
            continue;
        }
        for provider in known.listed_providers(modality) {
            if !listed.iter().any(|model| model.provider == provider) {
                reading.miss(format!("the table of {modality} models by `{provider}`: none of those known is there"));
            }
        }
    }
}
