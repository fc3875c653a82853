//! The routes, one file a resource.

mod ai;
mod call;
mod estimate;
mod files;
mod health;
mod media;
mod models;
mod text;
mod usage;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};

use cosmic_ai::{ExtensionRequest, ImageRequest, SpeechRequest, VideoRequest};

use crate::app::App;
use crate::error::ApiError;

/// All routes over what they share.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v3/buckets/{slug}/ai/text", post(text::generate))
        .route("/v3/buckets/{slug}/ai/image", post(ai::make::<ImageRequest>))
        .route("/v3/buckets/{slug}/ai/video", post(ai::make::<VideoRequest>))
        .route("/v3/buckets/{slug}/ai/video/extend", post(ai::make::<ExtensionRequest>))
        .route("/v3/buckets/{slug}/ai/audio", post(ai::make::<SpeechRequest>))
        .route("/v3/buckets/{slug}/media", get(media::list).post(media::upload))
        .route("/v3/buckets/{slug}/media/{id}", get(media::one).patch(media::change).delete(media::remove))
        .route("/media/{name}", get(files::serve))
        .route("/v3/models", get(models::list))
        .route("/v3/estimate", post(estimate::price))
        .route("/v3/usage", get(usage::report))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(health::openapi))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .with_state(app)
}

async fn no_route(request: Request) -> ApiError {
    ApiError::no_route(request.method(), request.uri())
}

async fn no_method(request: Request) -> ApiError {
    let message = format!("{} is not a method of this route; see /openapi.json", request.method());
    ApiError::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, message)
}
