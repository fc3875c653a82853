//! How many calls generate at once, and how many may wait for their turn.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::config::Limits;
use crate::error::ApiError;
use crate::metrics::{Metrics, One};

/// When to come again after being sent away.
const PAUSE: Duration = Duration::from_secs(2);

/// Lets in so many calls at once, and so many more to wait: who came first goes first.
#[derive(Debug)]
pub(crate) struct Gate {
    calls: Arc<Semaphore>,
    queue: Semaphore,
    queue_time: Duration,
    metrics: Arc<Metrics>,
}

/// A call's turn: over when it is dropped.
#[derive(Debug)]
#[expect(dead_code, reason = "held for their drop")]
pub(crate) struct Turn(OwnedSemaphorePermit, One);

impl Gate {
    pub(crate) fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            calls: Arc::new(Semaphore::new(limits.calls.min(Semaphore::MAX_PERMITS))),
            queue: Semaphore::new(limits.queue.min(Semaphore::MAX_PERMITS)),
            queue_time: limits.queue_time,
            metrics,
        }
    }

    /// Waits for a turn; 429 if too many wait, or for too long.
    pub(crate) async fn enter(&self) -> Result<Turn, ApiError> {
        let permit = match self.calls.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => return Err(ApiError::internal()),
            Err(TryAcquireError::NoPermits) => self.wait().await?,
        };
        Ok(Turn(permit, self.metrics.call()))
    }

    /// The semaphore gives what is free to those who wait already, so nobody passes them by.
    async fn wait(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let _place = self.queue.try_acquire().map_err(|_| {
            too_many("the server is making as many calls as it may, and as many as may wait do so; come again later")
        })?;
        let _waiting = self.metrics.wait();
        match tokio::time::timeout(self.queue_time, self.calls.clone().acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| ApiError::internal()),
            Err(_) => Err(too_many("the call waited too long for its turn; come again later")),
        }
    }
}

fn too_many(message: &str) -> ApiError {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, message).with_retry_after(PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(calls: usize, queue: usize, queue_time: Duration) -> Arc<Gate> {
        let limits = Limits { calls, queue, queue_time, ..Limits::default() };
        Arc::new(Gate::new(&limits, Arc::default()))
    }

    #[tokio::test(start_paused = true)]
    async fn who_came_first_goes_first_and_the_queue_is_bounded() {
        let gate = gate(1, 2, Duration::from_secs(30));
        let first = gate.enter().await.unwrap();
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        for name in ["second", "third"] {
            let (gate, sender) = (gate.clone(), sender.clone());
            tokio::spawn(async move {
                let turn = gate.enter().await.unwrap();
                sender.send(name).unwrap();
                drop(turn);
            });
            tokio::task::yield_now().await;
        }
        let refusal = gate.enter().await.unwrap_err();
        assert_eq!(refusal.to_value()["status"], 429);
        assert!(gate.metrics.text().contains("cosmic_ai_calls_waiting 2"), "{}", gate.metrics.text());
        drop(first);
        assert_eq!(order.recv().await, Some("second"));
        assert_eq!(order.recv().await, Some("third"));
        drop(gate.enter().await.unwrap());
        assert!(gate.metrics.text().contains("cosmic_ai_calls_under_way 0"), "{}", gate.metrics.text());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever_and_who_gave_up_takes_no_place() {
        let gate = gate(1, 1, Duration::from_secs(3));
        let _turn = gate.enter().await.unwrap();
        for _ in 0..3 {
            let refusal = gate.enter().await.unwrap_err();
            assert!(refusal.message().contains("waited too long"), "{}", refusal.message());
        }
        let cancelled = tokio::time::timeout(Duration::from_secs(1), gate.enter()).await;
        assert!(cancelled.is_err());
        assert!(gate.enter().await.unwrap_err().message().contains("waited too long"));
    }
}
