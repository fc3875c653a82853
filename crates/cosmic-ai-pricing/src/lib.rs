//! The price of a request before it is sent, and budgets that hold.
//!
//! - **Before**: [`Estimator`] prices any request by a [`Registry`](cosmic_ai_core::Registry): low, expected and high,
//!   input, output and deducted tokens, with every assumption in words. The high figure is an upper bound, fit to be held
//!   back before sending. Texts are counted by script in [`tokenizer`], without a vocabulary; with the feature `bpe`,
//!   those for OpenAI's models exactly on demand (`Estimator::with_exact_counts`). A [`Rate`] shows money besides.
//!   [`Estimator::compare`] prices one request on all models, [`Estimator::largest_that_fits`] and [`Estimator::cheaper`]
//!   say what would fit where it does not, [`Plan`] prices many requests as one.
//! - **Meanwhile**: a [`Meter`] in front of a backend ([`Metered`]) holds in a [`ledger`] what a call may cost before it is
//!   sent, admits it under [`Budget`]s, and settles it whatever becomes of it. [`Meter::reserve`] does so for a plan.
//! - **Afterwards**: [`Meter::unresolved`] lists what may have been billed, [`Meter::standings`] what is left,
//!   [`report::Report`] what was spent on what.
//!
//! | feature | brings |
//! |---|---|
//! | `sqlite` | `ledger::SqliteLedger`: budgets that the processes of a machine share |
//! | `postgres` | `ledger::PostgresLedger`: budgets that a fleet shares |
//! | `bpe` | exact token counts for OpenAI's text models; about 30 MB of tables |

mod budget;
mod clock;
mod compare;
mod estimate;
mod fit;
pub mod ledger;
mod metered;
mod plan;
mod rate;
pub mod report;
mod standing;
mod suggest;
pub mod tokenizer;

pub use self::budget::{Budget, Period, Scope};
pub use self::clock::{Clock, SystemClock};
pub use self::compare::{Comparison, Comparisons, LeftOut};
pub use self::estimate::{Assumption, Estimate, Estimator, TokenRange};
pub use self::metered::{
    Cut, CutDecision, Lookup, Meter, Metered, Verdict, cut_settles_delivered, cut_settles_hold, cut_stays_unresolved,
};
pub use self::plan::{
    InvalidItem, InvalidPlan, ItemEstimate, Plan, PlanChange, PlanEstimate, PlanFit, PlanItem, PlanTotal, Reservation,
};
pub use self::rate::{MoneyRange, Rate};
pub use self::standing::{BudgetAmounts, BudgetStanding};
pub use self::suggest::{SuggestedChange, Suggestion};

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
