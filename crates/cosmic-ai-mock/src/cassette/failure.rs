//! Errors in a cassette: everything that a caller can ask an error for.

mod budget;
mod kind;

use std::time::Duration;

use cosmic_ai_core::{Charge, Error, MediaId, OperationId, Outcome, Usage};
use serde::{Deserialize, Serialize};

use self::kind::FailureKind;

/// An error, to the millisecond. The errors beneath it are kept as one text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    kind: FailureKind,
    outcome: RecordedOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation_id: Option<OperationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partial_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_id: Option<MediaId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caused_by: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum RecordedOutcome {
    NotSent,
    Refused,
    Unknown { at_least: Charge },
    Billed { charge: Option<Charge> },
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().into(),
            outcome: match error.outcome() {
                Outcome::NotSent => RecordedOutcome::NotSent,
                Outcome::Refused => RecordedOutcome::Refused,
                Outcome::Unknown { at_least } => RecordedOutcome::Unknown { at_least },
                Outcome::Billed { charge } => RecordedOutcome::Billed { charge },
                // What a later version knows and this one does not may have been billed.
                _ => RecordedOutcome::Unknown { at_least: Charge::ZERO },
            },
            status: error.status(),
            operation_id: error.operation_id().cloned(),
            retry_after_ms: error.retry_after().map(milliseconds),
            partial_text: error.partial_text().map(str::to_owned),
            usage: error.usage(),
            media_id: error.media_id().cloned(),
            caused_by: causes(error),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let outcome = match failure.outcome {
            RecordedOutcome::NotSent => Outcome::NotSent,
            RecordedOutcome::Refused => Outcome::Refused,
            RecordedOutcome::Unknown { at_least } => Outcome::Unknown { at_least },
            RecordedOutcome::Billed { charge } => Outcome::Billed { charge },
        };
        let mut error = Self::new(failure.kind.into(), outcome);
        if let Some(status) = failure.status {
            error = error.with_status(status);
        }
        if let Some(id) = &failure.operation_id {
            error = error.with_operation_id(id);
        }
        if let Some(pause) = failure.retry_after_ms {
            error = error.with_retry_after(Duration::from_millis(pause));
        }
        if let Some(text) = failure.partial_text {
            error = error.with_partial_text(text);
        }
        if let Some(usage) = failure.usage {
            error = error.with_usage(usage);
        }
        if let Some(id) = failure.media_id {
            error = error.with_media_id(id);
        }
        if let Some(cause) = failure.caused_by {
            error = error.with_source(cause);
        }
        error
    }
}

/// The errors beneath, outermost first.
fn causes(error: &Error) -> Option<String> {
    let mut source = std::error::Error::source(error)?;
    let mut text = source.to_string();
    while let Some(next) = source.source() {
        text = format!("{text}: {next}");
        source = next;
    }
    Some(text)
}

/// A duration in whole milliseconds.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
