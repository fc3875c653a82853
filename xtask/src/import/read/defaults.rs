//! Which model is taken when a request names none.

use anyhow::Result;

use crate::import::facts::{Key, Value};
use crate::import::page::Page;
use crate::import::reading::{Listed, MODALITIES, Reading};
use crate::import::spelling::{every, group, is_id, pattern, plain, sentences};

/// Headings of the endpoints, and which models they take.
const ENDPOINTS: [(&str, &str); 5] = [
    ("generate text", "text"),
    ("generate image", "image"),
    ("generate video", "video"),
    ("extend video", "video"),
    ("generate audio", "speech"),
];

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    let defaults_to = pattern(r"(?i)\bdefaults?(?: model)?(?: to| is|:) `([^`]+)`")?;
    let in_brackets = pattern(r"(?i)`([^`]+)` \(default\b")?;
    let mut stated = Vec::new();
    for (heading, modality) in ENDPOINTS {
        for (block, text) in page.texts_below(heading) {
            let found = defaults_to.captures_iter(text).chain(in_brackets.captures_iter(text));
            let found = found.map(|found| (group(&found, 0).to_owned(), group(&found, 1).to_owned()));
            stated.extend(found.map(|(piece, name)| (modality, name, block.line, piece)));
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
            stated.push((modality, name, block.line, group(&found, 0).to_owned()));
        }
    }
    for (modality, name, line, piece) in stated {
        // Most defaults are of sizes and the like, and of no model; those are read with the rest of their endpoint.
        match listed(reading, modality, &name) {
            Some(id) => {
                reading.claim(line, &piece);
                reading.state(Key::new(modality, "default"), Value::Text(id), line);
            }
            None if looks_like_model(&name) => {
                reading.claim(line, &piece);
                reading.cannot_read(line, format!("the default `{name}` is in no table of {modality} models"));
            }
            None => {}
        }
    }
    for modality in MODALITIES {
        if reading.facts.value(&Key::new(modality, "default")).is_none() {
            reading.miss(format!("the default {modality} model: a text with `Defaults to` and its id"));
        }
    }
    Ok(())
}

/// Models that an endpoint names and no table lists: a new one often comes up there first.
///
/// And models in a table that are not among its options. Only films with a price of extensions can be extended.
pub(super) fn options(page: &Page, reading: &mut Reading) -> Result<()> {
    let code = pattern(r"`[^`]+`")?;
    for (heading, modality) in ENDPOINTS {
        for (block, text) in page.texts_below(heading) {
            for options in sentences(text).into_iter().filter(|one| one.starts_with("Options:")) {
                let named = every(&code, options);
                let is_named = |id: &str| named.iter().any(|code| code.trim_matches('`') == id);
                let models = reading.of(modality);
                if named.is_empty()
                    || !named.iter().all(|code| models.iter().any(|one| one.id == code.trim_matches('`')))
                {
                    continue;
                }
                reading.claim(block.line, "Options:");
                let is_taken = |model: &&Listed| {
                    heading != "extend video" || reading.facts.value(&model.key("price/extension")).is_some()
                };
                let left_out: Vec<&Listed> =
                    models.iter().filter(|model| !is_named(&model.id)).filter(is_taken).collect();
                for model in left_out {
                    let said = format!("in a table of models, not among the options of `{heading}`");
                    reading.contradict(Key::whole(model.subject()), said, &[block.line, model.line]);
                }
            }
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
    let named = |model: &&Listed| model.id == name || model.name.eq_ignore_ascii_case(name);
    reading.of(modality).iter().find(named).map(|model| model.id.clone())
}

/// Ids of models have dashes and digits; names of voices, sizes and qualities do not have both.
fn looks_like_model(name: &str) -> bool {
    name.contains('-') && name.contains(|letter: char| letter.is_ascii_digit())
}
