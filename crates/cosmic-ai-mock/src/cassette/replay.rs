//! A backend that gives the answers of a cassette.

mod difference;
mod library;
mod limit;
mod script;
mod stream;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use cosmic_ai_core::{
    Call, Error, ErrorKind, ExtensionRequest, Generators, ImageGenerator, ImageRequest, ImageResponse, Media, MediaId,
    OperationId, Outcome, Progress, SpeechGenerator, SpeechRequest, SpeechResponse, TextGenerator, TextRequest,
    TextResponse, TextStream, VideoGenerator, VideoRequest, VideoResponse,
};
use serde::Serialize;
use serde_json::Value;

use self::limit::Limit;
pub use self::script::Order;
use self::script::Script;
use super::error::CassetteError;
use super::interaction::{Answer, Interaction, Kind, to_answer, to_error, to_value};
use super::redaction::Redaction;
use super::{file, operation};
use crate::library::MemoryLibrary;

/// A backend that gives the answers of a cassette, each once and in order, and refuses every other call. Clones share what
/// they have given.
///
/// - A call is compared by its whole request. One that does not fit fails with [`ErrorKind::Backend`], not sent, and the
///   error says in what it differs from the nearest interaction. [`assert_all_used`](Self::assert_all_used) tells of it
///   again, should the program under test have passed over the error.
/// - Where the id of the recorded call was, the answer has that of the present one.
/// - A call that was dropped before it was answered is never answered, and a stream that was dropped stops coming where it
///   was: as its caller saw it. Either ends with a timeout once the [time limit](Call::time_limit) of the call runs out.
/// - The library has what the replay has answered so far, and what is uploaded. An upload that was recorded gets the id
///   that it had, whatever the order; others fail as calls that do not fit, unless the replay
///   [allows them](ReplayBuilder::allow_other_uploads).
///
/// Nothing is validated: an invalid request is one that was recorded with its error, or one that does not fit.
#[derive(Clone)]
pub struct Replay {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    redaction: Redaction,
    with_timing: bool,
    with_other_uploads: bool,
    script: Mutex<Script>,
    /// The bytes of media by the names of their files.
    bytes: HashMap<String, Bytes>,
    library: MemoryLibrary,
    /// Media in the library whose bytes were not recorded.
    without_bytes: Mutex<HashSet<MediaId>>,
}

impl Replay {
    /// Reads a cassette, to be replayed in order, each interaction once, without waiting.
    ///
    /// # Errors
    /// When it cannot be read, is none, is of another version, or is broken: with file and place.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, CassetteError> {
        Self::builder(folder).open()
    }

    /// A replay to be configured.
    pub fn builder(folder: impl Into<PathBuf>) -> ReplayBuilder {
        ReplayBuilder {
            folder: folder.into(),
            redaction: Redaction::new(),
            order: Order::PerKind,
            with_repeats: false,
            with_timing: false,
            with_other_uploads: false,
        }
    }

    /// The interactions that were not asked for, as `interactions[2] (image)`.
    pub fn unused(&self) -> Vec<String> {
        self.script().unused()
    }

    /// What the errors said of calls that did not fit, in order.
    pub fn unexpected(&self) -> Vec<String> {
        self.script().unexpected().to_vec()
    }

    /// Checks that every interaction was asked for, and that every call was recorded.
    ///
    /// # Panics
    /// If not, with a list of both.
    #[track_caller]
    pub fn assert_all_used(&self) {
        let (unused, unexpected) = (self.unused(), self.unexpected());
        let folder = self.inner.folder.display();
        assert!(
            unused.is_empty() && unexpected.is_empty(),
            "cassette {folder}: {} not asked for: {}; {} calls did not fit:\n{}",
            unused.len(),
            unused.join(", "),
            unexpected.len(),
            unexpected.join("\n"),
        );
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        // A panic elsewhere cannot have left it half changed: counting a use is one step.
        self.inner.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The interaction that answers a call.
    fn take(&self, kind: Kind, call: &Call, request: &impl Serialize) -> Result<Interaction, Error> {
        let id = call.operation_id();
        let request = self.as_written(to_value(request), Some(id));
        self.script().take(kind, &request).map_err(|message| self.unfit(&message).with_operation_id(id))
    }

    /// The error of a call that does not fit.
    fn unfit(&self, message: &str) -> Error {
        let message = format!("cassette {}: {message}", self.inner.folder.display());
        Error::new(ErrorKind::Backend { message }, Outcome::NotSent)
    }

    /// A request as it would be read from a cassette that it was written to.
    fn as_written(&self, mut request: Value, id: Option<&OperationId>) -> Value {
        self.inner.redaction.hide_in_request(&mut request);
        operation::hide(&mut request, id);
        // A number may be read as its neighbour: serde_json is exact only by a feature that is not ours to set.
        serde_json::from_str(&request.to_string()).unwrap_or(request)
    }

    async fn answer<A: Answer>(&self, kind: Kind, call: &Call, request: &impl Serialize) -> Result<A, Error> {
        let limit = Limit::new(call);
        let interaction = self.take(kind, call, request)?;
        call.report(&Progress::Sending { attempt: 1 });
        let answer = self.played::<A>(&interaction, call, limit).await?;
        if let Some(media) = answer.media() {
            self.keep(media, interaction.file.as_deref());
        }
        call.report(&Progress::Done { elapsed: limit.elapsed() });
        Ok(answer)
    }

    async fn played<A: Answer>(&self, interaction: &Interaction, call: &Call, limit: Limit) -> Result<A, Error> {
        let id = call.operation_id();
        match (&interaction.answer, &interaction.error) {
            (Some(answer), _) => to_answer(answer, Some(id)).map_err(unreadable),
            (None, Some(error)) => Err(to_error(error, id).unwrap_or_else(unreadable)),
            // Its caller gave up on it.
            (None, None) => Err(limit.stall(call).await),
        }
    }

    /// Puts a medium into the library.
    fn keep(&self, media: &Media, file: Option<&str>) {
        let bytes = file.and_then(|name| self.inner.bytes.get(name)).cloned();
        let mut without = self.inner.without_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        match &bytes {
            Some(_) => without.remove(&media.id),
            None => without.insert(media.id.clone()),
        };
        drop(without);
        self.inner.library.keep(media.clone(), bytes.unwrap_or_default());
    }
}

