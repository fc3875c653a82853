//! Money: tokens, tier multipliers, usage as reported and charges as deducted. Integers only.

use std::fmt;
use std::iter::Sum;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number of tokens, the currency of every account.
///
/// Arithmetic is checked: there is no `+` that could overflow or wrap without being seen. `Display` groups digits by
/// thousands (`288,000`); serde reads and writes a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tokens(pub u64);

impl Tokens {
    /// No tokens at all. Not the same as an unknown number of tokens, which is always an [`Option`] or a variant.
    pub const ZERO: Self = Self(0);

    /// The number itself.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The sum, or `None` if it is larger than [`u64::MAX`].
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` if `other` is larger.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The sum, [`u64::MAX`] at most: for figures that are shown, not for those that are deducted.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl From<u64> for Tokens {
    fn from(count: u64) -> Self {
        Self(count)
    }
}

impl From<u32> for Tokens {
    fn from(count: u32) -> Self {
        Self(u64::from(count))
    }
}

/// Saturates at [`u64::MAX`], like [`Tokens::saturating_add`].
impl Sum for Tokens {
    fn sum<I: Iterator<Item = Self>>(tokens: I) -> Self {
        tokens.fold(Self::ZERO, Self::saturating_add)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        f.pad(&grouped)
    }
}

/// By how much a price tier multiplies the tokens of a text call, exact to the thousandth.
///
/// Serde reads and writes a number with at most three decimals (`2.0`); `Display` shows `2.0x` or `1.25x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Multiplier {
    thousandths: u32,
}

impl Multiplier {
    /// Tokens are deducted as they are counted.
    pub const ONE: Self = Self::from_thousandths(1_000);

    /// A multiplier from thousandths: `2_000` is 2.0x.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        Self { thousandths }
    }

    /// The multiplier in thousandths: 2.0x is `2_000`.
    pub const fn thousandths(self) -> u32 {
        self.thousandths
    }

    /// The tokens deducted for `tokens` used, or `None` if that is larger than [`u64::MAX`].
    ///
    /// Exact for whole multipliers; a fraction of a token is rounded **up**, so that a charge is never understated.
    pub fn apply(self, tokens: Tokens) -> Option<Tokens> {
        let product = u128::from(tokens.0) * u128::from(self.thousandths);
        u64::try_from(product.div_ceil(1_000)).ok().map(Tokens)
    }
}

impl fmt::Display for Multiplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:03}", self.thousandths % 1_000);
        let kept = fraction.trim_end_matches('0');
        let kept = if kept.is_empty() { "0" } else { kept };
        f.pad(&format!("{}.{kept}x", self.thousandths / 1_000))
    }
}

impl Serialize for Multiplier {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.thousandths) / 1_000.0)
    }
}

impl<'de> Deserialize<'de> for Multiplier {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Self::from_decimal(value).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "a multiplier is a number from 0 to 1000 with at most three decimals, not {value}"
            ))
        })
    }
}

impl Multiplier {
    /// Reads a decimal such as `2.0`. `None` unless it is from 0 to 1,000 with at most three decimals.
    pub fn from_decimal(value: f64) -> Option<Self> {
        let thousandths = (value * 1_000.0).round();
        let exact = (thousandths / 1_000.0 - value).abs() < 1e-9;
        // The range check makes the cast exact.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        (exact && (0.0..=1_000_000.0).contains(&thousandths)).then(|| Self::from_thousandths(thousandths as u32))
    }
}

impl JsonSchema for Multiplier {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Multiplier".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "maximum": 1000 })
    }
}

/// What an account is charged for one call: tokens deducted from its input pool and from its output pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub struct Charge {
    /// Tokens deducted from the input pool, after the tier multiplier.
    pub input: Tokens,
    /// Tokens deducted from the output pool, after the tier multiplier. Media are charged here.
    pub output: Tokens,
}

impl Charge {
    /// A call that cost nothing.
    pub const ZERO: Self = Self { input: Tokens::ZERO, output: Tokens::ZERO };

    /// A charge of `input` and `output` tokens.
    pub const fn new(input: Tokens, output: Tokens) -> Self {
        Self { input, output }
    }

    /// Both pools together, [`u64::MAX`] at most.
    pub const fn total(self) -> Tokens {
        self.input.saturating_add(self.output)
    }

    /// Pool by pool the larger of two charges.
    #[must_use]
    pub fn max_by_pool(self, other: Self) -> Self {
        Self::new(self.input.max(other.input), self.output.max(other.output))
    }

    /// Pool by pool the smaller of two charges.
    #[must_use]
    pub fn min_by_pool(self, other: Self) -> Self {
        Self::new(self.input.min(other.input), self.output.min(other.output))
    }

    /// The sum pool by pool, or `None` if a pool overflows.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match (self.input.checked_add(other.input), self.output.checked_add(other.output)) {
            (Some(input), Some(output)) => Some(Self { input, output }),
            _ => None,
        }
    }
}

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tokens ({} input + {} output)", self.total(), self.input, self.output)
    }
}
