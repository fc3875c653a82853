//! The bytes of a body, within limits of size and time.

use std::io::Read as _;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::config::Limits;
use crate::error::ApiError;

/// All bytes of a body.
pub(super) async fn collect(headers: &HeaderMap, mut body: Body, limits: &Limits) -> Result<Bytes, ApiError> {
    let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|length| length > limits.json_bytes as u64) {
        return Err(too_large(limits.json_bytes, ""));
    }
    let end = Instant::now() + limits.body_time;
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    loop {
        let pause = Instant::now() + limits.body_idle;
        let Ok(frame) = timeout_at(pause.min(end), body.frame()).await else { return Err(too_slow(pause < end)) };
        let Some(frame) = frame else { break };
        // The end of a connection in the middle, or a chunk that is none.
        let frame = frame.map_err(|_| ApiError::bad_request("the body ends before its end, or is wrongly framed"))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limits.json_bytes {
            return Err(too_large(limits.json_bytes, ""));
        }
        // Most bodies come in one piece, which is not copied.
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&std::mem::take(&mut first));
            }
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

/// What was compressed. Stops as soon as it is too much: a bomb costs no more memory than `most`.
pub(super) fn unzip(bytes: &[u8], most: usize) -> Result<Vec<u8>, ApiError> {
    let mut decoded = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut decoded);
    read.map_err(|_| ApiError::bad_request("the body is not gzip, as its content encoding says"))?;
    if decoded.len() > most {
        return Err(too_large(most, " decoded"));
    }
    Ok(decoded)
}

fn too_large(most: usize, how: &str) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {most} bytes{how}"))
}

fn too_slow(has_paused: bool) -> ApiError {
    let message = if has_paused { "the body paused for too long" } else { "the body did not come in time" };
    ApiError::new(StatusCode::REQUEST_TIMEOUT, message)
}
