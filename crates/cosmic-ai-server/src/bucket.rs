//! A bucket: its keys, its clients over the ledger, its media, its rate.

use std::sync::Arc;

use cosmic_ai::pricing::ledger::Ledger;
use cosmic_ai::pricing::{Meter, Scope};
use cosmic_ai::{Client, Registry};

use crate::auth::Keys;
use crate::backend::Backend;
use crate::config::{BucketConfig, Config};
use crate::keep::Copied;
use crate::library::{BucketLibrary, DiskLibrary};
use crate::rate::Rate;
use crate::shelf::Shelf;

/// The label of a call's bucket.
pub(crate) const BUCKET_LABEL: &str = "bucket";
/// The label of the data folder whose server made a call: what stood open when it died is its to put in order.
pub(crate) const SERVER_LABEL: &str = "server";

/// A bucket that is served.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) slug: String,
    pub(crate) keys: Keys,
    /// Generates, under budgets, and keeps no words in the ledger.
    pub(crate) client: Client,
    /// Generates for calls with an idempotency key, whose answers the ledger keeps.
    pub(crate) keeping: Client,
    pub(crate) shelf: Shelf,
    /// Where copies of media are that are kept elsewhere.
    pub(crate) copies: Option<BucketLibrary>,
    pub(crate) rate: Rate,
}

impl Bucket {
    pub(crate) fn new(
        config: &Config,
        bucket: &BucketConfig,
        backend: &Backend,
        disk: &DiskLibrary,
        ledger: &Arc<dyn Ledger>,
        registry: &Arc<Registry>,
    ) -> Self {
        let own = disk.bucket(&bucket.slug);
        let mut generators = backend.generators(&own);
        let (shelf, copies) = match &generators.library {
            Some(library) if !backend.is_embedded() => {
                // Also when no more copies are made: those that there are stay, and are deleted with what they are of.
                let shown = Copied::new(library.clone(), own.clone());
                (Shelf::Elsewhere(Arc::new(shown)), Some(own))
            }
            _ => (Shelf::Disk(own), None),
        };
        if let (None, Shelf::Disk(own)) = (&generators.library, &shelf) {
            generators.library = Some(Arc::new(own.clone()));
        }
        let mut meter = Meter::new(ledger.clone())
            .with_registry(registry.clone())
            .with_label(BUCKET_LABEL, &bucket.slug)
            .with_label(SERVER_LABEL, disk.id())
            .with_call_life(config.limits.call_time);
        for budget in &config.budgets {
            meter = meter.with_budget(budget.clone());
        }
        for budget in &bucket.budgets {
            meter = meter.with_budget(budget.clone().for_scope(Scope::bucket(&bucket.slug)));
        }
        let client = |meter| Client::builder(generators.clone()).with_meter(meter).build();
        Self {
            slug: bucket.slug.clone(),
            keys: Keys::of(bucket),
            client: client(meter.clone()),
            keeping: client(meter.recording_words()),
            shelf,
            copies,
            rate: Rate::new(bucket.rate),
        }
    }

    /// The meter, which both clients share but for what they keep.
    pub(crate) fn meter(&self) -> Option<&Meter> {
        self.client.meter()
    }
}
