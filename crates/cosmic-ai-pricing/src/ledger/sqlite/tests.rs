//! Old and new processes on one file during a rollout; and what the disk refuses.

use std::path::Path;
use std::time::Duration;

use cosmic_ai_core::{Charge, Tokens};

use super::*;
use crate::ledger::schema::Migration;
use crate::ledger::{Basis, BodyHash, CounterScope, Kind, Limit, Next};

const V1: Migration = connect::MIGRATIONS[0];
const V2: Migration =
    Migration { version: 2, oldest: 1, sql: "ALTER TABLE entries ADD COLUMN region TEXT NOT NULL DEFAULT 'none'" };
const V3: Migration = Migration { version: 3, oldest: 3, sql: "ALTER TABLE entries ADD COLUMN late INTEGER" };

fn open(path: &Path, migrations: &'static [Migration]) -> Result<SqliteLedger, LedgerError> {
    SqliteBuilder { migrations, ..SqliteLedger::builder(path) }.open()
}

fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 20_000)
}

fn asked(name: &str) -> Admission {
    let mut entry = Entry::new(name.parse().unwrap(), Kind::Text, BodyHash::default());
    (entry.held, entry.at, entry.deadline) = (Some(Charge::new(Tokens(1), Tokens(2))), start(), start());
    let mut limit = Limit::new(Counter::new(CounterScope::everything(), start(), None));
    limit.output = Some(Tokens(20));
    Admission::new(entry, vec![limit])
}

fn settled(name: &str) -> Change {
    let next = Next::Settled { charge: Some(Charge::new(Tokens(1), Tokens(1))), basis: Basis::Reported, result: None };
    Change::new(name.parse().unwrap(), Some(0), next, start())
}

#[tokio::test]
async fn old_and_new_code_share_a_ledger_while_it_gets_a_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let old = open(&path, &[V1]).unwrap();
    assert_eq!(old.admit(asked("a")).await, Ok(Admitted::New));
    let new = open(&path, &[V1, V2]).unwrap();
    assert_eq!(new.admit(asked("b")).await, Ok(Admitted::New));
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute("UPDATE entries SET region = 'north' WHERE id = 'b'", ()).unwrap();
    assert!(matches!(new.advance(settled("a")).await, Ok(Advanced::Done(_))));
    assert!(matches!(old.advance(settled("b")).await, Ok(Advanced::Done(_))));
    assert_eq!(old.admit(asked("c")).await, Ok(Admitted::New));
    // One more process of each, begun in the middle of it.
    for migrations in [&[V1] as &[Migration], &[V1, V2]] {
        let ledger = open(&path, migrations).unwrap();
        let found = ledger.reconcile().await.unwrap();
        assert_eq!((found.entries, found.totals, found.is_whole()), (3, 1, true));
        let standing = ledger.standing(&asked("a").limits[0].counter).await.unwrap();
        assert_eq!(standing.committed(), Some(Charge::new(Tokens(3), Tokens(4))));
    }
    // Old code leaves alone what it does not know.
    let region = |id: &str| {
        let sql = "SELECT region FROM entries WHERE id = ?1";
        file.query_row(sql, [id], |row| row.get::<_, String>(0)).unwrap()
    };
    assert_eq!(["a", "b", "c"].map(region), ["none", "north", "none"]);
}

#[tokio::test]
async fn old_code_refuses_a_ledger_that_it_cannot_share_also_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let old = open(&path, &[V1]).unwrap();
    old.admit(asked("a")).await.unwrap();
    let new = open(&path, &[V1, V2, V3]).unwrap();
    let too_new = LedgerError::TooNew { schema: 3, needs: 3, ours: 1 };
    assert_eq!(open(&path, &[V1]).map(|_| ()), Err(too_new.clone()));
    assert!(too_new.to_string().contains("schema 3 needs code of schema 3, this is 1"));
    assert_eq!(old.admit(asked("b")).await, Err(too_new.clone()));
    assert_eq!(old.advance(settled("a")).await, Err(too_new.clone()));
    assert_eq!(old.entry(&"a".parse().unwrap()).await, Err(too_new));
    assert_eq!(new.admit(asked("b")).await, Ok(Admitted::New));
    assert_eq!(new.reconcile().await.unwrap().entries, 2);
}

