//! From a successful answer to a response, and what is saved of one that cannot be read.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use bytes::Bytes;
use cosmic_ai_core::{Error, MediaId, Modality, Outcome, Usage};
use futures_core::Stream;
use memchr::memmem;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::HttpBackend;
use crate::classify::{Answer, classify, cut_off, excerpt, is_error, mask_body, mask_text, named_status, parse};
use crate::config::{Config, Keys};
use crate::transport::{Limits, Paid, Received, content_type, not_understood, read_until, request_id};

/// What an answer may have that is an error. The search is prepared once.
static ERROR_KEY: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(br#""error""#));

impl HttpBackend {
    /// Reads an answer whole and understands it.
    pub(super) async fn whole<T: DeserializeOwned>(&self, paid: &Paid<'_>, received: Received) -> Result<T, Error> {
        let with_id = |error: Error| error.with_operation_id(paid.call.operation_id());
        let Received { mut response, limits, permit, .. } = received;
        let head = Head::of(&mut response, paid.modality);
        let answer = head.read(response, &limits, &self.inner.config).await;
        drop(permit);
        answer.map_err(with_id)
    }
}

/// What is known of a successful answer besides its body.
pub(super) struct Head {
    modality: Modality,
    status: u16,
    /// Read only when something is wrong.
    headers: HeaderMap,
}

impl Head {
    /// Takes the headers of the response, which are not needed to read its body.
    pub(super) fn of(response: &mut Response, modality: Modality) -> Self {
        let headers = std::mem::take(response.headers_mut());
        Self { modality, status: response.status().as_u16(), headers }
    }

    /// Whether the answer is read as a stream of events, as it was asked for. Services that name it wrongly, or not at all,
    /// are believed only if they name a type of their whole answers and errors.
    pub(super) fn is_stream(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let says = |name: &[u8]| kind.windows(name.len()).any(|part| part.eq_ignore_ascii_case(name));
        !(says(b"json") || kind.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"text/html")))
    }

    /// Reads a body whole and understands it; of one that breaks off, what came is saved.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        response: Response,
        limits: &Limits,
        config: &Config,
    ) -> Result<T, Error> {
        match read_until(response, limits, config.body_limit).await {
            (body, None) => self.understand(body, &config.keys),
            (body, Some(error)) => {
                // A text that is too long for an answer is too long for an error as well.
                let has_text = body.len() < config.body_limit;
                Err(self.salvaged(error, &body, &config.keys, has_text))
            }
        }
    }

    /// The response that a body holds; the error that it holds instead; or an error with all that can be saved of it.
    fn understand<T: DeserializeOwned>(&self, body: Bytes, keys: &Keys) -> Result<T, Error> {
        let read = serde_json::from_slice::<T>(&body);
        // A medium that is there is had, whatever is said beside it. A text may be cut short by what went wrong.
        let is_suspect = self.modality == Modality::Text && ERROR_KEY.find(&body).is_some();
        let (read, body) = match read {
            Ok(response) if !is_suspect => return Ok(response),
            read => (read, mask_body(keys, body)),
        };
        let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(&body) else {
            return read.map_err(|failed| self.no_json(&body, &failed, keys));
        };
        let failed = match read {
            Ok(response) if !says_error(&object) => return Ok(response),
            Ok(_) => return Err(self.error_within(&object, &body, keys)),
            Err(failed) => failed,
        };
        let is_empty = !object.get("media").is_some_and(Value::is_object) && usage(&object).is_none();
        if is_empty && (says_error(&object) || object.contains_key("message")) {
            return Err(self.error_within(&object, &body, keys));
        }
        Err(self.other_shape(&object, &body).with_source(bounded(&failed, keys)))
    }

    fn no_json(&self, body: &[u8], failed: &serde_json::Error, keys: &Keys) -> Error {
        let message = if failed.is_eof() && !body.trim_ascii().is_empty() {
            format!("a body of JSON that is cut off: `{}`", excerpt(body))
        } else {
            let said = parse(body, content_type(&self.headers).as_deref(), None).masked(keys);
            format!("no JSON: {}", said.rejection)
        };
        let error = not_understood(message, self.status, Outcome::UNKNOWN).with_source(bounded(failed, keys));
        if failed.is_eof() { self.salvaged(error, body, keys, true) } else { error }
    }

    /// An error in the clothes of a success: judged by the status that it names, if it names one.
    fn error_within(&self, object: &Map<String, Value>, body: &[u8], keys: &Keys) -> Error {
        let request_id = request_id(&self.headers).map(|id| mask_text(keys, id));
        let rejection = parse(body, content_type(&self.headers).as_deref(), request_id.as_deref()).masked(keys);
        let status = named_status(object).unwrap_or(self.status);
        let error = classify(Answer { status, modality: self.modality, retry_after: None, rejection });
        let mut error = error.with_status(self.status);
        let text = object.get("text").and_then(Value::as_str).filter(|text| !text.is_empty());
        let usage = usage(object);
        if text.is_some() || usage.is_some() {
            // The model had worked, and nobody says that this is free.
            error = error.with_outcome(Outcome::UNKNOWN);
        }
        with_saved(error, None, usage, text.map(ToOwned::to_owned))
    }

    /// The error with all that a body says that broke off.
    fn salvaged(&self, error: Error, body: &[u8], keys: &Keys, has_text: bool) -> Error {
        let Some(cut) = cut_off(body) else { return error };
        let media_id = media_id(&cut.whole).map(|id| MediaId::from(mask_text(keys, id.to_string())));
        let text = cut.begun.get("text").and_then(Value::as_str);
        let text = text.filter(|text| has_text && self.modality == Modality::Text && !text.is_empty());
        let text = text.map(|text| mask_text(keys, text.to_owned()));
        with_saved(error, media_id, usage(&cut.whole), text)
    }

    /// It was answered, so it was billed, if it says so by usage or a medium.
    fn other_shape(&self, object: &Map<String, Value>, body: &[u8]) -> Error {
        let (media_id, usage) = (media_id(object), usage(object));
        let is_billed = media_id.is_some() || usage.is_some();
        let outcome = if is_billed { Outcome::Billed { charge: None } } else { Outcome::UNKNOWN };
        let message = format!("JSON of another shape: `{}`", excerpt(body));
        with_saved(not_understood(message, self.status, outcome), media_id, usage, None)
    }
}

