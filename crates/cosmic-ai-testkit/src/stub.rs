//! A small well-behaved Cosmic AI API on the loopback interface, over any generators.
//!
//! With the mock behind it, an HTTP client of the API can be tested end to end: the same documented routes, fields,
//! status codes and event streams, real media, no network, no cost.
//!
//! ```
//! use cosmic_ai_mock::MockBackend;
//! use cosmic_ai_testkit::stub::CosmicStub;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), reqwest::Error> {
//! let stub = CosmicStub::start(MockBackend::new()).await;
//! let answer = reqwest::Client::new()
//!     .post(format!("{}/buckets/{}/ai/text", stub.base_url(), stub.bucket()))
//!     .bearer_auth(stub.write_key())
//!     .header("content-type", "application/json")
//!     .body(r#"{"prompt":"Name three colours","max_tokens":20}"#)
//!     .send()
//!     .await?;
//! assert_eq!(answer.status(), 200);
//! assert_eq!(stub.requests().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Where the API's sources are silent it does the plain thing; it makes up no rule. It knows `POST …/ai/{text|image|
//! video|video/extend|audio}`, `GET`, `POST`, `PATCH` and `DELETE …/media`, and `GET` of the bytes of a medium.

mod ai;
mod answer;
mod connection;
mod library;
mod multipart;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cosmic_ai_core::Generators;

use crate::host::Host;
use crate::log::Log;
use crate::server::SeenRequest;

/// A running API. Dropping it stops it.
#[derive(Debug)]
pub struct CosmicStub {
    host: Host,
    settings: Arc<Settings>,
}

/// What the API's connections share.
#[derive(Debug)]
struct Settings {
    generators: Generators,
    bucket: String,
    write_key: String,
    read_key: String,
    metadata_queries: MetadataQueries,
    stale_cache: bool,
    /// How many answers of `…/ai/…` are still to be lost.
    to_lose: AtomicUsize,
}

/// What the media list makes of a query for `metadata.…`. Whether the real API can search there is unproven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MetadataQueries {
    /// They find what they ask for.
    #[default]
    Work,
    /// They find nothing.
    FindNothing,
    /// They are passed over, as if they had not been asked: what comes back need not match.
    AreIgnored,
}

impl CosmicStub {
    /// Starts an API with a bucket and keys of its own.
    ///
    /// # Panics
    /// When the machine has no port or thread to give.
    pub async fn start(generators: impl Into<Generators>) -> Self {
        Self::builder(generators).start().await
    }

    /// An API to be configured.
    pub fn builder(generators: impl Into<Generators>) -> CosmicStubBuilder {
        CosmicStubBuilder(Settings {
            generators: generators.into(),
            bucket: "test-bucket".to_owned(),
            write_key: "test-write-key".to_owned(),
            read_key: "test-read-key".to_owned(),
            metadata_queries: MetadataQueries::Work,
            stale_cache: false,
            to_lose: AtomicUsize::new(0),
        })
    }

    /// What the URLs of its routes begin with, for both calls and reads: `http://127.0.0.1:…/v3`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v3", self.host.address())
    }

    /// The one bucket.
    pub fn bucket(&self) -> &str {
        &self.settings.bucket
    }

    /// The key that calls need.
    pub fn write_key(&self) -> &str {
        &self.settings.write_key
    }

    /// The key that reads need.
    pub fn read_key(&self) -> &str {
        &self.settings.read_key
    }

    /// All requests whose head has come, in the order of their coming.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.host.log().state().requests.clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.host.log().state().connections
    }

    /// How often the client closed the connection while it was being answered.
    pub fn hang_ups(&self) -> usize {
        self.host.log().state().hang_ups
    }

    /// Waits until the client has hung up so often.
    ///
    /// # Panics
    /// After a minute.
    pub async fn wait_for_hang_ups(&self, count: usize) {
        self.host.wait(format!("{count} hang-ups"), move |state| state.hang_ups >= count).await;
    }

    /// Loses the answers to the next `count` calls: the generation is made, stored and would be billed, but the
    /// connection is reset in place of its answer. Of a streamed text, the first half arrives.
    pub fn lose_answers(&self, count: usize) {
        self.settings.to_lose.store(count, Ordering::SeqCst);
    }
}

impl Settings {
    /// Whether this answer is to be lost.
    fn loses_answer(&self) -> bool {
        self.to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1)).is_ok()
    }
}

/// Configures a [`CosmicStub`].
#[derive(Debug)]
#[must_use = "call `start` to have the API"]
pub struct CosmicStubBuilder(Settings);

impl CosmicStubBuilder {
    /// Sets the slug of the bucket; `test-bucket`, if not set.
    pub fn with_bucket(mut self, slug: impl Into<String>) -> Self {
        self.0.bucket = slug.into();
        self
    }

    /// Sets the key that calls, uploads, changes and deletions need; `test-write-key`, if not set.
    pub fn with_write_key(mut self, key: impl Into<String>) -> Self {
        self.0.write_key = key.into();
        self
    }

    /// Sets the key that reads need; `test-read-key`, if not set.
    pub fn with_read_key(mut self, key: impl Into<String>) -> Self {
        self.0.read_key = key.into();
        self
    }

    /// Sets what becomes of queries for metadata.
    pub fn with_metadata_queries(mut self, queries: MetadataQueries) -> Self {
        self.0.metadata_queries = queries;
        self
    }

    /// Has lists that do not say `use_cache=false` come from a cache that has not seen anything yet.
    pub fn with_stale_cache(mut self) -> Self {
        self.0.stale_cache = true;
        self
    }

    /// Starts the API on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When the machine has no port or thread to give.
    pub async fn start(self) -> CosmicStub {
        let settings = Arc::new(self.0);
        let of_connections = settings.clone();
        let serve = move |wire| connection::serve(wire, of_connections.clone());
        CosmicStub { host: Host::start(Arc::new(Log::new()), serve).await, settings }
    }
}
