//! Money of the outside world, in which tokens are paid for: whole millionths of a currency's unit, no floats.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ParseError;
use crate::tokens::Tokens;

/// How many millionths a currency's unit has.
const MICROS: u64 = 1_000_000;

/// A currency by its code of three capital letters as in ISO 4217, such as `USD`.
///
/// Any three ASCII capitals are a code, so that a currency of one's own (credits, say) can be reckoned in. Nothing is
/// ever converted from one into another. Serialises to its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The dollar of the United States.
    pub const USD: Self = Self(*b"USD");
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The code: three capital letters.
    pub fn as_str(&self) -> &str {
        // Only capitals get in, which are valid UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let code = <[u8; 3]>::try_from(text.as_bytes()).ok();
        code.filter(|code| code.iter().all(u8::is_ascii_uppercase))
            .map(Self)
            .ok_or_else(|| ParseError::new("currency", text, "three capital letters, such as USD"))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

crate::wire::as_text!(Currency, "^[A-Z]{3}$");

/// An amount of money, never negative, in whole millionths of its currency's unit.
///
/// Arithmetic is checked and never mixes currencies; amounts of different currencies have no order. Serialises to
/// `{"micros": 1200000, "currency": "USD"}`; `Display` shows `1.20 USD`, with two decimals at least and six at most.
///
/// ```
/// use cosmic_ai_core::{Currency, Money};
///
/// let clip = Money::from_micros(1_200_000, Currency::USD);
/// let word = Money::from_micros(21, Currency::USD);
/// assert_eq!(clip.checked_add(word).map(|sum| sum.to_string()).as_deref(), Some("1.200021 USD"));
/// assert_eq!(clip.checked_add(Money::from_micros(1, Currency::EUR)), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// Whole millionths of the currency's unit: 1,200,000 for 1.20 USD.
    micros: u64,
    /// The currency.
    currency: Currency,
}

impl Money {
    /// An amount in millionths of the currency's unit: 1.20 USD is `1_200_000`.
    pub const fn from_micros(micros: u64, currency: Currency) -> Self {
        Self { micros, currency }
    }

    /// The amount in millionths of the currency's unit.
    pub const fn micros(self) -> u64 {
        self.micros
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum, or `None` if the currencies differ or the sum is larger than [`u64::MAX`] millionths.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let micros = self.micros.checked_add(other.micros).filter(|_| self.currency == other.currency)?;
        Some(Self { micros, ..self })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:06}", self.micros % MICROS);
        let (cents, finer) = fraction.split_at(2);
        // Grouped by thousands, as numbers of tokens are.
        let whole = Tokens(self.micros / MICROS);
        f.pad(&format!("{whole}.{cents}{} {}", finer.trim_end_matches('0'), self.currency))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(micros: u64) -> Money {
        Money::from_micros(micros, Currency::USD)
    }

    #[test]
    fn two_decimals_at_least_and_six_at_most_are_shown() {
        let rows = [
            (0, "0.00 USD"),
            (1, "0.000001 USD"),
            (10_000, "0.01 USD"),
            (12_500, "0.0125 USD"),
            (1_200_000, "1.20 USD"),
            (4_166_667, "4.166667 USD"),
            (1_234_567_000_000, "1,234,567.00 USD"),
            (u64::MAX, "18,446,744,073,709.551615 USD"),
        ];
        for (micros, shown) in rows {
            assert_eq!(usd(micros).to_string(), shown);
        }
        assert_eq!(format!("{:>10}", usd(1_200_000)), "  1.20 USD");
    }

    #[test]
    fn a_currency_is_three_capitals() {
        assert_eq!("USD".parse(), Ok(Currency::USD));
        assert_eq!("CHF".parse::<Currency>().unwrap().to_string(), "CHF");
        for wrong in ["", "US", "USDT", "usd", "U D", "ÄB", "12A"] {
            let error = wrong.parse::<Currency>().unwrap_err();
            assert_eq!(error.to_string(), format!("currency `{wrong}` is not three capital letters, such as USD"));
        }
    }

    #[test]
    fn json_is_micros_and_currency_and_comes_back() {
        let json = serde_json::to_string(&usd(1_200_000)).unwrap();
        assert_eq!(json, r#"{"micros":1200000,"currency":"USD"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), usd(1_200_000));
        for wrong in [
            r#"{"micros":-1,"currency":"USD"}"#,
            r#"{"micros":1.5,"currency":"USD"}"#,
            r#"{"micros":1,"currency":"usd"}"#,
        ] {
            assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn adding_is_exact_or_nothing(one: u64, other: u64) {
            prop_assert_eq!(usd(one).checked_add(usd(other)), one.checked_add(other).map(usd));
            prop_assert_eq!(usd(one).checked_add(Money::from_micros(other, Currency::EUR)), None);
        }
    }
}
