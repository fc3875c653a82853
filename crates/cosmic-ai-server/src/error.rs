//! What a refusal looks like on the wire: `{status, message}`, with more where there is more to say.

mod generation;

use std::time::Duration;

use axum::Json;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// When to come again to a server that cannot now, or to a service that did not say when.
const PAUSE: Duration = Duration::from_secs(5);

/// A refusal. Its body is JSON, whatever happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    retry_after: Option<Duration>,
    /// Fields beside `status` and `message`.
    extra: Map<String, Value>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None, extra: Map::new() }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// No bucket of that name. The name is not repeated: it may hold anything.
    pub(crate) fn no_bucket() -> Self {
        Self::not_found("no bucket of this slug")
    }

    pub(crate) fn no_route(method: &Method, uri: &Uri) -> Self {
        let path: String = uri.path().chars().take(200).collect();
        Self::not_found(format!("no route {method} {path}; see /openapi.json"))
    }

    /// The server itself cannot now, and did nothing. Says when to come again.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message).with_retry_after(PAUSE)
    }

    /// A fault of the server's own. The cause is in its log, not in the answer.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server failed; its log has the cause under the request id")
    }

    /// Asks to come again later.
    pub(crate) fn with_retry_after(mut self, pause: Duration) -> Self {
        self.retry_after = Some(pause);
        self
    }

    /// Adds a code, such as `INSUFFICIENT_CREDITS`.
    pub(crate) fn with_code(self, code: &str) -> Self {
        self.with("code", json!(code))
    }

    /// Adds a field.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The body.
    pub(crate) fn to_value(&self) -> Value {
        let mut body = Map::new();
        body.insert("status".to_owned(), json!(self.status.as_u16()));
        body.insert("message".to_owned(), json!(self.message));
        body.extend(self.extra.clone());
        Value::Object(body)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.to_value())).into_response();
        if let Some(pause) = self.retry_after {
            // Rounded up: who comes too early is refused again.
            let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_be_served_now_is_told_when_to_come_again() {
        let response = ApiError::unavailable("the ledger cannot be read now").into_response();
        assert_eq!((response.status().as_u16(), &response.headers()[RETRY_AFTER]), (503, &HeaderValue::from(5)));
        assert!(!ApiError::internal().into_response().headers().contains_key(RETRY_AFTER));
    }
}
