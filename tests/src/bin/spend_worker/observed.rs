//! The ledger as a worker's callers see it: how long each command takes is noted, and what is durable is told.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use async_trait::async_trait;
use cosmic_ai::OperationId;
use cosmic_ai::pricing::ledger::{
    Admission, Admitted, Advanced, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError, Next, Pruned,
    Reconciliation, Standing,
};
use cosmic_ai_pricing::ledger::failpoint::reached;

use crate::journal::{Journal, verb};
use crate::sabotage::{Sabotage, Spoiler};

pub(crate) struct Observed {
    ledger: Arc<dyn Ledger>,
    journal: Arc<Journal>,
    sabotage: Option<Sabotage>,
    spoiler: Spoiler,
    enqueued: AtomicU64,
}

impl Observed {
    pub(crate) fn new(
        ledger: Arc<dyn Ledger>,
        journal: Arc<Journal>,
        sabotage: Option<Sabotage>,
        spoiler: Spoiler,
    ) -> Self {
        Self { ledger, journal, sabotage, spoiler, enqueued: AtomicU64::new(0) }
    }

    fn timed<T>(&self, command: &str, since: Instant, result: T) -> T {
        self.journal.waited(command, since.elapsed());
        result
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ledger.fmt(f)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Ledger for Observed {
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        reached("worker/admitting");
        let since = Instant::now();
        self.timed("admit", since, self.ledger.admit(admission).await)
    }

    async fn advance(&self, change: Change) -> Result<Advanced, LedgerError> {
        let (id, is_settled, is_released) =
            (change.id.clone(), matches!(change.to, Next::Settled { .. }), matches!(change.to, Next::Released));
        let since = Instant::now();
        let advanced = self.timed("advance", since, self.ledger.advance(change).await);
        match &advanced {
            Ok(Advanced::Done(_)) if is_settled => self.journal.tell(verb::SETTLED, &id),
            Ok(Advanced::Done(entry)) if is_released && self.sabotage == Some(Sabotage::DoubleRelease) => {
                self.spoiler.release_again(entry).await;
            }
            Err(_) => self.journal.tell(verb::UNSURE, &id),
            Ok(_) => {}
        }
        advanced
    }

    fn enqueue(&self, change: Change) {
        // A worker that forgets some of what was dropped.
        let forgets =
            self.sabotage == Some(Sabotage::Leak) && self.enqueued.fetch_add(1, Ordering::Relaxed).is_multiple_of(4);
        if !forgets {
            self.ledger.enqueue(change);
        }
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        self.ledger.flush().await
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        let since = Instant::now();
        self.timed("expire", since, self.ledger.expire(now).await)
    }

    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        self.ledger.entry(id).await
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
        self.ledger.entries(query).await
    }

    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
        self.ledger.standing(counter).await
    }

    async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
        self.ledger.reconcile().await
    }

    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
        self.ledger.prune(before).await
    }
}
