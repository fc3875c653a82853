//! Refusals of a budget as a cassette writes them.

use std::time::SystemTime;

use cosmic_ai_core::{
    Amount, Asked, BudgetRefusal, Charge, ClipSeconds, ImageSize, LargestFit, Money, OperationConflict, Pool, Tokens,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedBudget {
    budget: String,
    pool: RecordedPool,
    asked: RecordedAsked,
    left: RecordedAmount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renews_at: Option<SystemTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    largest: Option<RecordedFit>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedPool {
    Input,
    Output,
    Total,
    Money,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedAsked {
    Amount(RecordedAmount),
    Unbounded,
    Unpriced,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedAmount {
    Tokens(Tokens),
    Money(Money),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedFit {
    MaxTokens(u32),
    Duration(ClipSeconds),
    Size(ImageSize),
    Characters(u64),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RecordedConflict {
    InFlight,
    Unresolved,
    Done { charge: Option<Charge> },
    OtherRequest,
}

impl From<&BudgetRefusal> for RecordedBudget {
    fn from(refusal: &BudgetRefusal) -> Self {
        Self {
            budget: refusal.budget.clone(),
            pool: match refusal.pool {
                Pool::Input => RecordedPool::Input,
                Pool::Output => RecordedPool::Output,
                Pool::Money => RecordedPool::Money,
                _ => RecordedPool::Total,
            },
            asked: match refusal.asked {
                Asked::Amount(amount) => RecordedAsked::Amount(amount.into()),
                Asked::Unbounded => RecordedAsked::Unbounded,
                _ => RecordedAsked::Unpriced,
            },
            left: refusal.left.into(),
            renews_at: refusal.renews_at,
            largest: refusal.largest.and_then(|largest| match largest {
                LargestFit::MaxTokens(tokens) => Some(RecordedFit::MaxTokens(tokens)),
                LargestFit::Duration(duration) => Some(RecordedFit::Duration(duration)),
                LargestFit::Size(size) => Some(RecordedFit::Size(size)),
                LargestFit::Characters(characters) => Some(RecordedFit::Characters(characters)),
                _ => None,
            }),
        }
    }
}

impl From<RecordedBudget> for BudgetRefusal {
    fn from(recorded: RecordedBudget) -> Self {
        let pool = match recorded.pool {
            RecordedPool::Input => Pool::Input,
            RecordedPool::Output => Pool::Output,
            RecordedPool::Total => Pool::Total,
            RecordedPool::Money => Pool::Money,
        };
        let asked = match recorded.asked {
            RecordedAsked::Amount(amount) => Asked::Amount(amount.into()),
            RecordedAsked::Unbounded => Asked::Unbounded,
            RecordedAsked::Unpriced => Asked::Unpriced,
        };
        let mut refusal = Self::new(recorded.budget, pool, asked, recorded.left.into());
        refusal.renews_at = recorded.renews_at;
        refusal.largest = recorded.largest.map(|largest| match largest {
            RecordedFit::MaxTokens(tokens) => LargestFit::MaxTokens(tokens),
            RecordedFit::Duration(duration) => LargestFit::Duration(duration),
            RecordedFit::Size(size) => LargestFit::Size(size),
            RecordedFit::Characters(characters) => LargestFit::Characters(characters),
        });
        refusal
    }
}

impl From<Amount> for RecordedAmount {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Money(money) => Self::Money(money),
            Amount::Tokens(tokens) => Self::Tokens(tokens),
            // An amount of a later version: nothing is certain to be there.
            _ => Self::Tokens(Tokens::ZERO),
        }
    }
}

impl From<RecordedAmount> for Amount {
    fn from(recorded: RecordedAmount) -> Self {
        match recorded {
            RecordedAmount::Tokens(tokens) => Self::Tokens(tokens),
            RecordedAmount::Money(money) => Self::Money(money),
        }
    }
}

impl From<&OperationConflict> for RecordedConflict {
    fn from(conflict: &OperationConflict) -> Self {
        match conflict {
            OperationConflict::InFlight => Self::InFlight,
            OperationConflict::Done { charge } => Self::Done { charge: *charge },
            OperationConflict::OtherRequest => Self::OtherRequest,
            _ => Self::Unresolved,
        }
    }
}

impl From<RecordedConflict> for OperationConflict {
    fn from(recorded: RecordedConflict) -> Self {
        match recorded {
            RecordedConflict::InFlight => Self::InFlight,
            RecordedConflict::Unresolved => Self::Unresolved,
            RecordedConflict::Done { charge } => Self::Done { charge },
            RecordedConflict::OtherRequest => Self::OtherRequest,
        }
    }
}
