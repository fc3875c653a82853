//! One call under circumstances of the caller's choosing.

use std::borrow::Borrow;
use std::sync::Arc;

use cosmic_ai_core::{
    Call, Error, ErrorKind, ExtensionRequest, ImageRequest, ImageResponse, Outcome, RequestRef, SpeechRequest,
    SpeechResponse, TextRequest, TextResponse, TextStream, Unsupported, VideoRequest, VideoResponse,
};

use super::Client;

/// One call of a [`Client`] under a given [`Call`]. Its methods take it by value: an operation id is for one call.
#[derive(Debug)]
#[must_use = "nothing is sent until one of its methods is awaited"]
pub struct ClientCall<'c> {
    pub(super) client: &'c Client,
    pub(super) call: Call,
}

impl ClientCall<'_> {
    /// As [`Client::generate_text`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_text(self, request: impl Borrow<TextRequest> + Send) -> Result<TextResponse, Error> {
        let request = request.borrow();
        let text = self.slot(self.client.generators.text.as_ref(), "generate_text", request)?;
        text.generate_text(&self.call, request).await
    }

    /// As [`Client::stream_text`].
    ///
    /// # Errors
    /// As there.
    pub async fn stream_text(self, request: impl Borrow<TextRequest> + Send) -> Result<TextStream, Error> {
        let request = request.borrow();
        let text = self.slot(self.client.generators.text.as_ref(), "stream_text", request)?;
        text.stream_text(&self.call, request).await
    }

    /// As [`Client::generate_image`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_image(self, request: impl Borrow<ImageRequest> + Send) -> Result<ImageResponse, Error> {
        let request = request.borrow();
        let image = self.slot(self.client.generators.image.as_ref(), "generate_image", request)?;
        image.generate_image(&self.call, request).await
    }

    /// As [`Client::generate_video`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_video(self, request: impl Borrow<VideoRequest> + Send) -> Result<VideoResponse, Error> {
        let request = request.borrow();
        let video = self.slot(self.client.generators.video.as_ref(), "generate_video", request)?;
        video.generate_video(&self.call, request).await
    }

    /// As [`Client::extend_video`].
    ///
    /// # Errors
    /// As there.
    pub async fn extend_video(self, request: impl Borrow<ExtensionRequest> + Send) -> Result<VideoResponse, Error> {
        let request = request.borrow();
        let video = self.slot(self.client.generators.video.as_ref(), "extend_video", request)?;
        video.extend_video(&self.call, request).await
    }

    /// As [`Client::generate_speech`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_speech(self, request: impl Borrow<SpeechRequest> + Send) -> Result<SpeechResponse, Error> {
        let request = request.borrow();
        let speech = self.slot(self.client.generators.speech.as_ref(), "generate_speech", request)?;
        speech.generate_speech(&self.call, request).await
    }

    /// The backend in a slot, once the request is found valid.
    fn slot<'s, 'r, T: ?Sized>(
        &self,
        slot: Option<&'s Arc<T>>,
        operation: &'static str,
        request: impl Into<RequestRef<'r>>,
    ) -> Result<&'s T, Error> {
        let checked = self.client.registry.check(request);
        checked.map_err(|problems| Error::invalid(problems).with_operation_id(self.call.operation_id()))?;
        slot.map(Arc::as_ref).ok_or_else(|| {
            let advice = "no backend of this client can do it; build the client with one that can";
            Error::new(ErrorKind::Unsupported(Unsupported::new(operation, advice)), Outcome::NotSent)
                .with_operation_id(self.call.operation_id())
        })
    }
}
