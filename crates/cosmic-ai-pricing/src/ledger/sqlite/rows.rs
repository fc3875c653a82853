//! Rows as entries and totals, and back.

use std::collections::BTreeMap;
use std::time::SystemTime;

use cosmic_ai_core::Charge;
use rusqlite::{Row, Statement, params};

use super::super::columns::{Columns, charge, labels, pools};
use super::super::{Counter, CounterScope, Entry, LedgerError, Standing};
use super::failure::failed;
use crate::clock::{millis, time};

/// The columns of an entry, in the order of [`Columns`].
macro_rules! entry_columns {
    () => {
        "id, parent, kind, model, labels, state, held_input, held_output, drawn_input, drawn_output, expected_input, \
         expected_output, charge_input, charge_output, basis, body, at, deadline, closed_at, result, ticket, calls"
    };
}
pub(super) use entry_columns;

/// The sums of entries by their labels, in a window of time: from, to and with.
pub(super) const SUMS: &str = "
    SELECT labels,
        coalesce(sum(CASE WHEN state IN ('reserved', 'sent', 'unknown') THEN held_input END), 0),
        coalesce(sum(CASE WHEN state IN ('reserved', 'sent', 'unknown') THEN held_output END), 0),
        coalesce(sum(CASE WHEN state = 'settled' THEN charge_input END), 0),
        coalesce(sum(CASE WHEN state = 'settled' THEN charge_output END), 0)
    FROM entries WHERE at BETWEEN ?1 AND ?2 GROUP BY labels";

/// An entry by a statement of all its columns.
pub(super) fn entry(row: &Row<'_>) -> Result<Entry, LedgerError> {
    columns(row).map_err(failed)?.entry()
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    let pair = |place: usize| -> rusqlite::Result<_> {
        let (input, output): (Option<i64>, Option<i64>) = (row.get(place)?, row.get(place + 1)?);
        Ok(input.zip(output).map(|(input, output)| [input, output]))
    };
    Ok(Columns {
        id: row.get(0)?,
        parent: row.get(1)?,
        kind: row.get(2)?,
        model: row.get(3)?,
        labels: row.get(4)?,
        state: row.get(5)?,
        held: pair(6)?,
        drawn: [row.get(8)?, row.get(9)?],
        expected: pair(10)?,
        charge: pair(12)?,
        basis: row.get(14)?,
        body: row.get(15)?,
        at: row.get(16)?,
        deadline: row.get(17)?,
        closed_at: row.get(18)?,
        result: row.get(19)?,
        ticket: row.get(20)?,
        calls: row.get(21)?,
    })
}

/// Stores an entry by a statement of all its columns.
pub(super) fn put_entry(statement: &mut Statement<'_>, entry: &Entry) -> Result<(), LedgerError> {
    let row = Columns::of(entry)?;
    let input = |pair: Option<[i64; 2]>| pair.map(|[input, _]| input);
    let output = |pair: Option<[i64; 2]>| pair.map(|[_, output]| output);
    let [drawn_input, drawn_output] = row.drawn;
    let row = params![
        row.id,
        row.parent,
        row.kind,
        row.model,
        row.labels,
        row.state,
        input(row.held),
        output(row.held),
        drawn_input,
        drawn_output,
        input(row.expected),
        output(row.expected),
        input(row.charge),
        output(row.charge),
        row.basis,
        row.body,
        row.at,
        row.deadline,
        row.closed_at,
        row.result,
        row.ticket,
        row.calls,
    ];
    statement.execute(row).map_err(failed)?;
    Ok(())
}

/// A total by `name, value, starts, ends` and its four figures.
pub(super) fn total(row: &Row<'_>) -> Result<(Counter, Standing), LedgerError> {
    let scope = CounterScope { name: row.get(0).map_err(failed)?, value: row.get(1).map_err(failed)? };
    let (starts, ends): (i64, i64) = (row.get(2).map_err(failed)?, row.get(3).map_err(failed)?);
    let until = (ends != i64::MAX).then(|| time(ends));
    Ok((Counter::new(scope, time(starts), until), standing(row, 4)?))
}

/// Four columns as what is held and spent.
pub(super) fn standing(row: &Row<'_>, place: usize) -> Result<Standing, LedgerError> {
    let pair = |place: usize| {
        let column = |place| row.get::<_, i64>(place).map_err(failed);
        charge([column(place)?, column(place + 1)?])
    };
    Ok(Standing { held: pair(place)?, spent: pair(place + 2)? })
}

/// What is held and spent as four columns.
pub(super) fn figures(standing: Standing) -> Result<[i64; 4], LedgerError> {
    let ([held_input, held_output], [spent_input, spent_output]) = (pools(standing.held)?, pools(standing.spent)?);
    Ok([held_input, held_output, spent_input, spent_output])
}

/// A window of time as the columns `starts` and `ends`.
pub(super) fn window(counter: &Counter) -> (i64, i64) {
    (millis(counter.from), counter.until.map_or(i64::MAX, millis))
}

/// The first millisecond that is not before `time`: what is stored is in whole milliseconds, what is asked for may not be.
pub(super) fn not_before(moment: SystemTime) -> i64 {
    let floor = millis(moment);
    if time(floor) < moment { floor.saturating_add(1) } else { floor }
}

/// What entries of one set of labels come to.
pub(super) type Sum = (BTreeMap<String, String>, Standing);

/// The sums in a window, by a statement of [`SUMS`].
pub(super) fn sums(statement: &mut Statement<'_>, (starts, ends): (i64, i64)) -> Result<Vec<Sum>, LedgerError> {
    let last = if ends == i64::MAX { ends } else { ends - 1 };
    let mut rows = statement.query([starts, last]).map_err(failed)?;
    let mut sums = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let text: String = row.get(0).map_err(failed)?;
        sums.push((labels(&text)?, standing(row, 1)?));
    }
    Ok(sums)
}

/// One standing and another.
pub(super) fn plus(one: Standing, other: Standing) -> Result<Standing, LedgerError> {
    let add = |one: Charge, other| one.checked_add(other).ok_or(LedgerError::Overflow);
    Ok(Standing { held: add(one.held, other.held)?, spent: add(one.spent, other.spent)? })
}

/// What the entries of a counter come to, by a statement of [`SUMS`].
pub(super) fn sum(statement: &mut Statement<'_>, counter: &Counter) -> Result<Standing, LedgerError> {
    let sums = sums(statement, window(counter))?;
    let belonging = sums.into_iter().filter(|(labels, _)| counter.scope.covers(labels));
    belonging.map(|(_, standing)| standing).try_fold(Standing::default(), plus)
}
