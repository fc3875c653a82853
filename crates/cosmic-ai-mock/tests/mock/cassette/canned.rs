//! A backend that gives what it was handed, and a way to compare errors.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Call, Error, ErrorKind, ImageGenerator, ImageRequest, ImageResponse, Media, MediaId, MediaLibrary,
    MediaPage, MediaQuery, Outcome, Rejection, TextEvent, TextGenerator, TextRequest, TextResponse, TextStream, Upload,
};
use tokio_stream::StreamExt as _;

/// An event, and how many milliseconds it takes to come.
type Paced = (u64, Result<TextEvent, Error>);

/// Texts, streams and images in the order in which they are given. Each medium has the bytes of its own id.
#[derive(Debug, Default)]
pub(super) struct Canned {
    pub(super) texts: Mutex<VecDeque<Result<TextResponse, Error>>>,
    pub(super) streams: Mutex<VecDeque<Vec<Paced>>>,
    pub(super) images: Mutex<VecDeque<Result<ImageResponse, Error>>>,
}

#[async_trait]
impl TextGenerator for Canned {
    async fn generate_text(&self, _: &Call, _: &TextRequest) -> Result<TextResponse, Error> {
        self.texts.lock().unwrap().pop_front().unwrap()
    }

    async fn stream_text(&self, call: &Call, _: &TextRequest) -> Result<TextStream, Error> {
        let events = self.streams.lock().unwrap().pop_front().unwrap();
        let paced = tokio_stream::iter(events).then(|(pause, event)| async move {
            if pause > 0 {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            event
        });
        Ok(TextStream::new(call.operation_id(), paced))
    }
}

#[async_trait]
impl ImageGenerator for Canned {
    async fn generate_image(&self, _: &Call, _: &ImageRequest) -> Result<ImageResponse, Error> {
        self.images.lock().unwrap().pop_front().unwrap()
    }
}

#[async_trait]
impl MediaLibrary for Canned {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        Ok(Media::new(id, "https://example.com/", "image/png"))
    }

    async fn find(&self, _: &MediaQuery) -> Result<MediaPage, Error> {
        Ok(MediaPage::default())
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        if media.id.as_str() == "gone" {
            return Err(Error::new(ErrorKind::NotFound(Rejection::new("gone")), Outcome::Refused));
        }
        Ok(media.id.as_str().as_bytes().to_vec().into())
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        Ok(Media::new(upload.name, "https://example.com/", upload.content_type))
    }

    async fn delete(&self, _: &MediaId) -> Result<(), Error> {
        Ok(())
    }
}

/// Everything that can be asked of an error.
pub(super) fn facts(error: &Error) -> impl PartialEq + std::fmt::Debug + use<> {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    // An empty text is none: a stream that delivered nothing has nothing to give back.
    let text = error.partial_text().filter(|text| !text.is_empty()).map(str::to_owned);
    let had = (text, error.usage(), error.media_id().cloned());
    let id = error.operation_id().cloned();
    (error.kind().clone(), error.outcome(), error.status(), id, error.retry_after(), had, cause)
}

/// All events of a stream, with their times in milliseconds since the first was asked for.
pub(super) async fn events(mut stream: TextStream) -> Vec<(u128, Result<TextEvent, Error>)> {
    let started = tokio::time::Instant::now();
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push((started.elapsed().as_millis(), event));
    }
    events
}
