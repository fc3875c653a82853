//! A backend whose calls are written down.

mod stream;
mod tape;

use std::fmt;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cosmic_ai_core::{
    ByteStream, Call, Error, ErrorKind, ExtensionRequest, Generators, ImageGenerator, ImageRequest, ImageResponse,
    Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, OPERATION_ID_KEY, Outcome, SpeechGenerator,
    SpeechRequest, SpeechResponse, TextGenerator, TextRequest, TextResponse, TextStream, TimeoutStage, Upload,
    VideoGenerator, VideoRequest, VideoResponse,
};
use serde::Serialize;
use serde_json::Value;
use tokio::time::sleep;

use self::tape::{Slot, Tape};
use super::error::CassetteError;
use super::interaction::{Answer, Kind};
use super::redaction::Redaction;
use super::upload;

/// How long the bytes of a medium may take before the answer is handed over without them.
const FETCH_LIMIT: Duration = Duration::from_secs(30);

/// How the bytes of a medium are had.
type Fetch<B> = for<'a> fn(&'a B, &'a Media) -> Pin<Box<dyn Future<Output = Result<Bytes, Error>> + Send + 'a>>;

/// A backend whose calls are written into a cassette. It implements each trait that the backend implements.
///
/// After each call the cassette is complete on the disk: the file is written anew and renamed, so that a process may die at
/// any time. The folder belongs to one recording; an earlier cassette in it is replaced when the first call is written. Calls
/// that run side by side are written in the order in which they began. A `.gitattributes` keeps git from converting line ends.
///
/// A call goes through whatever becomes of its recording, since it may have been paid for: a fault in writing, or in
/// fetching the bytes of a medium, is told by [`finish`](Self::finish). What was answered is written before the bytes are
/// fetched, and they may take 30 seconds on tokio's clock: then the answer is handed over, and recorded, without them. Files are written on the thread that polls the call:
/// this is for tests, not for servers. A generated medium and an uploaded file are held in memory while they are recorded.
///
/// Of the library, uploads are recorded; other calls are passed on, because a replay answers them by what it has.
#[derive(Clone)]
pub struct Recording<B> {
    backend: B,
    fetch: Option<Fetch<B>>,
    tape: Arc<Tape>,
}

impl<B: MediaLibrary> Recording<B> {
    /// Records into a folder, with nothing hidden and without the timing of streams.
    ///
    /// # Errors
    /// When the folder cannot be written, or has a `cassette.json` that is none.
    pub fn new(backend: B, folder: impl Into<PathBuf>) -> Result<Self, CassetteError> {
        Self::builder(backend, folder).start()
    }

    /// A recording to be configured.
    pub fn builder(backend: B, folder: impl Into<PathBuf>) -> RecordingBuilder<B> {
        RecordingBuilder { fetch: Some(fetch::<B>), ..Self::builder_without_library(backend, folder) }
    }
}

impl<B> Recording<B> {
    /// A recording to be configured, of a backend that is no media library: media are described in the cassette, and
    /// their bytes are not had.
    pub fn builder_without_library(backend: B, folder: impl Into<PathBuf>) -> RecordingBuilder<B> {
        let (redaction, with_timing) = (Redaction::new(), false);
        RecordingBuilder { backend, fetch: None, folder: folder.into(), redaction, with_timing }
    }

    /// The backend.
    pub const fn backend(&self) -> &B {
        &self.backend
    }

    /// Says whether everything was recorded, and removes the files of media that no interaction needs, such as those of
    /// an earlier cassette that was replaced. Call it at the end of a recording; all that was recorded is on the disk without it, too.
    ///
    /// # Errors
    /// The faults in writing and in fetching the bytes of media; interactions that could not be written because a replay
    /// could not read what redaction leaves of them; and, before all else, a [secret](Redaction::with_secret) that is still in
    /// `cassette.json` or in the bytes of a medium. The error is the first of them, and its message goes on with the others.
    pub fn finish(&self) -> Result<(), CassetteError> {
        self.tape.finish()
    }

    fn begin(&self, kind: Kind, call: &Call, request: &impl Serialize) -> Slot {
        Tape::begin(&self.tape, kind, Some(call.operation_id()), request)
    }

    /// Writes down what came of a call.
    async fn record<A: Answer>(
        &self,
        slot: Slot,
        answer: impl Future<Output = Result<A, Error>> + Send,
    ) -> Result<A, Error> {
        let answer = answer.await;
        match &answer {
            Ok(answer) => {
                let written = slot.answered(answer);
                if let (Some(media), Some(fetch)) = (answer.media(), self.fetch) {
                    written.with_bytes(media, within_limit(fetch(&self.backend, media)).await);
                }
            }
            Err(error) => slot.failed(error),
        }
        answer
    }
}

