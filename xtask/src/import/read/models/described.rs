//! What the description of a model states in passing.

use anyhow::Result;

use crate::import::facts::{Key, Value};
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::{group, number, pattern, times_unit};

/// What a description states in passing. That it is silent states nothing, except of recommendations.
pub(super) fn read(listed: &Listed, description: &str, reading: &mut Reading) -> Result<()> {
    let line = listed.line;
    for found in pattern(r"(?i)\(([^)]*)\brecommended\b")?.captures_iter(description) {
        let is_denied = pattern(r"(?i)\b(?:not|no|never|nor|un)\b|n't\b|n’t\b")?.is_match(group(&found, 1));
        reading.state(listed.key("recommended"), Value::Flag(!is_denied), line);
    }
    if pattern(r"(?i)\(\s*default\b")?.is_match(description) {
        reading.state(Key::new(listed.modality, "default"), Value::text(&listed.id), line);
    }
    context(listed, description, reading)?;
    if listed.modality != "speech"
        && pattern(r"(?i)\d\s?[x×] (?:the )?(?:cost|price|tokens?)|\d\s?% ")?.is_match(description)
    {
        reading.cannot_read(line, format!("what this means for prices: `{description}`"));
    }
    if pattern(r"(?i)\d[ -]?seconds?\b|\d ?min\b")?.is_match(description) {
        reading.cannot_read(line, format!("how long what it makes is: `{description}`"));
    }
    if pattern(r"(?i)\b(?:deprecat|retir|sunset|discontinu|shuts? down|end of life)")?.is_match(description) {
        reading.contradict(listed.key("status"), format!("listed, yet said to go: {description}"), &[line]);
    }
    if let Some(found) = pattern(r"\b(\d+)\s?[-–]\s?(\d+)\s?s\b")?.captures(description) {
        let time = format!("{}-{} s", group(&found, 1), group(&found, 2));
        reading.state(listed.key("generation_time"), Value::Text(time), line);
    }
    let references = pattern(r"(?i)\bup to (\d+) reference image")?;
    if let Some(many) = references.captures(description).and_then(|found| number(group(&found, 1))) {
        reading.state(listed.key("reference_images/total"), Value::Number(many), line);
    }
    Ok(())
}

/// How much a model reads at once: `1M context`, `a context window of 1M tokens`, `1M-token window`.
fn context(listed: &Listed, description: &str, reading: &mut Reading) -> Result<()> {
    // Everything that looks like a number, so that the end of one is not taken for the whole.
    const NUMBER: &str = r"(\d(?:[\d.,]*\d)?(?:\s\d(?:[\d.,]*\d)?)*)";
    let phrases = [
        format!(r"(?i){NUMBER}[ -]?([a-z]*)(?:[ -]tokens?)?[ -](?:context|window)\b"),
        format!(r"(?i)\bcontext(?: window)?(?: of|:)? {NUMBER}[ -]?([a-z]*)"),
    ];
    let mut rest = description.to_owned();
    for phrase in phrases {
        for found in pattern(&phrase)?.captures_iter(description) {
            rest = rest.replacen(group(&found, 0), " ", 1);
            let unit = match group(&found, 2).to_lowercase().as_str() {
                "m" | "million" => Some(1_000_000),
                "k" | "thousand" => Some(1_000),
                "token" | "tokens" => Some(1),
                _ => None,
            };
            match unit.and_then(|unit| times_unit(group(&found, 1), unit)) {
                Some(tokens) => reading.state(listed.key("context_window"), Value::Number(tokens), listed.line),
                None => reading.cannot_read(listed.line, format!("`{}` is no size of a context", group(&found, 0))),
            }
        }
    }
    let is_about_it = pattern(r"(?i)\b(?:context|windows?)\b")?.is_match(&rest);
    if is_about_it && rest.contains(|letter: char| letter.is_ascii_digit()) {
        reading.cannot_read(listed.line, format!("what `{description}` says of a context"));
    }
    Ok(())
}
