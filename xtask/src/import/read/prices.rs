//! The table of media prices: which models a row means, and for what.

use anyhow::Result;

use crate::import::facts::Value;
use crate::import::page::Page;
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{group, is_part, number, pattern, plain, tokens, without_pictures, words};

/// The words of the models that a row means, what they make, and the fields that the price is of.
type Label = (Vec<String>, &'static str, Vec<String>);

/// A row of the table, taken apart.
struct Priced {
    /// The words of the models that it means.
    family: Vec<String>,
    modality: &'static str,
    /// What is paid for, as fields of those models: `price/8`. `price` alone is a price for whatever is made.
    fields: Vec<String>,
    tokens: u64,
    line: usize,
}

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    let is_feature = |column: &str| column.contains("feature");
    let is_cost = |column: &str| column.contains("cost") || column.contains("price");
    let tables = reading.tables(page, [is_feature, is_cost]);
    if tables.is_empty() {
        reading.miss("the table of media prices: columns `Feature` and `Token Cost`");
        return Ok(());
    }
    let in_tokens =
        pattern(r"^(?:tokens?|(?:token )?(?:costs?|prices?))(?: \((?:in )?(?:output )?(?:output|tokens?)\))?$")?;
    let mut rows = Vec::new();
    for (block, table, [feature, cost]) in tables {
        let title = table.columns.get(cost).map_or("", String::as_str);
        if !in_tokens.is_match(title) {
            reading.cannot_read(block.line, format!("what prices under `{title}` are counted in"));
            continue;
        }
        for row in &table.rows {
            let (label, cost) = (plain(row.cell(feature)), row.cell(cost));
            // A bare number is of tokens only where the title says so. Nothing is free: a zero is a gap.
            let is_told = title.contains("token") || cost.contains("token");
            let amount = tokens(&without_pictures(cost)).filter(|amount| *amount > 0 && is_told);
            match (taken_apart(&label)?, amount) {
                (Some((family, modality, fields)), Some(tokens)) => {
                    reading.priced.insert(row.line, label);
                    rows.push(Priced { family, modality, fields, tokens, line: row.line });
                }
                (None, _) => reading
                    .cannot_read(row.line, format!("`{label}` is no image, video, extension or audio that is known")),
                (_, None) => reading.cannot_read(row.line, format!("`{cost}` is no number of tokens, for `{label}`")),
            }
        }
    }
    for row in &rows {
        let meant: Vec<Listed> = reading.of(row.modality).into_iter().filter(|model| is_meant(row, model)).collect();
        if meant.is_empty() {
            let family = row.family.join(" ");
            reading
                .cannot_read(row.line, format!("the price is of no {} model that is listed: `{family}`", row.modality));
        }
        for model in &meant {
            for field in row.fields.iter().filter(|field| !has_closer(row, field, model, &rows)) {
                reading.sharing.entry(row.line).or_default().insert(model.subject());
                reading.state(model.key(field), Value::Number(row.tokens), row.line);
            }
        }
    }
    Ok(())
}

/// Rows that came to nothing in the end: whatever they price is made by no model that they mean.
pub(super) fn without_effect(reading: &mut Reading) {
    let stated = reading.facts.iter().filter(|(key, _)| key.field.starts_with("price"));
    let stated = stated.flat_map(|(_, statements)| statements.iter().map(|statement| statement.line));
    let open = reading.contradictions.iter().flat_map(|contradiction| contradiction.lines.iter().copied());
    let used: Vec<usize> = stated.chain(open).collect();
    let priced = std::mem::take(&mut reading.priced);
    for (line, label) in priced.into_iter().filter(|(line, _)| !used.contains(line)) {
        if !reading.unreadable.iter().any(|row| row.line == line) {
            reading.cannot_read(line, format!("the price of `{label}` is of nothing that a model makes"));
        }
    }
}

fn is_meant(row: &Priced, model: &Listed) -> bool {
    row.modality == model.modality && is_part(&row.family, &words(&model.name))
}

/// Whether another row names the model by more words for the same: `TTS HD` beside `TTS`.
fn has_closer(row: &Priced, field: &String, model: &Listed, rows: &[Priced]) -> bool {
    let is_closer = |other: &&Priced| other.family.len() > row.family.len() && other.fields.contains(field);
    rows.iter().filter(is_closer).any(|other| is_meant(other, model))
}

/// `Some Fast Video (8s)`.
fn taken_apart(label: &str) -> Result<Option<Label>> {
    let Some(parts) = pattern(r"^([^()]+?)(?: ?\(([^()]*)\))?$")?.captures(label) else { return Ok(None) };
    let bracket = group(&parts, 2).trim().to_lowercase();
    let has_none = parts.get(2).is_none();
    let mut family = words(group(&parts, 1));
    let Some(kind) = family.pop() else { return Ok(None) };
    Ok(match kind.as_str() {
        "image" if has_none => {
            let is_size = pattern(r"^(?:\d+k(?:/\d+k)*|\d+px|\d+x\d+)$")?;
            let sizes: Vec<String> = family.iter().filter(|word| is_size.is_match(word)).cloned().collect();
            family.retain(|word| !sizes.contains(word));
            let sizes: Option<Vec<String>> = sizes.iter().flat_map(|word| word.split('/')).map(pixels).collect();
            let Some(sizes) = sizes else { return Ok(None) };
            let fields: Vec<String> = sizes.iter().map(|size| format!("price/{size}/standard")).collect();
            Some((family, "image", if fields.is_empty() { vec!["price".to_owned()] } else { fields }))
        }
        "video" => {
            let seconds = pattern(r"^(\d+) ?s(?:ec(?:onds?)?)?$")?.captures(&bracket);
            let seconds = seconds.and_then(|found| number(group(&found, 1)));
            seconds.map(|seconds| (family, "video", vec![format!("price/{seconds}")]))
        }
        "extension" if has_none => Some((family, "video", vec!["price/extension".to_owned()])),
        "audio" | "speech" => {
            let is_thousand = pattern(r"^per (?:1k|1,000) char(?:acter)?s$")?.is_match(&bracket);
            is_thousand.then(|| (family, "speech", vec!["price_per_thousand".to_owned()]))
        }
        _ => None,
    })
}

/// `2k` is a square of 2,048 pixels.
pub(super) fn pixels(word: &str) -> Option<String> {
    if word.contains('x') && !word.ends_with("px") {
        return Some(word.to_owned());
    }
    let side = match word.strip_suffix("px") {
        Some(side) => number(side)?,
        None => number(word.strip_suffix('k')?)?.checked_mul(1_024)?,
    };
    Some(format!("{side}x{side}"))
}
