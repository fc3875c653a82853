//! What the checks found.

use std::fmt;
use std::time::Duration;

use cosmic_ai_core::Error;

/// What the checks found, in the order they ran.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// One result for each check.
    pub results: Vec<CheckResult>,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckResult {
    /// The name of the check, such as `text/stream-ends-once`.
    pub name: &'static str,
    /// How it went.
    pub outcome: CheckOutcome,
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The rule is kept.
    Passed,
    /// The rule could not be looked at, for this reason.
    Skipped(String),
    /// The rule is broken, in this way.
    Failed(String),
}

impl Report {
    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &CheckResult> {
        self.results.iter().filter(|check| matches!(check.outcome, CheckOutcome::Failed(_)))
    }

    /// Whether no check failed.
    pub fn is_ok(&self) -> bool {
        self.failures().next().is_none()
    }

    /// Checks that no check failed.
    ///
    /// # Panics
    /// If one did, with the name and reason of each.
    #[track_caller]
    pub fn assert_ok(&self) {
        assert!(self.is_ok(), "{self}");
    }
}

/// How many checks ran, and those that did not pass with their reasons.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} checks failed", self.failures().count(), self.results.len())?;
        for CheckResult { name, outcome } in &self.results {
            match outcome {
                CheckOutcome::Passed => {}
                CheckOutcome::Skipped(reason) => write!(f, "\n  skipped {name}: {reason}")?,
                CheckOutcome::Failed(reason) => write!(f, "\n  FAILED  {name}: {reason}")?,
            }
        }
        Ok(())
    }
}

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Flaw {
    Skipped(String),
    Failed(String),
}

pub(super) type Verdict = Result<(), Flaw>;

impl From<String> for Flaw {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

impl From<Error> for Flaw {
    fn from(error: Error) -> Self {
        Self::Failed(format!("a valid call failed: {error:?}"))
    }
}

/// Fails the check, with a formatted reason, unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($reason:tt)+) => {
        if !$condition {
            return Err($crate::conformance::report::Flaw::Failed(format!($($reason)+)));
        }
    };
}

pub(super) use ensure;

/// Runs checks and keeps what they find.
#[derive(Debug)]
pub(super) struct Checks {
    patience: Duration,
    results: Vec<CheckResult>,
}

impl Checks {
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, results: Vec::new() }
    }

    /// Runs one check.
    pub(super) async fn run(&mut self, name: &'static str, check: impl Future<Output = Verdict>) {
        // Boxed, so that the futures of all checks do not add up to one of a size that overflows a stack.
        let outcome = match tokio::time::timeout(self.patience, Box::pin(check)).await {
            Ok(Ok(())) => CheckOutcome::Passed,
            Ok(Err(Flaw::Skipped(reason))) => CheckOutcome::Skipped(reason),
            Ok(Err(Flaw::Failed(reason))) => CheckOutcome::Failed(reason),
            Err(_) => CheckOutcome::Failed(format!("did not end within {:?}", self.patience)),
        };
        self.results.push(CheckResult { name, outcome });
    }

    pub(super) fn report(self) -> Report {
        Report { results: self.results }
    }
}
