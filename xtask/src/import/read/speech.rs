//! What speech models take: voices in their groups, the default one, and how long a piece is.

use anyhow::Result;

use super::models::is_id_column;
use crate::import::facts::{Key, Statement, Value};
use crate::import::page::{Block, Page};
use crate::import::reading::Reading;
use crate::import::spelling::{every, group, is_list_of, number, pattern, plain};

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
    let (code, listed) = (pattern(r"`[^`]+`")?, pattern(r"(?i)\b(feminine|masculine):([^.]*)")?);
    let (default, called) = (pattern(r"`([a-z]+)` \(default\b")?, pattern(r"`([^`]+)` voice\b")?);
    let in_brackets = pattern(r"\(default[^)]*\)")?;
    for (block, text) in page.texts().filter(|(block, _)| block.is_below("audio")) {
        let mut offered = Vec::new();
        for found in listed.captures_iter(text) {
            let of = group(&found, 1).to_lowercase();
            let named = every(&code, group(&found, 2));
            if !is_list_of(&[named.as_slice(), &every(&in_brackets, group(&found, 2))].concat(), group(&found, 2)) {
                reading.cannot_read(block.line, format!("`{}` is no list of voices", group(&found, 2)));
            }
            for voice in named {
                offered.push(voice.trim_matches('`').to_owned());
                let subject = format!("voice/{}", voice.trim_matches('`'));
                reading.state(Key::whole(&subject), Value::text("listed"), block.line);
                reading.state(Key::new(&subject, "group"), Value::text(of.as_str()), block.line);
            }
        }
        if !offered.is_empty() {
            for model in reading.of("speech") {
                reading.state(model.key("voices"), Value::List(offered.clone()), block.line);
            }
        }
        let is_voice = |voice: &str| voices.iter().any(|known| known == voice);
        for found in default.captures_iter(text).filter(|found| is_voice(group(found, 1))) {
            reading.claim(block.line, group(&found, 0));
            state_default(group(&found, 1), block.line, reading);
        }
        for found in called.captures_iter(text) {
            if is_voice(group(&found, 1)) {
                state_default(group(&found, 1), block.line, reading);
            } else {
                reading.cannot_read(block.line, format!("the voice `{}` is in no table", group(&found, 1)));
            }
        }
    }
    Ok(())
}

fn pieces(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = pattern(r"(?i)\b(?:longer than|over) ([\d,]+) characters")?;
    for (block, text) in page.texts().filter(|(block, _)| block.is_below("audio")) {
        for found in phrase.captures_iter(text) {
            let Some(many) = number(group(&found, 1)) else { continue };
            reading.claim(block.line, group(&found, 0));
            for model in reading.of("speech") {
                reading.state(model.key("piece_characters"), Value::Number(many), block.line);
            }
        }
    }
    Ok(())
}

/// How many voices a model is said to have.
fn counted(page: &Page, voices: &[String], reading: &mut Reading) {
    for (block, table, [id, count]) in reading.columns(page, [is_id_column, |column: &str| column == "voices"]) {
        for row in &table.rows {
            let model = reading.of("speech").into_iter().find(|model| model.id == row.cell(id).trim_matches('`'));
            let Some(model) = model else { continue };
            reading.claims.column(block.line, count);
            let Some(said) = number(row.cell(count)) else {
                reading.cannot_read(row.line, format!("`{}` is no number of voices", row.cell(count)));
                continue;
            };
            if said != voices.len() as u64 {
                let page = format!("{said} voices counted, {} listed", voices.len());
                reading.contradict(model.key("voices/count"), page, &[row.line]);
            }
        }
    }
}

/// Phrases such as `(higher quality, 2x cost)` after an id or in its row: so many times the price of the default model.
fn dearer(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = pattern(r"`([^`]+)` \([^)`]*?\b(\d+x cost)")?;
    let in_row = pattern(r"\b\d+x cost\b")?;
    let mut said = Vec::new();
    for (block, text) in page.texts().filter(|(block, _)| block.is_below("audio")) {
        let found = phrase.captures_iter(text);
        said.extend(found.map(|found| (group(&found, 1).to_owned(), group(&found, 2).to_owned(), block.line)));
    }
    for (_, table, [id, description]) in reading.columns(page, [is_id_column, |column: &str| column == "description"]) {
        for row in &table.rows {
            let found = every(&in_row, row.cell(description)).into_iter();
            said.extend(found.map(|piece| (row.cell(id).trim_matches('`').to_owned(), piece, row.line)));
        }
    }
    for (id, piece, line) in said {
        let price = |id: &str| match reading.facts.value(&Key::new(format!("speech/{id}"), "price_per_thousand")) {
            Some(Value::Number(price)) => Some(*price),
            _ => None,
        };
        let default = reading.facts.value(&Key::new("speech", "default")).map(ToString::to_string);
        let (dear, usual) = (price(&id), default.and_then(|id| price(&id)));
        let times = piece.split('x').next().and_then(number);
        let (Some(dear), Some(usual), Some(times)) = (dear, usual, times) else { continue };
        reading.claim(line, &piece);
        if usual.checked_mul(times) != Some(dear) {
            let page = format!("{times}x the cost of the default, yet {dear} and {usual} are the prices");
            reading.contradict(Key::new(format!("speech/{id}"), "price_per_thousand"), page, &[line]);
        }
    }
    Ok(())
}
