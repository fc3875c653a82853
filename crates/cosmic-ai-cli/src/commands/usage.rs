//! `usage`: what was spent on what, from the ledger.

use std::time::SystemTime;

use cosmic_ai::pricing::ledger::LedgerError;
use cosmic_ai::pricing::report::{Dimension, Report, ReportQuery};
use cosmic_ai::{Outcome, Problem};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::args::UsageCommand;
use crate::failure::Failure;
use crate::session::{LABEL, Session};

pub(super) async fn run(session: &Session, command: &UsageCommand) -> Result<(), Failure> {
    let mut query = ReportQuery::all();
    for name in command.by.iter().flat_map(|names| names.split(',')) {
        query = query.by(dimension(name.trim())?);
    }
    if let Some(since) = &command.since {
        query = query.with_from(moment(since, Timestamp::now())?);
    }
    let ledger = session.ledger().await?;
    let failed = |error: LedgerError| Failure::Call(error.into());
    // What died with its process is unresolved by now.
    ledger.expire(SystemTime::now()).await.map_err(failed)?;
    let report = Report::of(&*ledger, &query).await.map_err(failed)?;
    if session.output.json {
        session.output.object(&json!(report), Outcome::Refused)?;
    } else {
        session.output.lines(&report.to_string())?;
    }
    Ok(())
}

fn dimension(name: &str) -> Result<Dimension, Failure> {
    match name {
        "model" => Ok(Dimension::Model),
        "modality" => Ok(Dimension::Modality),
        "day" => Ok(Dimension::day()),
        "label" => Ok(Dimension::label(LABEL)),
        other => {
            let name = other.strip_prefix("label:").filter(|name| !name.is_empty());
            name.map(Dimension::label).ok_or_else(|| {
                let problem = Problem::new("by", "is not known").given(other);
                Failure::invalid(problem.allowed(["model", "day", "modality", "label", "label:NAME"]))
            })
        }
    }
}

/// A time ago (`7d`, `12h`, `30m`), a day in UTC, or a time.
fn moment(text: &str, now: Timestamp) -> Result<SystemTime, Failure> {
    let ago = || {
        let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let count: i64 = count.parse().ok().filter(|count| *count >= 0)?;
        let hours = match unit {
            "d" => SignedDuration::from_hours(count.checked_mul(24).filter(|hours| *hours < 1_000_000)?),
            "h" if count < 1_000_000 => SignedDuration::from_hours(count),
            "m" if count < 1_000_000 => SignedDuration::from_mins(count),
            _ => return None,
        };
        now.checked_sub(hours).ok()
    };
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    // A time would read as a day too, and lose its hours.
    let at = ago().or_else(|| text.parse().ok()).or_else(day);
    at.map(SystemTime::from).ok_or_else(|| {
        let problem = Problem::new("since", "is no time").given(text);
        Failure::invalid(problem.allowed(["7d", "12h", "30m", "2026-11-01", "2026-11-01T12:00:00Z"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_each_form() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let check = |text: &str, expected: &str| {
            let at = Timestamp::try_from(moment(text, now).unwrap()).unwrap();
            assert_eq!(at, expected.parse::<Timestamp>().unwrap(), "{text}");
        };
        check("7d", "2026-11-15T12:00:00Z");
        check("12h", "2026-11-22T00:00:00Z");
        check("30m", "2026-11-22T11:30:00Z");
        check("2026-11-01", "2026-11-01T00:00:00Z");
        check("2026-11-01T12:30:00Z", "2026-11-01T12:30:00Z");
        check("2026-11-01T12:30:00+02:00", "2026-11-01T10:30:00Z");
        for wrong in ["", "d", "-1d", "yesterday", "99999999999999999d", "7w", "é"] {
            assert_eq!(moment(wrong, now).unwrap_err().exit_code(), 3, "{wrong}");
        }
    }
}
