//! Reading JSON bodies: within limits, whatever they are encoded in, with errors that name the field.

mod collect;
mod field;
mod ignored;
mod kind;
mod request;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

pub(crate) use self::field::shown;
pub(crate) use self::ignored::{IGNORED_FIELDS, with_ignored};
use self::kind::Coding;
pub(crate) use self::request::read;
use crate::config::Limits;
use crate::error::ApiError;

/// Bodies above this are parsed where they hold up nobody else.
const LARGE: usize = 128 << 10;
/// How many of those are parsed at once: parsed, they are many times as large, and nobody has shown a key yet.
static PARSING: Semaphore = Semaphore::const_new(4);
/// How many values a body may have, names of fields included. One byte of JSON can become a hundred bytes of memory, and a few
/// of gzip a thousand of JSON; a text has any length.
const VALUES: usize = 100_000;
/// How deep objects and lists may be nested, as far as `serde_json` goes.
const DEPTH: usize = 127;

/// The JSON object in a body.
///
/// 415 if it is said to be something else than JSON, or encoded otherwise than with gzip; 413 if it is too large, as it comes
/// or decoded, or of too many values; 408 if it does not come in time; 400 if it is no JSON object.
pub(crate) async fn json_object(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<Map<String, Value>, ApiError> {
    kind::expect_json(headers)?;
    let coding = Coding::of(headers)?;
    let bytes = collect::collect(headers, body, limits).await?;
    if bytes.len() <= LARGE && coding == Coding::Identity {
        return parse(&bytes);
    }
    let most = limits.decoded_bytes;
    let turn = PARSING.acquire().await;
    let parsing = tokio::task::spawn_blocking(move || {
        // It is parsed to its end, also when nobody waits for it any more.
        let _turn = turn;
        match coding {
            Coding::Identity => parse(&bytes),
            Coding::Gzip => parse(&collect::unzip(&bytes, most)?),
        }
    });
    parsing.await.unwrap_or_else(|_| Err(ApiError::internal()))
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    // Some writers put it first, and nobody means it.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::bad_request("the body is empty; a JSON object is expected"));
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        let message = format!("the body is not UTF-8: the byte at {} belongs to no character", error.valid_up_to());
        return Err(ApiError::bad_request(message));
    }
    if values(bytes) > VALUES {
        let message = format!("the body has more than {VALUES} values, names of fields included");
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let value = serde_json::from_slice(bytes).map_err(|error| ApiError::bad_request(unreadable(&error)))?;
    match value {
        Value::Object(body) => Ok(body),
        other => {
            Err(ApiError::bad_request(format!("the body is {}; a JSON object is expected", field::kind_of(&other))))
        }
    }
}

/// How many values there are at most, as far as that can be seen without making them.
fn values(bytes: &[u8]) -> usize {
    let (mut count, mut is_text, mut is_escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b':' | b'[' | b'{' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

fn unreadable(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    if what == "recursion limit exceeded" {
        return format!("the body is nested deeper than {DEPTH} levels (line {line}, column {column})");
    }
    format!("the body is not JSON: {what} (line {line}, column {column})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_without_making_them_and_texts_are_one() {
        for (body, count) in [
            (r#"{"a": 1}"#, 3),
            (r#"{"a": "[,:{\"],:{", "b": [1, [2, {}]]}"#, 10),
            (r#"{"a\\": "b"}"#, 3),
            ("[[[[", 5),
            ("\"\\", 1),
        ] {
            assert_eq!(values(body.as_bytes()), count, "{body}");
        }
        let body = format!(r#"{{"prompt": "{}"}}"#, ",".repeat(VALUES));
        assert!(parse(body.as_bytes()).is_ok());
        let full = |count: usize| format!(r#"{{"a": [{}0]}}"#, "0,".repeat(count));
        assert!(parse(full(VALUES - 4).as_bytes()).is_ok());
        let refusal = parse(full(VALUES - 3).as_bytes()).unwrap_err();
        assert_eq!(refusal.to_value()["status"], 413, "{refusal:?}");
        // Nothing of it was parsed, or it would be found to be no JSON.
        let refusal = parse("{".repeat(VALUES).as_bytes()).unwrap_err();
        assert_eq!(refusal.to_value()["status"], 413, "{refusal:?}");
    }
}
