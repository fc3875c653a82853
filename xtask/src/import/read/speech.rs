//! What speech models take: voices in their groups, the default one, and how long a piece is.

use anyhow::Result;

use crate::import::facts::{Key, Statement, Value};
use crate::import::page::{Block, Page};
use crate::import::reading::Reading;
use crate::import::spelling::{every, group, number, pattern, plain};

const GROUPS: [&str; 2] = ["feminine", "masculine"];

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    let voices = voices(page, reading)?;
    in_parameters(page, &voices, reading)?;
    pieces(page, reading)?;
    for model in reading.of("speech") {
        if !voices.is_empty() {
            reading.state(model.key("voices"), Value::List(voices.clone()), model.line);
        }
        if reading.facts.value(&model.key("default_voice")).is_none() {
            reading.miss("the default voice: `(default)` after its name");
        }
        if reading.facts.value(&model.key("piece_characters")).is_none() {
            reading.miss(
                "the longest piece that is spoken at once: `longer than 4,096 characters`, below `Generate Audio`",
            );
        }
    }
    counted(page, &voices, reading);
    dearer(page, reading)
}

/// The tables of voices.
fn voices(page: &Page, reading: &mut Reading) -> Result<Vec<String>> {
    let default = pattern(r"(?i)\(default\b")?;
    let mut voices = Vec::new();
    for (block, table, [voice]) in reading.tables(page, [|column: &str| column == "voice"]) {
        let Some(group) = group_of(block) else {
            reading.miss(format!(
                "whose voices stand in the table in line {}: neither feminine nor masculine is written above",
                block.line
            ));
            continue;
        };
        for row in &table.rows {
            let name = plain(row.cell(voice)).to_lowercase();
            if name.is_empty() || name.contains(' ') {
                reading.cannot_read(row.line, format!("`{name}` is no name of a voice"));
                continue;
            }
            let subject = format!("voice/{name}");
            reading.state(Key::whole(&subject), Value::text("listed"), row.line);
            reading.state(Key::new(&subject, "group"), Value::text(group), row.line);
            if row.cells.iter().any(|cell| default.is_match(cell)) {
                state_default(&name, row.line, reading);
            }
            voices.push(name);
        }
    }
    for group in GROUPS {
        let of_group = |(key, all): (&Key, &[Statement])| {
            key.field == "group" && all.iter().any(|one| one.value.is_same(&Value::text(group)))
        };
        if !reading.facts.iter().any(of_group) {
            reading.miss(format!("the table of {group} voices: column `Voice`, below `{group}`"));
        }
    }
    Ok(voices)
}

/// What is written right above the table, or the nearest heading that says it.
fn group_of(block: &Block) -> Option<&'static str> {
    let above = std::iter::once(&block.lead).chain(block.headings.iter().rev());
    above.map(|text| text.to_lowercase()).find_map(|text| GROUPS.into_iter().find(|group| text.contains(group)))
}

fn state_default(voice: &str, line: usize, reading: &mut Reading) {
    for model in reading.of("speech") {
        reading.state(model.key("default_voice"), Value::text(voice), line);
    }
}

/// The parameter: ``Feminine: `a` (default), `b`. Masculine: `c` ``; and voices that are called the default elsewhere.
fn in_parameters(page: &Page, voices: &[String], reading: &mut Reading) -> Result<()> {
    let (code, listed) = (pattern(r"`[a-z]+`")?, pattern(r"(?i)\b(feminine|masculine):([^.]*)")?);
    let default = pattern(r"`([a-z]+)` (?:\(default\b|voice)")?;
    for (block, text) in page.texts().filter(|(block, _)| block.is_below("audio")) {
        for found in listed.captures_iter(text) {
            let of = group(&found, 1).to_lowercase();
            for voice in every(&code, group(&found, 2)) {
                let subject = format!("voice/{}", voice.trim_matches('`'));
                reading.state(Key::whole(&subject), Value::text("listed"), block.line);
                reading.state(Key::new(&subject, "group"), Value::text(of.as_str()), block.line);
            }
        }
        for found in default.captures_iter(text).filter(|found| voices.iter().any(|voice| voice == group(found, 1))) {
            state_default(group(&found, 1), block.line, reading);
        }
    }
    Ok(())
}

fn pieces(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = pattern(r"(?i)\b(?:longer than|over) ([\d,]+) characters")?;
    for (block, text) in page.texts().filter(|(block, _)| block.is_below("audio")) {
        for many in phrase.captures_iter(text).filter_map(|found| number(group(&found, 1))) {
            for model in reading.of("speech") {
                reading.state(model.key("piece_characters"), Value::Number(many), block.line);
            }
        }
    }
    Ok(())
}

/// How many voices a model is said to have.
fn counted(page: &Page, voices: &[String], reading: &mut Reading) {
    let is_id = |column: &str| column.contains(" id");
    for (_, table, [id, count]) in reading.columns(page, [is_id, |column: &str| column == "voices"]) {
        for row in &table.rows {
            let model = reading.of("speech").into_iter().find(|model| model.id == row.cell(id).trim_matches('`'));
            let (Some(model), Some(said)) = (model, number(row.cell(count))) else { continue };
            if said != voices.len() as u64 {
                let page = format!("{said} voices counted, {} listed", voices.len());
                reading.contradict(model.key("voices/count"), page, &[row.line]);
            }
        }
    }
}

/// Phrases such as `(higher quality, 2x cost)` after an id: so many times the price of the default model.
fn dearer(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = pattern(r"`([^`]+)` \([^)`]*?\b(\d+)x cost")?;
    for (block, text) in page.texts().filter(|(block, _)| block.is_below("audio")) {
        for found in phrase.captures_iter(text) {
            let price = |id: &str| match reading.facts.value(&Key::new(format!("speech/{id}"), "price_per_thousand")) {
                Some(Value::Number(price)) => Some(*price),
                _ => None,
            };
            let default = reading.facts.value(&Key::new("speech", "default")).map(ToString::to_string);
            let (dear, usual) = (price(group(&found, 1)), default.and_then(|id| price(&id)));
            let (Some(dear), Some(usual), Some(times)) = (dear, usual, number(group(&found, 2))) else { continue };
            if usual.checked_mul(times) != Some(dear) {
                let page = format!("{times}x the cost of the default, yet {dear} and {usual} are the prices");
                let key = Key::new(format!("speech/{}", group(&found, 1)), "price_per_thousand");
                reading.contradict(key, page, &[block.line]);
            }
        }
    }
    Ok(())
}