#[test]
fn a_migration_that_fails_leaves_the_ledger_as_it_was() {
    const WRONG: Migration =
        Migration { version: 2, oldest: 2, sql: "CREATE TABLE more (id); CREATE TABLE entries (id);" };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    drop(open(&path, &[V1]).unwrap());
    assert!(matches!(open(&path, &[V1, WRONG]), Err(LedgerError::Corrupt { .. })));
    assert!(open(&path, &[V1]).is_ok());
    let file = rusqlite::Connection::open(&path).unwrap();
    let sql = "SELECT count(*) FROM sqlite_master WHERE name = 'more'";
    assert_eq!(file.query_row(sql, (), |row| row.get::<_, i64>(0)), Ok(0));
}

/// What the threads of a handle do, without them.
fn by_hand(path: &Path, work: impl FnOnce(&rusqlite::Connection, &mut store::Store<'_>)) {
    let path = place::made(path).unwrap();
    let connection = connect::to_write(&path, connect::MIGRATIONS, Duration::from_secs(5)).unwrap();
    let mut store = store::Store::prepare(&connection, connect::MIGRATIONS).unwrap();
    work(&connection, &mut store);
}

fn admitting(names: impl IntoIterator<Item = String>) -> Vec<Work> {
    let command = |name: String| Work::Command(Arc::new(Command::admit(Admission::new(asked(&name).entry, vec![]))));
    names.into_iter().map(command).collect()
}

#[track_caller]
fn refused_until(pragma: &str, refused: &str, granted: &str) {
    let folder = tempfile::tempdir().unwrap();
    by_hand(&folder.path().join("ledger"), |connection, store| {
        let set = |value: &str| connection.query_row(&format!("PRAGMA {pragma} = {value}"), (), |_| Ok(()));
        let count = || connection.query_row("SELECT count(*) FROM entries", (), |row| row.get::<_, i64>(0));
        let works = admitting((0..200).map(|number| format!("a-{number}")));
        let _ = set(refused);
        let written = writer::written(connection, store, &works);
        assert!(matches!(written, Err(LedgerError::Unavailable { .. })), "{written:?}");
        assert_eq!(count(), Ok(0));
        let _ = set(granted);
        assert_eq!(writer::written(connection, store, &works).unwrap().len(), 200);
        assert_eq!(count(), Ok(200));
    });
}

#[test]
fn a_full_disk_is_unavailable_and_nothing_is_half_done() {
    refused_until("max_page_count", "12", "1000000");
}

#[test]
fn a_ledger_that_may_only_be_read_is_unavailable() {
    refused_until("query_only", "on", "off");
}

#[test]
fn a_transaction_that_was_left_open_is_rolled_back_first() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(&folder.path().join("ledger"), |connection, store| {
        connection.execute_batch("BEGIN IMMEDIATE; DELETE FROM schema").unwrap();
        assert_eq!(writer::written(connection, store, &admitting(["a".to_owned()])).unwrap().len(), 1);
    });
}

#[test]
fn what_is_asked_often_is_found_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(&folder.path().join("ledger"), |connection, _| {
        let plan = |sql: &str| {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let count = statement.parameter_count();
            let parameters = rusqlite::params_from_iter((0..count).map(|_| 1_i64));
            let rows = statement.query_map(parameters, |row| row.get::<_, String>(3)).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
        };
        for (sql, index) in [
            (store::OVERDUE, "SEARCH entries USING INDEX entries_open (state=? AND deadline<?)"),
            (store::CLOSED, "SEARCH entries USING INDEX entries_by_time ((at,id)>(?,?) AND at<?)"),
            (store::TOTALS_OF, "SEARCH totals USING PRIMARY KEY (name=? AND value=? AND ends>?)"),
            (store::TOTALS_WITHOUT_VALUE, "SEARCH totals USING INDEX totals_without_value (ends>?)"),
            (rows::SUMS, "SEARCH entries USING INDEX entries_by_time (at>? AND at<?); USE TEMP B-TREE FOR GROUP BY"),
        ] {
            assert_eq!(plan(sql), index, "{sql}");
        }
        let query = EntryQuery::all().with_states([crate::ledger::State::Unknown]);
        assert!(plan(&read::sql(&query).0).contains("entries_open"));
        let query = EntryQuery::all().with_parent("a".parse().unwrap());
        assert_eq!(plan(&read::sql(&query).0), "SEARCH entries USING INDEX entries_by_parent (parent=?)");
    });
}
