//! What a rule answers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{Error, RequestRef, Usage};

use crate::again::Again;

/// What a rule answers, how often, and how slowly.
///
/// Everything but errors is priced, stored and recorded as a generated answer is. A rule that answers text to a call
/// for a medium, or the other way round, fails the call and says so.
#[derive(Clone)]
#[must_use]
pub struct Answer {
    steps: Vec<Step>,
    /// How often all steps are gone through; `None` is for ever.
    rounds: Option<u32>,
}

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

impl Answer {
    fn new(reply: Reply) -> Self {
        let step = Step { reply, delay: None, fragments: Fragments::Usual, usage: None };
        Self { steps: vec![step], rounds: None }
    }

    /// This text. Its usage counts words and marks, `max_tokens` of the request at most.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Reply::Content(Content::Text(text.into().into())))
    }

    /// The text of these fragments, streamed as just these.
    pub fn fragments(fragments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for fragment in fragments {
            text.push_str(fragment.as_ref());
            ends.push(text.len());
        }
        Self::text(text).cut(&Fragments::Ends(ends))
    }

    /// What the mock makes of the request without a rule.
    pub fn generated() -> Self {
        Self::new(Reply::Content(Content::Generated))
    }

    /// This file, in place of the image, clip or recording that would be made. `content_type` is its media type, such as
    /// `image/webp`. Name, metadata and price are those of a generated one; an extension needs no source then.
    pub fn medium(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let medium = Medium { content_type: content_type.into(), bytes: bytes.into() };
        Self::new(Reply::Content(Content::Medium(medium)))
    }

    /// This error, with the operation of the call it answers. It comes at once unless [`after`](Self::after) says
    /// otherwise. Where its outcome is billed, its charge is deducted; nothing is made.
    pub fn error(error: Error) -> Self {
        Self::new(Reply::Error(Again::new(error)))
    }

    /// What a function makes of the request: an answer, or text.
    ///
    /// Of the answer it returns, the first is given each time: counts and further answers of a sequence do not matter.
    ///
    /// ```
    /// use cosmic_ai_core::RequestRef;
    /// use cosmic_ai_mock::Answer;
    ///
    /// let echo = Answer::with(|request: RequestRef<'_>| match request {
    ///     RequestRef::Text(text) => text.texts().collect::<Vec<_>>().join("\n"),
    ///     _ => String::new(),
    /// });
    /// ```
    pub fn with<A: Into<Self>>(answer: impl Fn(RequestRef<'_>) -> A + Send + Sync + 'static) -> Self {
        Self::new(Reply::With(Arc::new(move |request| answer(request).into())))
    }

    /// These answers, one a call, each as often as its own `times` says and else once. The rule is used up then, unless
    /// `times` of the whole says that it goes round again.
    pub fn sequence(answers: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let mut steps = Vec::new();
        for answer in answers {
            let Self { steps: inner, rounds } = answer.into();
            for _ in 0..rounds.unwrap_or(1) {
                steps.extend(inner.iter().cloned());
            }
        }
        Self { steps, rounds: Some(1) }
    }

    /// Answers so many calls, no more: a text as often as this, a sequence from beginning to end as often as this.
    pub fn times(mut self, times: u32) -> Self {
        self.rounds = Some(times);
        self
    }

    /// Answers after a delay, on tokio's clock, in place of the mock's [latency](crate::Latency) up to an answer or its first
    /// fragment.
    pub fn after(mut self, delay: Duration) -> Self {
        for step in &mut self.steps {
            step.delay = Some(delay);
        }
        self
    }

    /// Streams a text in so many fragments of about equal length; no more than it has characters. The default is three
    /// tokens a fragment.
    pub fn in_fragments(self, count: usize) -> Self {
        self.cut(&Fragments::Count(count))
    }

    /// Reports this usage, and charges by it: for answers of any price.
    pub fn with_usage(mut self, usage: Usage) -> Self {
        for step in &mut self.steps {
            step.usage = Some(usage);
        }
        self
    }

    fn cut(mut self, fragments: &Fragments) -> Self {
        for step in &mut self.steps {
            step.fragments = fragments.clone();
        }
        self
    }

    /// How many calls it answers; `None` is any number.
    pub(crate) fn limit(&self) -> Option<u64> {
        let steps = self.steps.len() as u64;
        if steps == 0 { Some(0) } else { self.rounds.map(|rounds| steps.saturating_mul(rounds.into())) }
    }

    /// The answer to the call that is the `count`th, from 0.
    pub(crate) fn step(&self, count: u64) -> Option<&Step> {
        let place = count.checked_rem(self.steps.len() as u64)?;
        self.steps.get(usize::try_from(place).ok()?)
    }
}

/// A text.
impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// A text.
impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// An error.
impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        Self::error(error)
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

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let replies: Vec<String> = self.steps.iter().map(|step| step.reply.to_string()).collect();
        f.debug_struct("Answer").field("replies", &replies).field("rounds", &self.rounds).finish_non_exhaustive()
    }
}
