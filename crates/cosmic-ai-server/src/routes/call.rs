//! What every call that generates has in common: it is let in, read, checked and given its turn, and it goes on when its client
//! leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use cosmic_ai::pricing::ledger::State;
use cosmic_ai::{Call, Canonical, Client, Error, Problem, Progress, RequestRef, Usage};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::app::App;
use crate::body;
use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::gate::Turn;
use crate::operation::{Operation, put_aside};

/// Says that an answer was given before and cost nothing now.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How much longer than the time of a call its end is waited for: backends keep that time themselves, as well as they can.
const GRACE: Duration = Duration::from_secs(30);

/// A call that may be made.
pub(super) struct Accepted<R> {
    pub(super) bucket: Arc<Bucket>,
    pub(super) request: R,
    pub(super) operation: Operation,
    /// Whether the answer is asked for as it is written.
    pub(super) is_streamed: bool,
    /// Set once its answer comes from the ledger: it was made before, and costs nothing now.
    replayed: Arc<AtomicBool>,
    pub(super) turn: Turn,
    /// A stop waits until this is dropped.
    pub(super) under_way: TaskTrackerToken,
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
            Some(other) => return Err(not_a_switch(&other)),
        };
        put_aside(&mut body);
        let request: R = body::read(body, &app.registry)?;
        app.registry.canonical(&request).map_err(|problems| ApiError::from(&problems))?;
        let operation = Operation::of(headers, &bucket)?;
        let under_way = app.tasks.token();
        let turn = tokio::select! {
            biased;
            () = app.stopping.cancelled() => return Err(stopping()),
            turn = app.gate.enter() => turn?,
        };
        Ok(Self { bucket, request, operation, is_streamed, replayed: Arc::default(), turn, under_way })
    }

    /// The circumstances of the call.
    pub(super) fn call(&self, app: &App) -> Call {
        let replayed = self.replayed.clone();
        Call::of(self.operation.id.clone()).with_time_limit(app.config.limits.call_time).with_progress(
            move |progress| {
                if matches!(progress, Progress::Recorded) {
                    replayed.store(true, Ordering::Relaxed);
                }
            },
        )
    }

    /// Whether the answer was given before.
    pub(super) fn is_replayed(&self) -> bool {
        self.replayed.load(Ordering::Relaxed)
    }

    /// Whether it has an answer already, as far as that can be known before it is made.
    pub(super) async fn is_answered(&self, app: &App) -> bool {
        if !self.operation.is_keyed {
            return false;
        }
        let entry = app.ledger.entry(&self.operation.id).await;
        entry.is_ok_and(|entry| entry.is_some_and(|entry| entry.state == State::Settled))
    }

    /// The client that makes the call: one that keeps the answer, if it may be asked for again.
    pub(super) fn client(&self) -> &Client {
        if self.operation.is_keyed { &self.bucket.keeping } else { &self.bucket.client }
    }
}

/// Does the work of a call to its end, whether its client waits or not.
pub(super) async fn to_the_end(
    app: &App,
    work: impl Future<Output = Result<Response, ApiError>> + Send + 'static,
) -> Result<Response, ApiError> {
    app.tasks.spawn(work).await.unwrap_or_else(|_| Err(ApiError::internal()))
}

/// Has something generated, unless a stop has no more time for it, or it takes longer than a call may.
pub(super) async fn generated<T>(
    app: &App,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<Result<T, Error>, ApiError> {
    let most = app.config.limits.call_time.saturating_add(GRACE);
    tokio::select! {
        biased;
        result = work => Ok(result),
        () = app.cutting.cancelled() => Err(cut("the server stopped before the call had ended; it may have been billed")),
        () = tokio::time::sleep(most) => Err(cut("the call took too long and was given up; it may have been billed")),
    }
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

/// The refusal of a call that was not begun.
fn stopping() -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping").with_retry_after(Duration::from_secs(5))
}

/// The end of a call that was begun. Nothing in it invites to send it again: it may have been billed.
fn cut(message: &str) -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, message)
        .with_code("OUTCOME_UNKNOWN")
        .with("outcome", json!("unknown"))
}

fn not_a_switch(given: &Value) -> ApiError {
    let problem =
        Problem::new("stream", "is neither true nor false").given(body::shown(given)).allowed(["true", "false"]);
    ApiError::from(&cosmic_ai::InvalidRequest::new(vec![problem]))
}
