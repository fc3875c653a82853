//! What was read from a page: its statements, and everything that stands in the way of believing them.

use std::collections::BTreeSet;

use super::facts::{Facts, Key, Value};
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

    pub(super) fn cannot_read(&mut self, line: usize, why: impl Into<String>) {
        self.unreadable.push(Unreadable { line, why: why.into() });
    }

    pub(super) fn miss(&mut self, what: impl Into<String>) {
        self.missing.insert(what.into());
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
