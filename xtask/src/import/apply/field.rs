//! Where each field of a page is written, and in which form.

use toml_edit::{ArrayOfTables, InlineTable, Item as TomlItem, RawString, Table, Value as TomlValue};

use super::Origin;
use super::edit::{list, number, put, sourced, tokens};
use crate::import::data::Data;
use crate::import::facts::{Facts, Key, Value};
use crate::import::report::Item;

type Outcome = Result<(), String>;

/// Writes one change.
///
/// # Errors
///
/// Why a person has to do it.
pub(super) fn write(data: &mut Data, item: &Item, stated: &Facts, origin: &Origin) -> Outcome {
    let value = item.value.as_ref().ok_or("there is no value to write")?;
    let Key { subject, field } = &item.key;
    match subject.split_once('/') {
        None if field == "default" => default(data, subject, value),
        Some((section, id)) => {
            let key = if matches!(section, "tier" | "voice") { "name" } else { "id" };
            let row = data.row_mut(section, key, id).ok_or("there is no row for it")?;
            keeps_all(row, section, field, value, &item.key, stated)?;
            one(row, section, field, value, origin)
        }
        None => Err("nobody has taught `import` where it is written".to_owned()),
    }
}

/// One model of a kind is the default.
fn default(data: &mut Data, modality: &str, value: &Value) -> Outcome {
    let Value::Text(id) = value else { return Err("a default is a model".to_owned()) };
    if data.row_mut(modality, "id", id).is_none() {
        return Err(format!("there is no row for `{id}` yet"));
    }
    if data.rows(modality).any(|row| has_comment(row, "default")) {
        return Err("what is said beside the old default has to move or to go".to_owned());
    }
    for row in data.rows_mut(modality) {
        if row.get("id").and_then(TomlItem::as_str) == Some(id) {
            put(row, "default", true.into());
        } else {
            row.remove("default");
        }
    }
    Ok(())
}

/// Whether a comment hangs on a key, which would go with it.
fn has_comment(row: &Table, key: &str) -> bool {
    let says = |text: Option<&RawString>| text.and_then(RawString::as_str).is_some_and(|text| text.contains('#'));
    let above = row.key(key).is_some_and(|key| says(key.leaf_decor().prefix()));
    above || row.get(key).and_then(TomlItem::as_value).is_some_and(|value| says(value.decor().suffix()))
}

/// Refuses lists that would lose something, and those with values that need more than a word.
fn keeps_all(row: &Table, section: &str, field: &str, value: &Value, key: &Key, stated: &Facts) -> Outcome {
    let Value::List(new) = value else { return Ok(()) };
    let old: Vec<String> = match row.get(field) {
        Some(TomlItem::Value(TomlValue::Array(old))) => {
            old.iter().filter_map(TomlValue::as_str).map(str::to_owned).collect()
        }
        Some(TomlItem::ArrayOfTables(old)) => {
            old.iter().filter_map(|row| row.get("duration")?.as_integer()).map(|many| many.to_string()).collect()
        }
        _ => Vec::new(),
    };
    if let Some(lost) = old.iter().find(|one| !new.contains(one)) {
        return Err(format!("`{lost}` would be removed"));
    }
    let prices: Vec<String> = match (section, field) {
        ("image", "qualities") | (_, "voices") => return Err("what is new needs a row of its own".to_owned()),
        ("image", "sizes") => {
            let qualities = row.get("qualities").and_then(TomlItem::as_array);
            let qualities: Vec<&str> =
                qualities.map_or_else(|| vec!["standard"], |all| all.iter().filter_map(TomlValue::as_str).collect());
            new.iter().flat_map(|size| qualities.iter().map(move |quality| format!("price/{size}/{quality}"))).collect()
        }
        ("video", "durations") => new.iter().map(|seconds| format!("price/{seconds}")).collect(),
        _ => Vec::new(),
    };
    let is_new = |price: &&String| !old.iter().any(|one| price.split('/').nth(1) == Some(one));
    let unpriced = |price: &&String| stated.value(&Key::new(&key.subject, price.as_str())).is_none();
    match prices.iter().filter(is_new).find(unpriced) {
        Some(price) => Err(format!("the page has no {price}")),
        None => Ok(()),
    }
}

