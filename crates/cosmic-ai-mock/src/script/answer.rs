//! What a rule answers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{Error, RequestRef, Usage};

use super::step::{Content, Fragments, Medium, Reply, Step};
use crate::again::Again;

/// What a rule answers, how often, and how slowly.
///
/// Everything but errors is priced, stored and recorded as a generated answer is. A rule that answers text to a call
/// for a medium, or the other way round, fails the call and says so.
#[derive(Clone)]
#[must_use]
pub struct Answer {
    parts: Vec<Part>,
    /// How often all parts are gone through; `None` is for ever.
    rounds: Option<u32>,
}

/// A part of an answer: for some calls, one after another.
#[derive(Clone)]
struct Part {
    /// How many calls this and the parts before are for.
    end: u64,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Step(Box<Step>),
    /// Of a sequence: what it answers is found when it is asked for, because it may be for billions of calls.
    Answer(Answer),
}

impl Answer {
    fn new(reply: Reply) -> Self {
        let step = Step { reply, delay: None, fragments: Fragments::Usual, usage: None };
        Self { parts: vec![Part { end: 1, kind: Kind::Step(Box::new(step)) }], rounds: None }
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
    /// Of the answer it returns, the first is given each time: counts and further answers of a sequence do not matter. Delay,
    /// fragments and usage are its own where it has them, and else those of this.
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
        let (mut parts, mut end) = (Vec::new(), 0_u64);
        for answer in answers {
            let mut answer = answer.into();
            answer.rounds = answer.rounds.or(Some(1));
            end = end.saturating_add(answer.limit().unwrap_or(1));
            parts.push(Part { end, kind: Kind::Answer(answer) });
        }
        Self { parts, rounds: Some(1) }
    }

    /// Answers so many calls, no more: a text as often as this, a sequence from beginning to end as often as this.
    pub fn times(mut self, times: u32) -> Self {
        self.rounds = Some(times);
        self
    }

    /// Answers after a delay, on tokio's clock, in place of the mock's [latency](crate::Latency) up to an answer or its first
    /// fragment.
    pub fn after(mut self, delay: Duration) -> Self {
        self.change(&|step| step.delay = Some(delay));
        self
    }

    /// Streams a text in so many fragments of about equal length; no more than it has characters. The default is three
    /// tokens a fragment.
    pub fn in_fragments(self, count: usize) -> Self {
        self.cut(&Fragments::Count(count))
    }

    /// Reports this usage, and charges by it: for answers of any price.
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.change(&|step| step.usage = Some(usage));
        self
    }

    fn cut(mut self, fragments: &Fragments) -> Self {
        self.change(&|step| step.fragments = fragments.clone());
        self
    }

    /// Changes every step.
    fn change(&mut self, change: &dyn Fn(&mut Step)) {
        for part in &mut self.parts {
            match &mut part.kind {
                Kind::Step(step) => change(step),
                Kind::Answer(answer) => answer.change(change),
            }
        }
    }

    /// How many calls it answers in one round.
    fn round(&self) -> u64 {
        self.parts.last().map_or(0, |part| part.end)
    }

    /// How many calls it answers; `None` is any number.
    pub(crate) fn limit(&self) -> Option<u64> {
        let round = self.round();
        if round == 0 { Some(0) } else { self.rounds.map(|rounds| round.saturating_mul(rounds.into())) }
    }

    /// The answer to the call that is the `count`th, from 0.
    pub(crate) fn step(&self, count: u64) -> Option<&Step> {
        let count = count.checked_rem(self.round())?;
        let place = self.parts.partition_point(|part| part.end <= count);
        let begin = place.checked_sub(1).and_then(|before| self.parts.get(before)).map_or(0, |part| part.end);
        match &self.parts.get(place)?.kind {
            Kind::Step(step) => Some(step),
            Kind::Answer(answer) => answer.step(count - begin),
        }
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

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("replies", &self.parts).field("rounds", &self.rounds).finish_non_exhaustive()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Step(step) => fmt::Debug::fmt(&step.reply.to_string(), f),
            Kind::Answer(answer) => answer.fmt(f),
        }
    }
}
