//! Whether a plan fits its budgets as a whole, and what would make it fit.

mod shown;

use cosmic_ai_core::{BudgetRefusal, Call, Charge, Error, LargestFit, Tokens};

pub(super) use self::shown::Advice;
use super::Plan;
use super::change::PlanChange;
use super::combine::combination;
use super::estimate::PlanEstimate;
use super::invalid::InvalidPlan;
use super::room::{Room, held};
use crate::estimate::Estimator;
use crate::metered::{Limits, Meter};
use crate::suggest::SuggestedChange;

/// Whether a plan fits, and what would make it fit: see [`Meter::fit`].
///
/// Serialises to `{"fits", "estimate": {…}, "refusal": {"budget", "pool", "asked", "left", "renews_at"}, "changes": […],
/// "combination": […]}`, with `null` for the refusal of a plan that fits. `Display` is the total, the verdict and a line for
/// each change.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlanFit {
    /// What the plan costs.
    pub estimate: PlanEstimate,
    /// The first limit that it breaks; `None` if it fits.
    pub refusal: Option<BudgetRefusal>,
    /// Changes each of which makes it fit on its own: items in the order of the plan, of each the cheaper models first,
    /// cheapest expected first, then less of the same model. Texts that are spoken are never cut.
    pub changes: Vec<PlanChange>,
    /// Changes that make it fit together, applied in this order, where none suffices on its own: those that save most, no
    /// more of them than are needed, and each as mild as it may be. Empty where nothing helps.
    pub combination: Vec<PlanChange>,
}

impl PlanFit {
    /// Whether the plan fits.
    pub const fn fits(&self) -> bool {
        self.refusal.is_none()
    }
}

impl Meter {
    /// Whether the most that a plan may cost fits all budgets that count it now, beside what is held and spent. Costs and
    /// holds nothing; what fits now is certain only once it is [reserved](Self::reserve).
    ///
    /// `call` gives the labels by which the plan would count; its operation id and parent are not looked at. An item
    /// without a price or an upper bound is refused by a budget, unless all that count it [allow
    /// it](crate::Budget::allow_unpriced); it then holds nothing.
    ///
    /// ```
    /// use cosmic_ai_core::{Call, ImageRequest, Tokens, VideoRequest};
    /// use cosmic_ai_pricing::ledger::MemoryLedger;
    /// use cosmic_ai_pricing::{Budget, Meter, Plan};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cosmic_ai_core::Error> {
    /// let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::daily(Tokens(200_000)));
    /// let plan = Plan::new().with("cover", ImageRequest::new("A lake")).with("clip", VideoRequest::new("Waves"));
    /// let fit = meter.fit(&Call::new(), &plan).await?;
    /// let changes: Vec<String> = fit.changes.iter().map(ToString::to_string).collect();
    /// assert_eq!(changes, ["clip: shorten to 4 s (at most 144,021 tokens)"]);
    /// assert!(meter.fit(&Call::new(), &plan.with_change(&fit.changes[0])).await?.fits());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](cosmic_ai_core::ErrorKind::Invalid) for a plan that is invalid,
    /// [`ErrorKind::Ledger`](cosmic_ai_core::ErrorKind::Ledger) when the ledger cannot be asked or the plan is larger than
    /// it keeps.
    pub async fn fit(&self, call: &Call, plan: &Plan) -> Result<PlanFit, Error> {
        let with_id = |error: Error| error.with_operation_id(call.operation_id());
        let estimate = self.estimator().plan(plan).map_err(|invalid: InvalidPlan| with_id(invalid.into()))?;
        let labels = self.labels(call);
        let limits = self.limits(&labels, self.now());
        self.judge(&limits, plan, estimate).await.map_err(with_id)
    }

    /// Judges a plan by limits.
    pub(super) async fn judge(
        &self,
        limits: &Limits<'_>,
        plan: &Plan,
        estimate: PlanEstimate,
    ) -> Result<PlanFit, Error> {
        let held = held(&estimate)?;
        let mut room = Room { limits, committed: self.committed(limits).await? };
        let mut refusal = room.refusal(&estimate, held);
        // What is past its deadline holds nothing back.
        if refusal.is_some() && self.ledger().expire(self.now()).await?.released > 0 {
            room.committed = self.committed(limits).await?;
            refusal = room.refusal(&estimate, held);
        }
        let mut fit = PlanFit { estimate, refusal, changes: Vec::new(), combination: Vec::new() };
        if let Some(refusal) = &mut fit.refusal {
            let estimator = self.estimator();
            fit.changes = sufficient(&estimator, &room, plan, &fit.estimate, held);
            refusal.largest = fit.changes.iter().find_map(|change| match change.suggestion.change {
                SuggestedChange::Smaller(largest) => Some(largest),
                SuggestedChange::Model(_) => None,
            });
            if fit.changes.is_empty() {
                fit.combination = combination(&estimator, &room, plan, &fit.estimate);
            }
        }
        Ok(fit)
    }
}

/// The changes of one item by which all items together are admitted.
fn sufficient(
    estimator: &Estimator<'_>,
    room: &Room<'_>,
    plan: &Plan,
    estimate: &PlanEstimate,
    held: Charge,
) -> Vec<PlanChange> {
    let is_open = |most: Option<Charge>| most.is_none() && room.is_strict();
    let open = estimate.items.iter().filter(|item| is_open(item.estimate.most())).count();
    let mut changes = Vec::new();
    for (item, priced) in plan.items().iter().zip(&estimate.items) {
        let own = priced.estimate.most();
        if open > usize::from(is_open(own)) {
            continue; // Another item stays without a bound, whatever becomes of this one.
        }
        let Some(others) = without(held, own.unwrap_or_default()) else { continue };
        let admits = |charge| others.checked_add(charge).is_some_and(|sum| room.admits(sum));
        for suggestion in estimator.cheaper(&item.request, admits) {
            if !matches!(suggestion.change, SuggestedChange::Smaller(LargestFit::Characters(_))) {
                changes.push(PlanChange::new(&item.name, suggestion));
            }
        }
    }
    changes
}

/// Pool by pool what is left of a sum without one of its parts.
fn without(sum: Charge, part: Charge) -> Option<Charge> {
    let pool = |sum: Tokens, part| sum.checked_sub(part);
    Some(Charge::new(pool(sum.input, part.input)?, pool(sum.output, part.output)?))
}
