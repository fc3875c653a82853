//! What video models take: durations, resolutions, the first frame, extensions; and how long they need.

use anyhow::Result;

use crate::import::facts::{Key, Statement, Value};
use crate::import::page::Page;
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{every, group, number, pattern};

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
    counts(page, reading)?;
    times(page, reading)?;
    for model in reading.of("video") {
        not_offered(&model, reading);
        for (field, what) in NEEDED {
            if reading.facts.value(&model.key(field)).is_none() {
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
        let (options, default) = text.split_once("efaults to").unwrap_or((text, ""));
        let list = seconds(every(&in_code, options));
        if !list.is_empty() {
            let others = Key::new("video", "durations");
            reading.tell_others(others, options, |code| list.iter().any(|one| one == code), block.line);
            state("durations", &Value::List(list), block.line, reading);
        }
        if let Some(default) = every(&in_code, default).first().and_then(|code| number(code.trim_matches('`'))) {
            state("default_duration", &Value::Number(default), block.line, reading);
        }
    }
    let in_words = pattern(r"(?i)durations?:\s*((?:\d+|,|or|and|\s)+)seconds")?;
    for (block, text) in page.texts_below(MODELS) {
        if let Some(found) = in_words.captures(text) {
            let list = seconds(every(&pattern(r"\d+")?, group(&found, 1)));
            state("durations", &Value::List(list), block.line, reading);
        }
    }
    Ok(())
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

fn seconds(list: Vec<String>) -> Vec<String> {
    list.into_iter().map(|one| one.trim_matches('`').to_owned()).collect()
}

fn resolutions(page: &Page, reading: &mut Reading) -> Result<()> {
    let lines = pattern(r"\b\d{3,4}p\b")?;
    let texts = page.texts_below(ENDPOINT).chain(page.texts_below(MODELS));
    for (block, text) in texts.filter(|(_, text)| text.to_lowercase().contains("resolution")) {
        let (options, default) = text.split_once("efaults to").unwrap_or((text, ""));
        let list = every(&lines, options);
        if !list.is_empty() {
            let others = Key::new("video", "resolutions");
            reading.tell_others(others, options, |code| list.iter().any(|one| one == code), block.line);
            state("resolutions", &Value::List(list), block.line, reading);
        }
        if let Some(default) = every(&lines, default).first() {
            state("default_resolution", &Value::text(default.as_str()), block.line, reading);
        }
    }
    for (block, text) in page.texts_below(EXTEND) {
        if let Some(found) = pattern(r"(?i)always (?:\d+ seconds at )?(\d{3,4}p)")?.captures(text) {
            state("extension/resolution", &Value::text(group(&found, 1)), block.line, reading);
        }
        if let Some(found) = pattern(r"(?i)always (\d+) seconds")?.captures(text) {
            let many = number(group(&found, 1)).unwrap_or_default();
            state("extension/duration", &Value::Number(many), block.line, reading);
        }
    }
    Ok(())
}

/// How many reference images a film takes.
fn counts(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrases = [r"(?i)\bmaximum (\d+) images?\b", r"(?i)\b(?:only|use|with|provide) (\d+) reference images?\b"];
    for phrase in phrases {
        let phrase = pattern(phrase)?;
        for (block, text) in page.texts().filter(|(block, _)| block.is_below("video")) {
            for many in phrase.captures_iter(text).filter_map(|found| number(group(&found, 1))) {
                state("reference_images/total", &Value::Number(many), block.line, reading);
            }
        }
    }
    Ok(())
}

/// Phrases such as `30-90 seconds (Fast)`.
fn times(page: &Page, reading: &mut Reading) -> Result<()> {
    let phrase = pattern(r"(\d+)\s?[-–]\s?(\d+) seconds \((\w+)\)")?;
    for (block, text) in page.texts() {
        for found in phrase.captures_iter(text) {
            let time = format!("{}-{} s", group(&found, 1), group(&found, 2));
            for model in reading.called("video", group(&found, 3)) {
                reading.state(model.key("generation_time"), Value::text(time.as_str()), block.line);
            }
        }
    }
    Ok(())
}
