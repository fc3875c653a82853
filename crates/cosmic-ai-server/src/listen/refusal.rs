//! Refusals of what never becomes a request, written to the connection itself.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::request::mint_id;
use crate::error::ApiError;

/// How long a refusal may take to be sent.
const WRITE_TIME: Duration = Duration::from_secs(2);
/// How long, and how many bytes, are read and thrown away after a refusal. Closing at once would have the system send a reset,
/// which can overtake the refusal.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

/// Writes the refusal of a head.
pub(super) async fn write(stream: &mut TcpStream, status: StatusCode) {
    let error = ApiError::new(status, message(status));
    let (body, id) = (error.to_value().to_string(), mint_id());
    let reason = status.canonical_reason().unwrap_or_default();
    let text = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nx-content-type-options: nosniff\r\n\
         x-request-id: {id}\r\nconnection: close\r\n\r\n{body}",
        status.as_u16(),
        body.len(),
    );
    tracing::info!(request_id = %id, status = status.as_u16(), "refused before it was a request");
    let _ = tokio::time::timeout(WRITE_TIME, stream.write_all(text.as_bytes())).await;
}

/// Ends a connection so that what was written last arrives.
pub(super) async fn linger(mut stream: TcpStream) {
    let _ = tokio::time::timeout(LINGER, async {
        stream.shutdown().await?;
        let (mut buffer, mut left) = (vec![0; 4 << 10], LINGER_BYTES);
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => break,
                count => left = left.saturating_sub(count),
            }
        }
        std::io::Result::Ok(())
    })
    .await;
}

fn message(status: StatusCode) -> &'static str {
    match status {
        StatusCode::REQUEST_TIMEOUT => "the head of the request did not come in time",
        StatusCode::URI_TOO_LONG => "the URI is too long",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "the head of the request is too large, or has too many headers",
        _ => "this is not a request of HTTP/1.1 or HTTP/2",
    }
}
