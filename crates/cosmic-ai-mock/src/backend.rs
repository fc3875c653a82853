//! The mock as a backend: every generator, and the library it stores into.

mod media;
mod speech;
mod text;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Call, Canonical, Error, Generators, Media, MediaId, MediaLibrary, MediaPage, MediaQuery, Registry,
    RequestRef, Upload,
};
use serde::Serialize;
use std::borrow::Cow;

use crate::generate::seed::{Sequence, hash};
use crate::library::MemoryLibrary;

/// A backend that makes everything itself, deterministically. Clones share their library.
///
/// It validates by its registry, answers at once, and charges by its registry's prices. Without
/// [`with_library`](MockBackendBuilder::with_library) it keeps what it makes in memory.
///
/// - **Text** is English prose that takes up words of the prompt, 60 to 600 tokens long or `max_tokens` if that is
///   less. A token of its usage is a word or a mark.
/// - **Images** show a pattern that belongs to the prompt, in exactly the size or shape asked for.
/// - **Clips** move from one pattern to another with a soft tune; an extension starts from its source's last picture.
/// - **Speech** is a wordless voice, as long as the text takes at 150 words a minute (six hours at most).
#[derive(Clone)]
pub struct MockBackend {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Arc<Registry>,
    library: Arc<dyn MediaLibrary>,
    seed: u64,
    /// How often each request came, by its hash: the same request twice makes two media of the same bytes.
    repeats: Mutex<HashMap<u64, u64>>,
}

impl MockBackend {
    /// A mock with the built-in registry, seed 0 and a library in memory.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A mock to be configured.
    pub fn builder() -> MockBackendBuilder {
        MockBackendBuilder::default()
    }

    /// The library that it stores into.
    pub fn library(&self) -> &Arc<dyn MediaLibrary> {
        &self.inner.library
    }

    /// The request in its canonical form, or all that is wrong with it.
    fn accept<'r, R: Canonical>(&self, call: &Call, request: &'r R) -> Result<Cow<'r, R>, Error>
    where
        &'r R: Into<RequestRef<'r>>,
    {
        let checked = self.inner.registry.canonical(request);
        checked.map_err(|problems| Error::invalid(problems).with_operation_id(call.operation_id()))
    }

    /// The seed of a request's content: what its answer is made from. Equal contents of one kind have equal seeds.
    ///
    /// The content is the request without where its medium is stored and what is stored with it. It is hashed as the
    /// request type writes it, never by way of a JSON object, whose order a feature of another crate may change.
    fn seed_of(&self, kind: &str, content: &impl Serialize) -> u64 {
        // Plain data: it always serialises.
        let mut body = serde_json::to_vec(content).unwrap_or_default();
        body.extend_from_slice(kind.as_bytes());
        body.extend_from_slice(&self.inner.seed.to_le_bytes());
        hash(&body)
    }

    /// A UUID for the next medium that is made from `seed`: another one each time.
    fn new_uuid(&self, seed: u64) -> String {
        let repeat = {
            let mut repeats = self.inner.repeats.lock().unwrap_or_else(PoisonError::into_inner);
            let count = repeats.entry(seed).or_insert(0);
            *count += 1;
            *count
        };
        let mut sequence = Sequence::new(hash(&[seed.to_le_bytes(), repeat.to_le_bytes()].concat()));
        let (high, low) = (sequence.next(), sequence.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }
}

impl Default for MockBackend {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MockBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockBackend")
            .field("seed", &self.inner.seed)
            .field("library", &self.inner.library)
            .finish_non_exhaustive()
    }
}

impl From<MockBackend> for Generators {
    fn from(backend: MockBackend) -> Self {
        Self::all(Arc::new(backend))
    }
}

/// Configures a [`MockBackend`].
#[derive(Debug, Clone, Default)]
#[must_use = "call `build` to have the backend"]
pub struct MockBackendBuilder {
    registry: Option<Arc<Registry>>,
    library: Option<Arc<dyn MediaLibrary>>,
    seed: u64,
}

impl MockBackendBuilder {
    /// Sets what everything is made from besides the request; 0 by default.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the registry to validate and charge by; the built-in one by default.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(registry.into());
        self
    }

    /// Sets the library to store into; one in memory by default.
    pub fn with_library(mut self, library: impl MediaLibrary + 'static) -> Self {
        self.library = Some(Arc::new(library));
        self
    }

    /// The backend.
    pub fn build(self) -> MockBackend {
        let inner = Inner {
            registry: self.registry.unwrap_or_else(|| Arc::new(Registry::built_in().clone())),
            library: self.library.unwrap_or_else(|| Arc::new(MemoryLibrary::new())),
            seed: self.seed,
            repeats: Mutex::default(),
        };
        MockBackend { inner: Arc::new(inner) }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl MediaLibrary for MockBackend {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.inner.library.get(id).await
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        self.inner.library.find(query).await
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.inner.library.open(media).await
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.inner.library.put(upload).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.inner.library.delete(id).await
    }
}
