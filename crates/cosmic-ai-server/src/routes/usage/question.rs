//! What a report is asked for, in the parameters of a query.

use std::time::SystemTime;

use cosmic_ai::Problem;
use cosmic_ai::pricing::report::{Dimension, ReportQuery};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::parameters::{Parameters, not_one_of, problem};
use crate::bucket::{BUCKET_LABEL, Bucket};
use crate::error::ApiError;

/// What rows may be told apart by.
const DIMENSIONS: [&str; 7] = ["model", "modality", "kind", "state", "day", "month", "label:NAME"];
/// How many dimensions there may be.
const MOST: usize = 8;

/// The query of a report on one bucket.
pub(super) fn read(parameters: &Parameters, bucket: &Bucket) -> Result<ReportQuery, ApiError> {
    let mut query = ReportQuery::all().with_label(BUCKET_LABEL, &bucket.slug);
    let dimensions = parameters.get("by")?.unwrap_or_default();
    let dimensions = dimensions.split(',').map(str::trim).filter(|name| !name.is_empty());
    for name in dimensions {
        query = query.by(dimension(name)?);
    }
    if query.by.len() > MOST {
        return Err(problem(Problem::new("by", "has more than 8 dimensions")));
    }
    query.from = moment(parameters, "since")?;
    query.until = moment(parameters, "until")?;
    if let (Some(from), Some(until)) = (query.from, query.until)
        && from >= until
    {
        return Err(problem(Problem::new("until", "is not after since")));
    }
    Ok(query)
}

fn dimension(name: &str) -> Result<Dimension, ApiError> {
    match name {
        "model" => Ok(Dimension::Model),
        "modality" => Ok(Dimension::Modality),
        "kind" => Ok(Dimension::Kind),
        "state" => Ok(Dimension::State),
        "day" => Ok(Dimension::day()),
        "month" => Ok(Dimension::month()),
        other => match other.strip_prefix("label:").filter(|label| !label.is_empty()) {
            Some(label) => Ok(Dimension::label(label)),
            None => Err(not_one_of("by", other, DIMENSIONS)),
        },
    }
}

/// A moment in RFC 3339, or a date, which is its first moment in UTC.
fn moment(parameters: &Parameters, name: &'static str) -> Result<Option<SystemTime>, ApiError> {
    let Some(text) = parameters.get(name)? else { return Ok(None) };
    // An offset's plus sign is a space in a query string, unless it is encoded.
    let stamp = text.parse::<Timestamp>().or_else(|_| text.replace(' ', "+").parse()).ok();
    let date = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    // The parser of dates would take the date out of a time without an offset.
    let date = || Some(text).filter(|text| text.len() == "2026-11-30".len()).and_then(|_| date());
    stamp.or_else(date).map(|stamp| Some(stamp.into())).ok_or_else(|| {
        let allowed = ["2026-11-30", "2026-11-30T08:00:00Z"];
        problem(Problem::new(name, "is neither a date nor a time in RFC 3339").given(text).allowed(allowed))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_their_first_moment_in_utc() {
        let at = |text: &str| {
            let parameters = Parameters::of(&format!("/?since={text}").parse().unwrap()).unwrap();
            moment(&parameters, "since").ok().flatten().map(|time| Timestamp::try_from(time).unwrap().to_string())
        };
        assert_eq!(at("2026-11-30").as_deref(), Some("2026-11-30T00:00:00Z"));
        assert_eq!(at("2026-11-30T08:00:00Z").as_deref(), Some("2026-11-30T08:00:00Z"));
        assert_eq!(at("2026-11-30T08:00:00+02:00").as_deref(), Some("2026-11-30T06:00:00Z"));
        assert_eq!(at("2026-11-30T08:00:00%2B02:00").as_deref(), Some("2026-11-30T06:00:00Z"));
        for wrong in ["yesterday", "2026-13-01", "2026-11-30T08:00:00", "", "20261130"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
