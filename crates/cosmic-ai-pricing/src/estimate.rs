//! What a request will cost, told before it is sent: low, expected and high, with the assumptions in words.

mod assumption;
mod media;
mod range;
mod text;

use std::borrow::Cow;
use std::fmt;

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{Charge, InvalidRequest, Model, ModelId, Multiplier, Registry, RequestRef, Tokens};
use serde::Serialize;

pub use self::assumption::Assumption;
use self::range::Bounds;
pub use self::range::TokenRange;
use crate::rate::{MoneyRange, Rate};
use crate::tokenizer::counter::Counting;

/// What a request will cost.
///
/// Serialises to `{"model", "tier", "multiplier", "input_tokens": {"low", "expected", "high"}, "output_tokens": {…},
/// "deducted_tokens": {…}, "assumptions": ["…"]}`, with `null` for what is unknown or unbounded. `Display` is one line,
/// such as `at most 1,120 tokens deducted (claude-opus-4-8, Standard 2.0x)`. With a [`Rate`] there is `money` besides,
/// and the line says it first in its brackets: `(0.01 USD, claude-opus-4-8, Standard 2.0x)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The model that will be asked.
    pub model: ModelId,
    /// Its price tier; `None` for media, whose prices are fixed, and where it is unknown.
    pub tier: Option<Cow<'static, str>>,
    /// Its multiplier, as documented or expected; `None` for media and where it is unknown.
    pub multiplier: Option<Multiplier>,
    /// Tokens of the request, before the multiplier.
    pub input_tokens: TokenRange,
    /// Tokens of the answer, before the multiplier; for media the price.
    pub output_tokens: TokenRange,
    /// Tokens that the account loses, input and output together, after the multiplier.
    pub deducted_tokens: TokenRange,
    /// What the deducted tokens are in money; `None` unless a rate was [given](Estimator::with_rate).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<MoneyRange>,
    /// What was assumed, each in words.
    pub assumptions: Vec<Assumption>,
    #[serde(skip)]
    bounds: Bounds,
}

impl Estimate {
    /// The least that is deducted, by pool.
    pub const fn least(&self) -> Charge {
        self.bounds.least
    }

    /// What is expected to be deducted, by pool; `None` where the price is unknown.
    pub const fn expected(&self) -> Option<Charge> {
        self.bounds.expected
    }

    /// The most that is deducted, by pool: what to hold back before sending. `None` where the price is unknown or the
    /// answer unbounded.
    pub const fn most(&self) -> Option<Charge> {
        self.bounds.most
    }

    /// Whether the price is known, documented or assumed. If it is not, no figure of deducted tokens is to be relied on.
    pub const fn has_known_price(&self) -> bool {
        self.bounds.expected.is_some()
    }

    /// The same estimate in money besides.
    fn by_rate(mut self, rate: &Rate) -> Self {
        let money = |charge: Option<Charge>| charge.and_then(|charge| rate.of(charge));
        let Bounds { least, expected, most } = self.bounds;
        self.money = Some(MoneyRange { low: money(Some(least)), expected: money(expected), high: money(most) });
        self.assumptions.push(Assumption::Rate(format!("{rate}, {}", rate.provenance()).into()));
        self
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.deducted_tokens.high, self.deducted_tokens.expected) {
            (Some(high), _) => write!(f, "at most {high} tokens deducted")?,
            (None, Some(expected)) => write!(f, "about {expected} tokens deducted, without an upper bound")?,
            (None, None) => f.write_str("price unknown")?,
        }
        f.write_str(" (")?;
        if let Some(money) = self.money {
            write!(f, "{money}, ")?;
        }
        write!(f, "{}", self.model)?;
        if let (Some(tier), Some(multiplier)) = (&self.tier, self.multiplier) {
            write!(f, ", {tier} {multiplier}")?;
        }
        f.write_str(")")
    }
}

/// Prices requests by a registry. Cheap to make; estimating sends nothing.
///
/// ```
/// use cosmic_ai_core::{Registry, TextRequest, Tokens};
/// use cosmic_ai_pricing::Estimator;
///
/// let ask = TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500);
/// let estimate = Estimator::new(Registry::built_in()).estimate(&ask)?;
/// assert_eq!(estimate.to_string(), "at most 1,120 tokens deducted (claude-opus-4-8, Standard 2.0x)");
/// assert_eq!(estimate.deducted_tokens.high, Some(Tokens(1_120))); // (44 bytes + 16 + 500) x 2.0
/// # Ok::<(), cosmic_ai_core::InvalidRequest>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Estimator<'r> {
    pub(crate) registry: &'r Registry,
    media_tokens: Option<Tokens>,
    rate: Option<&'r Rate>,
    counting: Counting,
    pub(crate) with_unoffered: bool,
}

