//! Kinds of errors as a cassette writes them.

use std::time::Duration;

use cosmic_ai_core::{
    ErrorKind, InvalidRequest, Multiplier, Problem, Rejection, TimeoutStage, TokensUsedUp, Unsupported,
};
use serde::{Deserialize, Serialize};

use super::budget::{RecordedBudget, RecordedConflict};
use super::milliseconds;

/// The operations that backends say they do not support; the type has room for no others.
const OPERATIONS: [&str; 6] =
    ["generate_text", "stream_text", "generate_image", "generate_video", "extend_video", "generate_speech"];

/// The kind of an error, with all of its parts. One that is not listed here is kept as its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum FailureKind {
    Invalid(Vec<RecordedProblem>),
    Unsupported { operation: String, advice: String },
    Configuration { message: String },
    Budget(RecordedBudget),
    Operation(RecordedConflict),
    Ledger { message: String },
    Connect { message: String },
    Timeout { stage: Stage, after_ms: u64 },
    Interrupted { message: String },
    Credentials(RecordedRejection),
    TokensUsedUp(RecordedTokensUsedUp),
    NotFound(RecordedRejection),
    RateLimited(RecordedRejection),
    ContentPolicy(RecordedRejection),
    Refused(RecordedRejection),
    Server(RecordedRejection),
    Decode { message: String },
    File { path: String, message: String },
    Backend { message: String },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedProblem {
    field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    reason: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nearest: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedRejection {
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedTokensUsedUp {
    rejection: RecordedRejection,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multiplier: Option<Multiplier>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Connect,
    FirstByte,
    Idle,
    Total,
}

impl From<&ErrorKind> for FailureKind {
    fn from(kind: &ErrorKind) -> Self {
        let message = |message: &String| message.clone();
        match kind {
            ErrorKind::Invalid(invalid) => Self::Invalid(invalid.problems.iter().map(RecordedProblem::from).collect()),
            ErrorKind::Unsupported(Unsupported { operation, advice, .. }) => {
                Self::Unsupported { operation: (*operation).to_owned(), advice: advice.clone().into_owned() }
            }
            ErrorKind::Configuration { message: text } => Self::Configuration { message: message(text) },
            ErrorKind::Budget(refusal) => Self::Budget(refusal.into()),
            ErrorKind::Operation(conflict) => Self::Operation(conflict.into()),
            ErrorKind::Ledger { message: text } => Self::Ledger { message: message(text) },
            ErrorKind::Connect { message: text } => Self::Connect { message: message(text) },
            ErrorKind::Timeout { stage, after } => {
                Self::Timeout { stage: (*stage).into(), after_ms: milliseconds(*after) }
            }
            ErrorKind::Interrupted { message: text } => Self::Interrupted { message: message(text) },
            ErrorKind::Credentials(rejection) => Self::Credentials(rejection.into()),
            ErrorKind::TokensUsedUp(used_up) => Self::TokensUsedUp(used_up.into()),
            ErrorKind::NotFound(rejection) => Self::NotFound(rejection.into()),
            ErrorKind::RateLimited(rejection) => Self::RateLimited(rejection.into()),
            ErrorKind::ContentPolicy(rejection) => Self::ContentPolicy(rejection.into()),
            ErrorKind::Refused(rejection) => Self::Refused(rejection.into()),
            ErrorKind::Server(rejection) => Self::Server(rejection.into()),
            ErrorKind::Decode { message: text } => Self::Decode { message: message(text) },
            ErrorKind::File { path, message: text } => Self::File { path: path.clone(), message: message(text) },
            ErrorKind::Backend { message: text } => Self::Backend { message: message(text) },
            // Overlays fail before there is a backend; kinds of a later version are not known.
            other => Self::Backend { message: other.to_string() },
        }
    }
}

impl From<FailureKind> for ErrorKind {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Invalid(problems) => {
                Self::Invalid(InvalidRequest::new(problems.into_iter().map(Problem::from).collect()))
            }
            FailureKind::Unsupported { operation, advice } => {
                let known = OPERATIONS.into_iter().find(|known| *known == operation).unwrap_or("call");
                Self::Unsupported(Unsupported::new(known, advice))
            }
            FailureKind::Configuration { message } => Self::Configuration { message },
            FailureKind::Budget(refusal) => Self::Budget(refusal.into()),
            FailureKind::Operation(conflict) => Self::Operation(conflict.into()),
            FailureKind::Ledger { message } => Self::Ledger { message },
            FailureKind::Connect { message } => Self::Connect { message },
            FailureKind::Timeout { stage, after_ms } => {
                Self::Timeout { stage: stage.into(), after: Duration::from_millis(after_ms) }
            }
            FailureKind::Interrupted { message } => Self::Interrupted { message },
            FailureKind::Credentials(rejection) => Self::Credentials(rejection.into()),
            FailureKind::TokensUsedUp(used_up) => Self::TokensUsedUp(used_up.into()),
            FailureKind::NotFound(rejection) => Self::NotFound(rejection.into()),
            FailureKind::RateLimited(rejection) => Self::RateLimited(rejection.into()),
            FailureKind::ContentPolicy(rejection) => Self::ContentPolicy(rejection.into()),
            FailureKind::Refused(rejection) => Self::Refused(rejection.into()),
            FailureKind::Server(rejection) => Self::Server(rejection.into()),
            FailureKind::Decode { message } => Self::Decode { message },
            FailureKind::File { path, message } => Self::File { path, message },
            FailureKind::Backend { message } => Self::Backend { message },
        }
    }
}

