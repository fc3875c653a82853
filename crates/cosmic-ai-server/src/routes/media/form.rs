//! The parts of an upload, in whatever order they come. Official clients send the file first and the key after it, so the file
//! waits on disk, without a name, until all is read: what is refused leaves nothing behind.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequest as _;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use cosmic_ai::Problem;
use serde_json::{Map, Value, json};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::parameters::problem;
use super::incoming::{Watch, too_large};
use crate::error::ApiError;
use crate::operation::put_aside;

/// How many parts an upload may have.
const PARTS: usize = 32;
/// How many bytes a text part may have.
const TEXT_BYTES: usize = 64 << 10;
/// How many bytes of a file wait on disk for a key that was not sent before it, and how many of all such files together: older
/// clients send the key after the file, and anybody can begin to.
const KEYLESS_BYTES: u64 = 64 << 20;
const ALL_KEYLESS_BYTES: usize = 256 << 20;
/// When to come again after all of that room was taken.
const PAUSE: Duration = Duration::from_secs(30);
/// How long a file name may be, in characters.
const NAME_CHARACTERS: usize = 255;

/// An upload that was read.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) file: Option<Spooled>,
    pub(super) write_key: Option<String>,
    pub(super) folder: Option<String>,
    pub(super) alt_text: Option<String>,
    pub(super) metadata: Map<String, Value>,
}

/// A file that waits on disk. It is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Spooled {
    pub(super) file: File,
    pub(super) size: u64,
    /// Its name, as its sender calls it.
    pub(super) name: String,
    /// Its type, as its sender says.
    pub(super) content_type: String,
    /// The room that it takes as long as there is no key.
    keyless: Option<OwnedSemaphorePermit>,
}

/// The room on disk, a permit for each byte, of all files that wait for a key.
pub(crate) fn keyless_room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(ALL_KEYLESS_BYTES))
}

/// Where and within which limits an upload is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room<'a> {
    /// The folder for what waits.
    pub(super) folder: &'a Path,
    /// The most bytes of a file.
    pub(super) most: u64,
    /// Whether the sender has shown a key.
    pub(super) is_known: bool,
    /// The room for files whose sender has not.
    pub(super) keyless: &'a Arc<Semaphore>,
}

/// Reads the parts of a body. `is_key` judges a key as soon as it is there.
pub(super) async fn read(
    mut request: Request,
    watch: &Watch,
    mut room: Room<'_>,
    is_key: impl Fn(&str) -> Result<(), ApiError>,
) -> Result<Form, ApiError> {
    // Its own limit is two megabytes; ours is in the body.
    DefaultBodyLimit::disable().apply(&mut request);
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| ApiError::bad_request("Content-Type: has no boundary, or one that is none"))?;
    let mut form = Form::default();
    let mut seen: Vec<String> = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|error| refused(watch, &error))? {
        watch.understood();
        let name = part.name().unwrap_or_default().to_owned();
        if seen.len() == PARTS {
            return Err(ApiError::bad_request(format!("the body has more than {PARTS} parts")));
        }
        let is_known_part = matches!(name.as_str(), "media" | "write_key" | "folder" | "alt_text" | "metadata");
        if is_known_part && seen.contains(&name) {
            return Err(problem(Problem::new(name, "is there twice; an upload has one file, and each part once")));
        }
        seen.push(name.clone());
        if name == "media" {
            form.file = Some(spool(part, watch, room).await?);
            continue;
        }
        let text = text(&name, part, watch).await?;
        match name.as_str() {
            "write_key" => {
                is_key(&text)?;
                room.is_known = true;
                watch.known();
                if let Some(file) = &mut form.file {
                    file.keyless = None;
                }
                form.write_key = Some(text);
            }
            "folder" => form.folder = Some(text).filter(|folder| !folder.is_empty()),
            "alt_text" => form.alt_text = Some(text).filter(|text| !text.is_empty()),
            "metadata" => form.metadata = metadata(&text)?,
            // `trigger_webhook`, for one: there are no webhooks. What the API may add is passed over.
            _ => {}
        }
    }
    Ok(form)
}

fn refused(watch: &Watch, error: &MultipartError) -> ApiError {
    watch.refusal(&error.body_text())
}

/// Writes a file to disk as it comes.
async fn spool(mut part: Field<'_>, watch: &Watch, room: Room<'_>) -> Result<Spooled, ApiError> {
    let name = part.file_name().map(named).ok_or_else(|| {
        let wrong = Problem::new("media", "is not a file: the part has no file name");
        problem(wrong.allowed(["a part with a file name, as of `curl -F media=@photo.png`"]))
    })?;
    let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
    let folder = room.folder.to_owned();
    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
    let file = file.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(|error| unwritten(&error))?;
    let mut file = File::from_std(file);
    let (mut size, mut keyless) = (0_u64, None);
    while let Some(bytes) = part.chunk().await.map_err(|error| refused(watch, &error))? {
        watch.understood();
        size += bytes.len() as u64;
        if size > room.most {
            return Err(too_large(room.most));
        }
        if !room.is_known {
            if size > KEYLESS_BYTES {
                return Err(ApiError::unauthorized(
                    "a file of this size needs its key before it: as `Authorization: Bearer …`, or as a part `write_key`",
                ));
            }
            take(room.keyless, bytes.len(), &mut keyless)?;
        }
        file.write_all(&bytes).await.map_err(|error| unwritten(&error))?;
    }
    file.flush().await.map_err(|error| unwritten(&error))?;
    file.rewind().await.map_err(|error| unwritten(&error))?;
    Ok(Spooled { file, size, name, content_type, keyless })
}

