//! Which model is taken when a request names none.

use anyhow::Result;

use crate::import::facts::{Key, Value};
use crate::import::page::Page;
use crate::import::reading::{MODALITIES, Reading};
use crate::import::spelling::{every, group, is_id, pattern, plain};

/// Headings of the endpoints, and which models they take.
const ENDPOINTS: [(&str, &str); 5] = [
    ("generate text", "text"),
    ("generate image", "image"),
    ("generate video", "video"),
    ("extend video", "video"),
    ("generate audio", "speech"),
];

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    let defaults_to = pattern(r"(?i)defaults to `([^`]+)`")?;
    let in_brackets = pattern(r"(?i)`([^`]+)` \(default\b")?;
    let mut stated = Vec::new();
    for (heading, modality) in ENDPOINTS {
        for (block, text) in page.texts_below(heading) {
            let found = defaults_to.captures_iter(text).chain(in_brackets.captures_iter(text));
            stated.extend(found.map(|found| (modality, group(&found, 1).to_owned(), block.line)));
        }
    }
    let by_default = pattern(r"(?i)by default,? [\w ]+? uses (.+?) (?:for (text|image|video|speech|audio)|with the)")?;
    for (block, text) in page.texts() {
        for found in by_default.captures_iter(text) {
            let modality = match group(&found, 2).to_lowercase().as_str() {
                "text" => "text",
                "image" => "image",
                "video" => "video",
                _ => "speech",
            };
            let name = plain(group(&found, 1));
            if listed(reading, modality, &name).is_none() {
                reading.cannot_read(block.line, format!("the default `{name}` is in no table of {modality} models"));
            }
            stated.push((modality, name, block.line));
        }
    }
    for (modality, name, line) in stated {
        // Most defaults are of sizes and the like, and of no model; those are read with the rest of their endpoint.
        match listed(reading, modality, &name) {
            Some(id) => reading.state(Key::new(modality, "default"), Value::Text(id), line),
            None if looks_like_model(&name) => {
                reading.cannot_read(line, format!("the default `{name}` is in no table of {modality} models"));
            }
            None => {}
        }
    }
    options(page, reading)?;
    for modality in MODALITIES {
        if reading.facts.value(&Key::new(modality, "default")).is_none() {
            reading.miss(format!("the default {modality} model: a text with `Defaults to` and its id"));
        }
    }
    Ok(())
}

/// Models that an endpoint names and no table lists: a new one often comes up there first.
fn options(page: &Page, reading: &mut Reading) -> Result<()> {
    let code = pattern(r"`[^`]+`")?;
    for (heading, modality) in ENDPOINTS {
        for (block, text) in page.texts_below(heading) {
            for id in every(&code, text) {
                let id = id.trim_matches('`');
                let is_listed = reading.listed.iter().any(|model| model.id == id);
                if is_id(id) && looks_like_model(id) && !is_listed {
                    let key = Key::whole(format!("{modality}/{id}"));
                    reading.contradict(key, "named by the endpoint, in no table of models", &[block.line]);
                }
            }
        }
    }
    Ok(())
}

/// The id of a model by its id or its whole name.
fn listed(reading: &Reading, modality: &str, name: &str) -> Option<String> {
    let named = |model: &&super::super::reading::Listed| model.id == name || model.name.eq_ignore_ascii_case(name);
    reading.of(modality).iter().find(named).map(|model| model.id.clone())
}

/// Ids of models have dashes and digits; names of voices, sizes and qualities do not have both.
fn looks_like_model(name: &str) -> bool {
    name.contains('-') && name.contains(|letter: char| letter.is_ascii_digit())
}
