//! Images: the trait that makes them, its request and response, sizes and shapes.

mod request;
mod response;
mod size;

use std::fmt;

use async_trait::async_trait;

pub use self::request::{ImageFormat, ImageQuality, ImageRequest};
pub use self::response::ImageResponse;
pub use self::size::{AspectRatio, ImageSize};
use crate::call::Call;
use crate::error::Error;

/// Generates images.
#[async_trait]
pub trait ImageGenerator: fmt::Debug + Send + Sync {
    /// Generates one image, which is stored in the media library.
    ///
    /// Validates the request against its registry before anything is sent. Dropping the future gives up waiting, not
    /// the charge: once the request left, the image may be made, stored and billed all the same.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error>;
}
