//! A backend whose every call is estimated, held, sent and settled: the same traits, with a [`Meter`] in front.

mod admit;
mod answer;
mod cut;
mod meter;
mod operation;
mod refusal;
mod stream;
mod unresolved;

use std::sync::Arc;

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Call, Error, ExtensionRequest, Generators, ImageGenerator, ImageRequest, ImageResponse, Media,
    MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, SpeechGenerator, SpeechRequest, SpeechResponse,
    TextGenerator, TextRequest, TextResponse, TextStream, Upload, VideoGenerator, VideoRequest, VideoResponse,
};

pub use self::cut::{Cut, CutDecision, cut_settles_delivered, cut_settles_hold, cut_stays_unresolved};
pub use self::meter::Meter;
pub(crate) use self::refusal::{Limits, first_pool, name_of};
pub use self::unresolved::{Lookup, Verdict};

/// A backend with a [`Meter`] in front of it. It implements each trait that the backend implements.
///
/// A call is validated and estimated, the most that it may cost is held in the ledger in the same commit that records it as
/// sent, and only then does the backend see it. Whatever happens then is settled: an answer by its cost, a refusal by
/// releasing the hold, a text that was cut by a [policy](Meter::with_cut_policy), a medium whose answer was lost by keeping
/// it held until someone [finds out](Meter::unresolved). That holds for dropped futures and streams as well.
///
/// An operation id that was used before is never paid again: see [`Meter`].
#[derive(Debug, Clone)]
pub struct Metered<B> {
    backend: B,
    meter: Arc<Meter>,
}

impl<B> Metered<B> {
    /// Puts a meter in front of a backend.
    pub fn new(backend: B, meter: impl Into<Arc<Meter>>) -> Self {
        Self { backend, meter: meter.into() }
    }

    /// The meter.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The backend.
    pub const fn backend(&self) -> &B {
        &self.backend
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: TextGenerator> TextGenerator for Metered<B> {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let request = self.meter.canonical(call, request)?;
        self.meter.spend(call, &*request, || self.backend.generate_text(call, &request)).await
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let request = self.meter.canonical(call, request)?;
        self.meter.spend_on_stream(call, &request, || self.backend.stream_text(call, &request)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: ImageGenerator> ImageGenerator for Metered<B> {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        let request = self.meter.canonical(call, request)?;
        self.meter.spend(call, &*request, || self.backend.generate_image(call, &request)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: VideoGenerator> VideoGenerator for Metered<B> {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        let request = self.meter.canonical(call, request)?;
        self.meter.spend(call, &*request, || self.backend.generate_video(call, &request)).await
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        let request = self.meter.canonical(call, request)?;
        self.meter.spend(call, &*request, || self.backend.extend_video(call, &request)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: SpeechGenerator> SpeechGenerator for Metered<B> {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        let request = self.meter.canonical(call, request)?;
        self.meter.spend(call, &*request, || self.backend.generate_speech(call, &request)).await
    }
}

/// The library costs nothing and is passed on.
#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: MediaLibrary> MediaLibrary for Metered<B> {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.backend.get(id).await
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        self.backend.find(query).await
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.backend.open(media).await
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.backend.put(upload).await
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        self.backend.update(id, change).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.backend.delete(id).await
    }
}

impl<B> From<Metered<B>> for Generators
where
    B: TextGenerator + ImageGenerator + VideoGenerator + SpeechGenerator + MediaLibrary + 'static,
{
    fn from(metered: Metered<B>) -> Self {
        Self::all(Arc::new(metered))
    }
}
