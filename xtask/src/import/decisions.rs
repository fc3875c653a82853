//! What was decided about gaps and contradictions of the page, once, with the reason: `registry/decisions.toml`.
//!
//! A decision holds as long as the page says what was decided about. When it says something else, it is asked again.

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    decision: Vec<Decision>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// What it is about, as the report of `import` calls it.
    pub(super) keys: Vec<String>,
    /// What the page says, as the report words it.
    pub(super) page: String,
    #[serde(rename = "decision")]
    pub(super) what: String,
    pub(super) reason: String,
    pub(super) date: String,
}

#[derive(Default)]
pub(super) struct Decisions(Vec<Decision>);

impl Decisions {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let document: Document = toml::from_str(text).context("cannot read the decisions")?;
        Ok(Self(document.decision))
    }

    /// The decision about what the page says there.
    pub(super) fn about(&self, key: &str, page: &str) -> Option<&Decision> {
        self.0.iter().find(|decision| decision.page == page && decision.keys.iter().any(|known| known == key))
    }

    /// Every key that was decided about, with what the page said then.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, &Decision)> {
        self.0.iter().flat_map(|decision| decision.keys.iter().map(move |key| (key.as_str(), decision)))
    }
}
