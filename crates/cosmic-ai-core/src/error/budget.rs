//! Refusals of this side, before anything is sent: a budget that does not admit a call, an operation that was begun before.

use std::fmt;
use std::time::SystemTime;

use thiserror::Error;

use crate::image::ImageSize;
use crate::money::Money;
use crate::tokens::{Charge, Tokens};
use crate::video::ClipSeconds;

/// A call that a budget does not admit. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct BudgetRefusal {
    /// The budget, by its name and scope, such as `5,000,000 tokens a month for project spring`.
    pub budget: String,
    /// Which of its limits is not kept.
    pub pool: Pool,
    /// What was asked for: the most that the call may cost.
    pub asked: Asked,
    /// What is left in the pool, after what is held for calls under way.
    pub left: Amount,
    /// When the budget's next period begins; `None` where it never renews.
    pub renews_at: Option<SystemTime>,
    /// The largest request of this kind that fits; `None` where none does, or none differs in price.
    pub largest: Option<LargestFit>,
}

impl BudgetRefusal {
    /// A refusal by `budget`, whose `pool` has `left`, of a call that asks for `asked`.
    pub fn new(budget: impl Into<String>, pool: Pool, asked: Asked, left: Amount) -> Self {
        Self { budget: budget.into(), pool, asked, left, renews_at: None, largest: None }
    }
}

impl fmt::Display for BudgetRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, pool, asked, left, renews_at, largest } = self;
        write!(f, "over budget: {asked}, {left} left")?;
        if *pool != Pool::Total && *pool != Pool::Money {
            write!(f, " in the {pool} pool")?;
        }
        write!(f, " of {budget}")?;
        match renews_at {
            Some(at) => write!(f, ", which renews at {}", Instant(*at))?,
            None => f.write_str(", which does not renew")?,
        }
        match (largest, asked) {
            (Some(largest), _) => write!(f, "; the largest that fits: {largest}"),
            (None, Asked::Unpriced) if *pool == Pool::Money => f.write_str("; give the rate a price for both pools"),
            (None, Asked::Unpriced) => f.write_str("; give the model a price, or allow unpriced calls"),
            (None, _) => Ok(()),
        }
    }
}

/// A point in time in words, to the second: `2026-12-01T00:00:00Z`.
struct Instant(SystemTime);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::try_from(self.0) {
            Ok(stamp) => write!(f, "{stamp:.0}"),
            Err(_) => f.write_str("a time beyond the calendar"),
        }
    }
}

/// What a limit of a budget is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pool {
    /// Tokens deducted from the input pool.
    Input,
    /// Tokens deducted from the output pool, where media are charged.
    Output,
    /// Both pools together.
    Total,
    /// Money, by a rate.
    Money,
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Total => "total",
            Self::Money => "money",
        })
    }
}

/// What a call asks of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Asked {
    /// At most this much.
    Amount(Amount),
    /// Nobody knows how much at most: the request sets no bound and neither does the model.
    Unbounded,
    /// The price is not known at all.
    Unpriced,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => write!(f, "at most {amount} asked"),
            Self::Unbounded => f.write_str("the call has no upper bound"),
            Self::Unpriced => f.write_str("the price of the call is unknown"),
        }
    }
}

/// An amount that a limit of a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Amount {
    /// Tokens deducted.
    Tokens(Tokens),
    /// Money.
    Money(Money),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens(tokens) => write!(f, "{tokens} tokens"),
            Self::Money(money) => money.fmt(f),
        }
    }
}

/// The largest request of its kind that fits into what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LargestFit {
    /// Text: this `max_tokens`.
    MaxTokens(u32),
    /// A clip of this length.
    Duration(ClipSeconds),
    /// An image of this size.
    Size(ImageSize),
    /// A spoken text of this many characters, counted in UTF-16 units as JavaScript does.
    Characters(u64),
}

impl fmt::Display for LargestFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxTokens(tokens) => write!(f, "max_tokens {tokens}"),
            Self::Duration(duration) => write!(f, "duration {duration} s"),
            Self::Size(size) => write!(f, "size {size}"),
            Self::Characters(characters) => write!(f, "{} characters", Tokens(*characters)),
        }
    }
}

/// An operation id that was used before. This call sent nothing; what is said is of the earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OperationConflict {
    /// The operation is under way, here or in another process.
    #[error("the operation is in flight already")]
    InFlight,
    /// The operation was sent and its outcome is not known.
    #[error("the operation was sent before and may have been billed; look for its result and resolve it")]
    Unresolved,
    /// The operation is done, and its result was not recorded.
    #[error("the operation is done already ({}), and its result was not recorded", charged(.charge.as_ref()))]
    Done {
        /// What it was charged, where that is known.
        charge: Option<Charge>,
    },
    /// The id belongs to another request.
    #[error("the operation id belongs to another request")]
    OtherRequest,
}

fn charged(charge: Option<&Charge>) -> String {
    charge.map_or_else(|| "charge unknown".to_owned(), Charge::to_string)
}
