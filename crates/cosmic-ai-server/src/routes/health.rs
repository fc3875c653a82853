//! `/healthz`, `/readyz`, `/metrics` and `/openapi.json`: how the server is, and what it serves.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cosmic_ai::OperationId;
use serde_json::{Value, json};

use crate::app::App;
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

/// Ledger and library answer, and the server is not stopping.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    if app.stopping.is_cancelled() {
        return Err(not_ready("the server is stopping"));
    }
    let nothing = OperationId::mint();
    let (ledger, library) = tokio::join!(
        tokio::time::timeout(PATIENCE, app.ledger.entry(&nothing)),
        tokio::time::timeout(PATIENCE, app.disk.file("readyz")),
    );
    if !matches!(ledger, Ok(Ok(_))) {
        return Err(not_ready("the ledger does not answer"));
    }
    if !matches!(library, Ok(Ok(_))) {
        return Err(not_ready("the media library does not answer"));
    }
    Ok(Json(json!({ "status": "ready" })))
}

fn not_ready(message: &str) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message)
}

/// What the server counted, in the text format of Prometheus.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    ([(CONTENT_TYPE, METRICS)], app.metrics.text()).into_response()
}

/// The description of the API.
pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone()).into_response()
}