impl From<&Problem> for RecordedProblem {
    fn from(problem: &Problem) -> Self {
        Self {
            field: problem.field.clone().into_owned(),
            given: problem.given.clone(),
            reason: problem.reason.clone().into_owned(),
            allowed: problem.allowed.clone(),
            nearest: problem.nearest.clone(),
        }
    }
}

impl From<RecordedProblem> for Problem {
    fn from(recorded: RecordedProblem) -> Self {
        let mut problem = Self::new(recorded.field, recorded.reason);
        (problem.given, problem.allowed, problem.nearest) = (recorded.given, recorded.allowed, recorded.nearest);
        problem
    }
}

impl From<&Rejection> for RecordedRejection {
    fn from(rejection: &Rejection) -> Self {
        let Rejection { message, code, request_id, .. } = rejection.clone();
        Self { message, code, request_id }
    }
}

impl From<RecordedRejection> for Rejection {
    fn from(recorded: RecordedRejection) -> Self {
        let mut rejection = Self::new(recorded.message);
        (rejection.code, rejection.request_id) = (recorded.code, recorded.request_id);
        rejection
    }
}

impl From<&TokensUsedUp> for RecordedTokensUsedUp {
    fn from(used_up: &TokensUsedUp) -> Self {
        let TokensUsedUp { rejection, model, tier, multiplier, .. } = used_up.clone();
        Self { rejection: (&rejection).into(), model, tier, multiplier }
    }
}

impl From<RecordedTokensUsedUp> for TokensUsedUp {
    fn from(recorded: RecordedTokensUsedUp) -> Self {
        let mut used_up = Self::new(recorded.rejection.into());
        (used_up.model, used_up.tier, used_up.multiplier) = (recorded.model, recorded.tier, recorded.multiplier);
        used_up
    }
}

impl From<TimeoutStage> for Stage {
    fn from(stage: TimeoutStage) -> Self {
        match stage {
            TimeoutStage::Connect => Self::Connect,
            TimeoutStage::FirstByte => Self::FirstByte,
            TimeoutStage::Idle => Self::Idle,
            // The widest, also for stages of a later version.
            _ => Self::Total,
        }
    }
}

impl From<Stage> for TimeoutStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Connect => Self::Connect,
            Stage::FirstByte => Self::FirstByte,
            Stage::Idle => Self::Idle,
            Stage::Total => Self::Total,
        }
    }
}
