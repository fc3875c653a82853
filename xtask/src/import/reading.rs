//! What was read from a page: its statements, and everything that stands in the way of believing them.

mod claims;

use std::collections::{BTreeMap, BTreeSet};

use self::claims::Claims;
use super::facts::{Facts, Key, Value};
use super::page::{Block, Page, Table};
use super::spelling::{is_part, words};

/// What models make, by the names of the sections in the data files.
pub(super) const MODALITIES: [&str; 4] = ["text", "image", "video", "speech"];

#[derive(Default)]
pub(super) struct Reading {
    pub(super) facts: Facts,
    /// What the page leaves open or says twice, beside values that differ: those are found in `facts`.
    pub(super) contradictions: Vec<Contradiction>,
    /// Rows and sentences that look like something to be read and could not be.
    pub(super) unreadable: Vec<Unreadable>,
    /// Tables and texts without which nothing may be concluded from the page.
    pub(super) missing: BTreeSet<String>,
    /// The models of the page's tables, each once.
    pub(super) listed: Vec<Listed>,
    /// Rows of prices by their lines, with the models, as subjects, that have a price from them.
    pub(super) sharing: BTreeMap<usize, BTreeSet<String>>,
    /// Rows of prices, by their lines, with their labels.
    pub(super) priced: BTreeMap<usize, String>,
    /// What someone has understood.
    pub(super) claims: Claims,
}

pub(super) struct Contradiction {
    pub(super) key: Key,
    /// What the page says, in words that stay the same as long as it says it.
    pub(super) page: String,
    pub(super) lines: Vec<usize>,
}

pub(super) struct Unreadable {
    pub(super) line: usize,
    pub(super) why: String,
}

/// A model with an id in one of the page's tables.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) modality: &'static str,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) provider: String,
    pub(super) line: usize,
}

impl Listed {
    pub(super) fn subject(&self) -> String {
        format!("{}/{}", self.modality, self.id)
    }

    pub(super) fn key(&self, field: impl Into<String>) -> Key {
        Key::new(self.subject(), field)
    }

    /// Whether a label such as `Pro Image` may mean it.
    pub(super) fn is_called(&self, label: &str) -> bool {
        is_part(&words(label), &words(&self.name))
    }
}

impl Reading {
    pub(super) fn state(&mut self, key: Key, value: Value, line: usize) {
        self.facts.state(key, value, line);
    }

    pub(super) fn contradict(&mut self, key: Key, page: impl Into<String>, lines: &[usize]) {
        let page = page.into();
        match self.contradictions.iter_mut().find(|known| known.key == key && known.page == page) {
            Some(known) => known.lines.extend_from_slice(lines),
            None => self.contradictions.push(Contradiction { key, page, lines: lines.to_vec() }),
        }
    }

    /// Tells of words in code that a list of options has beside those that are known to be of its kind.
    pub(super) fn tell_others(&mut self, key: Key, options: &str, is_known: impl Fn(&str) -> bool, line: usize) {
        // Every second part of what stands between backticks is in code.
        let codes = options.split('`').skip(1).step_by(2);
        let others: Vec<String> = codes.filter(|code| !is_known(code)).map(|code| format!("`{code}`")).collect();
        if !others.is_empty() {
            self.contradict(key, format!("also offered: {}", others.join(", ")), &[line]);
        }
    }

    pub(super) fn cannot_read(&mut self, line: usize, why: impl Into<String>) {
        self.unreadable.push(Unreadable { line, why: why.into() });
    }

    pub(super) fn miss(&mut self, what: impl Into<String>) {
        self.missing.insert(what.into());
    }

    /// Notes that a piece of a text is understood.
    pub(super) fn claim(&mut self, line: usize, piece: &str) {
        self.claims.piece(line, piece);
    }

    /// Whether a model has a price from a row that prices other models too.
    pub(super) fn shares_a_price(&self, subject: &str) -> bool {
        let priced = self.facts.iter().filter(|(key, _)| key.subject == subject && key.field.starts_with("price"));
        let mut lines = priced.flat_map(|(_, statements)| statements.iter().map(|statement| statement.line));
        lines.any(|line| self.sharing.get(&line).is_some_and(|sharing| sharing.len() > 1))
    }

    /// The tables with these columns, as [`Self::columns`] finds them, each of which is read by the caller.
    pub(super) fn tables<'a, const N: usize>(
        &mut self,
        page: &'a Page,
        titles: [fn(&str) -> bool; N],
    ) -> Vec<(&'a Block, &'a Table, [usize; N])> {
        let has_all = |table: &Table| titles.iter().all(|is_title| !table.places(is_title).is_empty());
        page.tables().filter(|(_, table)| has_all(table)).for_each(|(block, _)| self.claims.table(block.line));
        let found = self.columns(page, titles);
        for (block, _, places) in &found {
            for place in places {
                self.claims.column(block.line, *place);
            }
        }
        found
    }

    /// Every table of a page that has one column for each of `titles`, with the places of these columns. Whether they are
    /// understood is for the caller to say: the rows may be of no model that it knows.
    ///
    /// Where two columns have such a title, nobody can tell which is meant: the table cannot be read.
    pub(super) fn columns<'a, const N: usize>(
        &mut self,
        page: &'a Page,
        titles: [fn(&str) -> bool; N],
    ) -> Vec<(&'a Block, &'a Table, [usize; N])> {
        let mut found = Vec::new();
        for (block, table) in page.tables() {
            let places = titles.map(|is_title| table.places(is_title));
            if places.iter().any(Vec::is_empty) {
                continue;
            }
            if self.is_told_apart(block, table, &places) {
                found.push((block, table, places.map(|places| places.first().copied().unwrap_or_default())));
            }
        }
        found
    }

    /// The place of a column that a table may do without, and that is read where it has one.
    pub(super) fn place(&mut self, block: &Block, table: &Table, is_title: fn(&str) -> bool) -> Option<usize> {
        let places = table.places(is_title);
        let is_told_apart = self.is_told_apart(block, table, std::slice::from_ref(&places));
        let place = places.first().copied().filter(|_| is_told_apart)?;
        self.claims.column(block.line, place);
        Some(place)
    }

    fn is_told_apart(&mut self, block: &Block, table: &Table, places: &[Vec<usize>]) -> bool {
        let Some(many) = places.iter().find(|places| places.len() > 1) else { return true };
        let titles: Vec<&str> = many.iter().filter_map(|place| table.columns.get(*place)).map(String::as_str).collect();
        let why = format!("which column is meant: `{}`", titles.join("` or `"));
        if !self.unreadable.iter().any(|known| known.line == block.line && known.why == why) {
            self.cannot_read(block.line, why);
        }
        false
    }

    /// The models of one modality.
    pub(super) fn of(&self, modality: &str) -> Vec<Listed> {
        self.listed.iter().filter(|model| model.modality == modality).cloned().collect()
    }

    /// The models of one modality that a label may mean.
    pub(super) fn called(&self, modality: &str, label: &str) -> Vec<Listed> {
        self.of(modality).into_iter().filter(|model| model.is_called(label)).collect()
    }
}
