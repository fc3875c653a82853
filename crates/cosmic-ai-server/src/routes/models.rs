//! To come.

use crate::error::ApiError;

pub(super) async fn list() -> ApiError {
    ApiError::internal()
}