impl<'r> Estimator<'r> {
    /// Prices by `registry`.
    pub const fn new(registry: &'r Registry) -> Self {
        Self { registry, media_tokens: None, rate: None, counting: Counting::ByScript, with_unoffered: false }
    }

    /// States how many input tokens the file behind a `media_url` makes at most. Without it, such a file may fill the
    /// model's context window.
    #[must_use]
    pub const fn with_media_tokens(mut self, tokens: Tokens) -> Self {
        self.media_tokens = Some(tokens);
        self
    }

    /// Shows estimates in money besides, by `rate`.
    ///
    /// ```
    /// use cosmic_ai_core::{Currency, Registry, TextRequest};
    /// use cosmic_ai_pricing::{Estimator, Rate};
    ///
    /// let rate = Rate::new(Currency::USD, "our plan").with_input(2_000_000).with_output(10_000_000);
    /// let ask = TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500);
    /// let estimate = Estimator::new(Registry::built_in()).with_rate(&rate).estimate(&ask)?;
    /// assert_eq!(
    ///     estimate.to_string(),
    ///     "at most 1,120 tokens deducted (0.01024 USD, claude-opus-4-8, Standard 2.0x)"
    /// );
    /// # Ok::<(), cosmic_ai_core::InvalidRequest>(())
    /// ```
    #[must_use]
    pub const fn with_rate(mut self, rate: &'r Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Counts the texts for `OpenAI`'s models exactly, by their public vocabularies. The upper bound of the input is then
    /// the count and its framing instead of one token a byte. Other models, whose vocabularies are not public, are
    /// counted by script as before.
    ///
    /// The first count of a process takes tens of milliseconds and about 70 MB, to load a vocabulary; others take time
    /// in proportion to the text. Only with the feature `bpe`, which alone changes no estimate.
    ///
    /// ```
    /// use cosmic_ai_core::{Registry, TextRequest, Tokens};
    /// use cosmic_ai_pricing::Estimator;
    ///
    /// let ask = TextRequest::new("Write a product description for a coffee mug").with_model("gpt-5");
    /// let estimate = Estimator::new(Registry::built_in()).with_exact_counts().estimate(&ask)?;
    /// assert_eq!(estimate.input_tokens.high, Some(Tokens(8 + 16)));
    /// # Ok::<(), cosmic_ai_core::InvalidRequest>(())
    /// ```
    #[cfg(feature = "bpe")]
    #[must_use]
    pub const fn with_exact_counts(mut self) -> Self {
        self.counting = Counting::Exact;
        self
    }

    /// Compares and suggests the models too which the API's page prices by name but does not offer by id. A call of
    /// them may be refused.
    #[must_use]
    pub const fn with_unoffered_models(mut self) -> Self {
        self.with_unoffered = true;
        self
    }

    /// Prices a request.
    ///
    /// # Errors
    /// What [`Registry::check`] finds wrong: an invalid request has no price.
    pub fn estimate<'a>(&self, request: impl Into<RequestRef<'a>>) -> Result<Estimate, InvalidRequest> {
        let request = request.into();
        let estimate = match self.registry.check(request)? {
            Some(model) => self.priced(model, request),
            None => unpriced(request),
        };
        Ok(match self.rate {
            Some(rate) => estimate.by_rate(rate),
            None => estimate,
        })
    }

    fn priced(&self, model: &Model, request: RequestRef<'_>) -> Estimate {
        match (&model.spec, request) {
            (Spec::Text(spec), RequestRef::Text(request)) => {
                text::estimate(model, spec, request, self.media_tokens, self.counting)
            }
            (Spec::Image(spec), RequestRef::Image(request)) => media::image(model, spec, request),
            (Spec::Video(spec), RequestRef::Video(request)) => media::video(model, spec, request),
            (Spec::Video(spec), RequestRef::Extend(request)) => media::extension(model, spec, request),
            (Spec::Speech(spec), RequestRef::Speech(request)) => media::speech(model, spec, request),
            _ => unpriced(request),
        }
    }
}

/// A request whose price nobody knows: nothing is bounded, and nothing is taken for zero but the low.
fn unpriced(request: RequestRef<'_>) -> Estimate {
    let model = request.model().cloned().unwrap_or(ModelId::from_static("unknown"));
    let unknown = TokenRange { low: Tokens::ZERO, expected: None, high: None };
    Estimate {
        model,
        tier: None,
        multiplier: None,
        input_tokens: unknown,
        output_tokens: unknown,
        deducted_tokens: unknown,
        money: None,
        assumptions: vec![Assumption::UnknownPrice],
        bounds: Bounds { least: Charge::ZERO, expected: None, most: None },
    }
}
