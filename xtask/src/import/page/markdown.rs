//! From Markdown to blocks.

mod cleared;
mod rows;
mod tags;

use std::collections::VecDeque;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Block, Content, Heading, Page, Row, Table};

pub(super) fn parse(text: &str) -> Page {
    let cleared = cleared::cleared(text);
    let mut builder = Builder {
        starts: cleared.text.match_indices('\n').map(|(at, _)| at).collect(),
        asides: cleared.asides.into(),
        ..Builder::empty()
    };
    builder.page.html_tables = cleared.html_tables;
    for (event, range) in Parser::new_ext(&cleared.text, Options::ENABLE_TABLES).into_offset_iter() {
        let columns = builder.table.as_ref().map_or(0, |table| table.columns.len());
        let source = cleared.text.get(range.clone()).unwrap_or_default();
        if matches!(event, Event::Start(Tag::TableRow)) && rows::is_longer(source, columns) {
            builder.page.long_rows.push(builder.line(range.start));
        }
        builder.take(event, range.start);
    }
    builder.put_asides(usize::MAX);
    builder.page
}

/// Collects what the parser says into blocks.
struct Builder {
    /// Where lines end.
    starts: Vec<usize>,
    /// Words that were taken out of the text, to be put where they stood.
    asides: VecDeque<(usize, String)>,
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

impl Builder {
    fn empty() -> Self {
        Self {
            starts: Vec::new(),
            asides: VecDeque::new(),
            page: Page::default(),
            headings: Vec::new(),
            words: String::new(),
            start: 0,
            table: None,
            lead: String::new(),
            is_in_code: false,
        }
    }

    fn take(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.open(&tag, at),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.words.push_str(&text),
            Event::Code(code) => {
                let code = if self.table.is_some() { code.into_string() } else { format!("`{code}`") };
                self.words.push_str(&code);
            }
            // A table right behind a tag is swallowed by it.
            Event::Html(html) if html.trim_start().starts_with('|') => {
                let line = self.line(at);
                self.page.html_tables.push(line);
            }
            Event::Html(html) => self.words.push_str(&html),
            Event::InlineHtml(tag) => self.words.push_str(match tags::mark(&tag) {
                "`" if self.table.is_some() => " ",
                mark => mark,
            }),
            Event::SoftBreak | Event::HardBreak => self.words.push(' '),
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, at: usize) {
        if is_block(tag) {
            self.put_asides(self.line(at));
        }
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell => self.begin(at),
            // A list within an item: what stood before it is a text of its own.
            Tag::List(_) => self.flush_text(),
            Tag::HtmlBlock => {
                self.flush_text();
                self.begin(at);
            }
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
                let text = self.taken();
                let line = self.line(self.start);
                self.page.headings.push(Heading { line, level: level as usize, text: text.clone() });
                self.headings.push((level, text));
                self.lead.clear();
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush_text(),
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.words);
                if !tags::is_wordless(&html) {
                    self.words = tags::words(&html);
                    self.flush_text();
                }
            }
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.words);
                if std::mem::take(&mut self.is_in_code) {
                    self.push(Content::Code(code));
                } else {
                    self.page.indented.push((self.line(self.start), code));
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

    /// Puts the words that were taken out of the lines above this one under the heading that holds there.
    fn put_asides(&mut self, line: usize) {
        while self.asides.front().is_some_and(|(at, _)| *at < line) {
            let Some((at, words)) = self.asides.pop_front() else { break };
            self.put(at, Content::Text(words.clone()));
            self.lead = words;
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
        self.put(self.line(self.start), content);
    }

    fn put(&mut self, line: usize, content: Content) {
        let headings = self.headings.iter().map(|(_, heading)| heading.clone()).collect();
        let lead = self.lead.clone();
        self.page.blocks.push(Block { line, headings, lead, content });
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|end| *end < at) + 1
    }
}

/// Whether it begins a block: what stands above it comes before it.
const fn is_block(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::CodeBlock(_) | Tag::Table(_) | Tag::HtmlBlock)
}
