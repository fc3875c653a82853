//! How long a replayed call waits for what never comes, or comes late: as long as its own time limit.

use std::time::Duration;

use cosmic_ai_core::{Call, Error, ErrorKind, Outcome, TimeoutStage};
use tokio::time::{Instant, sleep_until};

/// When a call began, and when it gives up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    started: Instant,
    after: Duration,
    /// `None` where there is no limit, or one beyond any clock.
    deadline: Option<Instant>,
}

impl Limit {
    pub(super) fn new(call: &Call) -> Self {
        let started = Instant::now();
        let deadline = call.time_limit().and_then(|limit| started.checked_add(limit));
        Self { started, after: call.time_limit().unwrap_or_default(), deadline }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether the time is up.
    pub(super) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Waits for what never comes.
    pub(super) async fn stall(&self, call: &Call) -> Error {
        match self.deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
        self.error(call)
    }

    /// The error of a time limit that ran out. The recorded request had left by then.
    pub(super) fn error(&self, call: &Call) -> Error {
        let kind = ErrorKind::Timeout { stage: TimeoutStage::Total, after: self.after };
        Error::new(kind, Outcome::UNKNOWN).with_operation_id(call.operation_id())
    }
}
