//! Backends for tests: one that must not be reached, one that writes down how it is called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    ByteStream, Call, Error, ExtensionRequest, Generators, ImageGenerator, ImageRequest, ImageResponse, Media, MediaId,
    MediaLibrary, MediaPage, MediaQuery, OperationId, SpeechGenerator, SpeechRequest, SpeechResponse, TextGenerator,
    TextRequest, TextResponse, TextStream, Upload, VideoGenerator, VideoRequest, VideoResponse,
};

/// One call as a backend saw it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) method: &'static str,
    pub(crate) operation: OperationId,
    pub(crate) labels: BTreeMap<String, String>,
}

/// The mock, with every call written down; or, armed, a backend that panics when it is reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Witness {
    mock: MockBackend,
    seen: Arc<Mutex<Vec<Seen>>>,
    armed: bool,
}

impl Witness {
    pub(crate) fn armed() -> Self {
        Self { armed: true, ..Self::default() }
    }

    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    fn note(&self, method: &'static str, call: &Call) {
        assert!(!self.armed, "{method} was reached");
        let seen = Seen { method, operation: call.operation_id().clone(), labels: call.labels().clone() };
        self.seen.lock().unwrap().push(seen);
    }
}

impl From<Witness> for Generators {
    fn from(witness: Witness) -> Self {
        Self::all(Arc::new(witness))
    }
}

#[async_trait]
impl TextGenerator for Witness {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        self.note("generate_text", call);
        self.mock.generate_text(call, request).await
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        self.note("stream_text", call);
        self.mock.stream_text(call, request).await
    }
}

#[async_trait]
impl ImageGenerator for Witness {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        self.note("generate_image", call);
        self.mock.generate_image(call, request).await
    }
}

#[async_trait]
impl VideoGenerator for Witness {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        self.note("generate_video", call);
        self.mock.generate_video(call, request).await
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        self.note("extend_video", call);
        self.mock.extend_video(call, request).await
    }
}

#[async_trait]
impl SpeechGenerator for Witness {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        self.note("generate_speech", call);
        self.mock.generate_speech(call, request).await
    }
}

#[async_trait]
impl MediaLibrary for Witness {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.mock.get(id).await
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        self.mock.find(query).await
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.mock.open(media).await
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.mock.put(upload).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.mock.delete(id).await
    }
}
