//! Entries and totals as rows: loaded under locks, and stored with arrays, so that a batch of any size is a few round trips.

use std::collections::{BTreeSet, HashSet};
use std::time::SystemTime;

use cosmic_ai_core::OperationId;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row, query};

use super::fault::Fault;
use crate::clock::{millis, time};
use crate::ledger::batch::Reach;
use crate::ledger::book::{Book, Total};
use crate::ledger::columns::{Columns, charge, pools};
use crate::ledger::counter::{Counter, CounterScope};
use crate::ledger::entry::{Entry, Standing};

/// The columns of an entry, in the order in which [`entry`] reads them.
macro_rules! entry_columns {
    () => {
        "id, parent, kind, model, labels, state, held_input, held_output, drawn_input, drawn_output, expected_input, \
         expected_output, charge_input, charge_output, basis, body, at, deadline, closed_at, result, ticket, calls"
    };
}
pub(super) use entry_columns;

/// A row of `entry_columns`.
pub(super) fn entry(row: &PgRow) -> Result<Entry, Fault> {
    let pair = |first: usize| -> Result<Option<[i64; 2]>, Fault> {
        let [input, output]: [Option<i64>; 2] = [row.try_get(first)?, row.try_get(first + 1)?];
        Ok(input.zip(output).map(|(input, output)| [input, output]))
    };
    let columns = Columns {
        id: row.try_get(0)?,
        parent: row.try_get(1)?,
        kind: row.try_get(2)?,
        model: row.try_get(3)?,
        labels: row.try_get(4)?,
        state: row.try_get(5)?,
        held: pair(6)?,
        drawn: pair(8)?.unwrap_or_default(),
        expected: pair(10)?,
        charge: pair(12)?,
        basis: row.try_get(14)?,
        body: row.try_get(15)?,
        at: row.try_get(16)?,
        deadline: row.try_get(17)?,
        closed_at: row.try_get(18)?,
        result: row.try_get(19)?,
        ticket: row.try_get(20)?,
        calls: row.try_get(21)?,
    };
    Ok(columns.entry()?)
}

/// A row of a total: its counter and what it stands at.
pub(super) fn total(row: &PgRow) -> Result<(Counter, Standing), Fault> {
    let until: i64 = row.try_get(3)?;
    let until = (until != FOR_EVER).then(|| time(until));
    let counter = Counter::new(
        CounterScope::label(row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?),
        time(row.try_get(2)?),
        until,
    );
    Ok((counter, standing(row, 4)?))
}

/// Four columns: held input and output, spent input and output.
pub(super) fn standing(row: &PgRow, first: usize) -> Result<Standing, Fault> {
    let pool = |column: usize| row.try_get::<i64, _>(first + column);
    Ok(Standing { held: charge([pool(0)?, pool(1)?])?, spent: charge([pool(2)?, pool(3)?])? })
}

/// The end of a window that has none.
const FOR_EVER: i64 = i64::MAX;

/// The end of a window as it is stored.
pub(super) fn until(counter: &Counter) -> i64 {
    counter.until.map_or(FOR_EVER, millis)
}

/// Loads and locks entries and their parents, in one order: of two who lock a part and its plan, one must not begin with the
/// part and the other with the plan. The ids of those that there are.
pub(super) async fn load_entries(
    connection: &mut PgConnection,
    ids: &BTreeSet<OperationId>,
    book: &mut Book,
) -> Result<HashSet<OperationId>, Fault> {
    let ids: Vec<&str> = ids.iter().map(OperationId::as_str).collect();
    let select = query(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM entries WHERE id = ANY($1 || ARRAY(SELECT parent FROM entries WHERE id = ANY($1) AND parent IS NOT NULL)) \
         ORDER BY id FOR UPDATE"
    ));
    let mut known = HashSet::new();
    for row in select.bind(ids).fetch_all(connection).await? {
        let entry = entry(&row)?;
        known.insert(entry.id.clone());
        book.load_entry(entry);
    }
    Ok(known)
}

