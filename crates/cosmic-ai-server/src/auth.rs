//! Who may do what: the keys of a bucket, in the header, in the query or in the body, as official clients send them.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::config::{BucketConfig, KeyHash};
use crate::error::ApiError;

/// The keys of a bucket, hashed.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    write: KeyHash,
    read: KeyHash,
}

impl Keys {
    pub(crate) fn of(config: &BucketConfig) -> Self {
        Self { write: config.write_key, read: config.read_key }
    }

    /// The hash of the write key.
    pub(crate) const fn write_hash(&self) -> &[u8] {
        self.write.bytes()
    }

    /// Lets in who brings the write key: as bearer, or else `in_body`.
    pub(crate) fn may_write(&self, headers: &HeaderMap, in_body: Option<&str>) -> Result<(), ApiError> {
        let key = bearer(headers)?.or(given(in_body)).ok_or_else(|| {
            ApiError::unauthorized(
                "a write key is required: as `Authorization: Bearer …`, or as `write_key` in the body",
            )
        })?;
        if self.write.is_of(key) {
            Ok(())
        } else if self.read.is_of(key) {
            Err(ApiError::forbidden("the read key does not allow this; use the write key"))
        } else {
            Err(ApiError::unauthorized("the key is not one of this bucket"))
        }
    }

    /// Lets in who brings either key: as bearer, or else as `read_key` in the query.
    pub(crate) fn may_read(&self, headers: &HeaderMap, in_query: Option<&str>) -> Result<(), ApiError> {
        let key = bearer(headers)?.or(given(in_query)).ok_or_else(|| {
            ApiError::unauthorized("a key is required: as `read_key` in the query, or as `Authorization: Bearer …`")
        })?;
        if self.read.is_of(key) || self.write.is_of(key) {
            Ok(())
        } else {
            Err(ApiError::unauthorized("the key is not one of this bucket"))
        }
    }
}

/// An empty key is none.
fn given(key: Option<&str>) -> Option<&str> {
    key.filter(|key| !key.is_empty())
}

/// The key in the header, if there is the header.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let words = value.to_str().ok().and_then(|value| value.split_once(' '));
    let key = words.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, key)| key.trim());
    key.filter(|key| !key.is_empty())
        .map(Some)
        .ok_or_else(|| ApiError::unauthorized("the Authorization header is not of the form `Bearer KEY`"))
}
