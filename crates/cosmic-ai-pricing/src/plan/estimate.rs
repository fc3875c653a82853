//! What a plan costs: each item, the total, and subtotals by modality and by model.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cosmic_ai_core::{Charge, InvalidRequest, Modality, ModelId};
use serde::Serialize;

use super::Plan;
use super::invalid::{InvalidItem, InvalidPlan, problem_of_name};
use crate::estimate::{Estimate, Estimator, TokenRange};
use crate::rate::MoneyRange;

/// What a plan costs.
///
/// Serialises to `{"items": [{"name", "modality", "estimate": {…}}], "total": {…}, "by_modality": {"video": {…}},
/// "by_model": {…}, "unpriced": ["…"], "unbounded": ["…"]}`. `Display` is a line for the total, one for each modality, and
/// one for items that have no price or no upper bound, if there are any.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlanEstimate {
    /// Each item, in the order of the plan.
    pub items: Vec<ItemEstimate>,
    /// All items together.
    pub total: PlanTotal,
    /// The items of each modality. Continuations of clips are video.
    pub by_modality: BTreeMap<Modality, PlanTotal>,
    /// The items of each model.
    pub by_model: BTreeMap<ModelId, PlanTotal>,
    /// The names of the items whose price nobody knows: they make totals unknown.
    pub unpriced: Vec<String>,
    /// The names of the items that have a price and no upper bound: they make the high end of totals unknown.
    pub unbounded: Vec<String>,
}

/// What one item of a plan costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ItemEstimate {
    /// Its name.
    pub name: String,
    /// What it makes.
    pub modality: Modality,
    /// What it costs.
    pub estimate: Estimate,
}

/// The sum of estimates. A sum of which a part is unknown is unknown, never the sum of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanTotal {
    /// How many calls.
    pub calls: u64,
    /// Tokens that the account loses, input and output together.
    pub deducted_tokens: TokenRange,
    /// The least that is deducted, by pool. A part of unknown price adds nothing to it.
    pub least: Charge,
    /// What is expected to be deducted, by pool; `None` where the price of a part is unknown.
    pub expected: Option<Charge>,
    /// The most that is deducted, by pool; `None` where a part has no upper bound.
    pub most: Option<Charge>,
    /// The sum of the parts in money, each rounded up; `None` unless the estimator has a rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<MoneyRange>,
}

impl Estimator<'_> {
    /// Prices a plan. Takes at most a millisecond for a hundred requests of a page.
    ///
    /// # Errors
    /// All that [`Registry::check`](cosmic_ai_core::Registry::check) finds wrong with any item, and names that are blank or
    /// used twice.
    ///
    /// ```
    /// use cosmic_ai_core::{ImageRequest, Registry, SpeechRequest, VideoRequest};
    /// use cosmic_ai_pricing::{Estimator, Plan};
    ///
    /// let plan = Plan::new()
    ///     .with("cover", ImageRequest::new("A lake"))
    ///     .with("clip", VideoRequest::new("Waves"))
    ///     .with("narration", SpeechRequest::new("Once upon a time there was a lake."));
    /// let estimate = Estimator::new(Registry::built_in()).plan(&plan)?;
    /// assert_eq!(
    ///     estimate.to_string().lines().next(),
    ///     Some("323,769 expected, at most 323,812 tokens deducted in 3 calls")
    /// );
    /// # Ok::<(), cosmic_ai_pricing::InvalidPlan>(())
    /// ```
    pub fn plan(&self, plan: &Plan) -> Result<PlanEstimate, InvalidPlan> {
        let (mut items, mut invalid) = (Vec::with_capacity(plan.items.len()), Vec::new());
        let mut names = BTreeSet::new();
        for item in &plan.items {
            let mut problems: Vec<_> = problem_of_name(&mut names, item).into_iter().collect();
            match self.estimate(&item.request) {
                Ok(estimate) => {
                    let modality = item.request.as_ref().modality();
                    items.push(ItemEstimate { name: item.name.clone(), modality, estimate });
                }
                Err(error) => problems.extend(error.problems),
            }
            if !problems.is_empty() {
                invalid.push(InvalidItem { name: item.name.clone(), problems: InvalidRequest::new(problems) });
            }
        }
        if invalid.is_empty() { Ok(PlanEstimate::of(items)) } else { Err(InvalidPlan { items: invalid }) }
    }
}

