//! Speech: the trait that speaks text, its request and response, voices, and how long texts are split.

mod request;
mod response;
mod split;

use std::fmt;

use async_trait::async_trait;

pub use self::request::{SpeechRequest, Voice};
pub use self::response::SpeechResponse;
pub use self::split::{PIECE_CHARACTERS, Pieces, split_speech};
use crate::call::Call;
use crate::error::Error;

/// Speaks text.
#[async_trait]
pub trait SpeechGenerator: fmt::Debug + Send + Sync {
    /// Speaks a text of any length into one MP3, which is stored in the media library.
    ///
    /// Validates the request against its registry before anything is sent. Dropping the future gives up waiting, not
    /// the charge.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error>;
}
