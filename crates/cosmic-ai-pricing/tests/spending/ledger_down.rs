//! Ledgers that fail: nothing is sent that is not recorded, and no answer is lost.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai_core::{ErrorKind, ImageGenerator, ImageRequest, OperationId, Outcome, TextGenerator};
use cosmic_ai_pricing::ledger::{
    Admission, Admitted, Advanced, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError, MemoryLedger,
    Pruned, Reconciliation, Standing,
};
use cosmic_ai_pricing::{Meter, Metered};

use super::backend::Backend;
use super::setup::{ask, call};

/// How a ledger fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It enters admissions and never answers.
    Stalls,
    /// It enters admissions and says that it could not.
    Admits,
    /// It settles nothing in time.
    Advances,
}

#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) ledger: MemoryLedger,
    fault: Fault,
}

impl Broken {
    pub(crate) fn new(fault: Fault) -> Arc<Self> {
        Arc::new(Self { ledger: MemoryLedger::new(), fault })
    }
}

#[async_trait]
impl Ledger for Broken {
    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        let admitted = self.ledger.admit(admission).await?;
        match self.fault {
            Fault::Stalls => std::future::pending().await,
            Fault::Admits => Err(LedgerError::unavailable("the disk is full")),
            Fault::Advances => Ok(admitted),
        }
    }

    async fn advance(&self, change: Change) -> Result<Advanced, LedgerError> {
        match self.fault {
            Fault::Advances => Err(LedgerError::unavailable("the disk is full")),
            _ => self.ledger.advance(change).await,
        }
    }

    fn enqueue(&self, change: Change) {
        self.ledger.enqueue(change);
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        self.ledger.flush().await
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        self.ledger.expire(now).await
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

#[tokio::test]
async fn nothing_is_sent_when_it_cannot_be_recorded() {
    let (backend, ledger) = (Arc::new(Backend::new([])), Broken::new(Fault::Admits));
    let metered = Metered::new(backend.clone(), Meter::new(ledger.clone()));
    let error = metered.generate_text(&call("text"), &ask()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(matches!(error.kind(), ErrorKind::Ledger { .. }), "{error}");
    assert_eq!(error.to_string(), "ledger: unavailable: the disk is full");
    assert_eq!(error.operation_id().map(OperationId::as_str), Some("text"));
    assert_eq!(backend.sent(), 0);
    // It may have been entered before the ledger failed: then it is released.
    let entry = ledger.entry(&"text".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(entry.state, cosmic_ai_pricing::ledger::State::Released);
}

#[tokio::test]
async fn an_answer_is_handed_over_though_it_cannot_be_settled() {
    let ledger = Broken::new(Fault::Advances);
    let metered = Metered::new(Backend::new([]), Meter::new(ledger.clone()));
    let image = metered.generate_image(&call("image"), &ImageRequest::new("A lake")).await.unwrap();
    assert_eq!(image.media.id.as_str(), "image");
    // Still held, and its deadline tells in the end.
    assert_eq!(ledger.entry(&"image".parse().unwrap()).await.unwrap().unwrap().state.as_str(), "sent");
}
