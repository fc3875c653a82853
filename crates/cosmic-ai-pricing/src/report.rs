//! Reports: what calls cost, told apart by model, label, day and more, and how near the estimates came.

mod dimension;
mod figures;
mod table;

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

pub use self::dimension::{Dimension, Zone};
pub use self::figures::{Drift, Figures, Holds, OverHold};
use crate::clock::rfc3339;
use crate::ledger::{Entry, EntryQuery, Kind, Ledger, LedgerError, State};

/// What a report is of: calls reserved in a window of time, told apart by dimensions.
///
/// ```
/// use cosmic_ai_pricing::report::{Dimension, ReportQuery};
///
/// let query = ReportQuery::all().with_label("project", "spring").by(Dimension::Model).by(Dimension::label("user"));
/// assert_eq!(serde_json::to_string(&query.by)?, r#"["model",{"label":"user"}]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReportQuery {
    /// From when on, inclusive; `None` is from the beginning.
    #[serde(default, with = "rfc3339::option")]
    pub from: Option<SystemTime>,
    /// Until when, exclusive; `None` is for ever.
    #[serde(default, with = "rfc3339::option")]
    pub until: Option<SystemTime>,
    /// Only calls with these labels, all of them. An empty value stands for calls without the label.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What rows are told apart by, in this order. With nothing there is one row of all calls.
    #[serde(default)]
    pub by: Vec<Dimension>,
}

impl ReportQuery {
    /// All calls, in one row.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only calls reserved at `from` or later.
    #[must_use]
    pub const fn with_from(mut self, from: SystemTime) -> Self {
        self.from = Some(from);
        self
    }

    /// Only calls reserved before `until`.
    #[must_use]
    pub const fn with_until(mut self, until: SystemTime) -> Self {
        self.until = Some(until);
        self
    }

    /// Only calls with this label. An empty value stands for calls without it.
    #[must_use]
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Tells rows apart by one more dimension.
    #[must_use]
    pub fn by(mut self, dimension: Dimension) -> Self {
        self.by.push(dimension);
        self
    }

    fn wants(&self, entry: &Entry) -> bool {
        self.labels.iter().all(|(name, value)| entry.labels.get(name).map_or("", String::as_str) == value)
    }

    fn key_of(&self, entry: &Entry) -> Vec<Option<String>> {
        self.by.iter().map(|dimension| dimension.of(entry)).collect()
    }
}

/// What calls cost, in rows.
///
/// Every call is in exactly one row, and the rows add up to the totals. `Display` is an aligned table with a line for each
/// row and one for the totals. Serialises with times in RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// What was asked for.
    pub query: ReportQuery,
    /// The rows, ordered by their keys.
    pub rows: Vec<Row>,
    /// All rows together.
    pub total: Figures,
}

/// A row of a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// A value for each dimension that was asked for, in that order; `None` where the calls of the row have none.
    pub key: Vec<Option<String>>,
    /// What its calls cost.
    pub figures: Figures,
}

impl Report {
    /// Adds up what a ledger holds, a page of entries at a time.
    ///
    /// What is reserved or settled meanwhile may or may not be in it. Calls whose deadline has passed count as they are
    /// recorded, so [expire](Ledger::expire) them first if that matters.
    ///
    /// ```
    /// use cosmic_ai_pricing::ledger::MemoryLedger;
    /// use cosmic_ai_pricing::report::{Dimension, Report, ReportQuery};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let by_day = ReportQuery::all().by(Dimension::day_in("Europe/Berlin")?);
    /// let report = Report::of(&MemoryLedger::new(), &by_day).await?;
    /// assert_eq!((report.rows.len(), report.total.calls), (0, 0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the ledger cannot be read, or a sum is larger than a 64-bit number.
    pub async fn of(ledger: &dyn Ledger, query: &ReportQuery) -> Result<Self, LedgerError> {
        let mut rows: BTreeMap<Vec<Option<String>>, Figures> = BTreeMap::new();
        let mut total = Figures::default();
        let mut pages = EntryQuery::all();
        (pages.from, pages.until) = (query.from, query.until);
        loop {
            let page = ledger.entries(&pages).await?;
            let Some(last) = page.last() else { break };
            pages = pages.with_after(last);
            for entry in page.iter().filter(|entry| query.wants(entry) && is_reported(entry)) {
                rows.entry(query.key_of(entry)).or_default().add(entry)?;
                total.add(entry)?;
            }
        }
        let rows = rows.into_iter().map(|(key, figures)| Row { key, figures }).collect();
        Ok(Self { query: query.clone(), rows, total })
    }
}

/// Plans are no calls: only what they still hold counts.
fn is_reported(entry: &Entry) -> bool {
    entry.kind != Kind::Plan || entry.state == State::Reserved
}
