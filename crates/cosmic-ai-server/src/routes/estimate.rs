//! To come.

use crate::error::ApiError;

pub(super) async fn price() -> ApiError {
    ApiError::internal()
}
