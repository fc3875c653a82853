//! The routes, one file a resource.

mod ai;
mod call;
mod endpoint;
mod estimate;
mod files;
mod health;
mod media;
mod models;
mod parameters;
mod text;
mod usage;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;

pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::models::{ModelList, OneModel};
use crate::app::App;
use crate::error::ApiError;

/// All routes over what they share.
pub(crate) fn router(app: Arc<App>) -> Router {
    endpoint::router().fallback(no_route).method_not_allowed_fallback(no_method).with_state(app)
}

async fn no_route(request: Request) -> ApiError {
    ApiError::no_route(request.method(), request.uri())
}

async fn no_method(request: Request) -> ApiError {
    let message = format!("{} is not a method of this route; see /openapi.json", request.method());
    ApiError::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, message)
}
