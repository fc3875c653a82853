//! The trait through pointers: `&T`, `Box<T>` and `Arc<T>` do what `T` does.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::OperationId;

use super::{
    Admission, Admitted, Advanced, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError, Pruned,
    Reconciliation, Standing,
};

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: Ledger + ?Sized> Ledger for $pointer {
            async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
                (**self).admit(admission).await
            }

            async fn advance(&self, change: Change) -> Result<Advanced, LedgerError> {
                (**self).advance(change).await
            }

            fn enqueue(&self, change: Change) {
                (**self).enqueue(change);
            }

            async fn flush(&self) -> Result<(), LedgerError> {
                (**self).flush().await
            }

            async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
                (**self).expire(now).await
            }

            async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
                (**self).entry(id).await
            }

            async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
                (**self).entries(query).await
            }

            async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
                (**self).standing(counter).await
            }

            async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
                (**self).reconcile().await
            }

            async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
                (**self).prune(before).await
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);
