//! `…/media`: the media library of a bucket. Listed, shown, uploaded, changed and deleted.

mod changes;
mod form;
mod incoming;
mod listing;
mod props;
mod upload;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use cosmic_ai::MediaId;
use serde_json::{Map, Value, json};

pub(super) use self::upload::upload;
use super::parameters::Parameters;
use crate::app::App;
use crate::body;
use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::operation::shown;

/// Where a medium is: the slug of its bucket, and its id.
type Place = Result<Path<(String, String)>, PathRejection>;

/// Lists media. Nothing found is a 404, as with the real service.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    slug: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let Path(slug) = slug.map_err(|_| ApiError::no_bucket())?;
    let bucket = app.bucket(&slug)?;
    let parameters = Parameters::of(&uri)?;
    bucket.keys.may_read(&headers, parameters.get("read_key")?)?;
    let listing = listing::read(&parameters)?;
    let props = props::read(&parameters)?;
    let (limit, skip) = (listing.limit, listing.skip);
    let listed = bucket.shelf.list(&listing).await?;
    if listed.media.is_empty() {
        return Err(ApiError::not_found("no media match the query"));
    }
    let media: Vec<Value> = listed.media.iter().map(|media| props::of(media, props.as_ref())).collect();
    let mut answer = Map::from_iter([
        ("media".to_owned(), json!(media)),
        ("total".to_owned(), json!(listed.total)),
        ("limit".to_owned(), json!(limit)),
    ]);
    if parameters.get("skip")?.is_some() {
        answer.insert("skip".to_owned(), json!(skip));
    }
    Ok(Json(Value::Object(answer)))
}

/// Shows a medium.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    place: Place,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let (bucket, id) = found(&app, place)?;
    let parameters = Parameters::of(&uri)?;
    bucket.keys.may_read(&headers, parameters.get("read_key")?)?;
    let props = props::read(&parameters)?;
    let media = bucket.shelf.get(&id).await?;
    Ok(Json(json!({ "media": props::of(&media, props.as_ref()) })))
}

/// Changes what is said of a medium.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    place: Place,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, ApiError> {
    let (bucket, id) = found(&app, place)?;
    if headers.contains_key(axum::http::header::AUTHORIZATION) {
        bucket.keys.may_write(&headers, None)?;
    }
    let mut body = body::json_object(&headers, body, &app.config.limits).await?;
    let key = body.remove("write_key");
    bucket.keys.may_write(&headers, key.as_ref().and_then(Value::as_str))?;
    let change = changes::read(body)?;
    let library = bucket.shelf.library();
    let change = match change.metadata {
        // What only the server and the generator put there is not the client's to take away.
        Some(_) => changes::keeping(change, &library.get(&id).await?),
        None => change,
    };
    let media = library.update(&id, change).await?;
    Ok(Json(json!({ "media": shown(media) })))
}

/// Deletes a medium.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    place: Place,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let (bucket, id) = found(&app, place)?;
    bucket.keys.may_write(&headers, None)?;
    bucket.shelf.library().delete(&id).await?;
    Ok(Json(json!({ "message": format!("deleted {id}") })))
}

fn found(app: &App, place: Place) -> Result<(&Bucket, MediaId), ApiError> {
    let Path((slug, id)) = place.map_err(|_| ApiError::not_found("no medium of this id"))?;
    Ok((app.bucket(&slug)?, MediaId::from(id)))
}
