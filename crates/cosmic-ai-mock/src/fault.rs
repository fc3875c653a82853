//! What can go wrong with a call, and when it does.

mod turns;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cosmic_ai_core::{Error, ErrorKind, Modality, Outcome, Rejection, RequestRef, TimeoutStage};

use self::turns::Turn;
pub(crate) use self::turns::{Faults, Struck, charge_of};
use crate::account::tokens_used_up;
use crate::again::Again;
use crate::script::Asked;

/// Something that goes wrong: what, at which call, and at which point of it.
///
/// Errors that leave the outcome open come after the mock's [latency](crate::Latency), as answers do; all others come
/// at once. Nothing else waits unless [`after`](Self::after) says so.
///
/// ```
/// use std::time::Duration;
/// use cosmic_ai_mock::{Fault, MockBackend, When};
///
/// let mock = MockBackend::builder()
///     .fault(When::any(), Fault::rate_limited(Duration::from_secs(2)).nth(3))
///     .fault(When::any().containing("Batman"), Fault::content_policy())
///     .fault(When::video(), Fault::answer_lost().with_probability(0.1, 42))
///     .fault(When::text(), Fault::connection_lost().within_fragment(4).every(5))
///     .build();
/// ```
#[derive(Clone)]
#[must_use]
pub struct Fault {
    pub(crate) effect: Effect,
    turn: Turn,
    /// After how many fragments of a stream.
    pub(crate) fragments: Option<u32>,
    /// Whether half a fragment more is given.
    pub(crate) is_within: bool,
    /// Whether the answer exists when the fault strikes.
    pub(crate) is_made: bool,
    /// Whether a stream reports its usage before it fails.
    pub(crate) reports_usage: bool,
    pub(crate) delay: Option<Duration>,
}

