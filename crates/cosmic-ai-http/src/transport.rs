//! Sends paid requests: one at a time, at most once unless nothing was billed, within its time limits.

mod body;
mod fault;

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cosmic_ai_core::{Call, Error, ErrorKind, Modality, Outcome, Progress, TimeoutStage};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Request, Response, Url};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

pub(crate) use self::body::{BodyStream, read_until, read_whole};
pub(crate) use self::fault::{broken, timed_out, unsent_or_unknown};
use crate::classify::{Answer, classify, mask_body, mask_text, parse};
use crate::config::{Config, Timeouts};
use crate::retry::retry_after;

/// How much of a refusal is read, in bytes.
const REFUSAL_LIMIT: usize = 64 << 10;
/// How often one who watches a call hears that it is still awaited.
const WAITING_EVERY: Duration = Duration::from_secs(1);
/// Headers under which services give the id of a request.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "request-id", "cf-ray"];

/// Sends requests through one HTTP client.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) client: reqwest::Client,
    /// What every paid request carries: key, content type, the application's own.
    pub(crate) headers: HeaderMap,
    /// What the application adds to every request to the API.
    pub(crate) own_headers: HeaderMap,
    pub(crate) permits: Option<Arc<Semaphore>>,
    pub(crate) config: Arc<Config>,
}

/// A paid request, ready to leave.
pub(crate) struct Paid<'a> {
    pub(crate) call: &'a Call,
    pub(crate) modality: Modality,
    pub(crate) url: &'a Url,
    pub(crate) body: Bytes,
}

/// A successful answer whose body is still to be read, and what goes with it.
pub(crate) struct Received {
    pub(crate) response: Response,
    pub(crate) limits: Limits,
    /// Held until the answer is read.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
    /// Counted from 1.
    pub(crate) attempt: u32,
}

/// The time limits of one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) stages: Timeouts,
    /// The whole time of the call.
    pub(crate) total: Duration,
    pub(crate) started: Instant,
}

impl Limits {
    pub(crate) fn of(config: &Config, call: &Call, modality: Modality) -> Self {
        let stages = config.timeouts.unwrap_or_else(|| Timeouts::of(modality));
        let total = call.time_limit().map_or(stages.total, |limit| limit.min(stages.total));
        Self { stages, total, started: Instant::now() }
    }

    /// What is left of the whole time.
    pub(crate) fn left(&self) -> Duration {
        self.total.saturating_sub(self.started.elapsed())
    }

    /// The limit of a stage, and which limit it is: the stage's own, or the end of the whole time if that comes first.
    fn stage(&self, stage: TimeoutStage, limit: Duration) -> (TimeoutStage, Duration, Duration) {
        let left = self.left();
        if left < limit { (TimeoutStage::Total, left, self.total) } else { (stage, limit, limit) }
    }
}

impl Transport {
    /// Sends a request until it is answered, refused for good, or its outcome is open.
    pub(crate) async fn exchange(&self, paid: &Paid<'_>) -> Result<Received, Error> {
        let limits = Limits::of(&self.config, paid.call, paid.modality);
        let with_id = |error: Error| error.with_operation_id(paid.call.operation_id());
        let permit = self.permit(&limits).await.map_err(with_id)?;
        let mut attempt = 1;
        loop {
            paid.call.report(&Progress::Sending { attempt });
            let error = match self.attempt(paid, &limits).await {
                Ok(response) => {
                    if attempt == 1 {
                        self.config.retry.refill();
                    }
                    return Ok(Received { response, limits, permit, attempt });
                }
                Err(error) => error,
            };
            let Some(pause) = self.config.retry.pause(attempt, &error, limits.left()) else {
                return Err(with_id(error));
            };
            tracing::debug!(attempt, pause_ms = pause.as_millis(), status = error.status(), "sending again");
            paid.call.report(&Progress::Retrying { attempt, pause });
            sleep(pause).await;
            attempt += 1;
        }
    }

