//! The table of tiers: multipliers, and which text model is in which tier.

use anyhow::Result;

use crate::import::data::Known;
use crate::import::facts::{Key, Value};
use crate::import::page::{Page, Row};
use crate::import::reading::Reading;
use crate::import::spelling::{group, number, pattern, plain, thousandths, without_pictures};

const NO_ID: &str = "in a tier by name, without an id";

pub(super) fn read(page: &Page, known: &Known, reading: &mut Reading) -> Result<()> {
    let is_tier = |column: &str| column == "tier";
    let is_multiplier = |column: &str| column.contains("multiplier");
    let is_models = |column: &str| column.contains("model");
    let tables = reading.tables(page, [is_tier, is_multiplier, is_models]);
    if tables.is_empty() {
        reading.miss("the table of tiers: columns `Tier`, `Multiplier`, `Models`");
        return Ok(());
    }
    let is_whole = pattern(r"^(?:(?:token|price|cost) )?multiplier$")?;
    for (block, table, places) in tables {
        let title = table.columns.get(places[1]).map_or("", String::as_str);
        if !is_whole.is_match(title) {
            reading.cannot_read(block.line, format!("what is multiplied under `{title}`"));
        }
        let deduction = reading.place(block, table, |column| column.contains("deduct"));
        let mut tier = String::new();
        for row in &table.rows {
            let deduction = deduction.map(|place| row.cell(place));
            one_row(row, places, deduction, &mut tier, known, reading)?;
        }
    }
    in_examples(page, known, reading)?;
    // Whoever decides what such a model costs at most has the dearest tier in mind.
    let no_tier = match dearest(reading) {
        Some(dearest) => format!("offered by id, in no tier; the dearest is {dearest}"),
        None => "offered by id, in no tier".to_owned(),
    };
    for model in reading.of("text") {
        if reading.facts.value(&model.key("tier")).is_none() {
            reading.contradict(model.key("tier"), no_tier.clone(), &[model.line]);
        }
    }
    Ok(())
}

/// The tier with the highest multiplier that is stated of any.
fn dearest(reading: &Reading) -> Option<String> {
    let tiers = reading.facts.iter().filter(|(key, _)| key.field == "multiplier");
    let stated = tiers.flat_map(|(key, all)| all.iter().map(move |one| (&one.value, key.subject.as_str())));
    let many = stated.filter_map(|(value, tier)| match value {
        Value::Thousandths(many) => Some((*many, tier)),
        _ => None,
    });
    many.max().map(|(many, tier)| format!("{} {}", tier.trim_start_matches("tier/"), Value::Thousandths(many)))
}

/// `tier` is that of the row above: cells that were merged downwards are empty in Markdown.
fn one_row(
    row: &Row,
    [name, multiplier, models]: [usize; 3],
    deduction: Option<&str>,
    tier: &mut String,
    known: &Known,
    reading: &mut Reading,
) -> Result<()> {
    // The sign of a multiplier is none that names keep, and any other sign there would change what it means.
    let (name, multiplier) = (plain(row.cell(name)), without_pictures(row.cell(multiplier)));
    let deduction = deduction.unwrap_or_default();
    let continues = name.is_empty() && multiplier.is_empty() && !tier.is_empty();
    if !continues {
        let (Some(many), false) = (thousandths(&multiplier).filter(|many| *many > 0), name.is_empty()) else {
            reading.cannot_read(
                row.line,
                format!("a tier needs a name and a multiplier; here are `{name}` and `{multiplier}`"),
            );
            return Ok(());
        };
        *tier = name;
        let key = Key::new(format!("tier/{tier}"), "multiplier");
        reading.state(Key::whole(format!("tier/{tier}")), Value::text("listed"), row.line);
        reading.state(key, Value::Thousandths(many), row.line);
    }
    if !deduction.is_empty() {
        let equation = pattern(r"^([\d,]+)(?: actual)?(?: tokens?)? = ([\d,]+)(?: tokens?)?(?: deducted)?$")?;
        let found = equation.captures(deduction);
        match found.and_then(|found| times(group(&found, 1), group(&found, 2))) {
            Some(many) => {
                let key = Key::new(format!("tier/{tier}"), "multiplier");
                reading.state(key, Value::Thousandths(many), row.line);
            }
            None => reading.cannot_read(row.line, format!("`{deduction}` is no deduction, for the tier `{tier}`")),
        }
    }
    let names = plain(row.cell(models));
    let separator = pattern(r"[,;]|\band\b")?;
    let names: Vec<&str> = separator.split(&names).map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        reading.cannot_read(row.line, format!("the tier `{tier}` has no models"));
    }
    let is_known = |name: &str| known.text_by_name(name).is_some() || is_listed(name, reading);
    let names: Vec<String> = names.iter().flat_map(|name| told_apart(name, &is_known)).collect();
    for name in &names {
        let subject = subject(name, known, reading, row.line);
        reading.state(Key::new(subject, "tier"), Value::text(tier.as_str()), row.line);
    }
    Ok(())
}

