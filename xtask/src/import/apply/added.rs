//! Whole rows for models and tiers that are new, where the page says all that a row needs.

use std::collections::BTreeSet;

use toml_edit::{Table, Value as TomlValue};

use super::edit::put;
use super::field::one;
use super::{Order, Origin};
use crate::import::data::Data;
use crate::import::facts::{Facts, Value};
use crate::import::reading::{Listed, Reading};
use crate::import::report::Item;

/// What a row of each kind cannot do without, beside id, name and provider.
const NEEDED: [(&str, &[&str]); 4] = [
    ("text", &["tier"]),
    ("image", &["sizes", "default_size"]),
    ("video", &["durations", "default_duration", "resolutions", "default_resolution"]),
    ("speech", &["voices", "default_voice", "price_per_thousand", "piece_characters"]),
];

/// The order of fields in a row, as people write them. What is not named here comes behind.
const ORDER: [&str; 19] = [
    "tier",
    "multiplier",
    "recommended",
    "voices",
    "default_voice",
    "price_per_thousand",
    "piece_characters",
    "sizes",
    "default_size",
    "aspect_ratios",
    "qualities",
    "default_duration",
    "resolutions",
    "default_resolution",
    "reference_images/total",
    "reference_images/objects",
    "reference_images/characters",
    "generation_time",
    "extension/duration",
];

/// Writes the row of something new.
///
/// # Errors
///
/// Why a person has to do it.
pub(super) fn write(data: &mut Data, item: &Item, makers: &BTreeSet<String>, order: &Order<'_>) -> Result<(), String> {
    let Order { reading: reading @ Reading { facts: stated, listed, .. }, origin, .. } = order;
    let subject = item.key.subject.as_str();
    if reading.shares_a_price(subject) {
        return Err("its price stands in no row of its own".to_owned());
    }
    let model = listed.iter().find(|model| model.subject() == subject);
    let (section, row) = match (subject.split_once('/'), model) {
        (Some(_), Some(model)) if !makers.contains(&model.provider) => {
            return Err(format!("its maker would be `{}`, of whom no model is known", model.provider));
        }
        (Some((section, _)), Some(model)) => (section, model_row(model, stated, origin)?),
        (Some(("tier", name)), None) => {
            let mut row = named("name", name);
            fields(&mut row, "tier", subject, stated, origin)?;
            ("tier", row)
        }
        (Some(("voice", _)), None) => {
            return Err("write how the voice sounds and what it suits in your own words".to_owned());
        }
        _ => return Err("the page has no id for it: write the one of its maker, and `named_only`".to_owned()),
    };
    let neighbours = model.map(|model| neighbours(model, listed)).unwrap_or_default();
    insert(data, section, row, &neighbours)
}

fn named(key: &str, name: &str) -> Table {
    let mut row = Table::new();
    row.decor_mut().set_prefix("\n");
    put(&mut row, key, name.into());
    row
}

fn model_row(model: &Listed, stated: &Facts, origin: &Origin) -> Result<Table, String> {
    let is_stated = |field: &&&str| stated.value(&model.key(**field)).is_some();
    let needed = NEEDED.iter().find(|(section, _)| *section == model.modality).map_or(&[][..], |(_, fields)| *fields);
    if let Some(lacking) = needed.iter().find(|field| !is_stated(field)) {
        return Err(format!("the page has no {lacking} for it"));
    }
    for (price, what) in prices(model, stated) {
        if stated.value(&model.key(&price)).is_none() {
            return Err(format!("the page has no price for {what}"));
        }
    }
    let mut row = named("id", &model.id);
    put(&mut row, "name", TomlValue::from(model.name.as_str()));
    put(&mut row, "provider", TomlValue::from(model.provider.as_str()));
    fields(&mut row, model.modality, &model.subject(), stated, origin)?;
    Ok(row)
}

/// The prices that codegen will ask for.
fn prices(model: &Listed, stated: &Facts) -> Vec<(String, String)> {
    let list = |field: &str| match stated.value(&model.key(field)) {
        Some(Value::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    let (sizes, qualities) = (list("sizes"), list("qualities"));
    let images = sizes.iter().flat_map(|size| qualities.iter().map(move |quality| format!("{size}/{quality}")));
    images.chain(list("durations")).map(|what| (format!("price/{what}"), what)).collect()
}

/// The place of a field in a row; those that open a table come last.
fn rank(field: &str) -> usize {
    let of_table = field.starts_with("price/") && field != "price/extension";
    let last = if of_table { ORDER.len() + 1 } else { ORDER.len() };
    ORDER.iter().position(|known| *known == field).unwrap_or(last)
}

/// Single values before those that open a table beneath, which would swallow them.
fn fields(row: &mut Table, section: &str, subject: &str, stated: &Facts, origin: &Origin) -> Result<(), String> {
    let of_subject = stated.iter().filter(|(key, _)| key.subject == subject && !key.field.is_empty());
    let mut of_subject: Vec<_> =
        of_subject.filter(|(key, _)| !matches!(key.field.as_str(), "name" | "provider")).collect();
    of_subject.sort_by_key(|(key, _)| rank(&key.field));
    for (key, statements) in of_subject {
        let Some(statement) = statements.first() else { continue };
        if statements.iter().any(|other| !other.value.is_same(&statement.value)) {
            return Err(format!("the page says different things about its {}", key.field));
        }
        one(row, section, &key.field, &statement.value, origin)?;
    }
    Ok(())
}

/// Models by the same maker, the nearest before it first, then those behind it.
fn neighbours(model: &Listed, listed: &[Listed]) -> (Vec<String>, Vec<String>) {
    let near = |other: &&Listed| other.modality == model.modality && other.provider == model.provider;
    let ids: Vec<String> = listed.iter().filter(near).map(|other| other.id.clone()).collect();
    let place = ids.iter().position(|id| *id == model.id).unwrap_or_default();
    let before = ids.iter().take(place).rev().cloned().collect();
    (before, ids.into_iter().skip(place + 1).collect())
}

/// Puts a row behind the model that is before it on the page, or before the one behind it, whose heading it takes over.
fn insert(
    data: &mut Data,
    section: &str,
    mut row: Table,
    (before, behind): &(Vec<String>, Vec<String>),
) -> Result<(), String> {
    let file = data.files.iter_mut().find_map(|file| file.document.get_mut(section)?.as_array_of_tables_mut());
    let rows = file.ok_or_else(|| format!("no data file has [[{section}]]"))?;
    let place_of =
        |id: &String| rows.iter().position(|row| row.get("id").and_then(toml_edit::Item::as_str) == Some(id));
    let place = match (before.iter().find_map(place_of), behind.iter().find_map(place_of)) {
        (Some(before), _) => before + 1,
        (None, Some(behind)) => behind,
        (None, None) => rows.len(),
    };
    let takes_over = before.iter().find_map(place_of).is_none();
    let mut all: Vec<Table> = rows.iter().cloned().collect();
    if let Some(next) = all.get_mut(place).filter(|_| takes_over) {
        *row.decor_mut() = next.decor().clone();
        next.decor_mut().set_prefix("\n");
    }
    all.insert(place, row);
    rows.clear();
    rows.extend(all);
    Ok(())
}
