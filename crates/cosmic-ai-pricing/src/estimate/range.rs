//! Ranges of tokens, and the charges at their ends.

use cosmic_ai_core::{Charge, Multiplier, Tokens};
use serde::Serialize;

/// How many tokens: from low to high, with what is expected between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct TokenRange {
    /// Seldom fewer than this.
    pub low: Tokens,
    /// About this many; `None` where the price is unknown.
    pub expected: Option<Tokens>,
    /// Never more than this, given the assumptions; `None` where it is unknown or unbounded.
    pub high: Option<Tokens>,
}

impl TokenRange {
    pub(super) const fn new(low: Tokens, expected: Tokens, high: Option<Tokens>) -> Self {
        Self { low, expected: Some(expected), high }
    }
}

/// The charges at the ends of an estimate. They are apart from the ranges because budgets hold back by pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: Charge,
    pub(super) expected: Option<Charge>,
    pub(super) most: Option<Charge>,
}

impl Bounds {
    /// The charges of `input` and `output`, multiplied by `usual`, at the high end by `high`. What overflows is
    /// unbounded.
    pub(super) fn of(input: TokenRange, output: TokenRange, usual: Multiplier, high: Multiplier) -> Self {
        let charge = |input: Option<Tokens>, output: Option<Tokens>, by: Multiplier| {
            Some(Charge::new(by.apply(input?)?, by.apply(output?)?))
        };
        Self {
            least: charge(Some(input.low), Some(output.low), usual).unwrap_or(Charge::ZERO),
            expected: charge(input.expected, output.expected, usual),
            most: charge(input.high, output.high, high).filter(|most| most.input.checked_add(most.output).is_some()),
        }
    }

    /// Both pools together.
    pub(super) fn deducted(self) -> TokenRange {
        TokenRange {
            low: self.least.total(),
            expected: self.expected.map(Charge::total),
            high: self.most.map(Charge::total),
        }
    }
}
