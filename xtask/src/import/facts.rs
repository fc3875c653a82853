//! What is stated, by the page or by the data files, in one form that can be compared: a key, a value, a line.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::spelling::{decimal, grouped};

/// What a statement is about: `text/some-model` and `tier`. A subject alone is the thing as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) subject: String,
    pub(super) field: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Flag(bool),
    Number(u64),
    /// A multiplier.
    Thousandths(u64),
    Text(String),
    /// In the order of the page; the order is no part of what is compared.
    List(Vec<String>),
}

/// A value and the line that states it; data files state without lines.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) value: Value,
    pub(super) line: usize,
}

/// All statements, by key. The same may be stated many times, and differently.
#[derive(Default)]
pub(super) struct Facts(BTreeMap<Key, Vec<Statement>>);

impl Key {
    pub(super) fn new(subject: impl Into<String>, field: impl Into<String>) -> Self {
        Self { subject: subject.into(), field: field.into() }
    }

    /// The key of a model, a tier or a voice as a whole.
    pub(super) fn whole(subject: impl Into<String>) -> Self {
        Self::new(subject, "")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        if self.field.is_empty() { Ok(()) } else { write!(f, "/{}", self.field) }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Whether both say the same: lists do in any order.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let sorted = |list: &[String]| {
            let mut sorted = list.to_vec();
            sorted.sort();
            sorted
        };
        match (self, other) {
            (Self::List(one), Self::List(two)) => sorted(one) == sorted(two),
            _ => self == other,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Self::Number(number) => f.write_str(&grouped(*number, ',')),
            Self::Thousandths(number) => write!(f, "{}x", decimal(*number)),
            Self::Text(text) => f.write_str(text),
            Self::List(list) => f.write_str(&list.join(", ")),
        }
    }
}

impl Facts {
    pub(super) fn state(&mut self, key: Key, value: Value, line: usize) {
        let statements = self.0.entry(key).or_default();
        if !statements.iter().any(|known| known.line == line && known.value.is_same(&value)) {
            statements.push(Statement { value, line });
        }
    }

    /// The first value that was stated.
    pub(super) fn value(&self, key: &Key) -> Option<&Value> {
        self.0.get(key)?.first().map(|statement| &statement.value)
    }

    /// All statements of a key.
    pub(super) fn statements(&self, key: &Key) -> &[Statement] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// All statements of a key, which holds none afterwards.
    pub(super) fn take(&mut self, key: &Key) -> Vec<Statement> {
        self.0.remove(key).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &[Statement])> {
        self.0.iter().map(|(key, statements)| (key, statements.as_slice()))
    }

    /// Whether anything is stated about a subject.
    pub(super) fn knows(&self, subject: &str) -> bool {
        // In the order of keys, its own come right behind that of the subject alone.
        self.0.range(Key::whole(subject)..).next().is_some_and(|(key, _)| key.subject == subject)
    }
}
