//! Reading JSON bodies: within limits, whatever they are encoded in, with errors that name the field.

mod collect;
mod field;
mod kind;

use axum::body::Body;
use axum::http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use self::kind::Coding;
use crate::config::Limits;
use crate::error::ApiError;

/// Bodies above this are parsed where they hold up nobody else.
const LARGE: usize = 128 << 10;
/// How deep objects and lists may be nested, as far as `serde_json` goes.
const DEPTH: usize = 127;

/// The JSON object in a body.
///
/// 415 if it is said to be something else than JSON, or encoded otherwise than with gzip; 413 if it is too large, as it comes
/// or decoded; 408 if it does not come in time; 400 if it is no JSON object.
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
    let parsing = tokio::task::spawn_blocking(move || match coding {
        Coding::Identity => parse(&bytes),
        Coding::Gzip => parse(&collect::unzip(&bytes, most)?),
    });
    parsing.await.unwrap_or_else(|_| Err(ApiError::internal()))
}

/// A body as a request: what does not fit is named by its field.
pub(crate) fn read<T: DeserializeOwned>(body: Map<String, Value>) -> Result<T, ApiError> {
    let body = Value::Object(body);
    serde_path_to_error::deserialize(&body).map_err(|error| field::refusal(&error, &body))
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
    let value = serde_json::from_slice(bytes).map_err(|error| ApiError::bad_request(unreadable(&error)))?;
    match value {
        Value::Object(body) => Ok(body),
        other => {
            Err(ApiError::bad_request(format!("the body is {}; a JSON object is expected", field::kind_of(&other))))
        }
    }
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
