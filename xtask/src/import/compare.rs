//! Holds what the page states against what the data files state, and both against what was decided.

use std::collections::BTreeSet;

use super::data::Known;
use super::decisions::Decisions;
use super::facts::{Key, Statement, Value};
use super::reading::Reading;
use super::report::{Decided, Item, Report, Row};

/// Of these the page is silent about most models, which states nothing.
const SOMETIMES: [&str; 2] = ["context_window", "generation_time"];
const NOT_THERE: &str = "not on the page";

/// The report about a page.
pub(super) fn compare(known: &Known, reading: &Reading, decisions: &Decisions) -> Report {
    let mut report = Report::default();
    let (mut open, mut contradicted) = (BTreeSet::new(), BTreeSet::new());
    for contradiction in &reading.contradictions {
        let known = known.facts.value(&contradiction.key).map(ToString::to_string);
        open.insert(contradiction.key.clone());
        let item = item(contradiction.key.clone(), known, contradiction.page.clone(), contradiction.lines.clone());
        report.contradictory.push(item);
    }
    for (key, statements) in reading.facts.iter() {
        if let Some(item) = differing(known, key, statements) {
            contradicted.insert(key.clone());
            report.contradictory.push(item);
        }
    }
    added_and_changed(known, reading, &contradicted, &mut report);
    open.append(&mut contradicted);
    removed(known, reading, &open, &mut report);
    decide(&mut report, decisions);
    if !reading.missing.is_empty() {
        // What stood in a missing table is not gone; and where that much has changed nothing else is believed either.
        report.removed.clear();
        report.stale_decisions.clear();
    }
    report.unreadable = reading.unreadable.iter().map(|row| Row { line: row.line, why: row.why.clone() }).collect();
    report.missing = reading.missing.iter().cloned().collect();
    report
}

fn item(key: Key, registry: Option<String>, page: String, lines: Vec<usize>) -> Item {
    Item { key, registry, page, lines, decided: None, value: None }
}

/// What is stated differently in several places. The value of the data files is not asked: even if it is one of them,
/// someone has to say why.
fn differing(known: &Known, key: &Key, statements: &[Statement]) -> Option<Item> {
    let mut values: Vec<&Value> = Vec::new();
    for statement in statements {
        if !values.iter().any(|value| value.is_same(&statement.value)) {
            values.push(&statement.value);
        }
    }
    if values.len() < 2 {
        return None;
    }
    let mut said: Vec<String> = values.iter().map(ToString::to_string).collect();
    // Sorted, so that a decision about it survives a change of the order.
    said.sort();
    let lines = statements.iter().map(|statement| statement.line).collect();
    let known = known.facts.value(key).map(ToString::to_string);
    Some(item(key.clone(), known, said.join(" and also "), lines))
}

fn added_and_changed(known: &Known, reading: &Reading, contradicted: &BTreeSet<Key>, report: &mut Report) {
    for (key, statements) in reading.facts.iter() {
        let Some(stated) = statements.first().filter(|_| !contradicted.contains(key)) else { continue };
        let is_known_thing = !key.subject.contains('/') || known.facts.knows(&key.subject);
        let lines: Vec<usize> = statements.iter().map(|statement| statement.line).collect();
        if !is_known_thing {
            // Its fields are in the page's own row, which the line shows.
            if key.field.is_empty() {
                report.added.push(item(key.clone(), None, in_short(reading, &key.subject), lines));
            }
            continue;
        }
        let before = known.facts.value(key);
        if before.is_some_and(|before| before.is_same(&stated.value)) {
            continue;
        }
        let known_text = before.map(ToString::to_string).or_else(|| Some("nothing".to_owned()));
        let mut item = item(key.clone(), known_text, stated.value.to_string(), lines);
        item.value = Some(stated.value.clone());
        report.changed.push(item);
    }
}

/// A new thing in one line: its fields.
fn in_short(reading: &Reading, subject: &str) -> String {
    let fields = reading.facts.iter().filter(|(key, _)| key.subject == subject && !key.field.is_empty());
    let fields = fields.filter_map(|(key, all)| all.first().map(|one| format!("{} {}", key.field, one.value)));
    let fields = fields.chain(not_its_own(reading, subject));
    let fields = fields.chain(reading.shares_a_price(subject).then(|| "priced in no row of its own".to_owned()));
    fields.collect::<Vec<String>>().join("; ")
}

/// The fields that a text states of several models at once: nobody may have thought of a new one.
fn not_its_own(reading: &Reading, subject: &str) -> Option<String> {
    let kind = subject.split_once('/').map_or("", |(kind, _)| kind);
    let is_said_of_another = |key: &Key, line: usize| {
        let is_other = |(other, all): (&Key, &[Statement])| {
            other.field == key.field
                && other.subject != subject
                && other.subject.starts_with(&format!("{kind}/"))
                && all.iter().any(|one| one.line == line)
        };
        reading.facts.iter().any(is_other)
    };
    let is_own = |field: &str| matches!(field, "" | "name" | "tier") || field.starts_with("price");
    let of_subject = reading.facts.iter().filter(|(key, _)| key.subject == subject && !is_own(&key.field));
    let shared = of_subject.filter(|(key, all)| all.first().is_some_and(|first| is_said_of_another(key, first.line)));
    let shared: Vec<&str> = shared.map(|(key, _)| key.field.as_str()).collect();
    (!shared.is_empty()).then(|| format!("said of others too: {}", shared.join(", ")))
}

fn removed(known: &Known, reading: &Reading, contradicted: &BTreeSet<Key>, report: &mut Report) {
    for (key, statements) in known.facts.iter() {
        let is_silent = reading.facts.value(key).is_none() && !contradicted.contains(key);
        if !is_silent || SOMETIMES.contains(&key.field.as_str()) {
            continue;
        }
        // A model that is gone is said once, not for each of its fields.
        let is_gone = key.subject.contains('/') && !reading.facts.knows(&key.subject);
        if is_gone && !key.field.is_empty() {
            continue;
        }
        let registry = statements.first().map(|statement| statement.value.to_string());
        report.removed.push(item(key.clone(), registry, NOT_THERE.to_owned(), Vec::new()));
    }
}

/// Marks what was decided, and finds decisions about what is no longer so.
fn decide(report: &mut Report, decisions: &Decisions) {
    let mut used = BTreeSet::new();
    let sections = [&mut report.added, &mut report.removed, &mut report.changed, &mut report.contradictory];
    for item in sections.into_iter().flatten() {
        let key = item.key.to_string();
        if let Some(decision) = decisions.about(&key, &item.page) {
            item.decided = Some(Decided {
                decision: decision.what.clone(),
                reason: decision.reason.clone(),
                date: decision.date.clone(),
            });
            used.insert((key, decision.page.clone()));
        }
    }
    let stale = decisions.keys().filter(|(key, decision)| !used.contains(&((*key).to_owned(), decision.page.clone())));
    report.stale_decisions = stale.map(|(key, decision)| format!("{key}: {}", decision.page)).collect();
}
