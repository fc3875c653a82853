//! What image models take: sizes, ratios, qualities, reference images; and which of it has no price of its own.

use anyhow::Result;

use crate::import::facts::{Key, Value};
use crate::import::page::Page;
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{every, group, grouped, number, pattern, sentences};

const HEADING: &str = "generate image";
const SIZE: &str = r"\b\d{2,5}x\d{2,5}\b";
const RATIO: &str = r"\b\d{1,2}:\d{1,2}\b";

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    columns(page, reading)?;
    sizes(page, reading)?;
    ratios(page, reading)?;
    qualities(page, reading)?;
    references(page, reading)?;
    for model in reading.of("image") {
        for (field, what) in [("sizes", "the sizes"), ("default_size", "the default size")] {
            if reading.facts.value(&model.key(field)).is_none() {
                reading.miss(format!("{what} of {}", model.subject()));
            }
        }
        prices(&model, reading);
    }
    Ok(())
}

/// Columns of the tables of models.
fn columns(page: &Page, reading: &mut Reading) -> Result<()> {
    let is_id = |column: &str| column.contains(" id");
    for (_, table, [id, sizes]) in reading.columns(page, [is_id, |column: &str| column.contains("size")]) {
        for row in &table.rows {
            let Some(model) = by_id(reading, row.cell(id)) else { continue };
            state_list(&model, "sizes", every(&pattern(SIZE)?, row.cell(sizes)), row.line, reading);
        }
    }
    for (_, table, [id, ratios]) in reading.columns(page, [is_id, |column: &str| column.contains("ratio")]) {
        for row in &table.rows {
            let Some(model) = by_id(reading, row.cell(id)) else { continue };
            state_list(&model, "aspect_ratios", every(&pattern(RATIO)?, row.cell(ratios)), row.line, reading);
        }
    }
    Ok(())
}

fn by_id(reading: &Reading, cell: &str) -> Option<Listed> {
    reading.of("image").into_iter().find(|model| model.id == cell.trim_matches('`'))
}

fn state_list(model: &Listed, field: &str, list: Vec<String>, line: usize, reading: &mut Reading) {
    if !list.is_empty() {
        reading.state(model.key(field), Value::List(list), line);
    }
}

/// Sentences such as ``For Some Image: `512x512` or `1024x1024` ``, and the default after them.
fn sizes(page: &Page, reading: &mut Reading) -> Result<()> {
    let (size, of) = (pattern(SIZE)?, pattern(r"^For ([^:`]+):")?);
    for (block, text) in page.texts_below(HEADING).filter(|(_, text)| text.contains('`')) {
        for sentence in sentences(text) {
            let found = every(&size, sentence);
            if let Some(label) =
                of.captures(sentence).map(|label| group(&label, 1).to_owned()).filter(|_| !found.is_empty())
            {
                let meant = reading.called("image", &label);
                if meant.is_empty() {
                    reading
                        .cannot_read(block.line, format!("sizes of `{label}`, which is no image model that is listed"));
                }
                let is_known = |code: &str| found.iter().any(|one| one == code);
                reading.tell_others(Key::new("image", "sizes"), sentence, is_known, block.line);
                for model in &meant {
                    state_list(model, "sizes", found.clone(), block.line, reading);
                }
            } else if let Some(default) = found.first().filter(|_| sentence.contains("efaults to")) {
                for model in reading.of("image") {
                    reading.state(model.key("default_size"), Value::text(default.as_str()), block.line);
                }
            }
        }
    }
    Ok(())
}

/// Lines such as `Pro Image supported aspect ratios: 1:1, 16:9`, and how many there are said to be elsewhere.
fn ratios(page: &Page, reading: &mut Reading) -> Result<()> {
    let (ratio, label) = (pattern(RATIO)?, pattern(r"(?i)^(.+?) supported aspect ratios:?")?);
    for (block, text) in page.texts() {
        let Some(found) = label.captures(text) else { continue };
        let meant = reading.called("image", group(&found, 1));
        let list = every(&ratio, text);
        if meant.is_empty() || list.is_empty() {
            reading.cannot_read(block.line, format!("aspect ratios of `{}`", group(&found, 1)));
        }
        for model in &meant {
            state_list(model, "aspect_ratios", list.clone(), block.line, reading);
        }
    }
    let count = pattern(r"(?i)\b(\d+) (?:aspect )?ratios")?;
    for (_, table, [id]) in reading.columns(page, [|column: &str| column.contains(" id")]) {
        for row in &table.rows {
            let Some(model) = by_id(reading, row.cell(id)) else { continue };
            let said =
                row.cells.iter().find_map(|cell| count.captures(cell).and_then(|found| number(group(&found, 1))));
            let Some(said) = said else { continue };
            match reading.facts.value(&model.key("aspect_ratios")) {
                Some(Value::List(list)) if list.len() as u64 == said => {}
                Some(Value::List(list)) => {
                    let page = format!("{said} ratios counted, {} listed", list.len());
                    reading.contradict(model.key("aspect_ratios/count"), page, &[row.line]);
                }
                _ => reading.miss(format!(
                    "the aspect ratios of {}: {said} are counted in line {}",
                    model.subject(),
                    row.line
                )),
            }
        }
    }
    Ok(())
}