/// Writes one field of a row.
pub(super) fn one(row: &mut Table, section: &str, field: &str, value: &Value, origin: &Origin) -> Outcome {
    match (section, field, value) {
        ("tier", "multiplier", Value::Thousandths(many)) => {
            let text = crate::import::spelling::decimal(*many);
            put(row, "multiplier", text.parse().map_err(|_| format!("`{text}` is no number"))?);
            put(row, "source", origin.source.as_str().into());
            put(row, "date", origin.date.as_str().into());
        }
        ("text", "", Value::Text(how)) if how == "listed" => {
            row.remove("named_only");
        }
        ("text", "tier", Value::Text(tier)) => put(row, "tier", sourced("name", tier.as_str().into(), origin)),
        ("text", "context_window", Value::Number(many)) | ("speech", "price_per_thousand", Value::Number(many)) => {
            put(row, field, tokens(*many, origin));
        }
        (_, "recommended", Value::Flag(true)) => put(row, field, true.into()),
        (_, "recommended", Value::Flag(false)) => {
            row.remove(field);
        }
        (
            _,
            "name" | "provider" | "group" | "default_size" | "default_resolution" | "default_voice",
            Value::Text(text),
        ) => {
            put(row, field, text.as_str().into());
        }
        (_, "default_duration" | "piece_characters", Value::Number(many)) => put(row, field, number(*many)),
        // Its rows are written with their prices.
        ("video", "durations", _) => {}
        (_, "sizes" | "aspect_ratios" | "resolutions" | "qualities" | "voices", Value::List(all)) => {
            put(row, field, list(all));
        }
        ("video", "generation_time", Value::Text(time)) => {
            let (least, most) = time.trim_end_matches(" s").split_once('-').ok_or("it is no span")?;
            let mut span = InlineTable::new();
            span.insert("least_seconds", least.parse().map_err(|_| "it is no number")?);
            span.insert("most_seconds", most.parse().map_err(|_| "it is no number")?);
            put(row, field, span.into());
        }
        _ => return nested(row, section, field, value, origin),
    }
    Ok(())
}

/// Fields that stand in a table of their own within the row.
fn nested(row: &mut Table, section: &str, field: &str, value: &Value, origin: &Origin) -> Outcome {
    let parts: Vec<&str> = field.split('/').collect();
    match (section, parts.as_slice(), value) {
        (_, ["reference_images", part], Value::Number(many)) => {
            let short = row.get("reference_images").and_then(TomlItem::as_integer);
            if *part == "total" && (short.is_some() || row.get("reference_images").is_none()) {
                put(row, "reference_images", number(*many));
                return Ok(());
            }
            let table = inline(row, "reference_images")?;
            if let Some(total) = short {
                table.insert("total", total.into());
            }
            table.insert(*part, number(*many));
        }
        ("video", ["extension", part], Value::Number(many)) => {
            inline(row, "extension")?.insert(*part, number(*many));
        }
        ("video", ["extension", part], Value::Text(text)) => {
            inline(row, "extension")?.insert(*part, text.as_str().into());
        }
        ("video", ["price", "extension"], Value::Number(many)) => {
            inline(row, "extension")?.insert("price", tokens(*many, origin));
        }
        ("video", ["price", seconds], Value::Number(many)) => {
            let seconds: u64 = seconds.parse().map_err(|_| format!("`{seconds}` are no seconds"))?;
            let is_it =
                |table: &Table| table.get("duration").and_then(TomlItem::as_integer) == i64::try_from(seconds).ok();
            let table = found_or_new(row, "durations", is_it)?;
            put(table, "duration", number(seconds));
            put(table, "price", tokens(*many, origin));
        }
        ("image", ["price", size, quality], Value::Number(many)) => {
            let text =
                |table: &Table, key: &str| table.get(key).and_then(TomlItem::as_str).unwrap_or_default().to_owned();
            let table = found_or_new(row, "prices", |table| {
                text(table, "size") == *size && text(table, "quality") == *quality
            })?;
            put(table, "size", (*size).into());
            put(table, "quality", (*quality).into());
            put(table, "price", tokens(*many, origin));
        }
        _ => return Err("nobody has taught `import` where it is written".to_owned()),
    }
    Ok(())
}

/// The table that stands as a value behind a key; an empty one where there is none.
fn inline<'a>(row: &'a mut Table, key: &str) -> Result<&'a mut InlineTable, String> {
    if row.get(key).and_then(TomlItem::as_inline_table).is_none() {
        put(row, key, InlineTable::new().into());
    }
    row.get_mut(key).and_then(TomlItem::as_inline_table_mut).ok_or_else(|| format!("`{key}` is no table"))
}

fn found_or_new<'a>(row: &'a mut Table, key: &str, is_it: impl Fn(&Table) -> bool) -> Result<&'a mut Table, String> {
    let rows = row.entry(key).or_insert_with(|| TomlItem::ArrayOfTables(ArrayOfTables::new()));
    let rows = rows.as_array_of_tables_mut().ok_or_else(|| format!("`{key}` is no list of tables"))?;
    let place = rows.iter().position(is_it).unwrap_or(rows.len());
    if place == rows.len() {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        rows.push(table);
    }
    rows.get_mut(place).ok_or_else(|| format!("`{key}` has no row {place}"))
}
