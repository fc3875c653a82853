//! The table of media prices: which models a row means, and for what.

use anyhow::Result;

use crate::import::facts::Value;
use crate::import::page::Page;
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{is_part, number, pattern, plain, words};

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
    let tables = page.tables([is_feature, is_cost]);
    if tables.is_empty() {
        reading.miss("the table of media prices: columns `Feature` and `Token Cost`");
        return Ok(());
    }
    let mut rows = Vec::new();
    for (_, table, [feature, cost]) in tables {
        for row in &table.rows {
            let (label, cost) = (plain(row.cell(feature)), plain(row.cell(cost)));
            let amount = cost.split_whitespace().next().and_then(number);
            match (taken_apart(&label)?, amount) {
                (Some((family, modality, fields)), Some(tokens)) => {
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
        for model in meant.iter().filter(|model| !has_closer(row, model, &rows)) {
            for field in &row.fields {
                reading.state(model.key(field), Value::Number(row.tokens), row.line);
            }
        }
    }
    Ok(())
}

fn is_meant(row: &Priced, model: &Listed) -> bool {
    row.modality == model.modality && is_part(&row.family, &words(&model.name))
}

/// Whether another row names the model by more words: `TTS HD` beside `TTS`.
fn has_closer(row: &Priced, model: &Listed, rows: &[Priced]) -> bool {
    rows.iter().any(|other| other.family.len() > row.family.len() && is_meant(other, model))
}

/// `Some Fast Video (8s)`.
fn taken_apart(label: &str) -> Result<Option<Label>> {
    let (label, bracket) = label.split_once('(').unwrap_or((label, ""));
    let bracket = bracket.trim_end_matches(')').to_lowercase();
    let mut family = words(label);
    let Some(kind) = family.pop() else { return Ok(None) };
    Ok(match kind.as_str() {
        "image" => {
            let is_size = pattern(r"^(?:\d+k(?:/\d+k)*|\d+px|\d+x\d+)$")?;
            let sizes: Vec<String> = family.iter().filter(|word| is_size.is_match(word)).cloned().collect();
            family.retain(|word| !sizes.contains(word));
            let sizes: Vec<String> = sizes.iter().flat_map(|word| word.split('/')).filter_map(pixels).collect();
            let fields: Vec<String> = sizes.iter().map(|size| format!("price/{size}/standard")).collect();
            Some((family, "image", if fields.is_empty() { vec!["price".to_owned()] } else { fields }))
        }
        "video" => {
            let seconds = bracket.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == ' ');
            number(seconds).map(|seconds| (family, "video", vec![format!("price/{seconds}")]))
        }
        "extension" => Some((family, "video", vec!["price/extension".to_owned()])),
        "audio" | "speech" => {
            let is_thousand = bracket.contains("1k char") || bracket.contains("1,000 char");
            is_thousand.then(|| (family, "speech", vec!["price_per_thousand".to_owned()]))
        }
        _ => None,
    })
}

/// `2k` is a square of 2,048 pixels.
fn pixels(word: &str) -> Option<String> {
    if word.contains('x') && !word.ends_with("px") {
        return Some(word.to_owned());
    }
    let side = match word.strip_suffix("px") {
        Some(side) => number(side)?,
        None => number(word.strip_suffix('k')?)?.checked_mul(1_024)?,
    };
    Some(format!("{side}x{side}"))
}
