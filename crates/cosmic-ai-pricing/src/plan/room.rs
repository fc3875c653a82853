//! What budgets leave for a plan as a whole.

use cosmic_ai_core::{Asked, BudgetRefusal, Charge, Money, Pool};

use super::estimate::PlanEstimate;
use crate::ledger::{LedgerError, MOST_TOKENS, Refusal};
use crate::metered::{Limits, first_pool};

/// The limits that count a plan, and what their counters come to without it.
pub(super) struct Room<'m> {
    pub(super) limits: &'m Limits<'m>,
    pub(super) committed: Vec<Charge>,
}

impl Room<'_> {
    /// Whether a charge keeps all limits.
    pub(super) fn admits(&self, charge: Charge) -> bool {
        self.limits.admit(&self.committed, charge)
    }

    /// Whether a limit admits nothing without an upper bound.
    pub(super) fn is_strict(&self) -> bool {
        self.limits.strict().is_some()
    }

    /// The first limit that a charge would break, and its pool.
    pub(super) fn broken(&self, charge: Charge) -> Option<(usize, Pool)> {
        let mut limits = self.limits.limits.iter().zip(&self.committed).enumerate();
        limits.find_map(|(place, (limit, before))| match before.checked_add(charge) {
            Some(after) => Some((place, limit.broken(*before, after)?)),
            None => Some((place, first_pool(limit))),
        })
    }

    /// Why a plan that holds `held` does not fit; `None` if it does.
    pub(super) fn refusal(&self, estimate: &PlanEstimate, held: Charge) -> Option<BudgetRefusal> {
        let (limit, pool, asked) = match self.limits.strict() {
            Some(strict) if !estimate.is_bounded() => {
                let asked = if estimate.unpriced.is_empty() { Asked::Unbounded } else { Asked::Unpriced };
                (strict, self.limits.limits.get(strict).map_or(Pool::Total, first_pool), Some(asked))
            }
            _ => {
                let (limit, pool) = self.broken(held)?;
                (limit, pool, None)
            }
        };
        let refusal = Refusal { limit, pool, committed: self.committed.clone() };
        self.limits.said(&refusal, asked, held)
    }

    /// How much of a pool a charge takes: what changes are compared by when that pool's limit is broken.
    pub(super) fn taken(&self, (limit, pool): (usize, Pool), charge: Charge) -> u64 {
        match pool {
            Pool::Input => charge.input.get(),
            Pool::Output => charge.output.get(),
            Pool::Money => {
                let money = self.limits.limits.get(limit).and_then(|limit| limit.money.as_ref());
                money.and_then(|(_, rate)| rate.of(charge)).map_or(u64::MAX, Money::micros)
            }
            _ => charge.total().get(),
        }
    }
}

/// What is held for a plan: the most of all items that have a bound. The others hold nothing, where budgets admit them.
pub(super) fn held(estimate: &PlanEstimate) -> Result<Charge, LedgerError> {
    let mut most = estimate.items.iter().filter_map(|item| item.estimate.most());
    let held = most.try_fold(Charge::ZERO, Charge::checked_add);
    held.filter(|held| held.input.get().max(held.output.get()) <= MOST_TOKENS).ok_or(LedgerError::Overflow)
}
