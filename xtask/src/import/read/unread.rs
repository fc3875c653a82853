//! What no reader has looked into, and what would mislead one: it may be what matters, so the page is not understood.

use crate::import::page::{Content, Page, STRUCK};
use crate::import::reading::Reading;

pub(super) fn read(page: &Page, reading: &mut Reading) {
    for line in &page.html_tables {
        reading.cannot_read(*line, "a table in HTML, which nothing reads");
    }
    for block in &page.blocks {
        match &block.content {
            Content::Table(table) => {
                if !reading.is_looked_into(block) {
                    let why = format!("a table that nothing reads: `{}`", table.columns.join("`, `"));
                    reading.cannot_read(block.line, why);
                }
                for row in table.rows.iter().filter(|row| row.cells.iter().any(|cell| cell.contains(STRUCK))) {
                    reading.cannot_read(row.line, "something in the row is struck out");
                }
            }
            Content::Text(text) if text.contains(STRUCK) => {
                reading.cannot_read(block.line, "something in the text is struck out");
            }
            // What separates it from its table on the page may do so for readers too.
            Content::Text(text) if text.starts_with('|') => {
                reading.cannot_read(block.line, "a row that stands in no table");
            }
            Content::Text(_) | Content::Code(_) => {}
        }
    }
}
