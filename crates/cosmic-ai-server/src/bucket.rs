//! A bucket: its keys, its clients over the ledger, its media, its rate.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use cosmic_ai::pricing::ledger::{CounterScope, Ledger};
use cosmic_ai::pricing::{Budget, Meter, Scope};
use cosmic_ai::{Client, Registry};

use crate::auth::Keys;
use crate::backend::{BACKEND_LABEL, Backend, Spending};
use crate::config::{BucketConfig, Config, LedgerPlace};
use crate::keep::Copied;
use crate::library::{BucketLibrary, DiskLibrary};
use crate::rate::Rate;
use crate::shelf::{Owned, Shelf};

/// The label of a call's bucket.
pub(crate) const BUCKET_LABEL: &str = "bucket";
/// The label of the data folder whose server made a call: what stood open when it died is its to put in order.
pub(crate) const SERVER_LABEL: &str = "server";

/// A bucket that is served.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) slug: String,
    pub(crate) keys: Keys,
    pub(crate) spending: Spending,
    /// Generates, under budgets, and keeps no words in the ledger.
    pub(crate) client: Client,
    /// Generates for calls with an idempotency key, whose answers the ledger keeps.
    pub(crate) keeping: Client,
    pub(crate) shelf: Shelf,
    /// Where copies of media are that are kept elsewhere.
    pub(crate) copies: Option<BucketLibrary>,
    pub(crate) rate: Rate,
    /// Budgets that count calls of others too, by what refusals call them; with what clients may be told they are called.
    shared_budgets: BTreeMap<String, String>,
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
                let is_shared = config.buckets.len() > 1;
                let owned = Owned::new(library.clone(), bucket.slug.clone(), is_shared);
                // Also when no more copies are made: those that there are stay, and are deleted with what they are of.
                let shown = Copied::new(Arc::new(owned), own.clone());
                (Shelf::Elsewhere { library: Arc::new(shown), is_shared }, Some(own))
            }
            _ => (Shelf::Disk(own), None),
        };
        match &shelf {
            Shelf::Disk(own) if generators.library.is_none() => generators.library = Some(Arc::new(own.clone())),
            Shelf::Disk(_) => {}
            // What is lost is looked for among the bucket's own, too.
            Shelf::Elsewhere { library, .. } => generators.library = Some(library.clone()),
        }
        let mut meter = Meter::new(ledger.clone())
            .with_registry(registry.clone())
            .with_label(BUCKET_LABEL, &bucket.slug)
            .with_label(SERVER_LABEL, disk.id())
            .with_label(BACKEND_LABEL, backend.spending().as_str())
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
            spending: backend.spending(),
            client: client(meter.clone()),
            keeping: client(meter.recording_words()),
            shelf,
            copies,
            rate: Rate::new(bucket.rate),
            shared_budgets: shared_budgets(config, &bucket.slug, disk.id(), backend.spending()),
        }
    }

    /// What a client may be told that a budget is called, if it is shared with others: how much is left of it says what they
    /// spend.
    pub(crate) fn shared_budget(&self, name: &str) -> Option<&str> {
        self.shared_budgets.get(name).map(String::as_str)
    }

    /// The meter, which both clients share but for what they keep.
    pub(crate) fn meter(&self) -> Option<&Meter> {
        self.client.meter()
    }
}

/// The budgets over more than a bucket's own calls. A ledger that others may write has their calls too.
fn shared_budgets(config: &Config, slug: &str, server: &str, spending: Spending) -> BTreeMap<String, String> {
    if config.buckets.len() == 1 && matches!(config.ledger, LedgerPlace::DataFolder | LedgerPlace::Memory) {
        return BTreeMap::new();
    }
    let labels = [(BUCKET_LABEL, slug), (SERVER_LABEL, server), (BACKEND_LABEL, spending.as_str())];
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let own = CounterScope::label(BUCKET_LABEL, slug);
    let shared = config.budgets.iter().filter_map(|budget| {
        let scope = budget.limit(&labels, SystemTime::now())?.counter.scope;
        // As refusals call it.
        let name = match budget.scope() {
            Scope::Each { .. } => format!("{budget} ({scope})"),
            _ => budget.to_string(),
        };
        (scope != own).then(|| (name, without_limits(budget)))
    });
    shared.collect()
}

/// The name of a budget; of one that has none, its period and scope.
fn without_limits(budget: &Budget) -> String {
    let name = budget.to_string();
    let unnamed = format!("{} for {}", budget.period(), budget.scope());
    if name.ends_with(&format!(" {unnamed}")) { format!("the budget of {unnamed}") } else { name }
}
