//! What every call that generates has in common: it is let in, read, checked and given its turn, and it goes on when its client
//! leaves.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use cosmic_ai::pricing::ledger::State;
use cosmic_ai::{Canonical, Client, RequestRef, Usage};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::App;
use crate::body;
use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::gate::Turn;
use crate::operation::{Operation, put_aside};

/// Says that an answer was given before and cost nothing now.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A call that may be made.
pub(super) struct Accepted<R> {
    pub(super) bucket: Arc<Bucket>,
    pub(super) request: R,
    pub(super) operation: Operation,
    /// Whether the answer is asked for as it is written.
    pub(super) is_streamed: bool,
    /// Whether it was answered before.
    pub(super) is_replayed: bool,
    pub(super) turn: Turn,
}

impl<R> Accepted<R> {
    /// Lets a call in, or says why not. Nothing is held or sent before.
    pub(super) async fn of(app: &App, slug: &str, headers: &HeaderMap, body: Body) -> Result<Self, ApiError>
    where
        R: Canonical + DeserializeOwned,
        for<'r> &'r R: Into<RequestRef<'r>>,
    {
        let bucket = app.bucket(slug)?.clone();
        if headers.contains_key(axum::http::header::AUTHORIZATION) {
            // Before the body is read: it may be large.
            bucket.keys.may_write(headers, None)?;
        }
        let mut body = body::json_object(headers, body, &app.config.limits).await?;
        let key = body.remove("write_key");
        bucket.keys.may_write(headers, key.as_ref().and_then(Value::as_str))?;
        bucket.rate.count()?;
        let is_streamed = match body.remove("stream") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is_streamed)) => is_streamed,
            Some(_) => return Err(ApiError::bad_request("stream: is neither true nor false")),
        };
        put_aside(&mut body);
        let request: R = body::read(body)?;
        app.registry.canonical(&request).map_err(|problems| ApiError::from(&problems))?;
        let operation = Operation::of(headers, &bucket)?;
        if app.stopping.is_cancelled() {
            return Err(stopping());
        }
        let turn = app.gate.enter().await?;
        let is_replayed = operation.is_keyed && was_answered(app, &operation).await;
        Ok(Self { bucket, request, operation, is_streamed, is_replayed, turn })
    }

    /// The client that makes the call: one that keeps the answer, if it may be asked for again.
    pub(super) fn client(&self) -> &Client {
        if self.operation.is_keyed { &self.bucket.keeping } else { &self.bucket.client }
    }
}

/// Whether the operation was answered before, as far as that can be known now. Only a header hangs on it.
async fn was_answered(app: &App, operation: &Operation) -> bool {
    let entry = app.ledger.entry(&operation.id).await;
    entry.is_ok_and(|entry| entry.is_some_and(|entry| entry.state == State::Settled))
}

/// Does the work of a call to its end, whether its client waits or not; a stop that has no more time cuts it.
pub(super) async fn to_the_end(
    app: &App,
    work: impl Future<Output = Result<Response, ApiError>> + Send + 'static,
) -> Result<Response, ApiError> {
    let cutting = app.cutting.clone();
    let work = app.tasks.spawn(async move {
        tokio::select! {
            biased;
            result = work => result,
            () = cutting.cancelled() => Err(stopping()),
        }
    });
    work.await.unwrap_or_else(|_| Err(ApiError::internal()))
}

/// Counts what a call was charged, where that is known.
pub(super) fn count_charge<'r>(app: &App, request: impl Into<RequestRef<'r>>, usage: Option<&Usage>) {
    let request = request.into();
    if let Some(charge) = app.registry.cost(request, usage).charge() {
        app.metrics.charged(request.modality(), charge.total());
    }
}

/// Marks an answer that was given before.
pub(super) fn marked(answer: impl axum::response::IntoResponse, is_replayed: bool) -> Response {
    let mut response = answer.into_response();
    if is_replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

fn stopping() -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping")
        .with_retry_after(std::time::Duration::from_secs(5))
}
