//! Asking the database, beside the connection that writes. Each question is one statement, or one transaction that sees one
//! moment.

use std::time::SystemTime;

use cosmic_ai_core::OperationId;
use sqlx::{PgPool, Postgres, QueryBuilder, query};

use super::fault::Fault;
use super::rows::{entry, entry_columns, find_total};
use super::sums;
use crate::clock::millis;
use crate::ledger::Counter;
use crate::ledger::book::overdue;
use crate::ledger::change::Change;
use crate::ledger::entry::{Entry, Standing};
use crate::ledger::query::{EntryQuery, Reconciliation};

/// How many overdue operations are looked up at once.
const CHUNK: i64 = 500;

pub(super) async fn find(pool: &PgPool, id: &OperationId) -> Result<Option<Entry>, Fault> {
    let select = query(concat!("SELECT ", entry_columns!(), " FROM entries WHERE id = $1")).bind(id.as_str());
    select.fetch_optional(pool).await?.map(|row| entry(&row)).transpose()
}

/// A page, found by an index: the statement names only what is asked for.
pub(super) async fn list(pool: &PgPool, wanted: &EntryQuery) -> Result<Vec<Entry>, Fault> {
    let mut select = QueryBuilder::<Postgres>::new(concat!("SELECT ", entry_columns!(), " FROM entries WHERE at >= "));
    select.push_bind(wanted.from.map_or(0, millis));
    if let Some(until) = wanted.until {
        select.push(" AND at < ").push_bind(millis(until));
    }
    if let Some((at, id)) = &wanted.after {
        select.push(" AND (at, id) > (").push_bind(millis(*at)).push(", ").push_bind(id.as_str()).push(")");
    }
    if let Some(parent) = &wanted.parent {
        select.push(" AND parent = ").push_bind(parent.as_str());
    }
    if !wanted.states.is_empty() {
        // By name, for the index of open operations is of use only where the statement says that it asks for these.
        let names: Vec<String> = wanted.states.iter().map(|state| format!("'{state}'")).collect();
        select.push(" AND state IN (").push(names.join(", ")).push(")");
    }
    select.push(" ORDER BY at, id LIMIT ").push_bind(i64::from(wanted.limit));
    select.build().fetch_all(pool).await?.iter().map(entry).collect()
}

/// The total of a counter, or its sum: each as of one moment.
pub(super) async fn standing(pool: &PgPool, counter: &Counter) -> Result<Standing, Fault> {
    let mut connection = pool.acquire().await?;
    match find_total(&mut connection, counter).await? {
        Some(standing) => Ok(standing),
        None => sums::sum(&mut connection, counter).await,
    }
}

pub(super) async fn reconcile(pool: &PgPool) -> Result<Reconciliation, Fault> {
    let mut snapshot = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let found = sums::reconcile(&mut snapshot).await?;
    snapshot.rollback().await?;
    Ok(found)
}

/// What becomes of the operations that are overdue, some at a time: those after the last one.
pub(super) async fn overdue_after(
    pool: &PgPool,
    now: SystemTime,
    last: &(i64, String),
) -> Result<(Vec<Change>, Option<(i64, String)>), Fault> {
    let select = query(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM entries WHERE state IN ('reserved', 'sent') AND deadline < $1 \
         AND (deadline, id) > ($2, $3) ORDER BY deadline, id LIMIT $4"
    ));
    let select = select.bind(millis(now)).bind(last.0).bind(&last.1).bind(CHUNK);
    let entries = select.fetch_all(pool).await?.iter().map(entry).collect::<Result<Vec<_>, Fault>>()?;
    let last = entries.last().map(|entry| (millis(entry.deadline), entry.id.as_str().to_owned()));
    Ok((entries.iter().filter_map(|entry| overdue(entry, now)).collect(), last))
}
