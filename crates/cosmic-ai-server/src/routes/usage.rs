//! `GET /v3/usage`: what the calls of a bucket cost, and how its budgets stand.

mod question;

use std::sync::Arc;
use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use cosmic_ai::Call;
use cosmic_ai::pricing::BudgetStanding;
use cosmic_ai::pricing::ledger::CounterScope;
use cosmic_ai::pricing::report::{Figures, Report, Row};
use jiff::Timestamp;
use serde::Serialize;

use self::question::Question;
use super::parameters::{Parameters, problem};
use crate::app::App;
use crate::bucket::{BUCKET_LABEL, Bucket};
use crate::error::ApiError;

/// What the calls of a bucket cost, and how its budgets stand.
#[derive(Debug, Serialize)]
pub(super) struct Usage {
    bucket: String,
    query: Asked,
    rows: Vec<Row>,
    total: Figures,
    standings: Vec<BudgetStanding>,
}

/// What was asked for, in the words of the parameters.
#[derive(Debug, Serialize)]
struct Asked {
    by: Vec<String>,
    since: Option<String>,
    until: Option<String>,
}

/// Reports the calls of one bucket, never of another.
pub(super) async fn report(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Result<Json<Usage>, ApiError> {
    let parameters = Parameters::of(&uri)?;
    parameters.only(&["bucket", "by", "since", "until", "read_key"])?;
    let bucket = asked_bucket(&app, &parameters, &headers)?;
    let Question { query, by } = Question::read(&parameters, bucket)?;
    let Report { query, rows, total, .. } = Report::of(&*app.ledger, &query).await.map_err(|error| {
        tracing::error!(%error, "the ledger cannot be read");
        ApiError::unavailable("the ledger cannot be read now")
    })?;
    let standings = match bucket.meter() {
        Some(meter) => meter.standings(&Call::new()).await?,
        None => Vec::new(),
    };
    // What is left of a budget that others share says what they spend: it is shown as little as by its 402.
    let own = CounterScope::label(BUCKET_LABEL, &bucket.slug);
    let is_shown =
        |standing: &BudgetStanding| standing.scope == own || bucket.shared_budget(&standing.budget).is_none();
    let standings = standings.into_iter().filter(is_shown).collect();
    let moment = |time: SystemTime| Timestamp::try_from(time).ok().map(|stamp| stamp.to_string());
    let query = Asked { by, since: query.from.and_then(moment), until: query.until.and_then(moment) };
    Ok(Json(Usage { bucket: bucket.slug.clone(), query, rows, total, standings }))
}

/// The bucket that is named, or else the one that the key is of.
fn asked_bucket<'a>(app: &'a App, parameters: &Parameters, headers: &HeaderMap) -> Result<&'a Bucket, ApiError> {
    let key = parameters.get("read_key")?;
    if let Some(slug) = parameters.get("bucket")? {
        let bucket = app.bucket(slug)?;
        bucket.keys.may_read(headers, key)?;
        return Ok(bucket);
    }
    let mut refusal = None;
    let mut found: Vec<&Bucket> = Vec::new();
    // All of them, so that the time says nothing of which one it is.
    for bucket in app.buckets.values() {
        match bucket.keys.may_read(headers, key) {
            Ok(()) => found.push(bucket),
            Err(error) => refusal = Some(error),
        }
    }
    match found.as_slice() {
        [bucket] => Ok(*bucket),
        [] => Err(refusal.unwrap_or_else(ApiError::no_bucket)),
        _ => {
            let several = cosmic_ai::Problem::new("bucket", "is not given, and the key is of several: name one");
            Err(problem(several.allowed(found.iter().map(|bucket| &bucket.slug))))
        }
    }
}