/// Takes room for more bytes without a key.
fn take(room: &Arc<Semaphore>, bytes: usize, taken: &mut Option<OwnedSemaphorePermit>) -> Result<(), ApiError> {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let more = room.clone().try_acquire_many_owned(bytes).map_err(|_| {
        let message =
            "too many files wait for their key; come again later, or send it first: as `Authorization: Bearer …`";
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, message).with_retry_after(PAUSE)
    })?;
    match taken {
        Some(taken) => taken.merge(more),
        None => *taken = Some(more),
    }
    Ok(())
}

/// The text of a part.
async fn text(name: &str, mut part: Field<'_>, watch: &Watch) -> Result<String, ApiError> {
    let mut text = Vec::new();
    while let Some(bytes) = part.chunk().await.map_err(|error| refused(watch, &error))? {
        watch.understood();
        if text.len() + bytes.len() > TEXT_BYTES {
            let message = format!("{}: has more than {TEXT_BYTES} bytes", shortened(name));
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        text.extend_from_slice(&bytes);
    }
    String::from_utf8(text).map_err(|_| problem(Problem::new(shortened(name), "is not UTF-8")))
}

fn metadata(text: &str) -> Result<Map<String, Value>, ApiError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let read = serde_json::from_str(text);
    let read = read.map_err(|error| problem(Problem::new("metadata", format!("is not JSON: {error}")).given(text)))?;
    let Value::Object(metadata) = read else {
        return Err(problem(Problem::new("metadata", "is not a JSON object").given(text)));
    };
    let mut body = Map::from_iter([("metadata".to_owned(), json!(metadata))]);
    put_aside(&mut body);
    match body.remove("metadata") {
        Some(Value::Object(metadata)) => Ok(metadata),
        _ => Ok(metadata),
    }
}

/// The name of a file as people know it: without the folders that some clients send, on one line.
fn named(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().map(|character| if character.is_control() { ' ' } else { character });
    let name: String = plain.take(NAME_CHARACTERS).collect();
    let name = name.trim();
    if matches!(name, "" | "." | "..") { "file".to_owned() } else { name.to_owned() }
}

fn shortened(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(80).collect()
}

fn unwritten(error: &std::io::Error) -> ApiError {
    tracing::error!(%error, "an upload cannot be written to the data folder");
    if error.kind() == std::io::ErrorKind::StorageFull {
        return ApiError::new(StatusCode::INSUFFICIENT_STORAGE, "the server has no room for the file");
    }
    ApiError::internal()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::super::incoming::Incoming;
    use super::*;

    /// Reads an upload of 100 bytes whose key comes after them.
    async fn upload(keyless: &Arc<Semaphore>, key: &str) -> Result<Form, ApiError> {
        let part = |head: &str, body: &str| format!("--a\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let file = part("name=\"media\"; filename=\"a\"", &"a".repeat(100));
        let body = format!("{file}{}--a--\r\n", part("name=\"write_key\"", key));
        let (incoming, watch) = Incoming::new(Body::from(body), 1 << 20, Duration::from_secs(20));
        let request = Request::builder().header("content-type", "multipart/form-data; boundary=a");
        let folder = tempfile::tempdir().unwrap();
        let room = Room { folder: folder.path(), most: 1 << 20, is_known: false, keyless };
        let is_key = |key: &str| if key == "right" { Ok(()) } else { Err(ApiError::unauthorized("wrong")) };
        read(request.body(Body::from_stream(incoming)).unwrap(), &watch, room, is_key).await
    }

    #[tokio::test]
    async fn files_that_wait_for_a_key_share_their_room_and_give_it_back() {
        let keyless = Arc::new(Semaphore::new(150));
        let stored = upload(&keyless, "right").await.unwrap();
        assert_eq!((stored.file.as_ref().unwrap().size, keyless.available_permits()), (100, 150));
        let refusal = upload(&keyless, "wrong").await.unwrap_err();
        assert_eq!((refusal.to_value()["status"].as_u64(), keyless.available_permits()), (Some(401), 150));
        let other = keyless.clone().try_acquire_many_owned(51).unwrap();
        let refusal = upload(&keyless, "right").await.unwrap_err();
        assert_eq!(refusal.to_value()["status"], 429, "{refusal:?}");
        drop(other);
        assert!(upload(&keyless, "right").await.is_ok());
    }

    #[test]
    fn names_are_of_files_alone() {
        for (given, expected) in [
            ("mug.png", "mug.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\mug.png", "mug.png"),
            ("a\r\nb\0c", "a  b c"),
            ("", "file"),
            ("..", "file"),
            ("folder/", "file"),
            (" Tässe.png ", "Tässe.png"),
        ] {
            assert_eq!(named(given), expected, "{given:?}");
        }
        assert_eq!(named(&"x".repeat(1_000)).len(), NAME_CHARACTERS);
    }
}
