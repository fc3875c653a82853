//! Periods: the windows of time after which a budget begins anew.

use std::fmt;
use std::time::SystemTime;

use cosmic_ai_core::{InvalidRequest, Problem};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// How often a budget begins anew. Days and months begin at midnight of a time zone, UTC if none is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    length: Length,
    zone: TimeZone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Day,
    /// From this day of the month on.
    Month(i8),
    Forever,
}

impl Period {
    /// Each day.
    pub const fn day() -> Self {
        Self { length: Length::Day, zone: TimeZone::UTC }
    }

    /// Each month, from its first day on.
    pub const fn month() -> Self {
        Self { length: Length::Month(1), zone: TimeZone::UTC }
    }

    /// Each month, from this day of it on: 1 to 31. In a month that has no such day it begins on the last.
    ///
    /// # Errors
    /// For another day, with the nearest.
    pub fn month_from(day: u8) -> Result<Self, InvalidRequest> {
        if let Ok(day @ 1..=31) = i8::try_from(day) {
            return Ok(Self { length: Length::Month(day), zone: TimeZone::UTC });
        }
        let problem = Problem::new("start_day", "is no day of a month").given(day).allowed(["1 to 31"]);
        Err(InvalidRequest::new(vec![problem.nearest(Some(day.clamp(1, 31)))]))
    }

    /// Never anew.
    pub const fn forever() -> Self {
        Self { length: Length::Forever, zone: TimeZone::UTC }
    }

    /// Counts days by this time zone, by its name in the IANA database, such as `Europe/Berlin`.
    ///
    /// # Errors
    /// For a name that is not in the database of the machine, nor in the one that is built in.
    pub fn in_time_zone(mut self, name: &str) -> Result<Self, InvalidRequest> {
        self.zone = TimeZone::get(name).map_err(|_| {
            let problem = Problem::new("time_zone", "is not a name of the IANA time zone database");
            InvalidRequest::new(vec![problem.given(name).allowed(["UTC, Europe/Berlin, America/New_York, …"])])
        })?;
        Ok(self)
    }

    /// The period that `at` is in: from when, inclusive, until when, exclusive. `None` is for ever.
    pub fn window(&self, at: SystemTime) -> (SystemTime, Option<SystemTime>) {
        let whole = (SystemTime::UNIX_EPOCH, None);
        let Ok(stamp) = Timestamp::try_from(at) else { return whole };
        let today = stamp.to_zoned(self.zone.clone()).date();
        let bounds = match self.length {
            Length::Forever => None,
            Length::Day => today.tomorrow().ok().map(|tomorrow| (today, tomorrow)),
            Length::Month(day) => month_around(today, day),
        };
        let bounds = bounds.and_then(|(first, next)| Some((self.midnight(first)?, self.midnight(next)?)));
        bounds.map_or(whole, |(from, until)| (from, Some(until)))
    }

    /// When a day begins here: where a change of the clock skips midnight, at the first moment after it.
    fn midnight(&self, date: Date) -> Option<SystemTime> {
        let start: Zoned = self.zone.to_zoned(date.to_datetime(Time::midnight())).ok()?.start_of_day().ok()?;
        Some(start.timestamp().into())
    }
}

/// The month from `day` to `day` that `today` is in.
fn month_around(today: Date, day: i8) -> Option<(Date, Date)> {
    let start_in = |date: Date| date.first_of_month().with().day(day.min(date.days_in_month())).build().ok();
    let this = start_in(today)?;
    if today >= this {
        let next = today.first_of_month().checked_add(1.month()).ok()?;
        Some((this, start_in(next)?))
    } else {
        let last = today.first_of_month().checked_sub(1.month()).ok()?;
        Some((start_in(last)?, this))
    }
}

impl fmt::Display for Period {
    /// As it follows an amount: `a day`, `a month from day 15 (Europe/Berlin)`, `in all`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            Length::Day => f.write_str("a day")?,
            Length::Month(1) => f.write_str("a month")?,
            Length::Month(day) => write!(f, "a month from day {day}")?,
            Length::Forever => return f.write_str("in all"),
        }
        match self.zone.iana_name() {
            Some(name) if name != "UTC" => write!(f, " ({name})"),
            _ => Ok(()),
        }
    }
}
