//! The mock as a backend: every generator, and the library it stores into.

mod builder;
mod media;
mod patience;
mod perform;
mod speech;
mod stream;
mod text;
mod video;

pub use self::builder::MockBackendBuilder;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Call, Canonical, Error, Generators, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery,
    Modality, Model, ModelId, Registry, RequestRef, Upload,
};
use serde::Serialize;
use std::borrow::Cow;

use crate::account::Account;
use crate::fault::{Fault, Faults};
use crate::generate::seed::{Sequence, hash};
use crate::latency::Latencies;
use crate::recorder::{Calls, Recorder};
use crate::script::{Answer, Script, When};

/// A backend that makes everything itself, deterministically. Clones share their library.
///
/// It validates by its registry, answers at once, and charges by its registry's prices. Without
/// [`with_library`](MockBackendBuilder::with_library) it keeps what it makes in memory. Rules, faults, latency and an
/// account are the [builder's](MockBackendBuilder) to add; every call is [recorded](Self::calls).
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
    /// How often each request for a medium came, by its hash: the same request twice makes two media of the same bytes.
    /// It grows by 16 bytes for each that was not made before, far less than the medium takes in any library.
    repeats: Mutex<HashMap<u64, u64>>,
    script: Script,
    faults: Faults,
    latencies: Latencies,
    account: Option<Account>,
    recorder: Recorder,
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

    /// Adds a rule behind those that there are; see [`MockBackendBuilder::on`].
    pub fn on(&self, when: When, answer: impl Into<Answer>) {
        self.inner.script.add(when, answer.into());
    }

    /// Adds a fault behind those that there are; see [`MockBackendBuilder::fault`]. It counts calls from now on.
    pub fn fault(&self, when: When, fault: Fault) {
        self.inner.faults.add(when, fault);
    }

    /// The calls up to now, of all clones.
    pub fn calls(&self) -> Calls {
        Calls::new(self.inner.recorder.calls(), self.inner.registry.clone())
    }

    /// Forgets the calls up to now. Those under way still count for the account, and are not recorded any more.
    pub fn forget_calls(&self) {
        self.inner.recorder.forget();
    }

    /// The account that calls are deducted from, if it has one.
    pub fn account(&self) -> Option<&Account> {
        self.inner.account.as_ref()
    }

    /// Checks that every rule was used: as often as it says, or at least once; and that
    /// every call had an answer: of a rule that suits it, or in a mock that is not
    /// [`strict`](MockBackendBuilder::strict) a generated one.
    ///
    /// # Panics
    /// If not, with those that were not and how often they were.
    #[track_caller]
    pub fn assert_all_used(&self) {
        let unmet = self.inner.script.unmet();
        assert!(unmet.is_empty(), "the script was not kept:\n  {}", unmet.join("\n  "));
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

    /// The model that a request gets, if the registry holds it.
    fn model_of(&self, modality: Modality, named: Option<&ModelId>) -> Option<&Model> {
        let registry = &self.inner.registry;
        named.map_or_else(|| registry.default_model(modality), |named| registry.find(named.as_str()))
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

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        self.inner.library.update(id, change).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.inner.library.delete(id).await
    }
}