/// What a fault does.
#[derive(Clone)]
pub(crate) enum Effect {
    Error(Arc<dyn Fn(&Asked<'_>) -> Error + Send + Sync>),
    Stall,
    NoUsage,
    TwoEnds,
}

impl Fault {
    const fn new(effect: Effect) -> Self {
        Self {
            effect,
            turn: Turn::Always,
            fragments: None,
            is_within: false,
            is_made: false,
            reports_usage: false,
            delay: None,
        }
    }

    fn failing(error: impl Fn(&Asked<'_>) -> Error + Send + Sync + 'static) -> Self {
        Self::new(Effect::Error(Arc::new(error)))
    }

    /// This error. Where its outcome is billed, its charge is deducted, whatever was made or given before: when the call is
    /// taken, or when a stream comes to the place where it fails.
    pub fn error(error: Error) -> Self {
        let error = Again::new(error);
        Self::failing(move |_| error.error())
    }

    /// The error that a function makes of the request.
    pub fn with(error: impl Fn(RequestRef<'_>) -> Error + Send + Sync + 'static) -> Self {
        Self::failing(move |asked| error(asked.request))
    }

    /// No connection could be made; nothing was sent.
    pub fn connection_failed() -> Self {
        let kind = ErrorKind::Connect { message: "the mock refuses connections".to_owned() };
        Self::error(Error::new(kind, Outcome::NotSent))
    }

    /// The connection breaks after the request left, and the service never acts on it. The outcome is unknown; nothing
    /// is made or billed. Of a stream, [`after_fragments`](Self::after_fragments) and
    /// [`within_fragment`](Self::within_fragment) say where it breaks.
    pub fn connection_lost() -> Self {
        let kind = ErrorKind::Interrupted { message: "the mock broke the connection".to_owned() };
        Self::error(Error::new(kind, Outcome::UNKNOWN))
    }

    /// The answer is lost on the way: its outcome is unknown to the caller, but a medium is in the library, where its
    /// operation id finds it, and it is billed. The same as `connection_lost().after_making()`.
    pub fn answer_lost() -> Self {
        Self::connection_lost().after_making()
    }

    /// A time limit of `limit` runs out. It is told at once; with [`after`](Self::after) when it would be. Nothing was
    /// sent if it was for the connection; else the outcome is unknown, and nothing is made.
    pub fn timeout(stage: TimeoutStage, limit: Duration) -> Self {
        let outcome = if stage == TimeoutStage::Connect { Outcome::NotSent } else { Outcome::UNKNOWN };
        Self::error(Error::new(ErrorKind::Timeout { stage, after: limit }, outcome))
    }

    /// The service declines the content, as it does for real people, brands and characters. Not billed.
    pub fn content_policy() -> Self {
        Self::failing(|asked| {
            let message = match asked.request.modality() {
                Modality::Video => "No videos generated",
                _ => "declined by the content policy",
            };
            Error::new(ErrorKind::ContentPolicy(Rejection::new(message)), Outcome::Refused).with_status(400)
        })
    }

    /// Too many requests (429): refused, and may be sent again after `pause`.
    pub fn rate_limited(pause: Duration) -> Self {
        let kind = ErrorKind::RateLimited(Rejection::new("Too many requests"));
        Self::error(Error::new(kind, Outcome::Refused).with_status(429).with_retry_after(pause))
    }

    /// The service is overloaded (503) and asks to come back after `pause`. Refused for text; for media the outcome is
    /// unknown, as the HTTP backend has it.
    pub fn overloaded(pause: Duration) -> Self {
        Self::failing(move |asked| {
            let is_text = asked.request.modality() == Modality::Text;
            let outcome = if is_text { Outcome::Refused } else { Outcome::UNKNOWN };
            let kind = ErrorKind::Server(Rejection::new("Service temporarily unavailable"));
            Error::new(kind, outcome).with_status(503).with_retry_after(pause)
        })
    }

    /// The service fails with a status, such as 500 or 503. The outcome is unknown; nothing is made.
    pub fn server(status: u16) -> Self {
        let kind = ErrorKind::Server(Rejection::new("Internal error"));
        Self::error(Error::new(kind, Outcome::UNKNOWN).with_status(status))
    }

    /// The account's tokens are used up (402), with the model, tier and multiplier of the call. An
    /// [`Account`](crate::Account) does so when they really are.
    pub fn tokens_used_up() -> Self {
        Self::failing(|asked| tokens_used_up(asked.registry, asked.request))
    }

    /// The key is not accepted (401).
    pub fn credentials() -> Self {
        let kind = ErrorKind::Credentials(Rejection::new("Unauthorized"));
        Self::error(Error::new(kind, Outcome::Refused).with_status(401))
    }

    /// Nothing comes any more, and no end either. Only the call's time limit or dropping it ends the wait.
    pub const fn stall() -> Self {
        Self::new(Effect::Stall)
    }

    /// The answer says nothing of its usage. It is billed all the same.
    pub const fn usage_missing() -> Self {
        Self::new(Effect::NoUsage)
    }

    /// A stream that sends its end twice. [`TextStream`](cosmic_ai_core::TextStream) shows one.
    pub const fn duplicate_end() -> Self {
        Self::new(Effect::TwoEnds)
    }

    /// Strikes at one call: the `call`th of those that it is for, counted from 1.
    pub fn nth(mut self, call: u64) -> Self {
        self.turn = Turn::Nth(call);
        self
    }

    /// Strikes at every `calls`th call of those that it is for: with 4, at the fourth, the eighth and so on. Never with 0.
    pub fn every(mut self, calls: u64) -> Self {
        self.turn = Turn::Every(calls);
        self
    }

    /// Strikes with a probability, from 0.0 to 1.0. The same seed always picks the same calls by their number.
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.turn = Turn::chance(probability, seed);
        self
    }

    /// Strikes after so long, on tokio's clock.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Strikes a stream after so many fragments, or at its end if it has fewer; what was given is billed. Answers that are
    /// not streamed fail as a whole.
    pub fn after_fragments(mut self, count: u32) -> Self {
        (self.fragments, self.is_within) = (Some(count), false);
        self
    }

    /// Strikes a stream after so many fragments and half of the next one.
    pub fn within_fragment(mut self, count: u32) -> Self {
        (self.fragments, self.is_within) = (Some(count), true);
        self
    }

    /// Strikes when the answer is made, stored and billed: all that is missing is the caller's knowledge of it.
    pub fn after_making(mut self) -> Self {
        self.is_made = true;
        self
    }

    /// Has a stream report its usage before it fails. What it delivered is then the least of an unknown outcome.
    pub fn reporting_usage(mut self) -> Self {
        self.reports_usage = true;
        self
    }

    /// Whether the call fails by it, or never ends; else it changes the answer.
    pub(crate) const fn fails(&self) -> bool {
        matches!(self.effect, Effect::Error(_) | Effect::Stall)
    }

    /// Whether there is an answer that it spoils; else it strikes before one is made.
    pub(crate) const fn spoils_answer(&self, is_streamed: bool) -> bool {
        !self.fails() || self.is_made || (is_streamed && self.fragments.is_some())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.effect {
            Effect::Error(_) => "error",
            Effect::Stall => "stall",
            Effect::NoUsage => "missing usage",
            Effect::TwoEnds => "duplicate end",
        })
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("effect", &format_args!("{self}"))
            .field("turn", &self.turn)
            .field("fragments", &self.fragments)
            .field("is_within", &self.is_within)
            .field("is_made", &self.is_made)
            .field("reports_usage", &self.reports_usage)
            .field("delay", &self.delay)
            .finish()
    }
}
