//! The media library: where what was generated is kept, and how its bytes are had.

mod change;
mod reconcile;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use serde_json::{Map, Value};

pub use self::change::{Folder, MediaChange};
pub use self::reconcile::{Reconciled, Search, reconcile};
use crate::call::OperationId;
use crate::error::{Error, ErrorKind, Outcome, Unsupported};
use crate::media::{Media, MediaId};

/// Keeps generated files. None of its methods costs tokens, so the outcome of every error is
/// [`NotSent`](crate::Outcome::NotSent) or [`Refused`](crate::Outcome::Refused).
#[async_trait]
pub trait MediaLibrary: fmt::Debug + Send + Sync {
    /// Describes one file.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none of that id.
    async fn get(&self, id: &MediaId) -> Result<Media, Error>;

    /// Describes the files that match, newest first, never from a cache. Nothing found is an empty page, not an error.
    ///
    /// # Errors
    /// When the library cannot be asked.
    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error>;

    /// Opens the bytes of a file.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if it is gone; later faults are items of the stream.
    async fn open(&self, media: &Media) -> Result<ByteStream, Error>;

    /// Stores a file. The library chooses its id, and may change its name.
    ///
    /// # Errors
    /// When the file cannot be stored; then nothing of it is kept.
    async fn put(&self, upload: Upload) -> Result<Media, Error>;

    /// Changes what is said of a file, and when it was [modified](Media::modified_at). Its bytes, its name and what the change
    /// does not name stay. Answers with the file as it is then. A library that cannot, which is the default, says so.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none of that id;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the library changes no files.
    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        let _ = (id, change);
        let unsupported = Unsupported::new("update", "this media library cannot change files; store them anew");
        Err(Error::new(ErrorKind::Unsupported(unsupported), Outcome::NotSent))
    }

    /// Deletes a file.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none of that id.
    async fn delete(&self, id: &MediaId) -> Result<(), Error>;
}

/// Which files to find. Conditions add up; without any, all files match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MediaQuery {
    /// Files of one folder.
    pub folder: Option<String>,
    /// Files that one operation made, by the id in their metadata.
    pub operation: Option<OperationId>,
    /// How many to answer at most; `None` is 1,000, which is also the API's own default.
    pub limit: Option<u32>,
    /// How many of the newest to pass over.
    pub skip: u32,
}

impl MediaQuery {
    /// All files.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only files of one folder.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Only files that one operation made.
    #[must_use]
    pub fn with_operation(mut self, operation: OperationId) -> Self {
        self.operation = Some(operation);
        self
    }

    /// At most so many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Passes over the newest.
    #[must_use]
    pub fn with_skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }
}

/// Some of the files that match a query.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct MediaPage {
    /// The files, newest first.
    pub media: Vec<Media>,
    /// How many match in all, whatever the limit.
    pub total: u64,
}

impl MediaPage {
    /// A page of `media` out of `total`.
    pub fn new(media: Vec<Media>, total: u64) -> Self {
        Self { media, total }
    }
}

/// A file to store.
#[derive(Debug)]
#[non_exhaustive]
pub struct Upload {
    /// The name to store it under; the library may make it unique.
    pub name: String,
    /// The name it was given by its maker; `None` if that is the same.
    pub original_name: Option<String>,
    /// The media type, such as `image/png`.
    pub content_type: String,
    /// The bytes.
    pub body: ByteStream,
    /// The folder; `None` is the top.
    pub folder: Option<String>,
    /// Alternative text.
    pub alt_text: Option<String>,
    /// Width and height in pixels, of images.
    pub dimensions: Option<(u32, u32)>,
    /// What to store with it.
    pub metadata: Map<String, Value>,
}

impl Upload {
    /// A file of `body`, at the top of the library.
    pub fn new(name: impl Into<String>, content_type: impl Into<String>, body: impl Into<ByteStream>) -> Self {
        Self {
            name: name.into(),
            original_name: None,
            content_type: content_type.into(),
            body: body.into(),
            folder: None,
            alt_text: None,
            dimensions: None,
            metadata: Map::new(),
        }
    }

    /// Keeps the name it was given by its maker.
    #[must_use]
    pub fn with_original_name(mut self, name: impl Into<String>) -> Self {
        self.original_name = Some(name.into());
        self
    }

    /// Stores it in a folder.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Stores an alternative text with it.
    #[must_use]
    pub fn with_alt_text(mut self, alt_text: impl Into<String>) -> Self {
        self.alt_text = Some(alt_text.into());
        self
    }

    /// Says how many pixels wide and high it is.
    #[must_use]
    pub fn with_dimensions(mut self, width: u32, height: u32) -> Self {
        self.dimensions = Some((width, height));
        self
    }

    /// Stores a JSON object with it.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = metadata;
        self
    }
}

/// The bytes of a file as they come. Dropping it stops reading. Nothing comes after an error or the end.
pub struct ByteStream {
    source: Option<Source>,
}

enum Source {
    Whole(Bytes),
    Stream(Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>),
}

impl ByteStream {
    /// Bytes that come from `stream`.
    pub fn new(stream: impl Stream<Item = Result<Bytes, Error>> + Send + 'static) -> Self {
        Self { source: Some(Source::Stream(Box::pin(stream))) }
    }

    /// The next bytes, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All bytes at once.
    ///
    /// # Errors
    /// The stream's own error.
    pub async fn collect(mut self) -> Result<Bytes, Error> {
        if let Some(Source::Whole(bytes)) = self.source {
            return Ok(bytes);
        }
        let mut all = Vec::new();
        while let Some(chunk) = self.next().await {
            all.extend_from_slice(&chunk?);
        }
        Ok(all.into())
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.source.take() {
            None => Poll::Ready(None),
            Some(Source::Whole(bytes)) => Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes))),
            Some(Source::Stream(mut stream)) => {
                let polled = stream.as_mut().poll_next(context);
                if matches!(polled, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
                    self.source = Some(Source::Stream(stream));
                }
                polled
            }
        }
    }
}

impl From<Bytes> for ByteStream {
    fn from(bytes: Bytes) -> Self {
        Self { source: Some(Source::Whole(bytes)) }
    }
}

impl From<Vec<u8>> for ByteStream {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.source {
            None => "ended",
            Some(Source::Whole(_)) => "whole",
            Some(Source::Stream(_)) => "streaming",
        };
        f.debug_struct("ByteStream").field("state", &state).finish_non_exhaustive()
    }
}
