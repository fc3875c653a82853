//! The report for people and for programs.

use std::fmt;

use anyhow::{Context, Result};
use serde_json::{Value as Json, json};

use super::{Decided, Ending, Item, Report};
use crate::import::apply::Applied;

impl Report {
    /// The report as JSON, with how it ends; after an edit also with what became of it, and how it ends then.
    ///
    /// # Errors
    ///
    /// None that is known of; `serde_json` could have some.
    pub(in crate::import) fn json(&self, edit: Option<(&Applied, Ending)>) -> Result<String> {
        let mut json = serde_json::to_value(self).context("cannot write the report")?;
        if let Json::Object(object) = &mut json {
            object.insert("ending".to_owned(), json!(edit.map_or(self.ending(), |(_, ending)| ending)));
            if let Some((applied, _)) = edit {
                object.insert("applied".to_owned(), json!(applied.done));
                object.insert("by_hand".to_owned(), json!(applied.by_hand));
            }
        }
        serde_json::to_string_pretty(&json).context("cannot write the report")
    }

    fn summary(&self) -> String {
        let undecided = self.items().filter(|item| item.decided.is_none()).count();
        let decided = self.items().count() - undecided;
        let not_read = self.unreadable.len() + self.missing.len();
        match self.ending() {
            Ending::Clean => format!("no undecided drift; {decided} decided"),
            Ending::Drift if self.stale_decisions.is_empty() => {
                format!("drift: {undecided} undecided, {decided} decided")
            }
            Ending::Drift => {
                let stale = self.stale_decisions.len();
                format!("drift: {undecided} undecided, {decided} decided, {stale} to delete from decisions.toml")
            }
            Ending::Unreadable => format!(
                "not understood: {not_read}; so nothing of it is concluded or applied ({undecided} undecided, {decided} decided)"
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, "missing from the page", self.missing.iter().cloned())?;
        lines(f, "could not be read", self.unreadable.iter().map(|row| format!("line {}: {}", row.line, row.why)))?;
        section(f, "added", &self.added)?;
        section(f, "removed", &self.removed)?;
        section(f, "changed", &self.changed)?;
        section(f, "contradictory within the page", &self.contradictory)?;
        lines(f, "decisions about what the page no longer says", self.stale_decisions.iter().cloned())?;
        writeln!(f, "{}", self.summary())
    }
}

fn lines(f: &mut fmt::Formatter<'_>, title: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title} ({}):", lines.len())?;
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
    writeln!(f)
}

/// What is undecided, one by one; then what is decided, together by decision.
fn section(f: &mut fmt::Formatter<'_>, title: &str, items: &[Item]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title} ({}):", items.len())?;
    for item in items.iter().filter(|item| item.decided.is_none()) {
        writeln!(f, "  UNDECIDED {item}")?;
    }
    let mut told: Vec<&Decided> = Vec::new();
    for decided in items.iter().filter_map(|item| item.decided.as_ref()) {
        if told.contains(&decided) {
            continue;
        }
        told.push(decided);
        for item in items.iter().filter(|item| item.decided.as_ref() == Some(decided)) {
            writeln!(f, "  decided {item}")?;
        }
        writeln!(f, "    {}: {}, because {}", decided.date, decided.decision, decided.reason)?;
    }
    writeln!(f)
}

/// `some/key: old → new (line 7)`.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.key)?;
        if let Some(registry) = &self.registry {
            write!(f, "{registry} → ")?;
        }
        f.write_str(&self.page)?;
        let places: Vec<String> = self.lines.iter().map(ToString::to_string).collect();
        match places.as_slice() {
            [] => Ok(()),
            [one] => write!(f, " (line {one})"),
            many => write!(f, " (lines {})", many.join(", ")),
        }
    }
}
