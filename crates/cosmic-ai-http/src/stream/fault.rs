//! What goes wrong within a stream.

use cosmic_ai_core::{Error, ErrorKind, Modality, Outcome};
use serde_json::Value;

use crate::classify::{Answer, classify, parse};
use crate::sse::EventTooLarge;

/// How much of the data an error repeats, in bytes.
const EXCERPT_BYTES: usize = 200;

/// The error that an event says: the whole object, or a text.
///
/// It is judged like an answer with the status that it names, or that its code or text stands for. But once text or usage
/// came, the model had worked, and nobody says that this is free.
pub(super) fn event(said: &Value, produced: bool) -> Error {
    let body = match said {
        Value::Object(_) => said.to_string(),
        Value::String(text) => serde_json::json!({ "message": text }).to_string(),
        _ => r#"{"message":"an error without a word"}"#.to_owned(),
    };
    let rejection = parse(body.as_bytes(), Some("application/json"), None);
    let named = named_status(said);
    // Only what is said of the error: the text of an answer may well speak of rate limits.
    let meant =
        || status_meant(&format!("{} {}", said.get("error").unwrap_or(said), said["code"]).to_ascii_lowercase());
    let status = named.or_else(meant).unwrap_or(500);
    let error = classify(Answer { status, modality: Modality::Text, retry_after: None, rejection });
    let outcome = if produced { Outcome::UNKNOWN } else { error.outcome() };
    let error = Error::new(error.kind().clone(), outcome);
    match named {
        Some(status) => error.with_status(status),
        None => error,
    }
}

/// The status that an error names, in itself or beside it.
fn named_status(said: &Value) -> Option<u16> {
    let within = said.get("error").unwrap_or(&Value::Null);
    let numbers = [within, said]
        .into_iter()
        .flat_map(|place| ["status", "statusCode", "status_code", "code"].into_iter().filter_map(|key| place.get(key)));
    let mut statuses = numbers.filter_map(Value::as_u64).filter_map(|number| u16::try_from(number).ok());
    statuses.find(|status| (400..600).contains(status))
}

/// The status that a text in lower case stands for.
fn status_meant(said: &str) -> Option<u16> {
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["insufficient_credits", "insufficient credits", "token usage limit"]) {
        Some(402)
    } else if has(&["rate_limit", "rate limit", "rate-limit", "too many requests", "too_many_requests"]) {
        Some(429)
    } else {
        None
    }
}

/// Data that cannot be read.
pub(super) fn unreadable(data: &[u8], source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    let message = format!("an event of the stream is not the JSON that it should be: `{}`", excerpt(data));
    Error::new(ErrorKind::Decode { message }, Outcome::UNKNOWN).with_source(source)
}

/// An event beyond the limit.
pub(super) fn too_large(source: EventTooLarge) -> Error {
    let message = format!("an event of the stream is larger than the limit of {} bytes", source.limit);
    Error::new(ErrorKind::Decode { message }, Outcome::UNKNOWN)
}

/// The beginning of the data on one line.
pub(super) fn excerpt(data: &[u8]) -> String {
    const CUT: char = '…';
    let beginning = data.get(..EXCERPT_BYTES);
    let mut cut = beginning.is_some_and(|beginning| beginning.len() < data.len());
    let mut shown = String::with_capacity(EXCERPT_BYTES);
    for character in String::from_utf8_lossy(beginning.unwrap_or(data)).chars() {
        let character = if character.is_control() { ' ' } else { character };
        if shown.len() + character.len_utf8() + CUT.len_utf8() > EXCERPT_BYTES {
            cut = true;
            break;
        }
        shown.push(character);
    }
    if cut {
        shown.push(CUT);
    }
    shown
}
