//! Text: the trait that writes it, its request and response, and the stream of an answer as it is written.

mod request;
mod response;
mod stream;

use std::fmt;

use async_trait::async_trait;

pub use self::request::{Message, Role, TextRequest};
pub use self::response::TextResponse;
pub use self::stream::{TextEvent, TextHandlers, TextStream};
use crate::call::Call;
use crate::error::Error;

/// Generates text.
#[async_trait]
pub trait TextGenerator: fmt::Debug + Send + Sync {
    /// Generates a whole answer.
    ///
    /// Validates the request against its registry before anything is sent.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error>;

    /// Generates an answer and hands it over as it is written. Dropping the stream cancels it.
    ///
    /// Validates the request against its registry before anything is sent.
    ///
    /// # Errors
    /// Any [`Error`] that comes before the first part of the answer. A later one is the stream's last item and carries
    /// the text and usage so far.
    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error>;
}
