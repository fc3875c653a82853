//! To come.

use crate::error::ApiError;

pub(super) async fn serve() -> ApiError {
    ApiError::internal()
}
