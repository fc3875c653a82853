//! What a body is said to be.

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};

use crate::error::ApiError;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
}

impl Coding {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut codings = headers.get_all(CONTENT_ENCODING).iter();
        let coding = match (codings.next(), codings.next()) {
            (None, _) => return Ok(Self::Identity),
            (Some(coding), None) => coding.to_str().unwrap_or_default().trim().to_ascii_lowercase(),
            _ => String::new(),
        };
        match coding.as_str() {
            "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            _ => Err(unsupported("the content encoding of the body is neither `gzip` nor `identity`")),
        }
    }
}

/// Refuses what is not said to be JSON in UTF-8.
pub(super) fn expect_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    let kind = match (kinds.next(), kinds.next()) {
        (Some(kind), None) => kind.to_str().unwrap_or_default().to_ascii_lowercase(),
        _ => String::new(),
    };
    let mut parts = kind.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let is_json = name == "application/json" || (name.starts_with("application/") && name.ends_with("+json"));
    if !is_json {
        return Err(unsupported("the content type of the body is not `application/json`"));
    }
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    match charset.map(|charset| charset.trim_matches('"')) {
        None | Some("utf-8" | "utf8") => Ok(()),
        Some(_) => Err(unsupported("the body is not said to be UTF-8, which JSON is")),
    }
}

fn unsupported(message: &str) -> ApiError {
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
}
