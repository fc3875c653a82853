//! The report for people and for programs.

use std::fmt;

use anyhow::{Context, Result};
use serde_json::{Value as Json, json};

use super::{Ending, Item, Report};

impl Report {
    /// The report as JSON, with how it ends.
    ///
    /// # Errors
    ///
    /// None that is known of; `serde_json` could have some.
    pub(in crate::import) fn json(&self) -> Result<String> {
        let mut json = serde_json::to_value(self).context("cannot write the report")?;
        if let Json::Object(object) = &mut json {
            object.insert("ending".to_owned(), json!(self.ending()));
        }
        serde_json::to_string_pretty(&json).context("cannot write the report")
    }

    fn summary(&self) -> String {
        let undecided = self.items().filter(|item| item.decided.is_none()).count();
        let decided = self.items().count() - undecided;
        let not_read = self.unreadable.len() + self.missing.len();
        match self.ending() {
            Ending::Clean => format!("no undecided drift; {decided} decided"),
            Ending::Drift => format!("drift: {undecided} undecided, {decided} decided"),
            Ending::Unreadable => format!(
                "not understood: {not_read}; so nothing of it is concluded or applied ({undecided} undecided, {decided} decided)"
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        section(f, "added", &self.added)?;
        section(f, "removed", &self.removed)?;
        section(f, "changed", &self.changed)?;
        section(f, "contradictory within the page", &self.contradictory)?;
        lines(f, "could not be read", self.unreadable.iter().map(|row| format!("line {}: {}", row.line, row.why)))?;
        lines(f, "missing from the page", self.missing.iter().cloned())?;
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

fn section(f: &mut fmt::Formatter<'_>, title: &str, items: &[Item]) -> fmt::Result {
    lines(f, title, items.iter().map(line))
}

/// `some/key: old → new (line 7)`, and what was decided about it.
fn line(item: &Item) -> String {
    let what = match &item.registry {
        Some(registry) => format!("{registry} → {}", item.page),
        None => item.page.clone(),
    };
    let places: Vec<String> = item.lines.iter().map(ToString::to_string).collect();
    let places = match places.as_slice() {
        [] => String::new(),
        [one] => format!(" (line {one})"),
        many => format!(" (lines {})", many.join(", ")),
    };
    let decided = match &item.decided {
        Some(decided) => format!("; decided {}: {}, because {}", decided.date, decided.decision, decided.reason),
        None => "; UNDECIDED".to_owned(),
    };
    format!("{}: {what}{places}{decided}", item.key)
}
