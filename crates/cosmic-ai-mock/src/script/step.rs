//! One answer of a rule.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{RequestRef, Usage};

use super::answer::Answer;
use crate::again::Again;

/// One answer of a rule.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) reply: Reply,
    /// Instead of the mock's latency.
    pub(crate) delay: Option<Duration>,
    pub(crate) fragments: Fragments,
    /// Instead of the usage that the mock would report.
    pub(crate) usage: Option<Usage>,
}

/// What an answer is.
#[derive(Clone)]
pub(crate) enum Reply {
    Content(Content),
    Error(Again),
    With(Arc<dyn Fn(RequestRef<'_>) -> Answer + Send + Sync>),
}

/// What an answer consists of.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Generated,
    Text(Arc<str>),
    Medium(Medium),
}

/// A file in place of a generated one.
#[derive(Debug, Clone)]
pub(crate) struct Medium {
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Medium {
    /// What its name ends with.
    pub(crate) fn extension(&self) -> &str {
        match self.content_type.as_str() {
            "audio/mpeg" => "mp3",
            "image/svg+xml" => "svg",
            other => other.rsplit('/').next().unwrap_or_default(),
        }
    }
}

/// Where a streamed text is cut.
#[derive(Debug, Clone, Default)]
pub(crate) enum Fragments {
    /// Every three tokens.
    #[default]
    Usual,
    /// Into so many of about equal length.
    Count(usize),
    /// After each of these, in bytes from the beginning.
    Ends(Vec<usize>),
}

impl Fragments {
    /// These, or others in place of the usual ones.
    pub(crate) fn or(self, others: Self) -> Self {
        if matches!(self, Self::Usual) { others } else { self }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(Content::Generated) => f.write_str("the generated answer"),
            Self::Content(Content::Text(text)) => write!(f, "the text {text:?}"),
            Self::Content(Content::Medium(medium)) => {
                write!(f, "{} of {} bytes", medium.content_type, medium.bytes.len())
            }
            Self::Error(error) => write!(f, "the error `{error}`"),
            Self::With(_) => f.write_str("what a function makes"),
        }
    }
}
