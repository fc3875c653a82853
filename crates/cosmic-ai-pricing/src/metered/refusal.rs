//! The limits that a call must keep, and what a budget says when it refuses: what was asked, what is left, when it renews,
//! and what would fit.

use std::collections::BTreeMap;
use std::time::SystemTime;

use cosmic_ai_core::{Amount, Asked, BudgetRefusal, Charge, Error, ErrorKind, Outcome, Pool, RequestRef, Tokens};

use super::meter::Meter;
use crate::budget::{Budget, Scope};
use crate::ledger::{Limit, Refusal};

/// The budgets that count a call, and their limits in the same order.
pub(crate) struct Limits<'m> {
    pub(crate) budgets: Vec<&'m Budget>,
    pub(crate) limits: Vec<Limit>,
}

impl Limits<'_> {
    /// The first budget that admits no call without an upper bound.
    pub(crate) fn strict(&self) -> Option<usize> {
        self.budgets.iter().position(|budget| budget.has_limit() && !budget.allows_unpriced())
    }

    /// Whether a charge keeps all limits, when their counters are at `committed`.
    pub(crate) fn admit(&self, committed: &[Charge], charge: Charge) -> bool {
        self.limits.iter().zip(committed).all(|(limit, before)| {
            before.checked_add(charge).is_some_and(|after| limit.broken(*before, after).is_none())
        })
    }

    /// A refusal in the words of its budget.
    pub(crate) fn said(&self, refusal: &Refusal, asked: Option<Asked>, held: Charge) -> Option<BudgetRefusal> {
        let (budget, limit) = (self.budgets.get(refusal.limit)?, self.limits.get(refusal.limit)?);
        let left = limit.left(refusal.pool, *refusal.committed.get(refusal.limit)?);
        let name = name_of(budget, limit);
        let asked = asked.unwrap_or_else(|| asked_of(refusal.pool, held, limit));
        let mut said = BudgetRefusal::new(name, refusal.pool, asked, left.unwrap_or(Amount::Tokens(Tokens::ZERO)));
        said.renews_at = limit.counter.until;
        Some(said)
    }
}

impl Meter {
    pub(crate) fn limits(&self, labels: &BTreeMap<String, String>, at: SystemTime) -> Limits<'_> {
        let counting = self.budgets.iter().filter_map(|budget| Some((budget, budget.limit(labels, at)?)));
        let (budgets, limits) = counting.unzip();
        Limits { budgets, limits }
    }

    /// The refusal of a call that asks for `held`, or for what nobody can bound.
    pub(super) fn refuse(
        &self,
        limits: &Limits<'_>,
        refusal: &Refusal,
        asked: Option<Asked>,
        held: Option<Charge>,
        request: RequestRef<'_>,
    ) -> Error {
        let Some(mut said) = limits.said(refusal, asked, held.unwrap_or_default()) else {
            let message = format!("it refused by limit {}, of which there are {}", refusal.limit, limits.limits.len());
            return Error::new(ErrorKind::Ledger { message }, Outcome::NotSent);
        };
        let admits = |charge| limits.admit(&refusal.committed, charge);
        said.largest = self.estimator().largest_that_fits(request, admits);
        Error::new(ErrorKind::Budget(said), Outcome::NotSent)
    }

    /// The refusal of a call that has no upper bound, by the budget at `strict`.
    pub(super) async fn refuse_unbounded(
        &self,
        limits: &Limits<'_>,
        strict: usize,
        asked: Asked,
        request: RequestRef<'_>,
    ) -> Error {
        let committed = match self.committed(limits).await {
            Ok(committed) => committed,
            Err(error) => return error,
        };
        let pool = limits.limits.get(strict).map_or(Pool::Total, first_pool);
        let refusal = Refusal { limit: strict, pool, committed };
        self.refuse(limits, &refusal, Some(asked), None, request)
    }

    /// What the counters of limits come to, held and spent together.
    pub(crate) async fn committed(&self, limits: &Limits<'_>) -> Result<Vec<Charge>, Error> {
        let mut committed = Vec::new();
        for limit in &limits.limits {
            let standing = self.ledger.standing(&limit.counter).await?;
            committed.push(standing.committed().ok_or(crate::ledger::LedgerError::Overflow)?);
        }
        Ok(committed)
    }
}

/// What a budget is called, with whose calls this limit of it counts.
pub(crate) fn name_of(budget: &Budget, limit: &Limit) -> String {
    match budget.scope() {
        Scope::Each { .. } => format!("{budget} ({})", limit.counter.scope),
        _ => budget.to_string(),
    }
}

/// What a hold asks of a pool.
fn asked_of(pool: Pool, held: Charge, limit: &Limit) -> Asked {
    let tokens = |tokens| Asked::Amount(Amount::Tokens(tokens));
    match pool {
        Pool::Input => tokens(held.input),
        Pool::Output => tokens(held.output),
        Pool::Money => {
            let money = limit.money.as_ref().and_then(|(_, rate)| rate.of(held));
            money.map_or(Asked::Unpriced, |money| Asked::Amount(Amount::Money(money)))
        }
        _ => tokens(held.total()),
    }
}

/// The first pool that a limit is on.
pub(crate) fn first_pool(limit: &Limit) -> Pool {
    match limit {
        Limit { total: None, output: Some(_), .. } => Pool::Output,
        Limit { total: None, input: Some(_), .. } => Pool::Input,
        Limit { total: None, money: Some(_), .. } => Pool::Money,
        _ => Pool::Total,
    }
}
