//! Budgets: how many tokens, or how much money, a scope may cost in a period.

mod period;
mod scope;

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use cosmic_ai_core::{InvalidRequest, Money, Problem, Tokens};

pub use self::period::Period;
pub use self::scope::Scope;
use crate::ledger::{Counter, Limit};
use crate::rate::Rate;

/// How much a scope may cost in a period: deducted tokens of the input pool, of the output pool, of both, or money.
///
/// A call is admitted if the most that it may cost fits into what is neither spent nor held for other calls. A call that
/// costs nothing passes an empty budget. A call of unknown price is refused, unless [`allow_unpriced`](Self::allow_unpriced).
///
/// ```
/// use cosmic_ai_core::Tokens;
/// use cosmic_ai_pricing::{Budget, Period, Scope};
///
/// let team = Budget::monthly(Tokens(5_000_000));
/// let each = Budget::new(Period::day().in_time_zone("Europe/Berlin")?).with_total(Tokens(200_000)).for_scope(Scope::each("user"));
/// assert_eq!(team.to_string(), "5,000,000 tokens a month for all calls");
/// assert_eq!(each.to_string(), "200,000 tokens a day (Europe/Berlin) for each user");
/// # Ok::<(), cosmic_ai_core::InvalidRequest>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a budget limits nothing until a meter has it"]
pub struct Budget {
    period: Period,
    scope: Scope,
    name: Option<String>,
    input: Option<Tokens>,
    output: Option<Tokens>,
    total: Option<Tokens>,
    money: Option<(Money, Rate)>,
    allows_unpriced: bool,
}

impl Budget {
    /// No limit yet for all calls of a period. Set one with the `with_*` methods.
    pub const fn new(period: Period) -> Self {
        Self {
            period,
            scope: Scope::Everything,
            name: None,
            input: None,
            output: None,
            total: None,
            money: None,
            allows_unpriced: false,
        }
    }

    /// So many tokens of both pools together each day, in UTC.
    pub const fn daily(total: Tokens) -> Self {
        Self::new(Period::day()).with_total(total)
    }

    /// So many tokens of both pools together each month from its first day on, in UTC.
    pub const fn monthly(total: Tokens) -> Self {
        Self::new(Period::month()).with_total(total)
    }

    /// So many tokens of both pools together, once and for all.
    pub const fn once(total: Tokens) -> Self {
        Self::new(Period::forever()).with_total(total)
    }

    /// Limits the tokens deducted from the input pool.
    pub const fn with_input(mut self, tokens: Tokens) -> Self {
        self.input = Some(tokens);
        self
    }

    /// Limits the tokens deducted from the output pool, where media are charged.
    pub const fn with_output(mut self, tokens: Tokens) -> Self {
        self.output = Some(tokens);
        self
    }

    /// Limits the tokens deducted from both pools together.
    pub const fn with_total(mut self, tokens: Tokens) -> Self {
        self.total = Some(tokens);
        self
    }

    /// Limits the money by a rate. A call of whose tokens the rate knows no price is refused.
    ///
    /// # Errors
    /// When the rate is in another currency.
    pub fn with_money(mut self, most: Money, rate: Rate) -> Result<Self, InvalidRequest> {
        if rate.currency() != most.currency() {
            let problem = Problem::new("money", "is in another currency than the rate").given(most);
            return Err(InvalidRequest::new(vec![problem.allowed([rate.currency()])]));
        }
        self.money = Some((most, rate));
        Ok(self)
    }

    /// Counts the calls of this scope only.
    pub fn for_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Names it, as refusals say it; else its limits, period and scope.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Admits calls whose price, or whose upper bound, nobody knows. They hold nothing. What they turn out to cost counts; where
    /// that stays unknown, nothing does, and reports say of how many calls.
    pub const fn allow_unpriced(mut self) -> Self {
        self.allows_unpriced = true;
        self
    }

    /// Whose calls it counts.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// When it begins anew.
    pub const fn period(&self) -> &Period {
        &self.period
    }

    /// Whether anything is limited at all.
    pub(crate) const fn has_limit(&self) -> bool {
        self.input.is_some() || self.output.is_some() || self.total.is_some() || self.money.is_some()
    }

    /// Whether it admits calls of unknown price.
    pub const fn allows_unpriced(&self) -> bool {
        self.allows_unpriced
    }

    /// What a call at `at` with these labels must keep to; `None` if this budget does not count it.
    pub fn limit(&self, labels: &BTreeMap<String, String>, at: SystemTime) -> Option<Limit> {
        let scope = self.scope.counted(labels)?;
        let (from, until) = self.period.window(at);
        let mut limit = Limit::new(Counter::new(scope, from, until));
        (limit.input, limit.output, limit.total) = (self.input, self.output, self.total);
        limit.money.clone_from(&self.money);
        Some(limit)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(name);
        }
        let pools = [(self.total, "tokens"), (self.input, "input tokens"), (self.output, "output tokens")];
        let tokens = pools.iter().filter_map(|(most, pool)| Some(format!("{} {pool}", (*most)?)));
        let money = self.money.iter().map(|(most, _)| most.to_string());
        let limits: Vec<String> = tokens.chain(money).collect();
        let limits = if limits.is_empty() { "no limit".to_owned() } else { limits.join(" and ") };
        write!(f, "{limits} {} for {}", self.period, self.scope)
    }
}
