//! How the budgets of a call stand: what is spent, held and left.

use std::fmt;
use std::time::SystemTime;

use cosmic_ai_core::{Amount, Call, Charge, Error, Money, Pool, Tokens};
use serde::{Deserialize, Serialize};

use crate::clock::rfc3339;
use crate::ledger::{CounterScope, LedgerError, Limit, Standing};
use crate::metered::{Meter, name_of};

/// How a budget stands in its present period: see [`Meter::standings`].
///
/// `Display` is one line, such as `200,000 tokens a day for all calls: 33,600 tokens spent, 0 tokens held, 166,400 tokens
/// left until 2026-12-01T00:00:00Z`. Serialises with times in RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BudgetStanding {
    /// The budget, as refusals call it.
    pub budget: String,
    /// Whose calls it counts here.
    pub scope: CounterScope,
    /// When its present period began.
    #[serde(with = "rfc3339")]
    pub from: SystemTime,
    /// When it renews; `None` where it never does.
    #[serde(with = "rfc3339::option")]
    pub until: Option<SystemTime>,
    /// Its limits; `None` is none.
    pub limits: BudgetAmounts,
    /// What is held for calls under way, unresolved calls and plans. In money `None` without a limit in money, and where the
    /// rate does not know the price of a pool.
    pub held: BudgetAmounts,
    /// What is spent. In money as for [`held`](Self::held).
    pub spent: BudgetAmounts,
    /// What is neither spent nor held of each limit, nothing where more was charged than was held; `None` where there is no
    /// limit. Money of which nobody knows how much is spent leaves nothing.
    pub left: BudgetAmounts,
}

/// Amounts of what a budget may limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BudgetAmounts {
    /// Tokens of the input pool.
    pub input: Option<Tokens>,
    /// Tokens of the output pool.
    pub output: Option<Tokens>,
    /// Tokens of both pools together.
    pub total: Option<Tokens>,
    /// Money, rounded up to the millionth.
    pub money: Option<Money>,
}

impl Meter {
    /// How each budget that counts such a call stands now. Empty without budgets. Of the call only the labels matter.
    ///
    /// What is past its deadline is given back first, so that what is left here is what a call would find.
    ///
    /// ```
    /// use cosmic_ai_core::{Call, Tokens};
    /// use cosmic_ai_pricing::ledger::MemoryLedger;
    /// use cosmic_ai_pricing::{Budget, Meter};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cosmic_ai_core::Error> {
    /// let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::once(Tokens(200_000)));
    /// let standings = meter.standings(&Call::new()).await?;
    /// assert_eq!(
    ///     standings[0].to_string(),
    ///     "200,000 tokens in all for all calls: 0 tokens spent, 0 tokens held, 200,000 tokens left"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`](cosmic_ai_core::ErrorKind::Ledger) when the ledger cannot be asked.
    pub async fn standings(&self, call: &Call) -> Result<Vec<BudgetStanding>, Error> {
        let found = self.standings_by(call).await;
        found.map_err(|error| Error::from(error).with_operation_id(call.operation_id()))
    }

    async fn standings_by(&self, call: &Call) -> Result<Vec<BudgetStanding>, LedgerError> {
        let now = self.now();
        let labels = self.labels(call);
        let limits = self.limits(&labels, now);
        if !limits.limits.is_empty() {
            self.ledger().expire(now).await?;
        }
        let mut standings = Vec::new();
        for (budget, limit) in limits.budgets.iter().zip(&limits.limits) {
            let standing = self.ledger().standing(&limit.counter).await?;
            standings.push(BudgetStanding::of(name_of(budget, limit), limit, standing)?);
        }
        Ok(standings)
    }
}

impl BudgetStanding {
    fn of(budget: String, limit: &Limit, standing: Standing) -> Result<Self, LedgerError> {
        let committed = standing.committed().ok_or(LedgerError::Overflow)?;
        let tokens = |pool| match limit.left(pool, committed) {
            Some(Amount::Tokens(tokens)) => Some(tokens),
            _ => None,
        };
        let money = match limit.left(Pool::Money, committed) {
            Some(Amount::Money(money)) => Some(money),
            _ => None,
        };
        Ok(Self {
            budget,
            scope: limit.counter.scope.clone(),
            from: limit.counter.from,
            until: limit.counter.until,
            limits: BudgetAmounts {
                input: limit.input,
                output: limit.output,
                total: limit.total,
                money: limit.money.as_ref().map(|(most, _)| *most),
            },
            held: BudgetAmounts::of(standing.held, limit),
            spent: BudgetAmounts::of(standing.spent, limit),
            left: BudgetAmounts {
                input: tokens(Pool::Input),
                output: tokens(Pool::Output),
                total: tokens(Pool::Total),
                money,
            },
        })
    }
}

impl BudgetAmounts {
    fn of(charge: Charge, limit: &Limit) -> Self {
        Self {
            input: Some(charge.input),
            output: Some(charge.output),
            total: Some(charge.total()),
            money: limit.money.as_ref().and_then(|(_, rate)| rate.of(charge)),
        }
    }

    /// The amounts whose pools have a limit, in words; `none` if no pool has one.
    fn shown(&self, limits: &Self, none: &str) -> String {
        let tokens = |limit: Option<Tokens>, amount: Option<Tokens>, pool: &str| {
            limit.map(|_| amount.map_or_else(|| format!("unknown {pool}"), |tokens| format!("{tokens} {pool}")))
        };
        let money = || self.money.map_or_else(|| "unknown money".to_owned(), |money| money.to_string());
        let shown: Vec<String> = [
            tokens(limits.total, self.total, "tokens"),
            tokens(limits.input, self.input, "input tokens"),
            tokens(limits.output, self.output, "output tokens"),
            limits.money.map(|_| money()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if shown.is_empty() { none.to_owned() } else { shown.join(" and ") }
    }
}

impl fmt::Display for BudgetStanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, limits, held, spent, left, .. } = self;
        let total = |amounts: &BudgetAmounts| format!("{} tokens", amounts.total.unwrap_or(Tokens::ZERO));
        let (spent, held) = (spent.shown(limits, &total(spent)), held.shown(limits, &total(held)));
        write!(f, "{budget}: {spent} spent, {held} held, {} left", left.shown(limits, "no limit"))?;
        match self.until.and_then(|until| jiff::Timestamp::try_from(until).ok()) {
            Some(until) => write!(f, " until {until:.0}"),
            None => Ok(()),
        }
    }
}
