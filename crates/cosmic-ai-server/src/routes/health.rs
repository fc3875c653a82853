//! `/healthz`, `/readyz`, `/metrics` and `/openapi.json`: how the server is, and what it serves.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cosmic_ai::OperationId;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::bearer;
use crate::error::ApiError;
use crate::openapi;

/// How long ledger and library may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The format of metrics, as Prometheus asks for it.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The document does not change while a server runs.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| openapi::document().to_string().into());

/// The process answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Ledger and library answer, a file can be made, and the server is not stopping.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    if app.stopping.is_cancelled() {
        return Err(not_ready("the server is stopping"));
    }
    let (nothing, data) = (OperationId::mint(), app.config.data.clone());
    let (ledger, library, file) = tokio::join!(
        tokio::time::timeout(PATIENCE, app.ledger.entry(&nothing)),
        tokio::time::timeout(PATIENCE, app.disk.file("readyz")),
        // The databases are open already: they answer also when no medium could be stored.
        tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(move || tempfile::tempfile_in(data).map(drop))),
    );
    if !matches!(ledger, Ok(Ok(_))) {
        return Err(not_ready("the ledger does not answer"));
    }
    if !matches!(library, Ok(Ok(_))) {
        return Err(not_ready("the media library does not answer"));
    }
    if let Ok(Ok(Err(error))) = &file {
        tracing::warn!(%error, "no file can be made in the data folder");
    }
    if !matches!(file, Ok(Ok(Ok(())))) {
        return Err(not_ready("no file can be made in the data folder"));
    }
    Ok(Json(json!({ "status": "ready" })))
}

fn not_ready(message: &str) -> ApiError {
    ApiError::unavailable(message)
}

/// What the server counted, in the text format of Prometheus. It says what all buckets spend together, so whoever is elsewhere
/// needs a key of its own for it.
pub(super) async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    match &app.config.metrics_key {
        Some(key) if bearer(&headers)?.is_some_and(|given| key.is_of(given)) => {}
        Some(_) => return Err(ApiError::unauthorized("the key for metrics is required: as `Authorization: Bearer …`")),
        None if app.config.address.ip().is_loopback() => {}
        None => {
            let message = "metrics are served on the loopback interface alone, unless `metrics_key` is configured";
            return Err(ApiError::not_found(message));
        }
    }
    Ok(([(CONTENT_TYPE, METRICS)], app.metrics.text()).into_response())
}

/// The description of the API.
pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone()).into_response()
}
