//! What the API answers.

use bytes::Bytes;
use cosmic_ai_core::{Error, ErrorKind, Rejection, TextStream};
use serde::Serialize;
use serde_json::json;

/// An answer of the API.
pub(super) enum Answer {
    /// A whole one.
    Whole { status: u16, headers: Vec<(&'static str, String)>, body: Bytes },
    /// Text as it is written.
    Stream(TextStream),
}

impl Answer {
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        let body = match serde_json::to_vec(body) {
            Ok(body) => body,
            Err(error) => panic!("an answer of the test API does not serialise: {error}"),
        };
        Self::Whole { status, headers: vec![("content-type", "application/json".to_owned())], body: body.into() }
    }

    pub(super) fn failed(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &json!({ "status": status, "message": message.into() }))
    }

    pub(super) fn unauthorized() -> Self {
        Self::failed(401, "Unauthorized: the key is not valid for this bucket")
    }

    pub(super) fn bytes(content_type: &str, body: Bytes) -> Self {
        Self::Whole { status: 200, headers: vec![("content-type", content_type.to_owned())], body }
    }
}

/// An error of the generators, as the API would word it.
impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        let (status, rejection) = match error.kind() {
            ErrorKind::Credentials(rejection) => (401, Some(rejection)),
            ErrorKind::TokensUsedUp(used_up) => (402, Some(&used_up.rejection)),
            ErrorKind::NotFound(rejection) => (404, Some(rejection)),
            ErrorKind::RateLimited(rejection) => (429, Some(rejection)),
            ErrorKind::ContentPolicy(rejection) | ErrorKind::Refused(rejection) => (400, Some(rejection)),
            ErrorKind::Invalid(_) => (400, None),
            ErrorKind::Unsupported(_) => (404, None),
            ErrorKind::Server(rejection) => (500, Some(rejection)),
            _ => (500, None),
        };
        let status = error.status().unwrap_or(status);
        let message = rejection.map_or_else(|| error.to_string(), |rejection: &Rejection| rejection.message.clone());
        let mut body = json!({ "status": status, "message": message });
        if let (Some(code), Some(body)) =
            (rejection.and_then(|rejection| rejection.code.as_ref()), body.as_object_mut())
        {
            body.insert("code".to_owned(), json!(code));
        }
        let mut answer = Self::json(status, &body);
        if let (Self::Whole { headers, .. }, Some(pause)) = (&mut answer, error.retry_after()) {
            headers.push(("retry-after", pause.as_secs().to_string()));
        }
        answer
    }
}
