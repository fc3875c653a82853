//! What entries add up to: for a total that is not kept yet, and to prove those that are.

use std::collections::BTreeMap;
use std::future::poll_fn;

use sqlx::{PgConnection, Row, query};

use super::fault::Fault;
use super::rows::{standing, total, until};
use crate::clock::{millis, time};
use crate::ledger::LedgerError;
use crate::ledger::columns::labels;
use crate::ledger::counter::{Counter, CounterScope, value_of};
use crate::ledger::entry::Standing;
use crate::ledger::query::{Drift, Reconciliation};

/// The sum of a counter's entries, as one statement sees them.
pub(super) async fn sum(connection: &mut PgConnection, counter: &Counter) -> Result<Standing, Fault> {
    let CounterScope { name, value } = &counter.scope;
    let select = query(include_str!("sql/sum.sql")).bind(millis(counter.from)).bind(until(counter));
    let select = select.bind(fragment(&counter.scope)?).bind(name.is_empty());
    let mut sum = Standing::default();
    for row in select.fetch_all(connection).await? {
        if value_of(name, &labels(row.try_get(0)?)?) == value {
            sum = added(sum, standing(&row, 1)?)?;
        }
    }
    Ok(sum)
}

/// A text that the JSON of all labels of a scope has in it. What lacks a label has nothing to look for.
fn fragment(CounterScope { name, value }: &CounterScope) -> Result<Option<String>, Fault> {
    if value.is_empty() {
        return Ok(None);
    }
    let json = |text: &str| serde_json::to_string(text).map_err(|error| LedgerError::corrupt(error.to_string()));
    Ok(Some(format!("{}:{}", json(name)?, json(value)?)))
}

fn added(sum: Standing, more: Standing) -> Result<Standing, Fault> {
    let held = sum.held.checked_add(more.held).ok_or(LedgerError::Overflow)?;
    Ok(Standing { held, spent: sum.spent.checked_add(more.spent).ok_or(LedgerError::Overflow)? })
}

/// Adds up all entries and compares the totals with them, within a transaction that sees one moment.
pub(super) async fn reconcile(connection: &mut PgConnection) -> Result<Reconciliation, Fault> {
    let select =
        query("SELECT name, value, from_at, until_at, held_input, held_output, spent_input, spent_output FROM totals");
    let mut sums = Sums::default();
    for row in select.fetch_all(&mut *connection).await? {
        let (counter, recorded) = total(&row)?;
        let CounterScope { name, value } = counter.scope.clone();
        let drift = Drift { counter, recorded, actual: Standing::default() };
        sums.totals.entry(name).or_default().entry(value).or_default().push(drift);
    }
    let entries = query(
        "SELECT labels, at, \
         CASE WHEN state IN ('reserved', 'sent', 'unknown') THEN coalesce(held_input, 0) ELSE 0 END, \
         CASE WHEN state IN ('reserved', 'sent', 'unknown') THEN coalesce(held_output, 0) ELSE 0 END, \
         CASE WHEN state = 'settled' THEN coalesce(charge_input, 0) ELSE 0 END, \
         CASE WHEN state = 'settled' THEN coalesce(charge_output, 0) ELSE 0 END \
         FROM entries",
    );
    let mut rows = entries.fetch(connection);
    while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
        let row = row?;
        sums.add(row.try_get(0)?, row.try_get(1)?, standing(&row, 2)?)?;
    }
    Ok(sums.found())
}

/// The totals with what their entries come to, by the names and values of their scopes.
#[derive(Default)]
struct Sums {
    totals: BTreeMap<String, BTreeMap<String, Vec<Drift>>>,
    entries: u64,
}

impl Sums {
    fn add(&mut self, labels_text: &str, at: i64, more: Standing) -> Result<(), Fault> {
        self.entries += 1;
        let labels = labels(labels_text)?;
        let at = time(at);
        for (name, values) in &mut self.totals {
            for total in values.get_mut(value_of(name, &labels)).into_iter().flatten() {
                if total.counter.holds(at) {
                    total.actual = added(total.actual, more)?;
                }
            }
        }
        Ok(())
    }

    fn found(self) -> Reconciliation {
        let totals: Vec<Drift> = self.totals.into_values().flat_map(BTreeMap::into_values).flatten().collect();
        let mut found =
            Reconciliation { entries: self.entries, totals: totals.len() as u64, ..Reconciliation::default() };
        found.drift = totals.into_iter().filter(|total| total.actual != total.recorded).collect();
        found
    }
}
