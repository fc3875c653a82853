//! What the rows of a report are told apart by.

use std::fmt;

use cosmic_ai_core::{InvalidRequest, Modality};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::budget::Period;
use crate::ledger::{Entry, Kind};

/// What the rows of a report are told apart by. `Display` is the heading of its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dimension {
    /// The model. Plans have none.
    Model,
    /// What was made: text, image, video or speech. Plans have none.
    Modality,
    /// What was asked for: like the modality, but continuations of clips and plans are kinds of their own.
    Kind,
    /// Where the operation stands, such as `settled`.
    State,
    /// The value of a label.
    Label(String),
    /// The day of the reservation, such as `2026-11-30`.
    Day(Zone),
    /// The month of the reservation, such as `2026-11`.
    Month(Zone),
}

impl Dimension {
    /// The value of the label `name`.
    pub fn label(name: impl Into<String>) -> Self {
        Self::Label(name.into())
    }

    /// The day, in UTC.
    pub const fn day() -> Self {
        Self::Day(Zone::UTC)
    }

    /// The day, in this time zone of the IANA database, such as `Europe/Berlin`.
    ///
    /// # Errors
    /// For a name that is not in the database.
    pub fn day_in(time_zone: &str) -> Result<Self, InvalidRequest> {
        Zone::named(time_zone).map(Self::Day)
    }

    /// The month, in UTC.
    pub const fn month() -> Self {
        Self::Month(Zone::UTC)
    }

    /// The month, in this time zone of the IANA database.
    ///
    /// # Errors
    /// For a name that is not in the database.
    pub fn month_in(time_zone: &str) -> Result<Self, InvalidRequest> {
        Zone::named(time_zone).map(Self::Month)
    }

    /// The value of an entry here; `None` if it has none.
    pub(super) fn of(&self, entry: &Entry) -> Option<String> {
        match self {
            Self::Model => entry.model.as_ref().map(ToString::to_string),
            Self::Modality => modality_of(entry.kind).map(|modality| modality.to_string()),
            Self::Kind => Some(entry.kind.to_string()),
            Self::State => Some(entry.state.to_string()),
            // An empty value is the same as none, as it is for budgets.
            Self::Label(name) => entry.labels.get(name).filter(|value| !value.is_empty()).cloned(),
            Self::Day(zone) => zone.date(entry).map(|date| date.to_string()),
            Self::Month(zone) => zone.date(entry).map(|date| date.strftime("%Y-%m").to_string()),
        }
    }
}

const fn modality_of(kind: Kind) -> Option<Modality> {
    match kind {
        Kind::Text => Some(Modality::Text),
        Kind::Image => Some(Modality::Image),
        Kind::Video | Kind::Extend => Some(Modality::Video),
        Kind::Speech => Some(Modality::Speech),
        Kind::Plan => None,
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Model => "model",
            Self::Modality => "modality",
            Self::Kind => "kind",
            Self::State => "state",
            Self::Label(name) => name,
            Self::Day(_) => "day",
            Self::Month(_) => "month",
        })
    }
}

/// A time zone of the IANA database, by whose midnights days are counted. Serialises to its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of this name, such as `Europe/Berlin`.
    ///
    /// # Errors
    /// For a name that is not in the database of the machine, nor in the one that is built in.
    pub fn named(name: &str) -> Result<Self, InvalidRequest> {
        // Budgets judge names in the same words.
        TimeZone::get(name).map(Self).or_else(|_| Period::day().in_time_zone(name).map(|_| Self::UTC))
    }

    fn date(&self, entry: &Entry) -> Option<Date> {
        let stamp = Timestamp::try_from(entry.at).ok()?;
        Some(stamp.to_zoned(self.0.clone()).date())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl TryFrom<String> for Zone {
    type Error = InvalidRequest;

    fn try_from(name: String) -> Result<Self, InvalidRequest> {
        Self::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}
