//! One call under circumstances of the caller's choosing.

use std::borrow::{Borrow, Cow};
use std::sync::Arc;

use cosmic_ai_core::{
    Call, Canonical, Error, ErrorKind, ExtensionRequest, ImageRequest, ImageResponse, Outcome, RequestRef,
    SpeechRequest, SpeechResponse, TextRequest, TextResponse, TextStream, Unsupported, VideoRequest, VideoResponse,
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
        let (text, request) = self.ready(self.client.generators.text.as_ref(), "generate_text", request.borrow())?;
        text.generate_text(&self.call, &request).await
    }

    /// As [`Client::stream_text`].
    ///
    /// # Errors
    /// As there.
    pub async fn stream_text(self, request: impl Borrow<TextRequest> + Send) -> Result<TextStream, Error> {
        let (text, request) = self.ready(self.client.generators.text.as_ref(), "stream_text", request.borrow())?;
        text.stream_text(&self.call, &request).await
    }

    /// As [`Client::generate_image`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_image(self, request: impl Borrow<ImageRequest> + Send) -> Result<ImageResponse, Error> {
        let (image, request) = self.ready(self.client.generators.image.as_ref(), "generate_image", request.borrow())?;
        image.generate_image(&self.call, &request).await
    }

    /// As [`Client::generate_video`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_video(self, request: impl Borrow<VideoRequest> + Send) -> Result<VideoResponse, Error> {
        let (video, request) = self.ready(self.client.generators.video.as_ref(), "generate_video", request.borrow())?;
        video.generate_video(&self.call, &request).await
    }

    /// As [`Client::extend_video`].
    ///
    /// # Errors
    /// As there.
    pub async fn extend_video(self, request: impl Borrow<ExtensionRequest> + Send) -> Result<VideoResponse, Error> {
        let (video, request) = self.ready(self.client.generators.video.as_ref(), "extend_video", request.borrow())?;
        video.extend_video(&self.call, &request).await
    }

    /// As [`Client::generate_speech`].
    ///
    /// # Errors
    /// As there.
    pub async fn generate_speech(self, request: impl Borrow<SpeechRequest> + Send) -> Result<SpeechResponse, Error> {
        let (speech, request) =
            self.ready(self.client.generators.speech.as_ref(), "generate_speech", request.borrow())?;
        speech.generate_speech(&self.call, &request).await
    }

    /// The backend in a slot, and the request in its canonical form: what is priced is what is made, whatever registry the
    /// backend has itself.
    fn ready<'s, 'r, T: ?Sized, R: Canonical>(
        &self,
        slot: Option<&'s Arc<T>>,
        operation: &'static str,
        request: &'r R,
    ) -> Result<(&'s T, Cow<'r, R>), Error>
    where
        &'r R: Into<RequestRef<'r>>,
    {
        let with_id = |error: Error| error.with_operation_id(self.call.operation_id());
        let request = self.client.registry.canonical(request).map_err(|problems| with_id(Error::invalid(problems)))?;
        let backend = slot.ok_or_else(|| {
            let advice = "no backend of this client can do it; build the client with one that can";
            with_id(Error::new(ErrorKind::Unsupported(Unsupported::new(operation, advice)), Outcome::NotSent))
        })?;
        Ok((backend.as_ref(), request))
    }
}
