//! What a limit counts: the operations of a scope in a window of time.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use crate::clock::rfc3339;

/// The operations of one scope, reserved in one window of time. A ledger keeps a running total of each counter that was
/// asked for, and can always add it up again from its entries.
///
/// Windows that budgets make begin and end at quarters of an hour, as every time zone's days do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counter {
    /// Whose operations.
    pub scope: CounterScope,
    /// From when on, inclusive.
    #[serde(with = "rfc3339")]
    pub from: SystemTime,
    /// Until when, exclusive; `None` is for ever.
    #[serde(with = "rfc3339::option")]
    pub until: Option<SystemTime>,
}

impl Counter {
    /// The operations of `scope` in a window of time.
    pub const fn new(scope: CounterScope, from: SystemTime, until: Option<SystemTime>) -> Self {
        Self { scope, from, until }
    }

    /// Whether an operation counts here.
    pub fn counts(&self, entry: &Entry) -> bool {
        self.holds(entry.at) && self.scope.covers(&entry.labels)
    }

    /// Whether a time is in the window.
    pub fn holds(&self, at: SystemTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Whose operations a counter counts: everyone's, or those of one value of a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CounterScope {
    /// The label's name; empty for all operations.
    pub name: String,
    /// The label's value; empty for all operations, and for those that lack the label.
    pub value: String,
}

impl CounterScope {
    /// All operations.
    pub const fn everything() -> Self {
        Self { name: String::new(), value: String::new() }
    }

    /// The operations whose label `name` has `value`. An empty value stands for those without the label. No label has an
    /// empty name: that is all operations.
    pub fn label(name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        if name.is_empty() { Self::everything() } else { Self { name, value: value.into() } }
    }

    /// Whether an operation with these labels belongs here.
    pub fn covers(&self, labels: &BTreeMap<String, String>) -> bool {
        value_of(&self.name, labels) == self.value
    }
}

/// The value by which an operation with these labels is counted under a name: none is the same as an empty one.
pub(crate) fn value_of<'l>(name: &str, labels: &'l BTreeMap<String, String>) -> &'l str {
    if name.is_empty() { "" } else { labels.get(name).map_or("", String::as_str) }
}

impl fmt::Display for CounterScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.as_str(), self.value.as_str()) {
            ("", _) => f.write_str("all calls"),
            (name, "") => write!(f, "calls without {name}"),
            (name, value) => write!(f, "{name} {value}"),
        }
    }
}
