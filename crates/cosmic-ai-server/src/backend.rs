//! Who generates.

mod spending;

use std::fmt;
use std::sync::Arc;

use cosmic_ai::http::HttpBackend;
use cosmic_ai::mock::{MockBackend, MockBackendBuilder};
use cosmic_ai::{Generators, Registry};

pub(crate) use self::spending::{BACKEND_LABEL, Spending};
use crate::library::BucketLibrary;

type Make = dyn Fn(&BucketLibrary) -> Generators + Send + Sync;

/// Who generates behind a server, for each of its buckets.
///
/// Every call has the label `backend` in the ledger: `mock` for what is [`embedded`](Self::embedded), the mock included, and
/// `http` for all others. A server does not start on a ledger that has calls of the other kind, and idempotency keys are apart
/// too: nothing that was made up is ever replayed as real, or uses up a budget of real tokens.
#[derive(Clone)]
pub struct Backend {
    make: Arc<Make>,
    is_embedded: bool,
    /// Whether its media are where it keeps them, not on the server's disk.
    has_library: bool,
    registry: Option<Arc<Registry>>,
}

impl Backend {
    /// The mock, with seed 0: real media, deterministic, without keys or cost.
    pub fn mock() -> Self {
        Self::mock_with_seed(0)
    }

    /// The mock with a seed of its own.
    pub fn mock_with_seed(seed: u64) -> Self {
        Self::scripted(MockBackend::builder().with_seed(seed))
    }

    /// The mock as it is scripted: with fixed answers, faults and latencies. Media are kept on the server's disk, whatever
    /// library the builder has, and calls are not recorded. A rule or fault that counts its turns counts the calls of all
    /// buckets. If the builder has a registry of its own, give the same to [`with_registry`](Self::with_registry).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use cosmic_ai::Modality;
    /// use cosmic_ai::mock::{Answer, Fault, Latency, MockBackend, When};
    /// use cosmic_ai_server::{Backend, Config, Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockBackend::builder()
    ///     .on(When::text().containing("slogan"), Answer::text("Mugs that listen."))
    ///     .fault(When::image().containing("Batman"), Fault::content_policy())
    ///     .fault(When::speech(), Fault::answer_lost().nth(1))
    ///     .with_latency_of(Modality::Video, Latency::fixed(Duration::from_secs(30)));
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// let server = Server::start(Config::new(folder).with_address(([127, 0, 0, 1], 0).into()), Backend::scripted(mock)).await?;
    /// let ask = |path: &str, prompt: &str| {
    ///     let url = format!("{}/buckets/local-bucket/ai/{path}", server.base_url());
    ///     let body = format!(r#"{{"prompt":"{prompt}"}}"#);
    ///     reqwest::Client::new().post(url).bearer_auth("local-write-key").header("content-type", "application/json").body(body)
    /// };
    /// assert!(ask("text", "A slogan for mugs").send().await?.text().await?.contains("Mugs that listen."));
    /// assert_eq!(ask("image", "Batman on a mug").send().await?.status(), 400);
    /// // The recording is made and paid for, and its answer lost: status 502, outcome unknown.
    /// assert_eq!(ask("audio", "Welcome").send().await?.status(), 502);
    /// assert_eq!(ask("audio", "Welcome").send().await?.status(), 200);
    /// server.stop().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn scripted(mock: MockBackendBuilder) -> Self {
        let mock = mock.without_recording();
        Self::embedded(move |library| mock.clone().with_library(library.clone()).build().into())
    }

    /// A gateway to the real service. Media are where the service keeps them; [`Config::keeping`](crate::Config::keeping) makes
    /// copies.
    ///
    /// All buckets share the service's library. With more than one, each sees only what was made for it or uploaded by it, by
    /// its slug in the metadata, and media without one are shown to none.
    pub fn http(backend: HttpBackend) -> Self {
        Self::of(backend)
    }

    /// Any generators, the same for all buckets, taken for a gateway: what they make is taken to cost, and to be made also when
    /// the server dies. Without a library of their own, the server's is the library. A mock is better
    /// [`scripted`](Self::scripted).
    pub fn of(generators: impl Into<Generators>) -> Self {
        let generators = generators.into();
        let has_library = generators.library.is_some();
        Self { make: Arc::new(move |_| generators.clone()), is_embedded: false, has_library, registry: None }
    }

    /// Generators that live and die with the server: what they were at when it died was not made and not billed. `make` is
    /// called once for each bucket, with its library. What it makes must be stored there: the server shows nothing else.
    pub fn embedded(make: impl Fn(&BucketLibrary) -> Generators + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make), is_embedded: true, has_library: false, registry: None }
    }

    /// Sets the registry to validate and price by; the built-in one, if not set. Give the generators the same.
    #[must_use]
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(registry.into());
        self
    }

    /// The generators of a bucket. Those without a library get the bucket's.
    pub(crate) fn generators(&self, library: &BucketLibrary) -> Generators {
        (self.make)(library)
    }

    pub(crate) const fn is_embedded(&self) -> bool {
        self.is_embedded
    }

    /// Whether its media are where it keeps them, not on the server's disk.
    pub(crate) const fn has_library(&self) -> bool {
        self.has_library
    }

    /// What kind of tokens it spends.
    pub(crate) const fn spending(&self) -> Spending {
        if self.is_embedded { Spending::MadeUp } else { Spending::Real }
    }

    pub(crate) fn registry(&self) -> Arc<Registry> {
        self.registry.clone().unwrap_or_else(|| Arc::new(Registry::built_in().clone()))
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("is_embedded", &self.is_embedded).finish_non_exhaustive()
    }
}
