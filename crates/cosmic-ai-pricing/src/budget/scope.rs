//! Scopes: whose calls a budget counts.

use std::collections::BTreeMap;
use std::fmt;

use crate::ledger::{CounterScope, value_of};

/// Whose calls a budget counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// Everyone's.
    Everything,
    /// Those whose label `name` has this `value`.
    Label {
        /// The label's name.
        name: String,
        /// Its value. An empty one stands for calls without the label.
        value: String,
    },
    /// Each value of a label for itself, such as every user. Calls without the label share one budget, so that leaving it
    /// out evades nothing.
    Each {
        /// The label's name.
        name: String,
    },
}

impl Scope {
    /// The calls with a label of this value.
    pub fn label(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Label { name: name.into(), value: value.into() }
    }

    /// The calls to a bucket: those with the label `bucket`.
    pub fn bucket(slug: impl Into<String>) -> Self {
        Self::label("bucket", slug)
    }

    /// The calls of a project: those with the label `project`.
    pub fn project(name: impl Into<String>) -> Self {
        Self::label("project", name)
    }

    /// The calls of a user: those with the label `user`.
    pub fn user(name: impl Into<String>) -> Self {
        Self::label("user", name)
    }

    /// Each value of a label for itself.
    pub fn each(name: impl Into<String>) -> Self {
        Self::Each { name: name.into() }
    }

    /// What a call with these labels counts in; `None` if it is none of this scope's.
    pub(crate) fn counted(&self, labels: &BTreeMap<String, String>) -> Option<CounterScope> {
        match self {
            Self::Everything => Some(CounterScope::everything()),
            Self::Label { name, value } => {
                let scope = CounterScope::label(name.as_str(), value.as_str());
                scope.covers(labels).then_some(scope)
            }
            Self::Each { name } => Some(CounterScope::label(name.as_str(), value_of(name, labels))),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("all calls"),
            Self::Label { name, value } => CounterScope::label(name.as_str(), value.as_str()).fmt(f),
            Self::Each { name } => write!(f, "each {name}"),
        }
    }
}
