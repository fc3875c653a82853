//! What can be asked of a ledger, as queries of one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use cosmic_ai_core::OperationId;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::counter::value_of;
use super::super::{Counter, Drift, Entry, EntryQuery, LedgerError, Reconciliation, Standing, State};
use super::failure::failed;
use super::rows::{self, Sum, entry_columns, plus, window};
use crate::clock::millis;

pub(super) fn entry(connection: &Connection, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
    let sql = concat!("SELECT ", entry_columns!(), " FROM entries WHERE id = ?1");
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([id.as_str()]).map_err(failed)?;
    rows.next().map_err(failed)?.map(rows::entry).transpose()
}

pub(super) fn entries(connection: &Connection, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
    let (sql, values) = sql(query);
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(failed)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        entries.push(rows::entry(row)?);
    }
    Ok(entries)
}

/// A query, and the values in it.
pub(super) fn sql(query: &EntryQuery) -> (String, Vec<Value>) {
    let mut conditions = vec!["true".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut holds = |condition: &str, more: Vec<Value>| {
        conditions.push(condition.to_owned());
        values.extend(more);
    };
    if !query.states.is_empty() {
        let places = vec!["?"; query.states.len()].join(", ");
        let states = query.states.iter().map(|state| state.as_str().to_owned().into());
        holds(&format!("state IN ({places})"), states.collect());
        if query.states.iter().all(|state| matches!(state, State::Reserved | State::Sent | State::Unknown)) {
            // Says nothing new; it names the index of those that are open, who are few.
            holds("state IN ('reserved', 'sent', 'unknown')", Vec::new());
        }
    }
    if let Some(from) = query.from {
        holds("at >= ?", vec![rows::not_before(from).into()]);
    }
    if let Some(until) = query.until {
        holds("at < ?", vec![rows::not_before(until).into()]);
    }
    if let Some(parent) = &query.parent {
        holds("parent = ?", vec![parent.as_str().to_owned().into()]);
    }
    if let Some((at, id)) = &query.after {
        holds("(at, id) > (?, ?)", vec![millis(*at).into(), id.as_str().to_owned().into()]);
    }
    let (columns, conditions) = (entry_columns!(), conditions.join(" AND "));
    (format!("SELECT {columns} FROM entries WHERE {conditions} ORDER BY at, id LIMIT {}", query.limit), values)
}

/// The total of a counter, or the sum of its entries.
pub(super) fn standing(connection: &Connection, counter: &Counter) -> Result<Standing, LedgerError> {
    let sql = "SELECT held_input, held_output, spent_input, spent_output FROM totals
        WHERE name = ?1 AND value = ?2 AND starts = ?3 AND ends = ?4";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let (starts, ends) = window(counter);
    let mut rows =
        statement.query(rusqlite::params![counter.scope.name, counter.scope.value, starts, ends]).map_err(failed)?;
    match rows.next().map_err(failed)? {
        Some(row) => rows::standing(row, 0),
        None => rows::sum(&mut connection.prepare(rows::SUMS).map_err(failed)?, counter),
    }
}

pub(super) fn reconcile(connection: &Connection) -> Result<Reconciliation, LedgerError> {
    let count = connection.query_row("SELECT count(*) FROM entries", (), |row| row.get::<_, i64>(0)).map_err(failed)?;
    let mut found = Reconciliation { entries: count.unsigned_abs(), ..Reconciliation::default() };
    let mut statement = connection.prepare(rows::SUMS).map_err(failed)?;
    // The entries of a window are added up once, for all the totals that it has.
    for (window, totals) in totals(connection)? {
        let names: HashSet<&str> = totals.iter().map(|(counter, _)| counter.scope.name.as_str()).collect();
        let sums = rows::sums(&mut statement, window)?;
        let actual = by_scope(&sums, &names)?;
        for (counter, recorded) in &totals {
            found.totals += 1;
            let scope = (counter.scope.name.as_str(), counter.scope.value.as_str());
            let actual = actual.get(&scope).copied().unwrap_or_default();
            if actual != *recorded {
                found.drift.push(Drift { counter: counter.clone(), recorded: *recorded, actual });
            }
        }
    }
    Ok(found)
}

type Totals = Vec<(Counter, Standing)>;

/// All totals by their windows.
fn totals(connection: &Connection) -> Result<BTreeMap<(i64, i64), Totals>, LedgerError> {
    let sql = "SELECT name, value, starts, ends, held_input, held_output, spent_input, spent_output FROM totals";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query(()).map_err(failed)?;
    let mut totals: BTreeMap<(i64, i64), Totals> = BTreeMap::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let (counter, standing) = rows::total(row)?;
        totals.entry(window(&counter)).or_default().push((counter, standing));
    }
    Ok(totals)
}

/// Sums by labels as sums by scope, for scopes of these names.
fn by_scope<'s>(
    sums: &'s [Sum],
    names: &HashSet<&'s str>,
) -> Result<HashMap<(&'s str, &'s str), Standing>, LedgerError> {
    let mut scopes: HashMap<(&str, &str), Standing> = HashMap::new();
    for (labels, standing) in sums {
        for name in names {
            let sum = scopes.entry((name, value_of(name, labels))).or_default();
            *sum = plus(*sum, *standing)?;
        }
    }
    Ok(scopes)
}
