//! The bucket's media library over the API: never cached, and the key never sent to another host.

mod download;
mod upload;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, OPERATION_ID_KEY,
    Outcome, Rejection, Upload,
};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, Request, Url};
use serde_json::{Value, json};

use self::upload::Watch;
use self::wire::{List, Stored, at};
use crate::backend::HttpBackend;
use crate::transport::unsent_or_unknown;

/// How many files are asked for at once.
const SCANNED: u32 = 1_000;
/// How many times so many of the newest files are looked at for an operation that a query does not find.
const SCANS: u32 = 10;

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl MediaLibrary for HttpBackend {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        let list = self.list(Some(&json!({ "id": id })), 1, 0).await?;
        list.media.into_iter().find(|media| media.id == *id).ok_or_else(|| not_found(id))
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let limit = query.limit.unwrap_or(SCANNED);
        let mut conditions = serde_json::Map::new();
        if let Some(folder) = &query.folder {
            conditions.insert("folder".to_owned(), json!(folder));
        }
        let (Some(operation), Some(key)) = (&query.operation, &self.inner.config.operation_key) else {
            if query.operation.is_some() {
                return Err(crate::config::configuration(
                    "media carry no operation id: the backend was built without a key for it",
                ));
            }
            let list = self.list(Some(&Value::Object(conditions)), limit, query.skip).await?;
            // A service that does not count says nothing of what it left out.
            let total = list.total.max(u64::from(query.skip) + list.media.len() as u64);
            return Ok(MediaPage::new(list.media, total));
        };
        // Whether the service can search metadata is not documented, so what it does not find is looked for here.
        let made = |media: &Media| media.metadata.get(key).and_then(Value::as_str) == Some(operation.as_str());
        let mut searching = conditions.clone();
        searching.insert(format!("metadata.{key}"), json!(operation));
        let searched = self.list(Some(&Value::Object(searching)), SCANNED, 0).await;
        let mut found: Vec<Media> = match searched {
            Ok(list) => list.media.into_iter().filter(made).collect(),
            // A query that it does not know may be refused instead of answered with nothing.
            Err(error) if matches!(error.kind(), ErrorKind::Refused(_) | ErrorKind::Server(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let conditions = Value::Object(conditions);
        let mut skip = 0;
        for _ in 0..SCANS {
            if !found.is_empty() {
                break;
            }
            let recent = self.list(Some(&conditions), SCANNED, skip).await?;
            if recent.media.is_empty() {
                break;
            }
            skip += u32::try_from(recent.media.len()).unwrap_or(SCANNED);
            found = recent.media.into_iter().filter(made).collect();
        }
        let total = found.len() as u64;
        let page = found.into_iter().skip(query.skip as usize).take(limit as usize).collect();
        Ok(MediaPage::new(page, total))
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.download(media).await
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        let (body, watch) = Watch::of(upload.body);
        let bytes = Body::wrap_stream(body);
        let file = Part::stream(bytes).file_name(upload.name).mime_str(&upload.content_type).map_err(|_| {
            let message = format!("the content type `{}` cannot be sent", upload.content_type);
            Error::new(ErrorKind::Configuration { message }, Outcome::NotSent)
        })?;
        let mut form = Form::new().part("media", file).text("write_key", self.inner.config.keys.write_key().to_owned());
        if let Some(folder) = upload.folder {
            form = form.text("folder", folder);
        }
        let mut metadata = upload.metadata;
        if let Some(alt_text) = upload.alt_text {
            form = form.text("alt_text", alt_text);
        }
        if !metadata.is_empty() {
            form = form.text("metadata", Value::Object(std::mem::take(&mut metadata)).to_string());
        }
        let url = at(&self.inner.config.work_url, "media")?;
        let request = self.inner.transport.client.post(url).multipart(form);
        let request = request.build().map_err(|error| unsent_or_unknown(error, Duration::ZERO))?;
        let stored: Stored = self.read(self.transferred(request, &watch).await?)?;
        Ok(self.named(stored.into_media()))
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        let mut request = Request::new(Method::PATCH, self.address(id)?);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(Body::from(wire::changed(change).to_string()));
        let (_, answer) = self.answered(request).await?;
        match serde_json::from_slice::<Stored>(&answer) {
            Ok(stored) => Ok(self.named(stored.into_media())),
            // What it is answered with is not documented: a message alone is enough, since the file can be asked for.
            Err(_) => self.get(id).await,
        }
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.answered(Request::new(Method::DELETE, self.address(id)?)).await.map(drop)
    }
}

impl HttpBackend {
    /// The address of one file.
    fn address(&self, id: &MediaId) -> Result<Url, Error> {
        if matches!(id.as_str(), "" | "." | "..") {
            // As part of a path they would name something else.
            return Err(not_found(id));
        }
        let mut url = at(&self.inner.config.read_url, "media")?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(id.as_str());
        }
        Ok(url)
    }

    /// Some of the files that match, newest first, past the service's cache. Nothing found is an empty list here.
    async fn list(&self, query: Option<&Value>, limit: u32, skip: u32) -> Result<List, Error> {
        let mut url = at(&self.inner.config.read_url, "media")?;
        {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("read_key", self.inner.config.keys.read_key()?);
            if let Some(query) = query.filter(|query| query.as_object().is_some_and(|query| !query.is_empty())) {
                pairs.append_pair("query", &query.to_string());
            }
            pairs.append_pair("limit", &limit.to_string());
            pairs.append_pair("skip", &skip.to_string());
            pairs.append_pair("sort", "-created_at");
            pairs.append_pair("use_cache", "false");
        }
        let replied = self.replied(Request::new(Method::GET, url)).await?;
        if replied.is_nothing_found() {
            return Ok(List::default());
        }
        let mut list: List = self.read(self.succeeded(replied)?)?;
        list.media = list.media.into_iter().map(|media| self.named(media)).collect();
        Ok(list)
    }

    /// The medium with its operation's id under the key that all backends know, if it is under another.
    fn named(&self, mut media: Media) -> Media {
        let key = self.inner.config.operation_key.as_deref().filter(|key| *key != OPERATION_ID_KEY);
        if let Some(id @ Value::String(_)) = key.and_then(|key| media.metadata.get(key)).cloned() {
            media.metadata.entry(OPERATION_ID_KEY).or_insert(id);
        }
        media
    }
}

fn not_found(id: &MediaId) -> Error {
    let rejection = Rejection::new(format!("no media with the id {id}"));
    Error::new(ErrorKind::NotFound(rejection), Outcome::Refused).with_status(404)
}
