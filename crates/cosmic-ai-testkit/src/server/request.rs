//! A request as a server saw it.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request as a server saw it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenRequest {
    /// The method. Empty over HTTP/2, whose heads are counted but not decoded.
    pub method: String,
    /// Path and query. Empty over HTTP/2.
    pub target: String,
    /// The headers in their order, names in lower case. Empty over HTTP/2.
    pub headers: Vec<(String, String)>,
    /// As much of the body as was received, without the framing of chunks.
    pub body: Vec<u8>,
    /// The connection it came on, counted from 1.
    pub connection: usize,
    /// The version of HTTP it came by.
    pub version: HttpVersion,
    /// Whether it was received to its end.
    pub is_complete: bool,
}

impl SeenRequest {
    /// The value of the first header of this name, whatever the case of its letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first value of this name in the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.map(|(key, value)| (decode(key), decode(value))).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The body as JSON; `Value::Null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Names of headers without their values, which may be keys, and only the beginning of the body.
impl fmt::Debug for SeenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let beginning = String::from_utf8_lossy(self.body.get(..200).unwrap_or(&self.body));
        f.debug_struct("SeenRequest")
            .field("method", &self.method)
            .field("path", &self.path())
            .field("headers", &names)
            .field("body", &beginning)
            .field("body_bytes", &self.body.len())
            .field("connection", &self.connection)
            .field("version", &self.version)
            .field("is_complete", &self.is_complete)
            .finish_non_exhaustive()
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The version of HTTP that a request came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.0 or 1.1.
    Http1,
    /// HTTP/2 with prior knowledge.
    Http2,
}
