//! The page as a list of blocks in its order: tables, texts and code, each with its line and the headings above it.
//!
//! `markdown` makes one of Markdown. What a block means is for `read` to find out.

mod markdown;

use super::spelling::plain;

/// What stands for the signs of struck words, so that no one takes them for words that hold.
pub(super) const STRUCK: &str = "~~";

/// A page that has been taken apart.
#[derive(Default)]
pub(super) struct Page {
    pub(super) blocks: Vec<Block>,
    /// Lines with tables that are written in HTML, which nothing here reads.
    pub(super) html_tables: Vec<usize>,
    pub(super) headings: Vec<Heading>,
    /// What is code only because it is indented, with its lines.
    pub(super) indented: Vec<(usize, String)>,
    /// Rows with more cells than their table has columns.
    pub(super) long_rows: Vec<usize>,
}

pub(super) struct Heading {
    pub(super) line: usize,
    /// `1` is the outermost.
    pub(super) level: usize,
    pub(super) text: String,
}

pub(super) struct Block {
    /// The line in which it starts, from 1.
    pub(super) line: usize,
    /// The headings above it, from the outermost to the nearest.
    pub(super) headings: Vec<String>,
    /// The text right before it under the same heading; a table's caption, often.
    pub(super) lead: String,
    pub(super) content: Content,
}

pub(super) enum Content {
    Table(Table),
    /// A paragraph or an item of a list. Code in it keeps its backticks, emphasis its words alone.
    Text(String),
    /// A fenced block of code.
    Code(String),
}

pub(super) struct Table {
    /// Titles of columns in lower case.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

impl Page {
    /// Takes a page apart. Nothing is refused here: what is missing is found by those who look for it.
    pub(super) fn parse(text: &str) -> Self {
        markdown::parse(text)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = (&Block, &Table)> {
        self.blocks.iter().filter_map(|block| match &block.content {
            Content::Table(table) => Some((block, table)),
            Content::Text(_) | Content::Code(_) => None,
        })
    }

    /// Paragraphs and items that stand somewhere below a heading with these words in this order.
    pub(super) fn texts_below<'a>(&'a self, words: &'a str) -> impl Iterator<Item = (&'a Block, &'a str)> {
        self.texts().filter(move |(block, _)| block.is_below(words))
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = (&Block, &str)> {
        self.blocks.iter().filter_map(|block| match &block.content {
            Content::Text(text) => Some((block, text.as_str())),
            Content::Table(_) | Content::Code(_) => None,
        })
    }

    /// Code below a heading with these words.
    pub(super) fn code_below<'a>(&'a self, words: &'a str) -> impl Iterator<Item = (&'a Block, &'a str)> {
        self.blocks.iter().filter(move |block| block.is_below(words)).filter_map(|block| match &block.content {
            Content::Code(code) => Some((block, code.as_str())),
            Content::Table(_) | Content::Text(_) => None,
        })
    }
}

impl Block {
    /// Whether a heading above it has these words, whatever their case.
    pub(super) fn is_below(&self, words: &str) -> bool {
        self.headings.iter().any(|heading| plain(heading).to_lowercase().contains(words))
    }
}

impl Table {
    /// The places of the columns with such a title; more than one is for the caller to be loud about.
    pub(super) fn places(&self, is_title: impl Fn(&str) -> bool) -> Vec<usize> {
        let of_title = self.columns.iter().enumerate().filter(|(_, column)| is_title(column));
        of_title.map(|(place, _)| place).collect()
    }
}

impl Row {
    /// A cell without emphasis and outer space; empty where the row is too short.
    pub(super) fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", String::as_str)
    }
}