/// Loads and locks the totals that may change.
pub(super) async fn load_totals(connection: &mut PgConnection, reach: &Reach, book: &mut Book) -> Result<(), Fault> {
    let (names, values): (Vec<&str>, Vec<&str>) =
        reach.scopes.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
    let select = query(include_str!("sql/totals.sql")).bind(names).bind(values);
    let select = select.bind(millis(reach.earliest)).bind(millis(reach.latest));
    for row in select.fetch_all(connection).await? {
        let (counter, standing) = total(&row)?;
        book.load_total(counter, standing);
    }
    Ok(())
}

/// The total of one counter, if it is kept.
pub(super) async fn find_total(connection: &mut PgConnection, counter: &Counter) -> Result<Option<Standing>, Fault> {
    let select = query(
        "SELECT name, value, from_at, until_at, held_input, held_output, spent_input, spent_output FROM totals \
         WHERE name = $1 AND value = $2 AND from_at = $3 AND until_at = $4",
    );
    let CounterScope { name, value } = &counter.scope;
    let select = select.bind(name).bind(value).bind(millis(counter.from)).bind(until(counter));
    select.fetch_optional(connection).await?.map(|row| Ok(total(&row)?.1)).transpose()
}

/// Stores entries, of which some are there already, and totals. The id of the transaction, to ask for later.
pub(super) async fn store<'e>(
    connection: &mut PgConnection,
    entries: impl Iterator<Item = &'e Entry>,
    known: &HashSet<OperationId>,
    totals: impl Iterator<Item = &'e Total>,
) -> Result<String, Fault> {
    let mut rows = Vec::new();
    let mut are_known = Vec::new();
    for entry in entries {
        rows.push(Columns::of(entry)?);
        are_known.push(known.contains(&entry.id));
    }
    let totals: Vec<&Total> = totals.collect();
    let mut sums: [Vec<i64>; 4] = Default::default();
    for Total { standing: Standing { held, spent }, .. } in &totals {
        let [held, spent] = [pools(*held)?, pools(*spent)?];
        for (sums, sum) in sums.iter_mut().zip(held.into_iter().chain(spent)) {
            sums.push(sum);
        }
    }
    let [held_input, held_output, spent_input, spent_output] = sums;
    let insert = query(include_str!("sql/store.sql"))
        .bind(each(&rows, |row| row.id.as_str()))
        .bind(each(&rows, |row| row.parent.as_deref()))
        .bind(each(&rows, |row| row.kind.as_str()))
        .bind(each(&rows, |row| row.model.as_deref()))
        .bind(each(&rows, |row| row.labels.as_str()))
        .bind(each(&rows, |row| row.state.as_str()))
        .bind(each(&rows, |row| row.held.map(|[input, _]| input)))
        .bind(each(&rows, |row| row.held.map(|[_, output]| output)))
        .bind(each(&rows, |Columns { drawn: [input, _], .. }| *input))
        .bind(each(&rows, |Columns { drawn: [_, output], .. }| *output))
        .bind(each(&rows, |row| row.expected.map(|[input, _]| input)))
        .bind(each(&rows, |row| row.expected.map(|[_, output]| output)))
        .bind(each(&rows, |row| row.charge.map(|[input, _]| input)))
        .bind(each(&rows, |row| row.charge.map(|[_, output]| output)))
        .bind(each(&rows, |row| row.basis.as_deref()))
        .bind(each(&rows, |row| row.body.as_slice()))
        .bind(each(&rows, |row| row.at))
        .bind(each(&rows, |row| row.deadline))
        .bind(each(&rows, |row| row.closed_at))
        .bind(each(&rows, |row| row.result.as_deref()))
        .bind(each(&rows, |row| row.ticket))
        .bind(each(&rows, |row| row.calls))
        .bind(are_known)
        .bind(each(&totals, |total| total.counter.scope.name.as_str()))
        .bind(each(&totals, |total| total.counter.scope.value.as_str()))
        .bind(each(&totals, |total| millis(total.counter.from)))
        .bind(each(&totals, |total| until(&total.counter)))
        .bind(held_input)
        .bind(held_output)
        .bind(spent_input)
        .bind(spent_output);
    Ok(insert.fetch_one(connection).await?.try_get(0)?)
}

/// One column of many rows.
fn each<'r, R, T>(rows: &'r [R], column: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(column).collect()
}

/// As much of a time as is stored.
pub(super) fn rounded(at: SystemTime) -> SystemTime {
    time(millis(at))
}