fn with_saved(mut error: Error, media_id: Option<MediaId>, usage: Option<Usage>, text: Option<String>) -> Error {
    if let Some(id) = media_id {
        error = error.with_media_id(id);
    }
    if let Some(usage) = usage {
        error = error.with_usage(usage);
    }
    match text {
        Some(text) => error.with_partial_text(text),
        None => error,
    }
}

/// What a parser says, which repeats what it did not expect, however long and secret that is.
pub(crate) fn bounded(failed: &serde_json::Error, keys: &Keys) -> String {
    excerpt(&keys.mask(failed.to_string().into()))
}

fn says_error(object: &Map<String, Value>) -> bool {
    object.get("error").is_some_and(is_error)
}

fn media_id(object: &Map<String, Value>) -> Option<MediaId> {
    match object.get("media")?.get("id")? {
        Value::String(id) => Some(MediaId::from(id.as_str())),
        // Not what is documented, but the library finds it by the same.
        Value::Number(id) => Some(MediaId::from(id.to_string())),
        _ => None,
    }
}

fn usage(object: &Map<String, Value>) -> Option<Usage> {
    object.get("usage").and_then(|usage| serde_json::from_value(usage.clone()).ok())
}

/// Events that are all there already.
pub(super) struct Ready<I>(pub(super) I);

impl<I: Iterator + Unpin> Stream for Ready<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}
