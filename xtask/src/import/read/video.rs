//! What video models take: durations, resolutions, the first frame, extensions; and how long they need.

use anyhow::Result;

use crate::import::facts::{Key, Statement, Value};
use crate::import::page::Page;
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{every, group, is_list_of, number, pattern, sentences};

const ENDPOINT: &str = "generate video";
const EXTEND: &str = "extend video";
const MODELS: &str = "video generation models";

/// What every model needs, and where it is looked for.
const NEEDED: [(&str, &str); 6] = [
    ("durations", "the durations: a text with `duration` and `Options:`, below `Generate Video`"),
    ("default_duration", "the default duration: `Defaults to` after the durations"),
    ("resolutions", "the resolutions: a text such as `720p`, below `Generate Video`"),
    ("default_resolution", "the default resolution: `Defaults to` after the resolutions"),
    ("reference_images/total", "the limit of reference images: `Maximum 1 image`, below `Generate Video`"),
    ("extension/duration", "how long an extension is: `always 8 seconds`, below `Extend Video`"),
];

pub(super) fn read(page: &Page, reading: &mut Reading) -> Result<()> {
    durations(page, reading)?;
    resolutions(page, reading)?;
    extensions(page, reading)?;
    counts(page, reading)?;
    times(page, reading)?;
    for model in reading.of("video") {
        not_offered(&model, reading);
        let is_extended = reading.facts.value(&model.key("price/extension")).is_some();
        for field in ["extension/duration", "extension/resolution"].into_iter().filter(|_| !is_extended) {
            // What is said of extensions is said of those that can be paid for.
            reading.facts.take(&model.key(field));
        }
        for (field, what) in NEEDED {
            if (is_extended || !field.starts_with("extension/")) && reading.facts.value(&model.key(field)).is_none() {
                reading.miss(format!("{what} (video models)"));
            }
        }
    }
    Ok(())
}

/// States the same of every video model: the page tells them apart by price and time alone.
fn state(field: &str, value: &Value, line: usize, reading: &mut Reading) {
    for model in reading.of("video") {
        reading.state(model.key(field), value.clone(), line);
    }
}

fn durations(page: &Page, reading: &mut Reading) -> Result<()> {
    let in_code = pattern(r"`\d+`")?;
    for (block, text) in page.texts_below(ENDPOINT).filter(|(_, text)| text.to_lowercase().contains("duration")) {
        let (options, default) = options_and_default(text, block.line, reading)?;
        let list: Vec<String> =
            every(&in_code, &options).into_iter().map(|one| one.trim_matches('`').to_owned()).collect();
        if !list.is_empty() {
            let others = Key::new("video", "durations");
            reading.tell_others(others, &options, |code| list.iter().any(|one| one == code), block.line);
            state("durations", &Value::List(list), block.line, reading);
        }
        if let Some(default) = default.and_then(|code| number(&code)) {
            state("default_duration", &Value::Number(default), block.line, reading);
        }
    }
    let in_words = pattern(r"(?i)durations?:\s*((?:\d+|,|or|and|\s)+)seconds")?;
    for (block, text) in page.texts_below(MODELS) {
        if let Some(found) = in_words.captures(text) {
            let list = every(&pattern(r"\d+")?, group(&found, 1));
            reading.claim(block.line, group(&found, 0));
            state("durations", &Value::List(list), block.line, reading);
        }
    }
    Ok(())
}

/// A list of options, and the default after it. What is more than a list of words in code is not claimed.
fn options_and_default(text: &str, line: usize, reading: &mut Reading) -> Result<(String, Option<String>)> {
    let (code, default) = (pattern(r"`[^`]+`")?, pattern(r"(?i)\bdefaults?(?: to| is|:) `([^`]+)`")?);
    let found = default.captures(text).map(|found| (group(&found, 0), group(&found, 1)));
    let options = found.map_or_else(|| text.to_owned(), |(piece, _)| text.replacen(piece, "", 1));
    for list in sentences(text).into_iter().filter(|sentence| !default.is_match(sentence)) {
        if list.strip_prefix("Options:").is_some_and(|items| is_list_of(&every(&code, items), items)) {
            reading.claim(line, list);
        }
    }
    let default = found.map(|(piece, code)| {
        reading.claim(line, piece);
        code.to_owned()
    });
    Ok((options, default))
}

