//! Configures a mock.

use std::sync::Arc;

use cosmic_ai_core::{MediaLibrary, Modality, Registry};

use super::MockBackend;
use crate::account::Account;
use crate::fault::{Fault, Faults};
use crate::latency::{Latencies, Latency};
use crate::library::MemoryLibrary;
use crate::recorder::Recorder;
use crate::script::{Answer, Script, When};

/// Configures a [`MockBackend`].
#[derive(Debug, Clone, Default)]
#[must_use = "call `build` to have the backend"]
pub struct MockBackendBuilder {
    registry: Option<Arc<Registry>>,
    library: Option<Arc<dyn MediaLibrary>>,
    seed: u64,
    script: Script,
    faults: Faults,
    latencies: Latencies,
    account: Option<Account>,
    is_forgetful: bool,
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

    /// Answers calls so. The first rule that is for a call and not used up answers it; calls without a rule get the
    /// generated answer, unless the mock is [`strict`](Self::strict). A rule is not used by a call that gets nothing by
    /// it: one that the [account](Self::with_account) refuses, whose answer does not suit it or cannot be made.
    ///
    /// ```
    /// use cosmic_ai_core::{Call, TextGenerator, TextRequest};
    /// use cosmic_ai_mock::{Answer, MockBackend, When};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cosmic_ai_core::Error> {
    /// let mock = MockBackend::builder().on(When::text().containing("mug"), Answer::text("A fine mug").times(1)).build();
    /// let answer = mock.generate_text(&Call::new(), &TextRequest::new("Describe a mug")).await?;
    /// assert_eq!(answer.text, "A fine mug");
    /// mock.assert_all_used();
    /// # Ok(())
    /// # }
    /// ```
    pub fn on(self, when: When, answer: impl Into<Answer>) -> Self {
        self.script.add(when, answer.into());
        self
    }

    /// Has rules answer in their order only: one that says how often must be used up before the next has its turn, one
    /// that does not is over when the next is used.
    pub fn in_order(self) -> Self {
        self.script.set_in_order();
        self
    }

    /// Fails calls that no rule is for, with the call, the nearest rule and why that is not for it. Nothing is sent then.
    pub fn strict(self) -> Self {
        self.script.set_strict();
        self
    }

    /// Has calls go wrong so. The first fault whose turn it is strikes; it comes before rules, which do not count calls
    /// for which nothing was made.
    pub fn fault(self, when: When, fault: Fault) -> Self {
        self.faults.add(when, fault);
        self
    }

    /// Sets how long all answers take; [`Latency::NONE`] by default.
    pub fn with_latency(mut self, latency: Latency) -> Self {
        self.latencies = Latencies::all(latency);
        self
    }

    /// Sets how long the answers of a modality take.
    pub fn with_latency_of(mut self, modality: Modality, latency: Latency) -> Self {
        self.latencies.set(modality, latency);
        self
    }

    /// Deducts what is billed from an account, and refuses calls when it is used up. Without one, the mock never does.
    pub fn with_account(mut self, account: Account) -> Self {
        self.account = Some(account);
        self
    }

    /// Keeps no record of calls: [`MockBackend::calls`] is then always empty. For mocks that serve for days.
    pub fn without_recording(mut self) -> Self {
        self.is_forgetful = true;
        self
    }

    /// The backend.
    pub fn build(self) -> MockBackend {
        MockBackend {
            inner: Arc::new(super::Inner {
                registry: self.registry.unwrap_or_else(|| Arc::new(Registry::built_in().clone())),
                library: self.library.unwrap_or_else(|| Arc::new(MemoryLibrary::new())),
                seed: self.seed,
                repeats: std::sync::Mutex::default(),
                script: self.script,
                faults: self.faults,
                latencies: self.latencies,
                account: self.account,
                recorder: Recorder::new(!self.is_forgetful),
            }),
        }
    }
}
