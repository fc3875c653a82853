//! What no reader has looked into, and what would mislead one: it may be what matters, so the page is not understood.

use super::prose::Signs;
use crate::import::page::{Block, Content, Page, STRUCK, Table};
use crate::import::reading::Reading;
use crate::import::spelling::{has_note, plain};

/// Titles of columns that hold no figures: words about a model or a voice.
const DESCRIPTIVE: [&str; 4] = ["description", "best for", "use case", "use cases"];

/// Endpoints that are read, by their headings.
const ENDPOINTS: [&str; 5] = ["generate text", "generate image", "generate video", "extend video", "generate audio"];
const KINDS: [&str; 5] = ["text", "image", "video", "audio", "speech"];

pub(super) fn read(page: &Page, signs: &Signs, reading: &mut Reading) {
    for line in &page.html_tables {
        reading.cannot_read(*line, "a table in HTML, which nothing reads");
    }
    for line in &page.long_rows {
        reading.cannot_read(*line, "the row has more cells than its table has columns");
    }
    for (line, text) in &page.indented {
        if text.contains('|') || signs.say_a_limit(text) {
            reading.cannot_read(*line, "what is indented like code, and seems to be more than that");
        }
    }
    for block in &page.blocks {
        match &block.content {
            Content::Table(table) => in_table(block, table, reading),
            Content::Text(text) if text.contains(STRUCK) => {
                reading.cannot_read(block.line, "something in the text is struck out");
            }
            // What separates it from its table on the page may do so for readers too.
            Content::Text(text) if text.starts_with('|') => {
                reading.cannot_read(block.line, "a row that stands in no table");
            }
            // Where a table ought to be, someone forgot to close a fence.
            Content::Code(code) if code.lines().any(is_below_titles) => {
                reading.cannot_read(block.line, "a table in code");
            }
            Content::Text(_) | Content::Code(_) => {}
        }
    }
    headings(page, reading);
}

/// The line between the titles of a table in Markdown and its rows.
fn is_below_titles(line: &str) -> bool {
    let is_sign = |letter: char| matches!(letter, '|' | '-' | ':' | ' ');
    line.contains("---") && line.contains('|') && line.trim().chars().all(is_sign)
}

fn in_table(block: &Block, table: &Table, reading: &mut Reading) {
    if !reading.claims.has_table(block.line) {
        reading.cannot_read(block.line, format!("a table that nothing reads: `{}`", table.columns.join("`, `")));
        return;
    }
    for (place, title) in table.columns.iter().enumerate() {
        let is_empty = title.is_empty() && table.rows.iter().all(|row| row.cell(place).is_empty());
        if !is_empty && !reading.claims.has_column(block.line, place) && !DESCRIPTIVE.contains(&title.as_str()) {
            reading.cannot_read(block.line, format!("a column that nothing reads: `{title}`"));
        }
    }
    if let Some(title) = table.columns.iter().find(|title| has_note(title)) {
        reading.cannot_read(block.line, format!("`{title}` refers to a note"));
    }
    for row in &table.rows {
        if row.cells.iter().any(|cell| cell.contains(STRUCK)) {
            reading.cannot_read(row.line, "something in the row is struck out");
        }
        if let Some(cell) = row.cells.iter().find(|cell| has_note(cell)) {
            reading.cannot_read(row.line, format!("`{cell}` refers to a note"));
        }
    }
}

/// Endpoints and kinds of models that nobody has heard of.
fn headings(page: &Page, reading: &mut Reading) {
    for (place, heading) in page.headings.iter().enumerate() {
        let text = plain(&heading.text).to_lowercase();
        let is_verb = matches!(text.split(' ').next(), Some("generate" | "extend"));
        // An endpoint has parameters, whatever it is called.
        let below = page.headings.iter().skip(place + 1).take_while(|other| other.level > heading.level);
        let has_parameters =
            below.map(|other| plain(&other.text).to_lowercase()).any(|one| one.ends_with("parameters"));
        let is_endpoint = heading.level == 2 && (is_verb || has_parameters);
        if is_endpoint && !ENDPOINTS.iter().any(|known| text.contains(known)) {
            reading.cannot_read(heading.line, format!("an endpoint that nothing reads: `{}`", heading.text));
        }
        let kind = text.strip_suffix(" generation models");
        if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
            reading.cannot_read(heading.line, format!("models of a kind that nothing reads: `{}`", heading.text));
        }
    }
}
