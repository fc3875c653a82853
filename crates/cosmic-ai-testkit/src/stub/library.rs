//! The media library of the API.

use bytes::Bytes;
use cosmic_ai_core::{
    Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaQuery, OPERATION_ID_KEY, OperationId, Outcome,
    Unsupported, Upload,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::ai::OWN_ID;
use super::answer::Answer;
use super::{MetadataQueries, Settings, multipart};
use crate::server::SeenRequest;

/// How many media a list holds that sets no limit.
const DEFAULT_LIMIT: usize = 1_000;

/// Lists media.
pub(super) async fn list(settings: &Settings, request: &SeenRequest, origin: &str) -> Result<Answer, Error> {
    if request.query("read_key").as_deref() != Some(&settings.read_key) && !settings.may_write(request, None) {
        return Ok(Answer::unauthorized());
    }
    let number = |name| request.query(name).and_then(|value| value.parse::<usize>().ok());
    let query = match request.query("query").map(|query| serde_json::from_str::<Map<String, Value>>(&query)) {
        None => Map::new(),
        Some(Ok(query)) => query,
        Some(Err(error)) => return Ok(Answer::failed(400, format!("Invalid query: {error}"))),
    };
    let all = library(settings)?.find(&MediaQuery::all().with_limit(u32::MAX)).await?.media;
    let matching = all.into_iter().map(|media| json!(present(media, origin)));
    let mut matching: Vec<Value> = matching.filter(|media| matches(media, &query, settings.metadata_queries)).collect();
    if request.query("sort").is_some_and(|sort| matches!(sort.as_str(), "created_at" | "modified_at")) {
        // Newest first is how the library gives them, and what the API does by default.
        matching.reverse();
    }
    if settings.stale_cache && request.query("use_cache").as_deref() != Some("false") {
        matching.clear();
    }
    let total = matching.len();
    let limit = number("limit").unwrap_or(DEFAULT_LIMIT);
    let mut page: Vec<Value> = matching.into_iter().skip(number("skip").unwrap_or(0)).take(limit).collect();
    if page.is_empty() {
        return Ok(Answer::failed(404, "No media found"));
    }
    if let Some(props) = request.query("props") {
        let wanted: Vec<&str> = props.split(',').map(str::trim).collect();
        for media in page.iter_mut().filter_map(Value::as_object_mut) {
            media.retain(|name, _| wanted.contains(&name.as_str()));
        }
    }
    Ok(Answer::json(200, &json!({ "media": page, "total": total, "limit": limit })))
}

/// Whether a medium has all the values of a query.
fn matches(media: &Value, query: &Map<String, Value>, metadata_queries: MetadataQueries) -> bool {
    query.iter().all(|(name, wanted)| match (name.strip_prefix("metadata."), metadata_queries) {
        (None, _) => media.get(name) == Some(wanted),
        (Some(key), MetadataQueries::Work) => {
            media.get("metadata").and_then(|metadata| metadata.get(key)) == Some(wanted)
        }
        (Some(_), MetadataQueries::FindNothing) => false,
        (Some(_), MetadataQueries::AreIgnored) => true,
    })
}

/// Stores an uploaded file.
pub(super) async fn upload(settings: &Settings, request: &SeenRequest, origin: &str) -> Result<Answer, Error> {
    let Some(parts) = multipart::read(request) else {
        return Ok(Answer::failed(400, "The body is not multipart/form-data"));
    };
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name)?;
        Some(String::from_utf8_lossy(&part.bytes).into_owned())
    };
    if !settings.may_write(request, text("write_key").as_deref()) {
        return Ok(Answer::unauthorized());
    }
    let Some(file) = parts.iter().find(|part| part.name == "media") else {
        return Ok(Answer::failed(400, "The part media is missing"));
    };
    let given = file.file_name.clone().unwrap_or_else(|| "file".to_owned());
    let content_type = file.content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
    let name = format!("{}-{given}", OperationId::mint());
    let mut upload = Upload::new(name, content_type, Bytes::copy_from_slice(&file.bytes)).with_original_name(given);
    upload.folder = text("folder");
    upload.alt_text = text("alt_text");
    if let Some(metadata) = text("metadata") {
        match serde_json::from_str(&metadata) {
            Ok(metadata) => upload.metadata = metadata,
            Err(error) => return Ok(Answer::failed(400, format!("Invalid metadata: {error}"))),
        }
    }
    let media = library(settings)?.put(upload).await?;
    Ok(Answer::json(200, &json!({ "media": present(media, origin) })))
}

/// Changes what is said of a medium.
pub(super) async fn update(
    settings: &Settings,
    request: &SeenRequest,
    id: &str,
    origin: &str,
) -> Result<Answer, Error> {
    let Ok(body) = serde_json::from_slice::<Map<String, Value>>(&request.body) else {
        return Ok(Answer::failed(400, "The body is not a JSON object"));
    };
    if !settings.may_write(request, body.get("write_key").and_then(Value::as_str)) {
        return Ok(Answer::unauthorized());
    }
    let mut change = MediaChange::new();
    for (name, value) in body {
        change = match (name.as_str(), value) {
            ("folder", Value::String(folder)) => change.with_folder(folder),
            ("folder", Value::Null) => change.without_folder(),
            ("alt_text", Value::String(alt_text)) => change.with_alt_text(alt_text),
            ("alt_text", Value::Null) => change.with_alt_text(""),
            ("metadata", Value::Object(metadata)) => change.with_metadata(metadata),
            ("folder" | "alt_text" | "metadata", other) => {
                return Ok(Answer::failed(400, format!("Invalid {name}: {other}")));
            }
            _ => change,
        };
    }
    let media = library(settings)?.update(&decoded(id), change).await?;
    Ok(Answer::json(200, &json!({ "media": present(media, origin) })))
}

/// Deletes a medium.
pub(super) async fn delete(settings: &Settings, request: &SeenRequest, id: &str) -> Result<Answer, Error> {
    if !settings.may_write(request, None) {
        return Ok(Answer::unauthorized());
    }
    library(settings)?.delete(&decoded(id)).await?;
    Ok(Answer::json(200, &json!({ "message": "The media was deleted" })))
}

/// The bytes of a medium. Like the real file host, it asks for no key.
pub(super) async fn bytes(settings: &Settings, id: &str) -> Result<Answer, Error> {
    let library = library(settings)?;
    let media = library.get(&decoded(id)).await?;
    let bytes = library.open(&media).await?.collect().await?;
    Ok(Answer::bytes(&media.content_type, bytes))
}

/// A medium as the API shows it: its bytes are here, and an operation id that the client did not send is not shown.
pub(super) fn present(mut media: Media, origin: &str) -> Media {
    let segment = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let name = media.name.as_deref().unwrap_or("file");
    media.url = format!("{origin}/media/{}/{}", segment(media.id.as_str()), segment(name));
    media.imgix_url = Some(media.url.clone());
    let operation = media.metadata.get(OPERATION_ID_KEY).and_then(Value::as_str);
    if operation.is_some_and(|id| id.starts_with(OWN_ID)) {
        media.metadata.remove(OPERATION_ID_KEY);
    }
    media
}

fn decoded(segment: &str) -> MediaId {
    MediaId::from(percent_decode_str(segment).decode_utf8_lossy().into_owned())
}

fn library(settings: &Settings) -> Result<&dyn MediaLibrary, Error> {
    let unsupported =
        || ErrorKind::Unsupported(Unsupported::new("media", "the test API was started without a library"));
    settings.generators.library.as_deref().ok_or_else(|| Error::new(unsupported(), Outcome::Refused))
}
