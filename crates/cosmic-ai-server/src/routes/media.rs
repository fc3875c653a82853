//! To come.

use crate::error::ApiError;

pub(super) async fn list() -> ApiError {
    ApiError::internal()
}

pub(super) async fn upload() -> ApiError {
    ApiError::internal()
}

pub(super) async fn one() -> ApiError {
    ApiError::internal()
}

pub(super) async fn change() -> ApiError {
    ApiError::internal()
}

pub(super) async fn remove() -> ApiError {
    ApiError::internal()
}
