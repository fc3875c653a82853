//! The table of tiers: multipliers, and which text model is in which tier.

use anyhow::Result;

use crate::import::data::Known;
use crate::import::facts::{Key, Value};
use crate::import::page::{Page, Row};
use crate::import::reading::Reading;
use crate::import::spelling::{group, number, pattern, plain, thousandths};

pub(super) const NO_TIER: &str = "offered by id, in no tier";
pub(super) const NO_ID: &str = "in a tier by name, without an id";

pub(super) fn read(page: &Page, known: &Known, reading: &mut Reading) -> Result<()> {
    let is_tier = |column: &str| column == "tier";
    let is_multiplier = |column: &str| column.contains("multiplier");
    let is_models = |column: &str| column.contains("model");
    let tables = reading.tables(page, [is_tier, is_multiplier, is_models]);
    if tables.is_empty() {
        reading.miss("the table of tiers: columns `Tier`, `Multiplier`, `Models`");
        return Ok(());
    }
    for (block, table, places) in tables {
        let deduction = reading.place(block, table, |column| column.contains("deduct"));
        let mut tier = String::new();
        for row in &table.rows {
            let deduction = deduction.map(|place| row.cell(place));
            one_row(row, places, deduction, &mut tier, known, reading)?;
        }
    }
    in_examples(page, known, reading)?;
    for model in reading.of("text") {
        if reading.facts.value(&model.key("tier")).is_none() {
            reading.contradict(model.key("tier"), NO_TIER, &[model.line]);
        }
    }
    Ok(())
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
    let (name, multiplier) = (plain(row.cell(name)), row.cell(multiplier));
    let deduction = deduction.unwrap_or_default();
    let continues = name.is_empty() && multiplier.is_empty() && !tier.is_empty();
    if !continues {
        let (Some(many), false) = (thousandths(multiplier).filter(|many| *many > 0), name.is_empty()) else {
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
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        reading.cannot_read(row.line, format!("the tier `{tier}` has no models"));
    }
    for name in names {
        let subject = subject(name, known, reading, row.line);
        reading.state(Key::new(subject, "tier"), Value::text(tier.as_str()), row.line);
    }
    Ok(())
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
    let deducts = pattern(r"([\d,]+) tokens?\b[^.]*? deduct (\d[\d,]*)")?;
    for (block, text) in page.texts() {
        let Some(found) = using.captures(text) else { continue };
        let name = plain(group(&found, 1));
        let listed = reading.of("text").into_iter().find(|model| model.name.eq_ignore_ascii_case(&name));
        let subject = listed.map(|model| model.subject()).or_else(|| known.text_by_name(&name));
        match subject {
            Some(subject) => {
                let tier = group(&found, 2);
                reading.state(Key::new(subject, "tier"), Value::text(tier), block.line);
                match deducts.captures(text).and_then(|found| times(group(&found, 1), group(&found, 2))) {
                    Some(many) => {
                        let key = Key::new(format!("tier/{tier}"), "multiplier");
                        reading.state(key, Value::Thousandths(many), block.line);
                    }
                    None if text.contains("deduct") => {
                        reading.cannot_read(block.line, format!("what the example about `{name}` deducts"));
                    }
                    None => {}
                }
            }
            None => reading.cannot_read(block.line, format!("the example is about `{name}`, which no table lists")),
        }
    }
    Ok(())
}
