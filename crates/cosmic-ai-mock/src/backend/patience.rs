//! How long a call waits: for what the mock delays, and no longer than its own time limit.

use std::time::Duration;

use cosmic_ai_core::{Call, Error, ErrorKind, Outcome, Progress, TimeoutStage};
use tokio::time::{Instant, sleep_until};

/// How often a call that waits says so, as of the HTTP backend.
const WAITING_EVERY: Duration = Duration::from_secs(5);

/// When a call began, and when it gives up.
#[derive(Debug, Clone)]
pub(super) struct Patience {
    call: Call,
    started: Instant,
    /// `None` where there is no limit, or one beyond any clock.
    deadline: Option<Instant>,
}

impl Patience {
    pub(super) fn new(call: &Call) -> Self {
        let started = Instant::now();
        let deadline = call.time_limit().and_then(|limit| started.checked_add(limit));
        Self { call: call.clone(), started, deadline }
    }

    pub(super) const fn call(&self) -> &Call {
        &self.call
    }

    pub(super) const fn started(&self) -> Instant {
        self.started
    }

    /// Reports that the call is done.
    pub(super) fn done(&self) {
        self.call.report(&Progress::Done { elapsed: self.started.elapsed() });
    }

    /// Whether the time limit has run out.
    pub(super) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Until when to sleep for what comes `due`, or for ever. `None` is for ever, without a limit.
    pub(super) fn until(&self, due: Option<Instant>) -> Option<Instant> {
        match (due, self.deadline) {
            (Some(due), Some(deadline)) => Some(due.min(deadline)),
            (due, deadline) => due.or(deadline),
        }
    }

    /// Waits until so long after the beginning. Needs no runtime if that is no time at all.
    ///
    /// # Errors
    /// When the time limit runs out before or just then. How long the mock itself computes does not count, so that the same
    /// call has the same end on any machine.
    pub(super) async fn wait(&self, time: Duration) -> Result<(), Error> {
        match self.started.checked_add(time) {
            Some(due) if self.deadline.is_none_or(|deadline| due < deadline) => {
                if time.is_zero() {
                    Ok(())
                } else {
                    self.wait_until(Some(due)).await
                }
            }
            _ => Err(self.stall().await),
        }
    }

    /// Waits for what never comes, until the time limit runs out.
    pub(super) async fn stall(&self) -> Error {
        match self.wait_until(None).await {
            Err(error) => error,
            Ok(()) => std::future::pending().await,
        }
    }

    async fn wait_until(&self, due: Option<Instant>) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            if due.is_some_and(|due| due <= now) {
                return Ok(());
            }
            if self.is_over() {
                return Err(self.timeout());
            }
            let report = if self.call.is_watched() { now.checked_add(WAITING_EVERY) } else { None };
            let until = self.until(due);
            match [until, report].into_iter().flatten().min() {
                Some(wake) => sleep_until(wake).await,
                None => std::future::pending().await,
            }
            if until.is_none_or(|until| Instant::now() < until) {
                self.call.report(&Progress::Waiting { elapsed: self.started.elapsed() });
            }
        }
    }

    /// The error of a time limit that ran out. The request had left by then.
    pub(super) fn timeout(&self) -> Error {
        let after = self.call.time_limit().unwrap_or_default();
        let kind = ErrorKind::Timeout { stage: TimeoutStage::Total, after };
        Error::new(kind, Outcome::UNKNOWN).with_operation_id(self.call.operation_id())
    }
}
