//! Does a backend, or a ledger, keep the rules of its traits?
//!
//! Each function runs named checks and answers with a [`Report`]; [`Report::assert_ok`] panics with a list of those
//! that failed and why. Run them on your own backend:
//!
//! ```
//! use cosmic_ai_mock::MockBackend;
//! use cosmic_ai_testkit::conformance;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let report = conformance::text(&MockBackend::new()).await;
//! report.assert_ok();
//! assert!(report.results.iter().any(|check| check.name == "text/stream-ends-once"));
//! # }
//! ```
//!
//! The checks make real calls: about 100 texts, 50 images, 60 clips and 50 recordings. Against a service that bills, that
//! is millions of tokens; let a stub of it answer instead, such as [`CosmicStub`](crate::stub::CosmicStub). They take a
//! library to be theirs alone while they run, and leave in it what the generators stored.
//!
//! They need a tokio runtime with its clock. Each has [a time limit](Suite::with_patience) on that clock, so that a call
//! that never ends is reported, at once if the clock is paused.

mod attempts;
mod calls;
mod image;
mod ledger;
mod library;
mod made;
mod media;
mod report;
mod speech;
mod text;
mod together;
mod video;

use std::sync::Arc;
use std::time::Duration;

use cosmic_ai_core::{
    Generators, ImageGenerator, MediaLibrary, Registry, SpeechGenerator, TextGenerator, VideoGenerator,
};
use cosmic_ai_pricing::ledger::LedgerError;

pub use self::ledger::Handles;
use self::report::Checks;
pub use self::report::{CheckOutcome, CheckResult, Report};

/// Checks a generator of text, with the built-in registry.
pub async fn text(generator: &dyn TextGenerator) -> Report {
    Suite::new().text(generator).await
}

/// Checks a generator of images, with the built-in registry.
pub async fn image(generator: &dyn ImageGenerator) -> Report {
    Suite::new().image(generator).await
}

/// Checks a generator of clips, with the built-in registry.
pub async fn video(generator: &dyn VideoGenerator) -> Report {
    Suite::new().video(generator).await
}

/// Checks a generator of speech, with the built-in registry.
pub async fn speech(generator: &dyn SpeechGenerator) -> Report {
    Suite::new().speech(generator).await
}

/// Checks a media library.
pub async fn library(library: &dyn MediaLibrary) -> Report {
    Suite::new().library(library).await
}

/// Checks a kind of ledger. `make` makes a new, empty one each time and gives as many handles on it as it is asked for:
/// for a ledger on a disk or a server each should be opened by itself, as another process would.
///
/// ```
/// use std::sync::Arc;
///
/// use cosmic_ai_pricing::ledger::{Ledger, MemoryLedger};
/// use cosmic_ai_testkit::conformance;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let make = async |handles| {
///     let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
///     Ok(vec![ledger; handles])
/// };
/// conformance::ledger(make).await.assert_ok();
/// # }
/// ```
pub async fn ledger<M, F>(make: M) -> Report
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    Suite::new().ledger(make).await
}

/// Checks all that there is, and that what the generators make is in the library.
pub async fn all(generators: &Generators) -> Report {
    Suite::new().all(generators).await
}

/// The checks with settings of their own.
#[derive(Debug, Clone)]
pub struct Suite {
    registry: Arc<Registry>,
    patience: Duration,
}

impl Suite {
    /// The built-in registry; 15 minutes for each check.
    pub fn new() -> Self {
        Self { registry: Arc::new(Registry::built_in().clone()), patience: Duration::from_mins(15) }
    }

    /// Sets the registry that the backend validates and charges by. Requests are for its default models.
    #[must_use]
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = registry.into();
        self
    }

    /// Sets how long each check may take on tokio's clock; 15 minutes, if not set.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Checks a generator of text.
    pub async fn text(&self, generator: &dyn TextGenerator) -> Report {
        let mut checks = self.checks();
        text::run(&mut checks, &self.registry, generator).await;
        checks.report()
    }

    /// Checks a generator of images.
    pub async fn image(&self, generator: &dyn ImageGenerator) -> Report {
        let mut checks = self.checks();
        image::run(&mut checks, &self.registry, generator).await;
        checks.report()
    }

    /// Checks a generator of clips.
    pub async fn video(&self, generator: &dyn VideoGenerator) -> Report {
        let mut checks = self.checks();
        video::run(&mut checks, &self.registry, generator).await;
        checks.report()
    }

    /// Checks a generator of speech.
    pub async fn speech(&self, generator: &dyn SpeechGenerator) -> Report {
        let mut checks = self.checks();
        speech::run(&mut checks, &self.registry, generator).await;
        checks.report()
    }

    /// Checks a media library.
    pub async fn library(&self, library: &dyn MediaLibrary) -> Report {
        let mut checks = self.checks();
        library::run(&mut checks, library).await;
        checks.report()
    }

    /// Checks a kind of ledger, as [`ledger`] does.
    pub async fn ledger<M, F>(&self, make: M) -> Report
    where
        M: Fn(usize) -> F,
        F: Future<Output = Result<Handles, LedgerError>>,
    {
        let mut checks = self.checks();
        ledger::run(&mut checks, make).await;
        checks.report()
    }

    /// Checks all that there is, and that what the generators make is in the library.
    pub async fn all(&self, generators: &Generators) -> Report {
        let mut checks = self.checks();
        let registry = &self.registry;
        if let Some(generator) = &generators.text {
            text::run(&mut checks, registry, generator).await;
        }
        if let Some(generator) = &generators.image {
            image::run(&mut checks, registry, generator).await;
        }
        if let Some(generator) = &generators.video {
            video::run(&mut checks, registry, generator).await;
        }
        if let Some(generator) = &generators.speech {
            speech::run(&mut checks, registry, generator).await;
        }
        if let Some(library) = &generators.library {
            library::run(&mut checks, library).await;
            made::run(&mut checks, generators, library).await;
        }
        checks.report()
    }

    fn checks(&self) -> Checks {
        Checks::new(self.patience)
    }
}

impl Default for Suite {
    fn default() -> Self {
        Self::new()
    }
}