fn fetch<'a, B: MediaLibrary>(
    backend: &'a B,
    media: &'a Media,
) -> Pin<Box<dyn Future<Output = Result<Bytes, Error>> + Send + 'a>> {
    Box::pin(async move { backend.open(media).await?.collect().await })
}

/// The bytes of a medium, unless they take too long: the call's answer, which may have been paid for, waits for them.
async fn within_limit(
    mut fetch: Pin<Box<dyn Future<Output = Result<Bytes, Error>> + Send + '_>>,
) -> Result<Bytes, Error> {
    let mut limit = None;
    poll_fn(|context| {
        if let Poll::Ready(fetched) = fetch.as_mut().poll(context) {
            return Poll::Ready(fetched);
        }
        // Only now, because what is there at once needs no runtime.
        let limit = limit.get_or_insert_with(|| Box::pin(sleep(FETCH_LIMIT)));
        limit.as_mut().poll(context).map(|()| {
            let kind = ErrorKind::Timeout { stage: TimeoutStage::Total, after: FETCH_LIMIT };
            Err(Error::new(kind, Outcome::UNKNOWN))
        })
    })
    .await
}

impl<B: fmt::Debug> fmt::Debug for Recording<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("backend", &self.backend)
            .field("folder", &self.tape.folder())
            .finish_non_exhaustive()
    }
}

/// Configures a [`Recording`].
#[must_use = "call `start` to record"]
pub struct RecordingBuilder<B> {
    backend: B,
    fetch: Option<Fetch<B>>,
    folder: PathBuf,
    redaction: Redaction,
    with_timing: bool,
}

impl<B> RecordingBuilder<B> {
    /// Sets what is hidden; nothing by default.
    pub fn with_redaction(mut self, redaction: Redaction) -> Self {
        self.redaction = redaction;
        self
    }

    /// Keeps how many milliseconds pass between the events of streams, on tokio's clock. By default they are left out, so
    /// that the same calls give the same cassette.
    pub fn with_timing(mut self) -> Self {
        self.with_timing = true;
        self
    }

    /// Begins a cassette: an empty one, or in the place of an earlier one once the first call is written.
    ///
    /// # Errors
    /// When the folder cannot be written, or has a `cassette.json` that is none, or when a pointer of the redaction is none or
    /// hides what answers need.
    pub fn start(self) -> Result<Recording<B>, CassetteError> {
        let tape = Tape::start(self.folder, self.redaction, self.with_timing)?;
        Ok(Recording { backend: self.backend, fetch: self.fetch, tape: Arc::new(tape) })
    }
}

impl<B: fmt::Debug> fmt::Debug for RecordingBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingBuilder")
            .field("backend", &self.backend)
            .field("folder", &self.folder)
            .field("redaction", &self.redaction)
            .field("with_timing", &self.with_timing)
            .finish_non_exhaustive()
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: TextGenerator> TextGenerator for Recording<B> {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let slot = self.begin(Kind::Text, call, request);
        self.record(slot, self.backend.generate_text(call, request)).await
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let slot = self.begin(Kind::Stream, call, request);
        match self.backend.stream_text(call, request).await {
            Ok(stream) => Ok(stream::recorded(stream, slot)),
            Err(error) => {
                slot.failed(&error);
                Err(error)
            }
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: ImageGenerator> ImageGenerator for Recording<B> {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        let slot = self.begin(Kind::Image, call, request);
        self.record(slot, self.backend.generate_image(call, request)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: VideoGenerator> VideoGenerator for Recording<B> {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        let slot = self.begin(Kind::Video, call, request);
        self.record(slot, self.backend.generate_video(call, request)).await
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        let slot = self.begin(Kind::Extend, call, request);
        self.record(slot, self.backend.extend_video(call, request)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: SpeechGenerator> SpeechGenerator for Recording<B> {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        let slot = self.begin(Kind::Speech, call, request);
        self.record(slot, self.backend.generate_speech(call, request)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<B: MediaLibrary> MediaLibrary for Recording<B> {
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
        let (upload, bytes) = upload::read(upload).await?;
        let operation = upload.metadata.get(OPERATION_ID_KEY).and_then(Value::as_str).and_then(|id| id.parse().ok());
        let slot = Tape::begin(&self.tape, Kind::Put, operation.as_ref(), &upload::described(&upload, &bytes));
        let stored = self.backend.put(upload).await;
        match &stored {
            Ok(media) => slot.answered(media).with_bytes(media, Ok(bytes)),
            Err(error) => slot.failed(error),
        }
        stored
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        self.backend.update(id, change).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.backend.delete(id).await
    }
}

impl<B> From<Recording<B>> for Generators
where
    B: TextGenerator + ImageGenerator + VideoGenerator + SpeechGenerator + MediaLibrary + 'static,
{
    fn from(recording: Recording<B>) -> Self {
        Self::all(Arc::new(recording))
    }
}
