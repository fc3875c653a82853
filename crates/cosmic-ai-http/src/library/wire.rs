//! Calls that cost nothing, and what the library's endpoints answer.

use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{Call, Error, Folder, Media, MediaChange, Modality, Outcome, TimeoutStage};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Method, Request, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout};

use crate::backend::{HttpBackend, bounded};
use crate::classify::{Answer, classify, excerpt, mask_body, parse};
use crate::config::{Timeouts, configuration};
use crate::transport::{Limits, content_type, not_understood, read_whole, request_id, timed_out, unsent_or_unknown};

/// A list of files.
#[derive(Deserialize, Default)]
pub(super) struct List {
    #[serde(default, deserialize_with = "readable")]
    pub(super) media: Vec<Media>,
    #[serde(default)]
    pub(super) total: u64,
}

/// The files that can be read: one of another making must not hide the one that is looked for.
fn readable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Media>, D::Error> {
    let files = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(files.into_iter().filter_map(|file| Media::deserialize(file).ok()).collect())
}

/// A file that was stored, alone or in an envelope.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Stored {
    Enveloped { media: Media },
    Bare(Media),
}

impl Stored {
    pub(super) fn into_media(self) -> Media {
        match self {
            Self::Enveloped { media } | Self::Bare(media) => media,
        }
    }
}

/// The body that asks for a change: what is not in it stays.
pub(super) fn changed(change: MediaChange) -> Value {
    let mut body = Map::new();
    if let Some(folder) = change.folder {
        let folder = match folder {
            Folder::Named(folder) => Value::String(folder),
            Folder::Top => Value::Null,
        };
        body.insert("folder".to_owned(), folder);
    }
    if let Some(alt_text) = change.alt_text {
        body.insert("alt_text".to_owned(), Value::String(alt_text));
    }
    if let Some(metadata) = change.metadata {
        body.insert("metadata".to_owned(), Value::Object(metadata));
    }
    Value::Object(body)
}

/// An answer, whatever its status.
pub(super) struct Replied {
    status: StatusCode,
    kind: Option<String>,
    id: Option<String>,
    body: Bytes,
}

impl Replied {
    /// Whether the library says that nothing fits: 404 in its own words. A page of HTML is someone else's, such as that of
    /// a wrong address.
    pub(super) fn is_nothing_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && serde_json::from_slice::<Map<String, Value>>(&self.body).is_ok()
    }
}

impl HttpBackend {
    /// Reads an answer that says what was asked for.
    pub(super) fn read<T: DeserializeOwned>(&self, (status, body): (u16, Bytes)) -> Result<T, Error> {
        serde_json::from_slice(&body).map_err(|error| {
            let keys = &self.inner.config.keys;
            let body = mask_body(keys, body);
            let message = format!("the media library answered something else: `{}`", excerpt(&body));
            not_understood(message, status, Outcome::Refused).with_source(bounded(&error, keys))
        })
    }

    /// Sends a request that costs nothing: the status and body of its answer. Not sent again: whoever asks can ask again.
    pub(super) async fn answered(&self, request: Request) -> Result<(u16, Bytes), Error> {
        self.succeeded(self.replied(request).await?)
    }

    /// The same, whatever the status.
    pub(super) async fn replied(&self, request: Request) -> Result<Replied, Error> {
        let limits = Limits::of(&self.inner.config, &Call::new(), Modality::Image);
        let request = self.with_headers(request)?;
        let wait = limits.stages.first_byte.min(limits.left());
        let answered = timeout(wait, self.inner.transport.client.execute(request)).await;
        let response = answered.map_err(|_| timed_out(TimeoutStage::FirstByte, wait, Outcome::Refused))?;
        self.reply(response, &limits).await
    }

    /// The status and body of a success, or the error that the answer is.
    pub(super) fn succeeded(&self, replied: Replied) -> Result<(u16, Bytes), Error> {
        let status = replied.status.as_u16();
        if replied.status.is_success() {
            return Ok((status, replied.body));
        }
        let keys = &self.inner.config.keys;
        let body = mask_body(keys, replied.body);
        let rejection = parse(&body, replied.kind.as_deref(), replied.id.as_deref()).masked(keys);
        Err(unbilled(classify(Answer { status, modality: Modality::Image, retry_after: None, rejection })))
    }

    /// The headers of the application, and the write key unless the request only reads.
    pub(super) fn with_headers(&self, mut request: Request) -> Result<Request, Error> {
        let mut headers: HeaderMap = self.inner.transport.own_headers.clone();
        if request.method() != Method::GET {
            headers.insert(AUTHORIZATION, self.inner.config.keys.authorization()?);
        }
        headers.extend(std::mem::take(request.headers_mut()));
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Reads an answer whole.
    pub(super) async fn reply(&self, response: reqwest::Result<Response>, limits: &Limits) -> Result<Replied, Error> {
        let response = response.map_err(|error| unbilled(unsent_or_unknown(error, limits.stages.connect)))?;
        let status = response.status();
        let kind = content_type(response.headers());
        let id = request_id(response.headers());
        let body = read_whole(response, limits, self.inner.config.body_limit).await.map_err(unbilled)?;
        Ok(Replied { status, kind, id, body })
    }

    /// The time limits of an upload or a download that begins now.
    pub(super) fn transfer_limits(&self) -> Limits {
        let config = &self.inner.config;
        let own = Timeouts::of(Modality::Video);
        let general = config.timeouts.unwrap_or(own);
        let stages = own.with_connect(general.connect).with_idle(general.idle).with_total(config.transfer_limit);
        Limits { stages, total: config.transfer_limit, started: Instant::now() }
    }
}

/// A stage of a transfer that took too long, or the whole of it if that ends first.
pub(super) fn late(limits: &Limits, stage: TimeoutStage, wait: Duration) -> Error {
    if limits.left().is_zero() {
        return timed_out(TimeoutStage::Total, limits.total, Outcome::Refused);
    }
    timed_out(stage, wait, Outcome::Refused)
}

/// The address of `path` within a bucket.
pub(super) fn at(bucket: &Url, path: &str) -> Result<Url, Error> {
    bucket.join(path).map_err(|_| configuration("the base URL takes no path"))
}

/// These calls are never billed, whatever becomes of them.
pub(super) fn unbilled(error: Error) -> Error {
    if error.outcome() == Outcome::NotSent { error } else { error.with_outcome(Outcome::Refused) }
}
