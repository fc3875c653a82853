//! To come.

use crate::error::ApiError;

pub(super) async fn report() -> ApiError {
    ApiError::internal()
}
