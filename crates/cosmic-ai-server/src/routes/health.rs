//! To come.

use crate::error::ApiError;

pub(super) async fn alive() -> ApiError {
    ApiError::internal()
}

pub(super) async fn ready() -> ApiError {
    ApiError::internal()
}

pub(super) async fn metrics() -> ApiError {
    ApiError::internal()
}

pub(super) async fn openapi() -> ApiError {
    ApiError::internal()
}
