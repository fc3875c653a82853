//! What goes wrong within a stream.

use cosmic_ai_core::{Error, ErrorKind, Modality, Outcome};
use serde_json::Value;

use crate::classify::{Answer, classify, excerpt, named_status, parse, unescaped};
use crate::sse::EventTooLarge;

/// The error that an event says: the whole object, or a text.
///
/// It is judged like an answer with the status that it names, or that its code stands for. But once anything came, the
/// model may have worked, and nobody says that this is free.
pub(super) fn event(said: &Value, produced: bool) -> Error {
    let body = match said {
        Value::Object(_) => said.to_string(),
        Value::String(text) => serde_json::json!({ "message": text }).to_string(),
        _ => r#"{"message":"an error without a word"}"#.to_owned(),
    };
    let rejection = parse(body.as_bytes(), Some("application/json"), None);
    let named = said.as_object().and_then(named_status);
    let status = named.or_else(|| status_meant(said)).unwrap_or(500);
    let error = classify(Answer { status, modality: Modality::Text, retry_after: None, rejection });
    let outcome = if produced { Outcome::UNKNOWN } else { error.outcome() };
    let error = Error::new(error.kind().clone(), outcome);
    match named {
        Some(status) => error.with_status(status),
        None => error,
    }
}

/// The status that the code or type of an error stands for. Free text stands for none: it may speak of anything.
fn status_meant(said: &Value) -> Option<u16> {
    let within = said.get("error");
    let codes =
        [within.and_then(|error| error.get("code")), within.and_then(|error| error.get("type")), said.get("code")];
    codes.into_iter().flatten().filter_map(Value::as_str).find_map(|code| {
        let code = code.to_ascii_lowercase();
        match code.as_str() {
            "insufficient_credits" => Some(402),
            "rate_limit" | "rate_limited" | "rate_limit_error" | "rate_limit_exceeded" | "too_many_requests" => {
                Some(429)
            }
            _ if code.contains("content_policy") => Some(400),
            _ => None,
        }
    })
}

/// Data that cannot be read.
pub(super) fn unreadable(data: &[u8], source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    // Without escapes, so that a key in it is seen to be one and hidden.
    let shown = excerpt(&unescaped(data));
    let message = format!("an event of the stream is not the JSON that it should be: `{shown}`");
    Error::new(ErrorKind::Decode { message }, Outcome::UNKNOWN).with_source(source)
}

/// An event beyond the limit.
pub(super) fn too_large(source: EventTooLarge) -> Error {
    let message = format!("an event of the stream is larger than the limit of {} bytes", source.limit);
    Error::new(ErrorKind::Decode { message }, Outcome::UNKNOWN)
}
