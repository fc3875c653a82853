//! Video: the trait that makes clips and extends them, its requests and response, durations and resolutions.

mod request;
mod resolution;
mod response;

use std::fmt;

use async_trait::async_trait;

pub use self::request::{ExtensionRequest, VideoRequest};
pub use self::resolution::{ClipSeconds, Resolution};
pub use self::response::VideoResponse;
use crate::call::Call;
use crate::error::Error;

/// Generates video clips and extends them.
///
/// Both methods wait until the clip is ready, usually for minutes. Dropping the future gives up waiting, not the
/// charge: once the request left, the clip may be made, stored and billed all the same. The operation id of the
/// [`Call`] finds it in the media library.
#[async_trait]
pub trait VideoGenerator: fmt::Debug + Send + Sync {
    /// Generates one clip, which is stored in the media library.
    ///
    /// Validates the request against its registry before anything is sent.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error>;

    /// Makes a new clip that continues from the last second of an earlier one. Its source stays as it is.
    ///
    /// Validates the request against its registry before anything is sent.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error>;
}