/// A recorded part that is not what it was when the cassette was opened: cannot be, and is an error all the same.
fn unreadable(message: String) -> Error {
    Error::new(ErrorKind::Decode { message }, Outcome::NotSent)
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("folder", &self.inner.folder)
            .field("unused", &self.unused().len())
            .finish_non_exhaustive()
    }
}

/// Configures a [`Replay`].
#[derive(Debug, Clone)]
#[must_use = "call `open` to have the replay"]
pub struct ReplayBuilder {
    folder: PathBuf,
    redaction: Redaction,
    order: Order,
    with_repeats: bool,
    with_timing: bool,
    with_other_uploads: bool,
}

impl ReplayBuilder {
    /// Sets which interaction a call may be answered by; [`Order::PerKind`] by default.
    pub fn with_order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Gives an interaction as often as it is asked for: once all that fit a call are used, the last of them again.
    pub fn with_repeats(mut self) -> Self {
        self.with_repeats = true;
        self
    }

    /// Lets as much time pass between the events of streams as when they were recorded, on tokio's clock. By default, and
    /// where the recording kept no timing, they come at once.
    pub fn with_timing(mut self) -> Self {
        self.with_timing = true;
        self
    }

    /// Stores uploads that were not recorded, under ids of the library's own. By default they fail.
    pub fn allow_other_uploads(mut self) -> Self {
        self.with_other_uploads = true;
        self
    }

    /// Hides more of a call before it is compared than the cassette says was hidden: the secrets that are in requests.
    pub fn with_redaction(mut self, redaction: Redaction) -> Self {
        self.redaction = redaction;
        self
    }

    /// Reads the cassette.
    ///
    /// # Errors
    /// When it cannot be read, is none, is of another version, or is broken: with file and place.
    pub fn open(self) -> Result<Replay, CassetteError> {
        let cassette = file::read(&self.folder)?;
        let wrong = |message| CassetteError::new(&file::path(&self.folder), "(with_redaction)", message);
        self.redaction.check().map_err(wrong)?;
        let inner = Inner {
            folder: self.folder,
            redaction: cassette.redaction.and(self.redaction),
            with_timing: self.with_timing,
            with_other_uploads: self.with_other_uploads,
            script: Mutex::new(Script::new(cassette.interactions, self.order, self.with_repeats)),
            bytes: cassette.media,
            library: MemoryLibrary::new(),
            without_bytes: Mutex::default(),
        };
        Ok(Replay { inner: Arc::new(inner) })
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl TextGenerator for Replay {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        self.answer(Kind::Text, call, request).await
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let limit = Limit::new(call);
        let interaction = self.take(Kind::Stream, call, request)?;
        call.report(&Progress::Sending { attempt: 1 });
        let Some(events) = interaction.events else {
            // It did not begin: only its error, or nothing, was recorded.
            let nothing: Result<TextResponse, Error> = self.played(&interaction, call, limit).await;
            return Err(nothing.err().unwrap_or_else(|| unreadable("a stream without events".to_owned())));
        };
        Ok(stream::played(call, limit, events, interaction.dropped, self.inner.with_timing))
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ImageGenerator for Replay {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        self.answer(Kind::Image, call, request).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl VideoGenerator for Replay {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        self.answer(Kind::Video, call, request).await
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        self.answer(Kind::Extend, call, request).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl SpeechGenerator for Replay {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        self.answer(Kind::Speech, call, request).await
    }
}

impl From<Replay> for Generators {
    fn from(replay: Replay) -> Self {
        Self::all(Arc::new(replay))
    }
}