/// Durations with a price that no text offers: nobody can say that they are made.
fn not_offered(model: &Listed, reading: &mut Reading) {
    let offers = |key: &Key, statement: &Statement| match &statement.value {
        Value::List(list) => key.field.strip_prefix("price/").is_some_and(|one| list.iter().any(|known| known == one)),
        _ => false,
    };
    let durations = reading.facts.statements(&model.key("durations")).to_vec();
    let is_open = |key: &Key| {
        let is_duration = key.field.strip_prefix("price/").is_some_and(|one| number(one).is_some());
        key.subject == model.subject() && is_duration && !durations.iter().any(|statement| offers(key, statement))
    };
    let open: Vec<Key> = reading.facts.iter().map(|(key, _)| key).filter(|key| is_open(key)).cloned().collect();
    for key in open {
        for statement in reading.facts.take(&key) {
            let said = format!("priced with {}, and offered by no text", statement.value);
            reading.contradict(key.clone(), said, &[statement.line]);
        }
    }
}

fn resolutions(page: &Page, reading: &mut Reading) -> Result<()> {
    let (lines, in_words) = (pattern(r"\b\d{3,4}p\b")?, pattern(r"(?i)\bresolutions?: (.*)$")?);
    let texts = page.texts_below(ENDPOINT).chain(page.texts_below(MODELS));
    for (block, text) in texts.filter(|(_, text)| text.to_lowercase().contains("resolution")) {
        let (options, default) = options_and_default(text, block.line, reading)?;
        let list = every(&lines, &options);
        if !list.is_empty() {
            let others = Key::new("video", "resolutions");
            reading.tell_others(others, &options, |code| list.iter().any(|one| one == code), block.line);
            if let Some(words) = in_words.captures(&options).filter(|words| is_list_of(&list, group(words, 1))) {
                reading.claim(block.line, group(&words, 0));
            }
            state("resolutions", &Value::List(list), block.line, reading);
        }
        if let Some(default) = default {
            state("default_resolution", &Value::text(default), block.line, reading);
        }
    }
    Ok(())
}

/// What an extension is like: always so long and so large.
fn extensions(page: &Page, reading: &mut Reading) -> Result<()> {
    let resolution = pattern(r"(?i)always (?:\d+ seconds at )?(\d{3,4}p)(?: \(even if the original was \d{3,4}p\))?")?;
    let durations =
        [pattern(r"(?i)always (\d+) seconds")?, pattern(r"(?i)\b(\d+)-second (?:clip|extension|video)s?\b")?];
    for (block, text) in page.texts_below(EXTEND) {
        for found in resolution.captures_iter(text) {
            reading.claim(block.line, group(&found, 0));
            state("extension/resolution", &Value::text(group(&found, 1)), block.line, reading);
        }
        for found in durations.iter().flat_map(|duration| duration.captures_iter(text)) {
            let many = number(group(&found, 1)).unwrap_or_default();
            reading.claim(block.line, group(&found, 0));
            state("extension/duration", &Value::Number(many), block.line, reading);
        }
    }
    Ok(())
}

/// How many reference images a film takes.
fn counts(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrases = [
        r"(?i)\bmax(?:imum)?(?: of)?:? (\d+)(?: reference)? images?\b",
        r"(?i)\b(?:only|use|with|provide|supports?|up to)(?: up to)? (\d+) reference images?\b",
    ];
    for phrase in phrases {
        let phrase = pattern(phrase)?;
        for (block, text) in page.texts().filter(|(block, _)| block.is_below("video")) {
            for found in phrase.captures_iter(text) {
                let Some(many) = number(group(&found, 1)) else { continue };
                reading.claim(block.line, group(&found, 0));
                state("reference_images/total", &Value::Number(many), block.line, reading);
            }
        }
    }
    Ok(())
}

/// Phrases such as `30-90 seconds (Fast)`.
fn times(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = pattern(r"(\d+)\s?[-–]\s?(\d+) seconds \((\w+)\)")?;
    let usual = pattern(r"\btakes (\d+)\s?[-–]\s?(\d+) seconds(?:\.|,|$)")?;
    // What is said of no model is said of the one that is taken if none is named.
    let default = reading.facts.value(&Key::new("video", "default")).map(ToString::to_string);
    for (block, text) in page.texts() {
        for found in usual.captures_iter(text).filter(|_| block.is_below(ENDPOINT)) {
            let time = format!("{}-{} s", group(&found, 1), group(&found, 2));
            if let Some(id) = &default {
                reading.state(Key::new(format!("video/{id}"), "generation_time"), Value::Text(time), block.line);
            }
        }
        for found in phrase.captures_iter(text) {
            let time = format!("{}-{} s", group(&found, 1), group(&found, 2));
            for model in reading.called("video", group(&found, 3)) {
                reading.state(model.key("generation_time"), Value::text(time.as_str()), block.line);
            }
        }
    }
    Ok(())
}
