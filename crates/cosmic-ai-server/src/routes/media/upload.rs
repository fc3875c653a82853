//! `POST …/media`: a file comes into the library, as the multipart form that official clients send.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use cosmic_ai::{ByteStream, Error, ErrorKind, Outcome, Problem, Upload};
use futures_core::Stream;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::super::parameters::problem;
use super::form::{self, Form, Room};
use super::incoming::{Incoming, too_large};
use crate::app::App;
use crate::error::ApiError;
use crate::operation::shown;
use crate::shelf::Shelf;

/// How many bytes an upload may have besides its file: texts, heads of parts, boundaries.
const BESIDES: u64 = 3 << 20;
/// How many bytes are read at once from what waits on disk.
const BUFFER: usize = 256 << 10;

/// Stores a file.
pub(in super::super) async fn upload(
    State(app): State<Arc<App>>,
    slug: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let Path(slug) = slug.map_err(|_| ApiError::no_bucket())?;
    let bucket = app.bucket(&slug)?;
    let limits = &app.config.limits;
    let most = limits.upload_bytes.saturating_add(BESIDES);
    let (head, body) = request.into_parts();
    let (incoming, watch) = Incoming::new(body, most, limits.body_idle);
    let is_known = head.headers.contains_key(AUTHORIZATION);
    if is_known {
        // Before anything is read: it may be large.
        bucket.keys.may_write(&head.headers, None)?;
        watch.known();
    }
    if app.stopping.is_cancelled() {
        return Err(ApiError::unavailable("the server is stopping"));
    }
    expect_form(&head.headers)?;
    if said_length(&head.headers).is_some_and(|length| length > most) {
        return Err(too_large(limits.upload_bytes));
    }
    let room = Room { folder: &app.config.data, most: limits.upload_bytes, is_known, keyless: &app.keyless };
    let headers = head.headers.clone();
    let is_key = |key: &str| bucket.keys.may_write(&headers, Some(key));
    let form = form::read(Request::from_parts(head, Body::from_stream(incoming)), &watch, room, is_key).await?;
    bucket.keys.may_write(&headers, form.write_key.as_deref())?;
    let media = bucket.shelf.library().put(to_store(form, &bucket.shelf)?).await?;
    Ok(Json(json!({ "media": shown(media) })))
}

/// The upload for the library.
fn to_store(form: Form, shelf: &Shelf) -> Result<Upload, ApiError> {
    let Form { file, folder, alt_text, metadata, .. } = form;
    let file = file.ok_or_else(|| {
        let missing = Problem::new("media", "is missing: there is no part of this name");
        problem(missing.allowed(["a part with a file name, as of `curl -F media=@photo.png`"]))
    })?;
    let name = match shelf {
        Shelf::Disk(_) => format!("{}-{}", Uuid::new_v4(), file.name),
        // The service makes it unique itself.
        Shelf::Elsewhere { .. } => file.name.clone(),
    };
    tracing::debug!(bytes = file.size, "an upload is stored");
    let mut upload = Upload::new(name, file.content_type, ByteStream::new(Waiting::new(file.file)));
    upload = upload.with_original_name(file.name).with_metadata(metadata);
    if let Some(folder) = folder {
        upload = upload.with_folder(folder);
    }
    if let Some(text) = alt_text {
        upload = upload.with_alt_text(text);
    }
    Ok(upload)
}

fn expect_form(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(());
    }
    let message = "an upload is `multipart/form-data` with a part `media`, as of `curl -F media=@photo.png`";
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

fn said_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What waits on disk, as the library takes it.
struct Waiting(ReaderStream<File>);

impl Waiting {
    fn new(file: File) -> Self {
        Self(ReaderStream::with_capacity(file, BUFFER))
    }
}

impl Stream for Waiting {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context).map_err(|error| {
            let message = "what waited on disk cannot be read".to_owned();
            Error::new(ErrorKind::Backend { message }, Outcome::NotSent).with_source(error)
        })
    }
}
