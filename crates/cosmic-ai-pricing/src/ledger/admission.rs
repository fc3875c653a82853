//! Asking a ledger to admit an operation under limits, and its answer.

use cosmic_ai_core::{Amount, Charge, Money, Pool, Tokens};

use super::counter::Counter;
use super::entry::Entry;
use crate::rate::Rate;

/// An operation to be entered under limits, all or nothing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Admission {
    /// The operation, `reserved` or `sent`.
    pub entry: Entry,
    /// What its counters must keep to.
    pub limits: Vec<Limit>,
}

impl Admission {
    /// An operation under these limits.
    pub const fn new(entry: Entry, limits: Vec<Limit>) -> Self {
        Self { entry, limits }
    }
}

/// The most that a counter may come to. What is not set is not limited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// What is counted.
    pub counter: Counter,
    /// The most of the input pool.
    pub input: Option<Tokens>,
    /// The most of the output pool.
    pub output: Option<Tokens>,
    /// The most of both pools together.
    pub total: Option<Tokens>,
    /// The most in money, by a rate.
    pub money: Option<(Money, Rate)>,
}

impl Limit {
    /// No limit yet on a counter.
    pub const fn new(counter: Counter) -> Self {
        Self { counter, input: None, output: None, total: None, money: None }
    }

    /// The first pool that is over, when a counter goes from `before` to `after`. What does not grow is never over: a
    /// free call passes an empty budget, and a part of a plan its own reservation.
    pub fn broken(&self, before: Charge, after: Charge) -> Option<Pool> {
        let over = |most: Option<Tokens>, before: u128, after: u128| {
            most.is_some_and(|most| after > u128::from(most.get()) && after > before)
        };
        let [input, output] =
            [|charge: Charge| u128::from(charge.input.get()), |charge: Charge| u128::from(charge.output.get())];
        let total = |charge: Charge| input(charge) + output(charge);
        if over(self.input, input(before), input(after)) {
            Some(Pool::Input)
        } else if over(self.output, output(before), output(after)) {
            Some(Pool::Output)
        } else if over(self.total, total(before), total(after)) {
            Some(Pool::Total)
        } else if self.money.as_ref().is_some_and(|(most, rate)| is_over_money(*most, rate, before, after)) {
            Some(Pool::Money)
        } else {
            None
        }
    }

    /// What is left in a pool of this limit, when its counter is at `committed`. `None` where the pool has no limit.
    pub fn left(&self, pool: Pool, committed: Charge) -> Option<Amount> {
        let tokens = |most: Option<Tokens>, used: Tokens| {
            most.map(|most| Amount::Tokens(most.checked_sub(used).unwrap_or(Tokens::ZERO)))
        };
        match pool {
            Pool::Input => tokens(self.input, committed.input),
            Pool::Output => tokens(self.output, committed.output),
            Pool::Money => self.money.as_ref().map(|(most, rate)| {
                let used = rate.of(committed).map_or(u64::MAX, Money::micros);
                Amount::Money(Money::from_micros(most.micros().saturating_sub(used), most.currency()))
            }),
            _ => tokens(self.total, committed.total()),
        }
    }
}

/// Money of which nobody knows the amount is over any limit.
fn is_over_money(most: Money, rate: &Rate, before: Charge, after: Charge) -> bool {
    match (rate.of(before), rate.of(after)) {
        (_, None) => after != before,
        (before, Some(after)) => {
            let grew = before.is_none_or(|before| after.micros() > before.micros());
            (after.currency() != most.currency() || after.micros() > most.micros()) && grew
        }
    }
}

/// What a ledger says to an [`Admission`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admitted {
    /// It is entered and held, durably.
    New,
    /// Its id was entered before, and is not released. Nothing was changed.
    Known(Box<Entry>),
    /// A limit would be broken. Nothing was changed.
    Refused(Refusal),
}

/// The limit that an operation would have broken, and how its limits stand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The limit, by its place in [`Admission::limits`].
    pub limit: usize,
    /// The pool that would be over.
    pub pool: Pool,
    /// What each limit's counter comes to without the operation, held and spent together.
    pub committed: Vec<Charge>,
}

impl Refusal {
    /// A refusal by the limit at a place, whose `pool` would be over, with what each limit's counter comes to.
    pub const fn new(limit: usize, pool: Pool, committed: Vec<Charge>) -> Self {
        Self { limit, pool, committed }
    }
}
