//! What all requests share.

use std::collections::BTreeMap;
use std::sync::Arc;

use cosmic_ai::Registry;
use cosmic_ai::pricing::ledger::Ledger;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bucket::Bucket;
use crate::config::Config;
use crate::error::ApiError;
use crate::gate::Gate;
use crate::keep::Keeper;
use crate::library::DiskLibrary;
use crate::metrics::Metrics;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    /// By slug.
    pub(crate) buckets: BTreeMap<String, Arc<Bucket>>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) disk: DiskLibrary,
    /// Whether the backend lives and dies with the server.
    pub(crate) is_embedded: bool,
    pub(crate) gate: Gate,
    /// Makes copies of what a gateway had made, if it is to.
    pub(crate) keep: Option<Keeper>,
    pub(crate) metrics: Arc<Metrics>,
    /// Calls under way, which go on when their client leaves.
    pub(crate) tasks: TaskTracker,
    /// Set when the server is to stop: no new calls.
    pub(crate) stopping: CancellationToken,
    /// Set when the time to stop is over: what is under way is cut.
    pub(crate) cutting: CancellationToken,
}

impl App {
    /// The bucket of a slug.
    pub(crate) fn bucket(&self, slug: &str) -> Result<&Arc<Bucket>, ApiError> {
        self.buckets.get(slug).ok_or_else(ApiError::no_bucket)
    }
}
