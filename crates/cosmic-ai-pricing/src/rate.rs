//! What tokens cost in money: a rate for each pool, unknown where no one states it.

use std::borrow::Cow;
use std::fmt;

use cosmic_ai_core::registry::Provenance;
use cosmic_ai_core::{Charge, Currency, Money, Tokens};
use serde::Serialize;

/// How many tokens a rate is stated for.
const MILLION: u128 = 1_000_000;

/// The price in money of a million deducted tokens of each pool, and where it comes from.
///
/// A pool without a rate is unknown and never free. What an account pays for its tokens depends on its plan and token
/// packs: take the figures from its own bill, or [`published`](Self::published) for a first idea of media.
///
/// ```
/// use cosmic_ai_core::{Charge, Currency, Tokens};
/// use cosmic_ai_pricing::Rate;
///
/// let rate = Rate::new(Currency::EUR, "our plan").with_input(1_000_000).with_output(4_000_000); // 1 and 4 EUR
/// let charge = Charge::new(Tokens(120), Tokens(1_000));
/// assert_eq!(rate.of(charge).map(|money| money.to_string()).as_deref(), Some("0.00412 EUR"));
/// assert_eq!(Rate::published().of(charge), None); // nothing is published for input tokens
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rate {
    currency: Currency,
    input_micros_per_million: Option<u64>,
    output_micros_per_million: Option<u64>,
    #[serde(flatten)]
    provenance: Provenance,
}

/// 1.20 USD for 288,000 tokens, rounded up: the page gives it as "about".
static PUBLISHED: Rate = Rate {
    currency: Currency::USD,
    input_micros_per_million: None,
    output_micros_per_million: Some(4_166_667),
    provenance: Provenance::assumed(
        "288,000 output tokens are said to be about 1.20 USD; the plan and token packs of an account may differ, and nothing is published for input tokens",
        "documentation of the Cosmic JavaScript SDK",
        "2026-11-22",
    ),
};

impl Rate {
    /// A rate in `currency` that states nothing yet, as `source` (a plan, a bill, a file) has it.
    pub fn new(currency: Currency, source: impl Into<Cow<'static, str>>) -> Self {
        Self {
            currency,
            input_micros_per_million: None,
            output_micros_per_million: None,
            provenance: Provenance::custom(source),
        }
    }

    /// The one figure that is published: 288,000 output tokens are about 1.20 USD, so a million are 4.166667 USD,
    /// rounded up. For input tokens nothing is, so no text and no upper bound that counts a prompt has a price by it.
    ///
    /// Source: the documentation of the official JavaScript SDK, read on 2026-11-22. Rounding up shows: 288,000 tokens
    /// are 1.200001 USD by it.
    pub fn published() -> &'static Self {
        &PUBLISHED
    }

    /// States the price of a million input tokens, in millionths of the currency's unit: 1.20 USD is `1_200_000`.
    #[must_use]
    pub fn with_input(mut self, micros_per_million: u64) -> Self {
        self.input_micros_per_million = Some(micros_per_million);
        self
    }

    /// States the price of a million output tokens, in millionths of the currency's unit: 1.20 USD is `1_200_000`.
    #[must_use]
    pub fn with_output(mut self, micros_per_million: u64) -> Self {
        self.output_micros_per_million = Some(micros_per_million);
        self
    }

    /// The currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The price of a million input tokens, in millionths of the currency's unit; `None` where it is unknown.
    pub const fn input_micros_per_million(&self) -> Option<u64> {
        self.input_micros_per_million
    }

    /// The price of a million output tokens, in millionths of the currency's unit; `None` where it is unknown.
    pub const fn output_micros_per_million(&self) -> Option<u64> {
        self.output_micros_per_million
    }

    /// Who states the rate, and how sure it is.
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// What `charge` is in money: both pools together, exact, rounded **up** to the millionth once, so that the money
    /// of a charge is never understated.
    ///
    /// `None` if tokens are charged to a pool whose rate is unknown, or if the sum is larger than a [`Money`] holds.
    /// Rounding makes the parts of a charge cost up to one millionth each more than the whole.
    pub fn of(&self, charge: Charge) -> Option<Money> {
        let input = product(charge.input, self.input_micros_per_million)?;
        let output = product(charge.output, self.output_micros_per_million)?;
        let micros = input.checked_add(output)?.div_ceil(MILLION);
        u64::try_from(micros).ok().map(|micros| Money::from_micros(micros, self.currency))
    }
}

/// What `tokens` cost, in millionths of a millionth. No tokens cost nothing, whatever the rate.
fn product(tokens: Tokens, micros_per_million: Option<u64>) -> Option<u128> {
    if tokens == Tokens::ZERO {
        return Some(0);
    }
    micros_per_million.map(|micros| u128::from(tokens.get()) * u128::from(micros))
}

impl fmt::Display for Rate {
    /// One line without the source, such as `a million input tokens of unknown price, a million output tokens 4.166667
    /// USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |micros: Option<u64>| match micros {
            Some(micros) => Money::from_micros(micros, self.currency).to_string(),
            None => "of unknown price".to_owned(),
        };
        let (input, output) = (self.input_micros_per_million, self.output_micros_per_million);
        write!(f, "a million input tokens {}, a million output tokens {}", shown(input), shown(output))
    }
}

/// What a request costs in money, by a [`Rate`]: the ends of its range of tokens, each `None` where it is unknown or
/// unbounded, or where a pool has no rate.
///
/// Serialises to `{"low": {"micros", "currency"}, "expected": …, "high": …}`, with `null` for what is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct MoneyRange {
    /// Seldom less than this.
    pub low: Option<Money>,
    /// About this much.
    pub expected: Option<Money>,
    /// Never more than this, given the assumptions.
    pub high: Option<Money>,
}

impl fmt::Display for MoneyRange {
    /// The high end (`1.20 USD`), else what is expected (`about 1.20 USD`), else `money unknown`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.high, self.expected) {
            (Some(high), _) => high.fmt(f),
            (None, Some(expected)) => write!(f, "about {expected}"),
            (None, None) => f.write_str("money unknown"),
        }
    }
}
