//! Calls that cost nothing, and what the library's endpoints answer.

use bytes::Bytes;
use cosmic_ai_core::{Call, Error, Media, Modality, Outcome, TimeoutStage};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Method, Request, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::backend::{HttpBackend, bounded};
use crate::classify::{Answer, classify, excerpt, parse};
use crate::config::configuration;
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

impl HttpBackend {
    /// Sends a request that costs nothing, with the headers of the application, and with the write key unless it only
    /// reads, and reads the answer. Not sent again: whoever asks can ask again.
    pub(super) async fn free<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let (status, body) = self.answered(request).await?;
        serde_json::from_slice(&body).map_err(|error| {
            let keys = &self.inner.config.keys;
            let body = keys.mask(body);
            let message = format!("the media library answered something else: `{}`", excerpt(&body));
            not_understood(message, status, Outcome::Refused).with_source(bounded(&error, keys))
        })
    }

    /// The same for an answer whose status says enough: its status and body.
    pub(super) async fn answered(&self, mut request: Request) -> Result<(u16, Bytes), Error> {
        let transport = &self.inner.transport;
        let mut headers: HeaderMap = transport.own_headers.clone();
        if request.method() != Method::GET {
            headers.insert(AUTHORIZATION, self.inner.config.keys.authorization()?);
        }
        headers.extend(std::mem::take(request.headers_mut()));
        *request.headers_mut() = headers;

        let limits = Limits::of(&self.inner.config, &Call::new(), Modality::Image);
        let wait = limits.stages.first_byte.min(limits.left());
        let answered = timeout(wait, transport.client.execute(request)).await;
        let response = answered.map_err(|_| timed_out(TimeoutStage::FirstByte, wait, Outcome::Refused))?;
        let response = response.map_err(|error| unbilled(unsent_or_unknown(error, limits.stages.connect)))?;
        let status = response.status();
        let kind = content_type(response.headers());
        let id = request_id(response.headers());
        let body = read_whole(response, &limits, self.inner.config.body_limit).await.map_err(unbilled)?;
        if !status.is_success() {
            let body = self.inner.config.keys.mask(body);
            let rejection = parse(&body, kind.as_deref(), id.as_deref());
            let answer = Answer { status: status.as_u16(), modality: Modality::Image, retry_after: None, rejection };
            return Err(unbilled(classify(answer)));
        }
        Ok((status.as_u16(), body))
    }
}

/// The address of `path` within a bucket.
pub(super) fn at(bucket: &Url, path: &str) -> Result<Url, Error> {
    bucket.join(path).map_err(|_| configuration("the base URL takes no path"))
}

/// These calls are never billed, whatever becomes of them.
pub(super) fn unbilled(error: Error) -> Error {
    if error.outcome() == Outcome::NotSent { error } else { error.with_outcome(Outcome::Refused) }
}