    /// A place among the calls in flight; waiting for one is part of the call's time.
    async fn permit(&self, limits: &Limits) -> Result<Option<OwnedSemaphorePermit>, Error> {
        let Some(permits) = &self.permits else { return Ok(None) };
        match timeout(limits.left(), permits.clone().acquire_owned()).await {
            Ok(permit) => Ok(permit.ok()),
            Err(_) => Err(timed_out(TimeoutStage::Total, limits.total, Outcome::NotSent)),
        }
    }

    /// Sends the request once.
    async fn attempt(&self, paid: &Paid<'_>, limits: &Limits) -> Result<Response, Error> {
        let mut request = Request::new(Method::POST, paid.url.clone());
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = Some(paid.body.clone().into());

        let (stage, wait, limit) = limits.stage(TimeoutStage::FirstByte, limits.stages.first_byte);
        if wait.is_zero() {
            return Err(timed_out(stage, limit, Outcome::NotSent));
        }
        let answered = {
            // Pinned here, so that what is large is not moved about.
            let sent = std::pin::pin!(self.client.execute(request));
            watched(paid.call, wait, sent).await
        };
        // The request may have left at any moment since, so a stop watch that ran out leaves the outcome open.
        let response = answered.ok_or_else(|| timed_out(stage, limit, Outcome::UNKNOWN))?;
        let response = response.map_err(|error| unsent_or_unknown(error, limits.stages.connect))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refusal(paid.modality, response, limits).await)
    }

    /// The error of an answer that is no success.
    async fn refusal(&self, modality: Modality, response: Response, limits: &Limits) -> Error {
        let status = response.status().as_u16();
        let headers = response.headers();
        let pause = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let pause = pause.and_then(|value| retry_after(value, SystemTime::now()));
        let content_type = content_type(headers);
        let keys = &self.config.keys;
        let request_id = request_id(headers).map(|id| mask_text(keys, id));
        let location = location_host(&response);
        // The status says enough even if the body cannot be had whole.
        let (body, _) = read_until(response, limits, REFUSAL_LIMIT).await;
        let body = mask_body(keys, body);
        let mut rejection = parse(&body, content_type.as_deref(), request_id.as_deref());
        if let (300..=399, Some(host)) = (status, location) {
            rejection.rejection.message = format!("redirected to {host}, which is not followed; correct the base URL");
        }
        classify(Answer { status, modality, retry_after: pause, rejection: rejection.masked(keys) })
    }
}

/// Awaits `future` for `wait` at most, telling the one who watches the call that it is still awaited. `None` when the
/// time has run out.
async fn watched<F: Future>(call: &Call, wait: Duration, mut future: Pin<&mut F>) -> Option<F::Output> {
    if !call.is_watched() {
        return timeout(wait, future).await.ok();
    }
    let started = Instant::now();
    loop {
        let left = wait.saturating_sub(started.elapsed());
        match timeout(left.min(WAITING_EVERY), future.as_mut()).await {
            Ok(output) => return Some(output),
            Err(_) if left <= WAITING_EVERY => return None,
            Err(_) => call.report(&Progress::Waiting { elapsed: started.elapsed() }),
        }
    }
}

/// The content type without its parameters' noise, as text.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
}

/// The service's id of a request, for its support.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let found = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name));
    found.and_then(|value: &HeaderValue| value.to_str().ok()).map(ToOwned::to_owned)
}

/// The host that a redirect points to. No more of it is shown: its query may hold a key.
fn location_host(response: &Response) -> Option<String> {
    let location = response.headers().get(reqwest::header::LOCATION)?.to_str().ok()?;
    let target = response.url().join(location).ok()?;
    Some(format!("{}://{}", target.scheme(), target.host_str().unwrap_or_default()))
}

/// A body of a successful answer that says something else than was asked for.
pub(crate) fn not_understood(message: String, status: u16, outcome: Outcome) -> Error {
    Error::new(ErrorKind::Decode { message }, outcome).with_status(status)
}
