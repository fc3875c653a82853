//! `/media/{name}`: the files of the library, whole or in part, safe to open in a browser.

mod conditions;
mod disposition;
mod range;

use std::io::SeekFrom;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use headers::{ETag, HeaderMapExt as _, LastModified};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use self::conditions::Verdict;
use self::range::Part;
use super::parameters::Parameters;
use crate::app::App;
use crate::error::ApiError;
use crate::library::StoredFile;

/// How many bytes are read at once.
const BUFFER: usize = 64 << 10;
/// A name never gets other bytes, so nobody need ask again.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Serves a file. No key is asked for: whoever knows the name may have it, as with the real service.
pub(super) async fn serve(
    State(app): State<Arc<App>>,
    name: Result<Path<String>, PathRejection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Path(name) = name.map_err(|_| no_file())?;
    let downloads = Parameters::of(&uri)?.get("download")?.is_some();
    let file = app.disk.file(&name).await?.ok_or_else(no_file)?;
    let etag: ETag = format!("\"{}\"", file.hash).parse().map_err(|_| ApiError::internal())?;
    let modified = LastModified::from(file.stored_at);
    let mut response = match conditions::judge(&headers, &etag, file.stored_at) {
        Verdict::Failed => {
            let changed = ApiError::new(StatusCode::PRECONDITION_FAILED, "the file is another than the one asked for");
            return Ok(changed.into_response());
        }
        Verdict::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Verdict::Answered { range_holds } => {
            let part = if range_holds { Part::of(&headers, file.size) } else { Part::Whole };
            let is_asked_for = method == Method::GET;
            match content(&file, part, is_asked_for).await? {
                Ok(response) => response,
                Err(refusal) => return Ok(refusal),
            }
        }
    };
    let answered = response.headers_mut();
    answered.typed_insert(etag);
    answered.typed_insert(modified);
    answered.insert(CACHE_CONTROL, FOR_EVER);
    answered.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if response.status() != StatusCode::NOT_MODIFIED {
        describe(response.headers_mut(), &file, downloads);
    }
    Ok(response)
}

/// The bytes of a part, or the refusal of one that the file does not have.
async fn content(file: &StoredFile, part: Part, is_asked_for: bool) -> Result<Result<Response, Response>, ApiError> {
    let (start, length, status) = match part {
        Part::Whole => (0, file.size, StatusCode::OK),
        Part::Bytes { start, length } => (start, length, StatusCode::PARTIAL_CONTENT),
        Part::Outside => {
            let refusal = ApiError::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                format!("the file has {} bytes, none of which are in the range asked for", file.size),
            );
            let mut refusal = refusal.into_response();
            insert(refusal.headers_mut(), CONTENT_RANGE, &format!("bytes */{}", file.size));
            return Ok(Err(refusal));
        }
    };
    let body = if is_asked_for { read(file, start, length).await? } else { Body::empty() };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = (start + length).saturating_sub(1);
        insert(headers, CONTENT_RANGE, &format!("bytes {start}-{last}/{}", file.size));
    }
    Ok(Ok(response))
}

/// The bytes of a file as they are read. Deleted before it was opened, it is not found; after that it can be read to its end.
async fn read(file: &StoredFile, start: u64, length: u64) -> Result<Body, ApiError> {
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            return no_file();
        }
        tracing::error!(%error, path = %file.path.display(), "a stored file cannot be read");
        ApiError::internal()
    };
    let mut opened = File::open(&file.path).await.map_err(failed)?;
    if start > 0 {
        opened.seek(SeekFrom::Start(start)).await.map_err(failed)?;
    }
    Ok(Body::from_stream(ReaderStream::with_capacity(opened.take(length), BUFFER)))
}

/// What the file is, and that nothing in it is to be run.
fn describe(headers: &mut HeaderMap, file: &StoredFile, downloads: bool) {
    let kind = HeaderValue::from_str(&file.content_type);
    headers.insert(CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_inert = disposition::is_inert(&file.content_type);
    if !is_inert {
        let sandbox = HeaderValue::from_static("sandbox; default-src 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, sandbox);
    }
    if !is_inert || downloads {
        insert(headers, CONTENT_DISPOSITION, &disposition::attachment(file.original_name.as_deref()));
    }
}

fn insert(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The name is not repeated: it may hold anything.
fn no_file() -> ApiError {
    ApiError::not_found("no medium of this name")
}
