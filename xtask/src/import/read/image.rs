//! What image models take: sizes, ratios, qualities, reference images; and which of it has no price of its own.

mod prices;

use anyhow::Result;

use super::models::is_id_column;
use super::prices::pixels;
use crate::import::facts::{Key, Value};
use crate::import::page::Page;
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{every, group, is_list_of, number, pattern, sentences};

const HEADING: &str = "generate image";
const SIZE: &str = r"\b\d{2,5}x\d{2,5}\b";
const RATIO: &str = r"\b\d{1,2}:\d{1,2}\b";
const COUNT: &str = r"(?i)\b\d+ (?:aspect )?ratios\b";

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    columns(page, reading)?;
    sizes(page, reading)?;
    ratios(page, reading)?;
    qualities(page, reading)?;
    references(page, reading)?;
    described(page, reading)?;
    for model in reading.of("image") {
        for (field, what) in [("sizes", "the sizes"), ("default_size", "the default size")] {
            if reading.facts.value(&model.key(field)).is_none() {
                reading.miss(format!("{what} of {}", model.subject()));
            }
        }
        prices::read(&model, reading);
    }
    Ok(())
}

/// Columns of the tables of models.
fn columns(page: &Page, reading: &mut Reading) -> Result<()> {
    one_column(page, |column| column.contains("size"), "sizes", SIZE, reading)?;
    one_column(page, |column| column.contains("ratio"), "aspect_ratios", RATIO, reading)
}

fn one_column(page: &Page, is_it: fn(&str) -> bool, field: &str, item: &str, reading: &mut Reading) -> Result<()> {
    let (item, count) = (pattern(item)?, pattern(COUNT)?);
    for (block, table, [id, place]) in reading.columns(page, [is_id_column, is_it]) {
        for row in &table.rows {
            let Some(model) = by_id(reading, row.cell(id)) else { continue };
            reading.claims.column(block.line, place);
            let (cell, list) = (row.cell(place), every(&item, row.cell(place)));
            if !is_list_of(&[list.as_slice(), &every(&count, cell)].concat(), cell) {
                reading.cannot_read(row.line, format!("`{cell}` is no list of {field}"));
            }
            state_list(&model, field, list, row.line, reading);
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
    let (size, of) = (pattern(SIZE)?, pattern(r"^For ([^:`]+):(.*)$")?);
    let default = pattern(&format!(r"(?i)\bdefaults?(?: size)?(?: to| is|:) `({SIZE})`$"))?;
    let code = pattern(r"`[^`]+`")?;
    for (block, text) in page.texts_below(HEADING).filter(|(_, text)| text.contains('`')) {
        for sentence in sentences(text) {
            let found = every(&size, sentence);
            if let Some((label, list)) = of
                .captures(sentence)
                .map(|parts| (group(&parts, 1).to_owned(), group(&parts, 2).to_owned()))
                .filter(|_| !found.is_empty())
            {
                reading.claim(block.line, sentence);
                if !is_list_of(&every(&code, &list), &list) {
                    reading.cannot_read(block.line, format!("`{list}` is no list of sizes"));
                }
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
            } else if let Some(default) = default.captures(sentence) {
                reading.claim(block.line, group(&default, 0));
                for model in reading.of("image") {
                    reading.state(model.key("default_size"), Value::text(group(&default, 1)), block.line);
                }
            }
        }
    }
    Ok(())
}

/// Lines such as `Pro Image supported aspect ratios: 1:1, 16:9`, and how many there are said to be elsewhere.
fn ratios(page: &Page, reading: &mut Reading) -> Result<()> {
    let (ratio, label) = (pattern(RATIO)?, pattern(r"(?i)^(.+?) supported aspect ratios:?(.*)$")?);
    for (block, text) in page.texts() {
        let Some(found) = label.captures(text) else { continue };
        let meant = reading.called("image", group(&found, 1));
        let list = every(&ratio, group(&found, 2));
        reading.claim(block.line, text);
        if meant.is_empty() || list.is_empty() || !is_list_of(&list, group(&found, 2)) {
            reading.cannot_read(block.line, format!("aspect ratios of `{}`", group(&found, 1)));
        }
        for model in &meant {
            state_list(model, "aspect_ratios", list.clone(), block.line, reading);
        }
    }
    let count = pattern(r"(?i)\b(\d+) (?:aspect )?ratios")?;
    for (_, table, [id]) in reading.columns(page, [is_id_column]) {
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
    let default = pattern(r"(?i)\bdefaults?(?: quality)?(?: to| is|:) `([^`]+)`$")?;
    for sentence in sentences(&text) {
        if let Some(found) = default.captures(sentence) {
            reading.claim(line, group(&found, 0));
            reading.state(Key::new("image", "default_quality"), Value::text(group(&found, 1)), line);
        } else if sentence.contains("`standard`") && sentence.contains("`hd`") {
            reading.claim(line, sentence);
        }
    }
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
            if !meant.is_empty() {
                reading.claim(block.line, group(&found, 0));
            }
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

/// Sizes that a description names by one side, `512px to 4K`: each is one of the model's.
fn described(page: &Page, reading: &mut Reading) -> Result<()> {
    let side = pattern(r"\b(?:\d+px|\d+(?:\.\d+)?[kK])\b")?;
    for (_, table, [id, description]) in reading.columns(page, [is_id_column, |column: &str| column == "description"]) {
        for row in &table.rows {
            let Some(model) = by_id(reading, row.cell(id)) else { continue };
            let sizes = reading.facts.value(&model.key("sizes")).cloned();
            for side in every(&side, row.cell(description)) {
                let whole = pixels(&side.to_lowercase()).unwrap_or_default();
                if !matches!(&sizes, Some(Value::List(list)) if list.contains(&whole)) {
                    let said = format!("described with {side}, which is none of them");
                    reading.contradict(model.key("sizes"), said, &[row.line]);
                }
            }
        }
    }
    Ok(())
}
