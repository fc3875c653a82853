//! A ledger that admits and never says so.

use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::OperationId;
use cosmic_ai_pricing::ledger::{
    Admission, Admitted, Advanced, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError, MemoryLedger,
    Pruned, Reconciliation, Standing,
};

#[derive(Debug, Default)]
pub(super) struct Hanging(pub(super) MemoryLedger);

#[async_trait]
impl Ledger for Hanging {
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        self.0.admit(admission).await?;
        std::future::pending().await
    }

    async fn advance(&self, change: Change) -> Result<Advanced, LedgerError> {
        self.0.advance(change).await
    }

    fn enqueue(&self, change: Change) {
        self.0.enqueue(change);
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        self.0.flush().await
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        self.0.expire(now).await
    }

    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        self.0.entry(id).await
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
        self.0.entries(query).await
    }

    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
        self.0.standing(counter).await
    }

    async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
        self.0.reconcile().await
    }

    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
        self.0.prune(before).await
    }
}
