//! `GET /v3/usage`: what the calls of a bucket cost, and how its budgets stand.

mod question;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use cosmic_ai::Call;
use cosmic_ai::pricing::BudgetStanding;
use cosmic_ai::pricing::ledger::CounterScope;
use cosmic_ai::pricing::report::Report;
use serde::Serialize;

use super::parameters::{Parameters, problem};
use crate::app::App;
use crate::bucket::{BUCKET_LABEL, Bucket};
use crate::error::ApiError;

/// What the calls of a bucket cost, and how its budgets stand.
#[derive(Debug, Serialize)]
pub(super) struct Usage {
    bucket: String,
    #[serde(flatten)]
    report: Report,
    standings: Vec<BudgetStanding>,
}

/// Reports the calls of one bucket, never of another.
pub(super) async fn report(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Result<Json<Usage>, ApiError> {
    let parameters = Parameters::of(&uri)?;
    parameters.only(&["bucket", "by", "since", "until", "read_key"])?;
    let bucket = asked_bucket(&app, &parameters, &headers)?;
    let query = question::read(&parameters, bucket)?;
    let report = Report::of(&*app.ledger, &query).await.map_err(|error| {
        tracing::error!(%error, "the ledger cannot be read");
        ApiError::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "the ledger cannot be read now")
    })?;
    let standings = match bucket.meter() {
        Some(meter) => meter.standings(&Call::new()).await?,
        None => Vec::new(),
    };
    // A budget over all buckets says what others spend.
    let is_own = |standing: &BudgetStanding| standing.scope == CounterScope::label(BUCKET_LABEL, &bucket.slug);
    let standings = standings.into_iter().filter(is_own).collect();
    Ok(Json(Usage { bucket: bucket.slug.clone(), report, standings }))
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