impl PlanEstimate {
    fn of(items: Vec<ItemEstimate>) -> Self {
        let mut sums = Self {
            items: Vec::new(),
            total: PlanTotal::NOTHING,
            by_modality: BTreeMap::new(),
            by_model: BTreeMap::new(),
            unpriced: Vec::new(),
            unbounded: Vec::new(),
        };
        for ItemEstimate { name, modality, estimate } in &items {
            sums.total.add(estimate);
            sums.by_modality.entry(*modality).or_insert(PlanTotal::NOTHING).add(estimate);
            match sums.by_model.get_mut(&estimate.model) {
                Some(sum) => sum.add(estimate),
                None => sums.by_model.entry(estimate.model.clone()).or_insert(PlanTotal::NOTHING).add(estimate),
            }
            if !estimate.has_known_price() {
                sums.unpriced.push(name.clone());
            } else if estimate.most().is_none() {
                sums.unbounded.push(name.clone());
            }
        }
        Self { items, ..sums }
    }

    /// Whether every item has a price and an upper bound.
    pub const fn is_bounded(&self) -> bool {
        self.unpriced.is_empty() && self.unbounded.is_empty()
    }
}

impl PlanTotal {
    const NOTHING: Self = Self {
        calls: 0,
        deducted_tokens: TokenRange {
            low: Charge::ZERO.total(),
            expected: Some(Charge::ZERO.total()),
            high: Some(Charge::ZERO.total()),
        },
        least: Charge::ZERO,
        expected: Some(Charge::ZERO),
        most: Some(Charge::ZERO),
        money: None,
    };

    fn add(&mut self, estimate: &Estimate) {
        let sum = |one: Option<Charge>, other: Option<Charge>| one?.checked_add(other?);
        let (least, more) = (self.least, estimate.least());
        // Less than the least is still a lower bound, so this one may saturate.
        self.least = Charge::new(least.input.saturating_add(more.input), least.output.saturating_add(more.output));
        self.expected = sum(self.expected, estimate.expected());
        // Pools that overflow together are unbounded, as in an estimate.
        let most = sum(self.most, estimate.most());
        self.most = most.filter(|most| most.input.checked_add(most.output).is_some());
        self.deducted_tokens = TokenRange {
            low: self.least.total(),
            expected: self.expected.map(Charge::total),
            high: self.most.map(Charge::total),
        };
        self.money = match (self.money, estimate.money) {
            (None, first) if self.calls == 0 => first,
            (Some(one), Some(other)) => Some(added(one, other)),
            _ => None,
        };
        self.calls += 1;
    }
}

/// The sum of money, unknown where a part is.
fn added(one: MoneyRange, other: MoneyRange) -> MoneyRange {
    MoneyRange {
        low: one.low.zip(other.low).and_then(|(one, other)| one.checked_add(other)),
        expected: one.expected.zip(other.expected).and_then(|(one, other)| one.checked_add(other)),
        high: one.high.zip(other.high).and_then(|(one, other)| one.checked_add(other)),
    }
}

impl fmt::Display for PlanTotal {
    /// One line, such as `608,160 expected, at most 608,242 tokens deducted in 3 calls (2.54 USD)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, deducted_tokens: TokenRange { expected, high, .. }, .. } = self;
        match (expected, high) {
            (Some(expected), Some(high)) => write!(f, "{expected} expected, at most {high} tokens deducted")?,
            (None, Some(high)) => write!(f, "at most {high} tokens deducted")?,
            (Some(expected), None) => write!(f, "about {expected} tokens deducted, without an upper bound")?,
            (None, None) => f.write_str("price unknown")?,
        }
        write!(f, " in {calls} {}", if *calls == 1 { "call" } else { "calls" })?;
        match self.money {
            Some(money) => write!(f, " ({money})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for PlanEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.total.fmt(f)?;
        for (modality, total) in &self.by_modality {
            write!(f, "\n{modality}: {total}")?;
        }
        for (names, what) in [(&self.unpriced, "of unknown price"), (&self.unbounded, "without an upper bound")] {
            if !names.is_empty() {
                write!(f, "\n{what}: {}", names.join(", "))?;
            }
        }
        Ok(())
    }
}
