//! HTTP/1.1 as far as a test server needs it: reading requests, writing heads and chunks.

use std::fmt::Write as _;

use bytes::Bytes;

use crate::server::{HttpVersion, SeenRequest};
use crate::wire::{Left, Wire};

/// How much of a head is read before it is taken for rubbish.
const LONGEST_HEAD: usize = 1024 * 1024;

/// A request whose head has been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    /// Its place in the log.
    pub(crate) place: usize,
    body: Body,
}

#[derive(Debug, Clone, Copy)]
enum Body {
    Sized(usize),
    Chunked,
}

/// Reads and logs the head of a request.
pub(crate) async fn read_head(wire: &mut Wire) -> Result<Begun, Left> {
    let length = loop {
        if let Some(at) = find(wire.received(), b"\r\n\r\n") {
            break at + 4;
        }
        if wire.received().len() > LONGEST_HEAD {
            return Err(Left);
        }
        wire.receive().await?;
    };
    let head = wire.take(length);
    let request = parse(&String::from_utf8_lossy(&head), wire.number());
    let is_chunked = request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let size = request.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let body = if is_chunked { Body::Chunked } else { Body::Sized(size) };
    Ok(Begun { place: wire.log().request(request), body })
}

/// Reads and logs the body of a request.
pub(crate) async fn read_body(wire: &mut Wire, request: Begun) -> Result<(), Left> {
    match request.body {
        Body::Sized(size) => read_sized(wire, request.place, size).await?,
        Body::Chunked => loop {
            let line = read_line(wire).await?;
            let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
            let digits = String::from_utf8_lossy(digits);
            let size = usize::from_str_radix(digits.trim(), 16).map_err(|_| Left)?;
            read_sized(wire, request.place, size).await?;
            // The line end after a chunk, or the blank line after the last one (trailers are not sent by clients here).
            read_line(wire).await?;
            if size == 0 {
                break;
            }
        },
    }
    wire.log().completed(request.place);
    Ok(())
}

async fn read_sized(wire: &mut Wire, place: usize, size: usize) -> Result<(), Left> {
    let mut missing = size;
    while missing > 0 {
        if wire.received().is_empty() {
            wire.receive().await?;
        }
        let part = wire.take(missing);
        missing -= part.len();
        wire.log().body(place, &part);
    }
    Ok(())
}

async fn read_line(wire: &mut Wire) -> Result<Bytes, Left> {
    loop {
        if let Some(at) = find(wire.received(), b"\r\n") {
            let line = wire.take(at);
            wire.skip(2);
            return Ok(line);
        }
        wire.receive().await?;
    }
}

fn parse(head: &str, connection: usize) -> SeenRequest {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let mut word = || first.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let headers = lines.filter_map(|line| line.split_once(':'));
    SeenRequest {
        method,
        target,
        headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect(),
        body: Vec::new(),
        connection,
        version: HttpVersion::Http1,
        is_complete: false,
    }
}

/// Where `needle` begins.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// A head with these lines, up to and with its blank line.
pub(crate) fn head<'h>(status: u16, headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> String {
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    head
}

/// One chunk; the empty one is the last.
pub(crate) fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
