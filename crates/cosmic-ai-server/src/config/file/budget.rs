//! Budgets of a configuration file.

use cosmic_ai::Tokens;
use cosmic_ai::pricing::{Budget, Period, Scope};
use serde::Deserialize;

/// The key that is wrong, and what with it.
type Wrong = (&'static str, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetRow {
    period: PeriodName,
    time_zone: Option<String>,
    from_day: Option<u8>,
    total: Option<u64>,
    input: Option<u64>,
    output: Option<u64>,
    name: Option<String>,
    scope: Option<ScopeName>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum PeriodName {
    Day,
    Month,
    Ever,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
enum ScopeName {
    #[serde(rename = "everything")]
    Everything,
    #[serde(rename = "each bucket")]
    EachBucket,
}

impl BudgetRow {
    /// A budget of a bucket, whose scope the bucket is.
    pub(super) fn of_bucket(self) -> Result<Budget, Wrong> {
        if self.scope.is_some() {
            return Err(("scope", "stands in a bucket, which is its scope".to_owned()));
        }
        self.budget()
    }

    /// A budget over all buckets.
    pub(super) fn of_all(self) -> Result<Budget, Wrong> {
        let scope = match self.scope {
            None | Some(ScopeName::Everything) => Scope::Everything,
            Some(ScopeName::EachBucket) => Scope::each("bucket"),
        };
        Ok(self.budget()?.for_scope(scope))
    }

    fn budget(self) -> Result<Budget, Wrong> {
        let mut period = match (self.period, self.from_day) {
            (PeriodName::Day, None) => Period::day(),
            (PeriodName::Month, None) => Period::month(),
            (PeriodName::Ever, None) => Period::forever(),
            (PeriodName::Month, Some(day)) => {
                Period::month_from(day).map_err(|_| ("from_day", format!("{day} is no day of a month; 1 to 31")))?
            }
            _ => return Err(("from_day", "is of months only".to_owned())),
        };
        if let Some(zone) = &self.time_zone {
            if self.period == PeriodName::Ever {
                return Err(("time_zone", "is of days and months only".to_owned()));
            }
            period = period
                .in_time_zone(zone)
                .map_err(|_| ("time_zone", format!("{zone:?} is no name such as `UTC` or `Europe/Berlin`")))?;
        }
        if self.total.is_none() && self.input.is_none() && self.output.is_none() {
            return Err(("total", "is required: or input, or output".to_owned()));
        }
        let mut budget = Budget::new(period);
        if let Some(total) = self.total {
            budget = budget.with_total(Tokens(total));
        }
        if let Some(input) = self.input {
            budget = budget.with_input(Tokens(input));
        }
        if let Some(output) = self.output {
            budget = budget.with_output(Tokens(output));
        }
        Ok(match self.name {
            Some(name) => budget.named(name),
            None => budget,
        })
    }
}
