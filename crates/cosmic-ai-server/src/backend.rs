//! Who generates.

use std::fmt;
use std::sync::Arc;

use cosmic_ai::http::HttpBackend;
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Generators, Registry};

use crate::library::BucketLibrary;

type Make = dyn Fn(&BucketLibrary) -> Generators + Send + Sync;

/// Who generates behind a server, for each of its buckets.
#[derive(Clone)]
pub struct Backend {
    make: Arc<Make>,
    is_embedded: bool,
    registry: Option<Arc<Registry>>,
}

impl Backend {
    /// The mock, with seed 0: real media, deterministic, without keys or cost.
    pub fn mock() -> Self {
        Self::mock_with_seed(0)
    }

    /// The mock with a seed of its own.
    pub fn mock_with_seed(seed: u64) -> Self {
        Self::embedded(move |library| {
            MockBackend::builder().with_seed(seed).with_library(library.clone()).without_recording().build().into()
        })
    }

    /// A gateway to the real service. Media are where the service keeps them; [`Config::keeping`](crate::Config::keeping) makes
    /// copies.
    pub fn http(backend: HttpBackend) -> Self {
        Self::of(backend)
    }

    /// Any generators, the same for all buckets. Without a library of their own, the server's is the library.
    pub fn of(generators: impl Into<Generators>) -> Self {
        let generators = generators.into();
        Self { make: Arc::new(move |_| generators.clone()), is_embedded: false, registry: None }
    }

    /// Generators that live and die with the server: what they were at when it died was not made and not billed. `make` is
    /// called once for each bucket, with its library.
    pub fn embedded(make: impl Fn(&BucketLibrary) -> Generators + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make), is_embedded: true, registry: None }
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

    pub(crate) fn registry(&self) -> Arc<Registry> {
        self.registry.clone().unwrap_or_else(|| Arc::new(Registry::built_in().clone()))
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("is_embedded", &self.is_embedded).finish_non_exhaustive()
    }
}
