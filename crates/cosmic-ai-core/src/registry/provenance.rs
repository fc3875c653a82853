//! Where a figure comes from, and whether it is a fact or an assumption of ours.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// How sure a figure is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "basis", content = "reason")]
#[non_exhaustive]
pub enum Basis {
    /// The source states it.
    Documented,
    /// The sources are silent or contradict each other; the text says what was assumed and why.
    Assumed(Cow<'static, str>),
    /// An overlay of the application sets it.
    Custom,
}

/// The origin of a figure: how sure it is, who says so, and when that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Provenance {
    /// Documented, assumed (with the reason) or custom.
    #[serde(flatten)]
    pub basis: Basis,
    /// Title or address of the source; for an overlay its file name.
    pub source: Cow<'static, str>,
    /// The day the source was read, `YYYY-MM-DD`; empty where an overlay gives none.
    pub date: Cow<'static, str>,
}

impl Provenance {
    /// A figure that `source` states, as read on `date` (`YYYY-MM-DD`).
    pub const fn documented(source: &'static str, date: &'static str) -> Self {
        Self { basis: Basis::Documented, source: Cow::Borrowed(source), date: Cow::Borrowed(date) }
    }

    /// A figure assumed for `reason`, in the light of `source` as read on `date` (`YYYY-MM-DD`).
    pub const fn assumed(reason: &'static str, source: &'static str, date: &'static str) -> Self {
        Self { basis: Basis::Assumed(Cow::Borrowed(reason)), source: Cow::Borrowed(source), date: Cow::Borrowed(date) }
    }

    /// A figure set by an overlay named `source`.
    pub fn custom(source: impl Into<Cow<'static, str>>) -> Self {
        Self { basis: Basis::Custom, source: source.into(), date: Cow::Borrowed("") }
    }

    /// The reason of an assumption; `None` for documented and custom figures.
    pub fn assumption(&self) -> Option<&str> {
        match &self.basis {
            Basis::Assumed(reason) => Some(reason),
            Basis::Documented | Basis::Custom => None,
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.basis {
            Basis::Documented => f.write_str("documented")?,
            Basis::Assumed(reason) => write!(f, "assumed: {reason}")?,
            Basis::Custom => f.write_str("custom")?,
        }
        write!(f, " ({}", self.source)?;
        if !self.date.is_empty() {
            write!(f, ", {}", self.date)?;
        }
        f.write_str(")")
    }
}

/// A figure together with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Figure<T> {
    /// The figure.
    pub value: T,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl<T> Figure<T> {
    /// A figure and its origin.
    pub const fn new(value: T, provenance: Provenance) -> Self {
        Self { value, provenance }
    }
}
