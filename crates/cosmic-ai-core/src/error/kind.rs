//! The kinds of errors, by the stage of a call at which they happen.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use thiserror::Error;

use super::budget::{BudgetRefusal, OperationConflict};
use super::invalid::InvalidRequest;
use crate::tokens::Multiplier;

/// What went wrong. Grouped by stage: before anything is sent, on the way, refused by the service, in the answer, and
/// on this side.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks a rule of the registry.
    #[error(transparent)]
    Invalid(InvalidRequest),
    /// No backend for this kind of call is configured.
    #[error(transparent)]
    Unsupported(Unsupported),
    /// A setting is missing or wrong.
    #[error("configuration: {message}")]
    Configuration {
        /// What is missing or wrong, and where to set it. Never a secret.
        message: String,
    },
    /// A registry overlay cannot be used.
    #[error(transparent)]
    Overlay(InvalidOverlay),

    /// A budget does not admit the call.
    #[error(transparent)]
    Budget(BudgetRefusal),
    /// The operation id was used before. The [outcome](super::Error::outcome) is that of this attempt, which sent nothing; what
    /// is said in words is of the earlier one.
    #[error(transparent)]
    Operation(OperationConflict),
    /// The ledger of spending cannot be asked or written, so nothing is sent; or it does not hold what was asked of it.
    #[error("ledger: {message}")]
    Ledger {
        /// What failed. Never a secret.
        message: String,
    },

    /// No connection could be made.
    #[error("cannot connect: {message}")]
    Connect {
        /// To what, and why not.
        message: String,
    },
    /// A time limit ran out.
    #[error("timed out {stage} after {after:?}")]
    Timeout {
        /// What was awaited.
        stage: TimeoutStage,
        /// The limit that ran out.
        after: Duration,
    },
    /// The connection broke, or a stream ended without its end.
    #[error("interrupted: {message}")]
    Interrupted {
        /// Where and how.
        message: String,
    },

    /// The service does not accept the key (status 401 or 403).
    #[error("credentials not accepted: {0}")]
    Credentials(Rejection),
    /// The account's tokens are used up (status 402).
    #[error(transparent)]
    TokensUsedUp(TokensUsedUp),
    /// There is no such bucket, medium or route (status 404).
    #[error("not found: {0}")]
    NotFound(Rejection),
    /// Too many requests (status 429).
    #[error("rate limited: {0}")]
    RateLimited(Rejection),
    /// The service declines the content. Rephrase it: real people, brands and copyrighted characters are the usual
    /// reasons.
    #[error("declined by content policy: {0}")]
    ContentPolicy(Rejection),
    /// The service refuses the request for another reason (other 4xx).
    #[error("refused: {0}")]
    Refused(Rejection),
    /// The service failed (5xx, or an error within an answer).
    #[error("server failed: {0}")]
    Server(Rejection),

    /// The answer cannot be understood.
    #[error("answer not understood: {message}")]
    Decode {
        /// What was expected and what came, with a bounded excerpt.
        message: String,
    },

    /// A file could not be read or written on this side.
    #[error("file {path}: {message}")]
    File {
        /// The file.
        path: String,
        /// What failed.
        message: String,
    },
    /// A failure that a backend of another making reports in its own words.
    #[error("{message}")]
    Backend {
        /// What failed.
        message: String,
    },
}

impl ErrorKind {
    /// The name of the kind for logs, metrics and other machines: the variant's in lower case with underscores, such as
    /// `rate_limited`. It stays the same from version to version.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Unsupported(_) => "unsupported",
            Self::Configuration { .. } => "configuration",
            Self::Overlay(_) => "overlay",
            Self::Budget(_) => "budget",
            Self::Operation(_) => "operation",
            Self::Ledger { .. } => "ledger",
            Self::Connect { .. } => "connect",
            Self::Timeout { .. } => "timeout",
            Self::Interrupted { .. } => "interrupted",
            Self::Credentials(_) => "credentials",
            Self::TokensUsedUp(_) => "tokens_used_up",
            Self::NotFound(_) => "not_found",
            Self::RateLimited(_) => "rate_limited",
            Self::ContentPolicy(_) => "content_policy",
            Self::Refused(_) => "refused",
            Self::Server(_) => "server",
            Self::Decode { .. } => "decode",
            Self::File { .. } => "file",
            Self::Backend { .. } => "backend",
        }
    }
}

/// What a service says when it refuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rejection {
    /// The message, as the service words it.
    pub message: String,
    /// A code beside it, such as `INSUFFICIENT_CREDITS`.
    pub code: Option<String>,
    /// The service's id of the request, for its support.
    pub request_id: Option<String>,
}

impl Rejection {
    /// A refusal with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Adds the code beside the message.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the service's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = &self.code {
            write!(f, " [{code}]")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

/// The account's tokens are used up, with what the service says of the model that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("tokens used up: {rejection}")]
#[non_exhaustive]
pub struct TokensUsedUp {
    /// What the service says.
    pub rejection: Rejection,
    /// The model, by the name in the message.
    pub model: Option<String>,
    /// Its tier.
    pub tier: Option<String>,
    /// Its multiplier, which overrules what the registry assumes.
    pub multiplier: Option<Multiplier>,
}

impl TokensUsedUp {
    /// A refusal that says nothing of the model.
    pub fn new(rejection: Rejection) -> Self {
        Self { rejection, model: None, tier: None, multiplier: None }
    }

    /// Adds what the service says of the model.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>, tier: impl Into<String>, multiplier: Multiplier) -> Self {
        (self.model, self.tier, self.multiplier) = (Some(model.into()), Some(tier.into()), Some(multiplier));
        self
    }
}

/// No backend for this kind of call is configured.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unsupported: {operation} ({advice})")]
#[non_exhaustive]
pub struct Unsupported {
    /// The operation, such as `generate_image`.
    pub operation: &'static str,
    /// What to do about it.
    pub advice: Cow<'static, str>,
}

impl Unsupported {
    /// `operation` cannot be done here; `advice` says what to do about it.
    pub fn new(operation: &'static str, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { operation, advice: advice.into() }
    }
}

/// A registry overlay that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {key}: {message}")]
#[non_exhaustive]
pub struct InvalidOverlay {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key, such as `text[0].tier`; `(document)` where the file is not TOML at all.
    pub key: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl InvalidOverlay {
    pub(crate) fn new(file: &str, line: usize, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, key: key.into(), message: message.into() }
    }
}

/// What was awaited when a time limit ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutStage {
    /// A connection.
    Connect,
    /// The beginning of the answer.
    FirstByte,
    /// The next part of the answer.
    Idle,
    /// The end of the whole call.
    Total,
}

impl fmt::Display for TimeoutStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::FirstByte => "waiting for the answer to begin",
            Self::Idle => "waiting for more of the answer",
            Self::Total => "waiting for the whole call",
        })
    }
}
