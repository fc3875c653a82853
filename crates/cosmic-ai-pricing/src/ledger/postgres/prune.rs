//! Retention, some entries at a time, so that those who write never wait for long.

use std::collections::{BTreeSet, HashSet};
use std::time::SystemTime;

use cosmic_ai_core::OperationId;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, query, raw_sql};

use super::database::{Database, Lock};
use super::fault::Fault;
use super::rows::{entry, entry_columns, load_entries, store};
use crate::clock::millis;
use crate::ledger::book::Book;
use crate::ledger::entry::{Entry, State};
use crate::ledger::query::Pruned;
use crate::ledger::summary::{added, is_prunable, summaries};

/// How many entries are looked at in one transaction.
const CHUNK: i64 = 500;

pub(super) async fn prune(pool: &PgPool, database: &Database, before: SystemTime) -> Result<Pruned, Fault> {
    let mut pruned = Pruned::default();
    let mut merged = BTreeSet::new();
    let mut last = (i64::MIN, String::new());
    loop {
        let mut chunk = pool.begin().await?;
        // No batch may have loaded what is removed, nor a total.
        raw_sql(AssertSqlSafe(database.lock(Lock::Exclusive))).execute(&mut *chunk).await?;
        let entries = closed_after(&mut chunk, before, &last).await?;
        let Some(newest) = entries.last() else {
            // They are added up again if anyone asks.
            let delete = query("DELETE FROM totals WHERE until_at <= $1").bind(millis(before));
            delete.execute(&mut *chunk).await?;
            chunk.commit().await?;
            pruned.summaries = merged.len() as u64;
            return Ok(pruned);
        };
        last = (millis(newest.at), newest.id.as_str().to_owned());
        let prunable: Vec<&Entry> = entries.iter().filter(|entry| is_prunable(entry, before)).collect();
        if !prunable.is_empty() {
            let (settled, released): (Vec<&Entry>, Vec<&Entry>) =
                prunable.iter().partition(|entry| entry.state == State::Settled);
            merged.extend(summarise(&mut chunk, &settled).await?);
            pruned.summarised += settled.len() as u64;
            pruned.removed += released.len() as u64;
            let ids: Vec<&str> = prunable.iter().map(|entry| entry.id.as_str()).collect();
            query("DELETE FROM entries WHERE id = ANY($1)").bind(ids).execute(&mut *chunk).await?;
        }
        chunk.commit().await?;
    }
}

/// Closed entries in the order of time, summaries among them.
async fn closed_after(
    connection: &mut PgConnection,
    before: SystemTime,
    last: &(i64, String),
) -> Result<Vec<Entry>, Fault> {
    let select = query(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM entries WHERE at < $1 AND (at, id) > ($2, $3) AND state IN ('settled', 'released') ORDER BY at, id LIMIT $4"
    ));
    let select = select.bind(millis(before)).bind(last.0).bind(&last.1).bind(CHUNK);
    select.fetch_all(connection).await?.iter().map(entry).collect()
}

/// Adds entries to their summaries. The ids of these.
async fn summarise(connection: &mut PgConnection, settled: &[&Entry]) -> Result<Vec<OperationId>, Fault> {
    let summaries = summaries(settled.iter().copied())?;
    let ids: BTreeSet<OperationId> = summaries.keys().cloned().collect();
    let mut book = Book::default();
    let known: HashSet<OperationId> = load_entries(connection, &ids, &mut book).await?;
    let mut merged = Vec::new();
    for (id, summary) in summaries {
        merged.push(match book.entry(&id) {
            Some(known) => added(known, &summary)?,
            None => summary,
        });
    }
    store(connection, merged.iter(), &known, std::iter::empty()).await?;
    Ok(merged.into_iter().map(|summary| summary.id).collect())
}
