//! Errors: what went wrong, whether the request left, whether it may have been billed, and what was had by then.

mod budget;
mod invalid;
mod kind;
mod outcome;

use std::fmt;
use std::time::Duration;

pub use self::budget::{Amount, Asked, BudgetRefusal, LargestFit, OperationConflict, Pool};
pub use self::invalid::{InvalidRequest, ParseError, Problem};
pub use self::kind::{ErrorKind, InvalidOverlay, Rejection, TimeoutStage, TokensUsedUp, Unsupported};
pub use self::outcome::Outcome;
use crate::call::OperationId;
use crate::media::MediaId;
use crate::usage::Usage;

/// A failed call.
///
/// Every error answers four questions: what happened ([`kind`](Self::kind)), did the request leave and may it have been
/// billed ([`outcome`](Self::outcome)), may it be sent again and when ([`is_resendable`](Self::is_resendable),
/// [`retry_after`](Self::retry_after)), and what was already had ([`partial_text`](Self::partial_text),
/// [`usage`](Self::usage), [`media_id`](Self::media_id)).
///
/// `Display` is one line in lower case and does not repeat its [`source`](std::error::Error::source). Backends build
/// errors with [`new`](Self::new) and the `with_*` methods.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    status: Option<u16>,
    operation_id: Option<OperationId>,
    retry_after: Option<Duration>,
    partial_text: Option<String>,
    usage: Option<Usage>,
    media_id: Option<MediaId>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind`, whose request had `outcome`.
    pub fn new(kind: ErrorKind, outcome: Outcome) -> Self {
        Self(Box::new(Inner {
            kind,
            outcome,
            status: None,
            operation_id: None,
            retry_after: None,
            partial_text: None,
            usage: None,
            media_id: None,
            source: None,
        }))
    }

    /// A request that was found wrong before it was sent.
    pub fn invalid(problems: InvalidRequest) -> Self {
        Self::new(ErrorKind::Invalid(problems), Outcome::NotSent)
    }

    /// Replaces the outcome, when more is known by now.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the operation that failed.
    #[must_use]
    pub fn with_operation_id(mut self, id: &OperationId) -> Self {
        self.0.operation_id = Some(id.clone());
        self
    }

    /// Adds the pause that the service asks for.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Duration) -> Self {
        self.0.retry_after = Some(pause);
        self
    }

    /// Adds the text received so far.
    #[must_use]
    pub fn with_partial_text(mut self, text: impl Into<String>) -> Self {
        self.0.partial_text = Some(text.into());
        self
    }

    /// Adds the usage reported so far.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.0.usage = Some(usage);
        self
    }

    /// Adds the medium that was made all the same.
    #[must_use]
    pub fn with_media_id(mut self, id: MediaId) -> Self {
        self.0.media_id = Some(id);
        self
    }

    /// Adds the error beneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Whether the request left and whether it may have been billed.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The HTTP status, where the service answered with one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The operation that failed. Set by every backend of this project.
    pub fn operation_id(&self) -> Option<&OperationId> {
        self.0.operation_id.as_ref()
    }

    /// The pause that the service asks for before the request is sent again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The text received before the failure; `None` if there was none.
    pub fn partial_text(&self) -> Option<&str> {
        self.0.partial_text.as_deref()
    }

    /// The usage reported before the failure.
    pub fn usage(&self) -> Option<Usage> {
        self.0.usage
    }

    /// The medium that is known to exist although the call failed.
    pub fn media_id(&self) -> Option<&MediaId> {
        self.0.media_id.as_ref()
    }

    /// Whether the same request may be sent again without the risk of paying twice: it never left, or it was put off
    /// (status 429, or 503 with [`retry_after`](Self::retry_after)). That such answers are unbilled is assumed; no
    /// source states it.
    pub fn is_resendable(&self) -> bool {
        match (self.0.outcome, &self.0.kind) {
            (
                Outcome::NotSent,
                ErrorKind::Connect { .. }
                | ErrorKind::Interrupted { .. }
                | ErrorKind::Timeout { stage: TimeoutStage::Connect, .. },
            )
            | (Outcome::Refused, ErrorKind::RateLimited(_)) => true,
            (Outcome::Refused, ErrorKind::Server(_)) => self.0.retry_after.is_some(),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        write!(OneLine(f), "{}", self.0.kind)
    }
}

/// Writes on one line whatever a service or a parser worded on several.
struct OneLine<'f, 'w>(&'f mut fmt::Formatter<'w>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (place, part) in text.split(char::is_control).enumerate() {
            if place > 0 {
                self.0.write_str(" ")?;
            }
            self.0.write_str(part)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, outcome, status, operation_id, retry_after, partial_text, usage, media_id, source } =
            &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("kind", kind).field("outcome", outcome);
        // Absent parts are left out: this is what `unwrap` and `main` print.
        let mut present = |name, value: Option<&dyn fmt::Debug>| {
            if let Some(value) = value {
                debug.field(name, value);
            }
        };
        present("status", status.as_ref().map(|value| value as _));
        present("operation_id", operation_id.as_ref().map(|value| value as _));
        present("retry_after", retry_after.as_ref().map(|value| value as _));
        present("partial_text", partial_text.as_ref().map(|value| value as _));
        present("usage", usage.as_ref().map(|value| value as _));
        present("media_id", media_id.as_ref().map(|value| value as _));
        present("source", source.as_ref().map(|value| value as _));
        debug.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<InvalidRequest> for Error {
    fn from(problems: InvalidRequest) -> Self {
        Self::invalid(problems)
    }
}
