//! From a successful answer to a response, and what is saved of one that cannot be read.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use cosmic_ai_core::{Error, MediaId, Modality, Outcome, Usage};
use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::HttpBackend;
use crate::classify::{Answer, classify, excerpt, parse};
use crate::transport::{Paid, Received, content_type, not_understood, read_whole, request_id};

impl HttpBackend {
    /// Reads an answer whole and understands it.
    pub(super) async fn whole<T: DeserializeOwned>(&self, paid: &Paid<'_>, received: Received) -> Result<T, Error> {
        let with_id = |error: Error| error.with_operation_id(paid.call.operation_id());
        let Received { response, limits, permit, .. } = received;
        let status = response.status().as_u16();
        let kind = content_type(response.headers());
        let id = request_id(response.headers());
        let body = read_whole(response, &limits, self.inner.config.body_limit).await.map_err(with_id)?;
        drop(permit);
        understand(paid.modality, status, kind.as_deref(), id.as_deref(), &body).map_err(with_id)
    }
}

/// The response that a body holds; the error that it holds instead; or an error with all that can be saved of it.
pub(super) fn understand<T: DeserializeOwned>(
    modality: Modality,
    status: u16,
    content_type: Option<&str>,
    request_id: Option<&str>,
    body: &Bytes,
) -> Result<T, Error> {
    let failed = match serde_json::from_slice::<T>(body) {
        Ok(response) => return Ok(response),
        Err(failed) => failed,
    };
    let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(body) else {
        let rejection = parse(body, content_type, request_id);
        let message = if failed.is_eof() && !body.is_empty() {
            format!("a body of JSON that is cut off: `{}`", excerpt(body))
        } else {
            format!("no JSON: {rejection}")
        };
        return Err(not_understood(message, status, Outcome::UNKNOWN).with_source(failed));
    };
    let media_id = object.get("media").and_then(|media| media.get("id")).and_then(Value::as_str).map(MediaId::from);
    let usage = object.get("usage").and_then(|usage| serde_json::from_value::<Usage>(usage.clone()).ok());
    if media_id.is_none() && usage.is_none() && (object.contains_key("error") || object.contains_key("message")) {
        // An error in the clothes of a success: judged by the status that it names, if it names one.
        let named = object.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        let inner = named.filter(|status| (400..=599).contains(status)).unwrap_or(status);
        let rejection = parse(body, content_type, request_id);
        return Err(classify(Answer { status: inner, modality, retry_after: None, rejection }).with_status(status));
    }
    // It was answered, so it was billed, if it says so by usage or a medium.
    let billed = media_id.is_some() || usage.is_some();
    let outcome = if billed { Outcome::Billed { charge: None } } else { Outcome::UNKNOWN };
    let message = format!("JSON of another shape ({failed}): `{}`", excerpt(body));
    let mut error = not_understood(message, status, outcome).with_source(failed);
    if let Some(id) = media_id {
        error = error.with_media_id(id);
    }
    Err(match usage {
        Some(usage) => error.with_usage(usage),
        None => error,
    })
}

/// Events that are all there already.
pub(super) struct Ready<I>(pub(super) I);

impl<I: Iterator + Unpin> Stream for Ready<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}