fn is_listed(name: &str, reading: &Reading) -> bool {
    reading.listed.iter().any(|model| model.modality == "text" && model.name.eq_ignore_ascii_case(name))
}

/// Names that nothing but a line break stood between, if all of them are known; else it is one name.
fn told_apart(name: &str, is_known: &dyn Fn(&str) -> bool) -> Vec<String> {
    fn parts(name: &str, is_known: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
        if is_known(name) {
            return Some(vec![name.to_owned()]);
        }
        // The longest first: some names begin with another.
        name.rmatch_indices(' ').find_map(|(at, _)| {
            let (first, rest) = name.split_at(at);
            let rest = is_known(first).then(|| parts(rest.trim_start(), is_known)).flatten()?;
            Some([vec![first.to_owned()], rest].concat())
        })
    }
    parts(name, is_known).unwrap_or_else(|| vec![name.to_owned()])
}

/// By how much the tokens that are deducted are more than those that were used, if thousandths say it exactly.
fn times(actual: &str, deducted: &str) -> Option<u64> {
    let (actual, deducted) = (number(actual)?, number(deducted)?.checked_mul(1_000)?);
    (deducted.checked_rem(actual)? == 0).then(|| deducted.checked_div(actual)).flatten()
}

/// The model of a name. One that no table lists is known by its name alone.
fn subject(name: &str, known: &Known, reading: &mut Reading, line: usize) -> String {
    let listed = reading.of("text").into_iter().find(|model| model.name.eq_ignore_ascii_case(name));
    if let Some(model) = listed {
        return model.subject();
    }
    let unlisted =
        known.text_by_name(name).unwrap_or_else(|| format!("text/{}", name.to_lowercase().replace(' ', "-")));
    reading.state(Key::whole(&unlisted), Value::text("named"), line);
    reading.state(Key::new(&unlisted, "name"), Value::text(name), line);
    reading.contradict(Key::new(&unlisted, "id"), NO_ID, &[line]);
    unlisted
}

/// Sentences such as `Using Some Model (Gold tier)`.
fn in_examples(page: &Page, known: &Known, reading: &mut Reading) -> Result<()> {
    let using = pattern(r"\bUsing ([^(]+?) \((\w+) tier\)")?;
    let deducts = pattern(r"([\d,]+) tokens?\b[^.]*? deduct (\d[\d,]*)(?: tokens?)?")?;
    let product = pattern(r"\(([\d,]+) [×x] ([\d.]+[×x]?)\)")?;
    for (block, text) in page.texts() {
        let Some(found) = using.captures(text) else { continue };
        let name = plain(group(&found, 1));
        let listed = reading.of("text").into_iter().find(|model| model.name.eq_ignore_ascii_case(&name));
        let subject = listed.map(|model| model.subject()).or_else(|| known.text_by_name(&name));
        match subject {
            Some(subject) => {
                let tier = group(&found, 2);
                reading.state(Key::new(subject, "tier"), Value::text(tier), block.line);
                reading.claim(block.line, group(&found, 0));
                let key = Key::new(format!("tier/{tier}"), "multiplier");
                let charge = deducts.captures(text);
                let read = charge.as_ref().map(|found| (group(found, 0), group(found, 1), group(found, 2)));
                let used = read.map(|(_, used, _)| used);
                match read.and_then(|(piece, used, deducted)| Some((piece, times(used, deducted)?))) {
                    Some((piece, many)) => {
                        reading.claim(block.line, piece);
                        reading.state(key.clone(), Value::Thousandths(many), block.line);
                    }
                    None if text.contains("deduct") => {
                        reading.cannot_read(block.line, format!("what the example about `{name}` deducts"));
                    }
                    None => {}
                }
                // The same once more as a product, of the same tokens.
                let product = product.captures(text).filter(|found| Some(group(found, 1)) == used);
                if let Some((found, many)) = product.and_then(|found| {
                    let many = thousandths(group(&found, 2))?;
                    Some((found, many))
                }) {
                    reading.claim(block.line, group(&found, 0));
                    reading.state(key, Value::Thousandths(many), block.line);
                }
            }
            None => reading.cannot_read(block.line, format!("the example is about `{name}`, which no table lists")),
        }
    }
    Ok(())
}