/// The text with both qualities. Where it names a model in brackets, only that one has the better.
fn qualities(page: &Page, reading: &mut Reading) -> Result<()> {
    let only = pattern(r"\(([^)]+) only\)")?;
    let text = page.texts_below(HEADING).find(|(_, text)| text.contains("`standard`") && text.contains("`hd`"));
    let Some((line, text)) = text.map(|(block, text)| (block.line, text.to_owned())) else {
        reading.miss("the qualities of images: a text with `standard` and `hd`");
        return Ok(());
    };
    let is_known = |code: &str| matches!(code, "standard" | "hd");
    reading.tell_others(Key::new("image", "qualities"), &text, is_known, line);
    let has_hd = only.captures(&text).map(|found| group(&found, 1).to_owned());
    for model in reading.of("image") {
        let is_better = has_hd.as_ref().is_none_or(|label| model.is_called(label));
        let list = if is_better { vec!["standard", "hd"] } else { vec!["standard"] };
        state_list(&model, "qualities", list.into_iter().map(str::to_owned).collect(), line, reading);
    }
    Ok(())
}

/// Phrases such as `Some Image supports up to 14 reference images (10 object + 4 character references)`.
fn references(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = r"(?:^|, )(?:while )?([A-Z][\w .-]*?) supports up to (\d+)(?: reference images)?(?: \((\d+) objects? \+ (\d+) character)?";
    let phrase = pattern(phrase)?;
    for (block, text) in page.texts() {
        for found in sentences(text).into_iter().flat_map(|sentence| phrase.captures_iter(sentence)) {
            let meant = reading.called("image", group(&found, 1));
            for (place, field) in [(2, "total"), (3, "objects"), (4, "characters")] {
                let Some(many) = number(group(&found, place)) else { continue };
                for model in &meant {
                    reading.state(model.key(format!("reference_images/{field}")), Value::Number(many), block.line);
                }
            }
        }
    }
    Ok(())
}

/// A price without a size is that of the default one; what has none of its own is left open by the page.
fn prices(model: &Listed, reading: &mut Reading) {
    let list = |reading: &Reading, field: &str| match reading.facts.value(&model.key(field)) {
        Some(Value::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    let (sizes, qualities) = (list(reading, "sizes"), list(reading, "qualities"));
    let default = reading.facts.value(&model.key("default_size")).map(ToString::to_string).unwrap_or_default();
    let flat = reading.facts.take(&model.key("price"));
    let mut open = "no price of its own".to_owned();
    for statement in flat {
        if let Value::Number(tokens) = &statement.value {
            open = format!("no price of its own; the one of the model is {}", grouped(*tokens, ','));
        }
        reading.state(model.key(format!("price/{default}/standard")), statement.value, statement.line);
    }
    // A row such as `1K/2K` is of models that make only one of them as well.
    let priced =
        reading.facts.iter().filter(|(key, _)| key.subject == model.subject() && key.field.starts_with("price/"));
    let is_made = |field: &str| field.split('/').nth(1).is_some_and(|size| sizes.iter().any(|made| made == size));
    let others: Vec<Key> = priced.filter(|(key, _)| !is_made(&key.field)).map(|(key, _)| key.clone()).collect();
    for key in others {
        reading.facts.take(&key);
    }
    for quality in &qualities {
        for size in &sizes {
            let key = model.key(format!("price/{size}/{quality}"));
            if reading.facts.value(&key).is_none() {
                reading.contradict(key, open.clone(), &[model.line]);
            }
        }
    }
}
