//! From Markdown to blocks.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Block, Content, Page, Row, Table};

pub(super) fn parse(text: &str) -> Page {
    let text = without_tag_lines(text);
    let mut builder = Builder { text: &text, page: Page { blocks: Vec::new() }, ..Builder::empty() };
    for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
        builder.take(event, range.start);
    }
    builder.page
}

/// The text with empty lines for those that are nothing but tags: HTML around a table would otherwise swallow it.
/// Lines within fences are left alone, and every line keeps its number.
fn without_tag_lines(text: &str) -> String {
    let mut is_in_fence = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.trim_start_matches('\u{feff}').lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            is_in_fence = !is_in_fence;
        }
        let is_tags = !is_in_fence && trimmed.starts_with('<') && trimmed.ends_with('>');
        if !is_tags {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

/// Collects what the parser says into blocks.
struct Builder<'a> {
    text: &'a str,
    page: Page,
    headings: Vec<(HeadingLevel, String)>,
    /// What is being read, and where it started.
    words: String,
    start: usize,
    table: Option<Table>,
    /// The last text under the heading that holds.
    lead: String,
    /// Whether words are of code that stands in a fence.
    is_in_code: bool,
}

impl<'a> Builder<'a> {
    fn empty() -> Self {
        Self {
            text: "",
            page: Page { blocks: Vec::new() },
            headings: Vec::new(),
            words: String::new(),
            start: 0,
            table: None,
            lead: String::new(),
            is_in_code: false,
        }
    }

    fn take(&mut self, event: Event<'a>, at: usize) {
        match event {
            Event::Start(tag) => self.open(&tag, at),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.words.push_str(&text),
            Event::Code(code) => {
                let code = if self.table.is_some() { code.into_string() } else { format!("`{code}`") };
                self.words.push_str(&code);
            }
            Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_) => self.words.push(' '),
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'a>, at: usize) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell => self.begin(at),
            // A list within an item: what stood before it is a text of its own.
            Tag::List(_) => self.flush_text(),
            Tag::CodeBlock(kind) => {
                self.flush_text();
                self.begin(at);
                self.is_in_code = matches!(kind, CodeBlockKind::Fenced(_));
            }
            Tag::Table(_) => {
                self.begin(at);
                self.table = Some(Table { columns: Vec::new(), rows: Vec::new() });
            }
            Tag::TableRow => {
                let line = self.line(at);
                if let Some(table) = &mut self.table {
                    table.rows.push(Row { line, cells: Vec::new() });
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                self.headings.retain(|(above, _)| *above < level);
                let heading = self.taken();
                self.headings.push((level, heading));
                self.lead.clear();
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush_text(),
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.words);
                if std::mem::take(&mut self.is_in_code) {
                    self.push(Content::Code(code));
                }
            }
            TagEnd::TableCell => {
                let cell = self.taken();
                if let Some(table) = &mut self.table {
                    match table.rows.last_mut() {
                        Some(row) => row.cells.push(cell),
                        None => table.columns.push(cell.to_lowercase()),
                    }
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.push(Content::Table(table));
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, at: usize) {
        self.words.clear();
        if self.table.is_none() {
            self.start = at;
        }
    }

    /// The words that were collected, with single spaces between them.
    fn taken(&mut self) -> String {
        let words = std::mem::take(&mut self.words);
        words.split_whitespace().collect::<Vec<&str>>().join(" ")
    }

    fn flush_text(&mut self) {
        let text = self.taken();
        if !text.is_empty() {
            self.push(Content::Text(text.clone()));
            self.lead = text;
        }
    }

    fn push(&mut self, content: Content) {
        let headings = self.headings.iter().map(|(_, heading)| heading.clone()).collect();
        let lead = self.lead.clone();
        self.page.blocks.push(Block { line: self.line(self.start), headings, lead, content });
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }
}
