//! One transaction's work: loads what commands touch into a [`Book`], applies them, and stores what has changed.

use std::collections::BTreeSet;

use cosmic_ai_core::OperationId;
use rusqlite::{Connection, Statement, params};

use super::super::batch::{self, Answer, Command, Reach};
use super::super::book::Book;
use super::super::failpoint::reached;
use super::super::schema::Migration;
use super::super::{Counter, Entry, LedgerError, Standing};
use super::connect;
use super::failure::failed;
use super::rows::{self, entry_columns, figures, window};
use crate::clock::millis;

/// The statements of a writer, prepared once. They are valid for as long as its connection, across changes of the schema.
#[derive(Debug)]
pub(super) struct Store<'c> {
    migrations: &'static [Migration],
    version: Statement<'c>,
    entry: Statement<'c>,
    total: Statement<'c>,
    totals_of: Statement<'c>,
    totals_without_value: Statement<'c>,
    sums: Statement<'c>,
    put_entry: Statement<'c>,
    put_total: Statement<'c>,
    pub(super) remove_entry: Statement<'c>,
    pub(super) remove_totals: Statement<'c>,
    pub(super) overdue: Statement<'c>,
    pub(super) closed: Statement<'c>,
}

impl<'c> Store<'c> {
    pub(super) fn prepare(connection: &'c Connection, migrations: &'static [Migration]) -> Result<Self, LedgerError> {
        let prepare = |sql: &str| connection.prepare(sql).map_err(failed);
        Ok(Self {
            migrations,
            version: prepare(connect::FOUND)?,
            entry: prepare(concat!("SELECT ", entry_columns!(), " FROM entries WHERE id = ?1"))?,
            total: prepare(concat!(totals!(), "name = ?1 AND value = ?2 AND ends = ?4 AND starts = ?3"))?,
            totals_of: prepare(TOTALS_OF)?,
            totals_without_value: prepare(TOTALS_WITHOUT_VALUE)?,
            sums: prepare(rows::SUMS)?,
            put_entry: prepare(PUT_ENTRY)?,
            put_total: prepare(PUT_TOTAL)?,
            remove_entry: prepare("DELETE FROM entries WHERE id = ?1")?,
            // Their windows ended; they are added up again if anyone asks.
            remove_totals: prepare("DELETE FROM totals WHERE ends <= ?1")?,
            overdue: prepare(OVERDUE)?,
            closed: prepare(CLOSED)?,
        })
    }

    /// Whether this code may still write here.
    pub(super) fn is_shared(&mut self) -> Result<(), LedgerError> {
        connect::is_shared(&mut self.version, self.migrations)
    }

    /// Applies commands in their order, in the transaction that is open. What one of them is refused or fails with is its
    /// own answer; an error is everybody's, and the transaction is to be rolled back.
    pub(super) fn apply(&mut self, commands: &[&Command]) -> Result<Vec<Result<Answer, LedgerError>>, LedgerError> {
        let mut book = self.loaded(commands)?;
        let answers = commands.iter().map(|command| command.apply(&mut book)).collect();
        reached("ledger/applied");
        for entry in book.changed_entries() {
            self.put(entry)?;
        }
        for total in book.changed_totals() {
            let (scope, (starts, ends)) = (&total.counter.scope, window(&total.counter));
            let [held_input, held_output, spent_input, spent_output] = figures(total.standing)?;
            let row =
                params![scope.name, scope.value, starts, ends, held_input, held_output, spent_input, spent_output];
            self.put_total.execute(row).map_err(failed)?;
        }
        reached("ledger/stored");
        Ok(answers)
    }

    fn loaded(&mut self, commands: &[&Command]) -> Result<Book, LedgerError> {
        let each = || commands.iter().copied();
        let mut book = Book::default();
        self.load_entries(&mut book, batch::operations(each()))?;
        let parents = batch::parents(&book);
        self.load_entries(&mut book, parents)?;
        if let Some(reach) = Reach::of(&book, each()) {
            self.load_totals(&mut book, &reach)?;
        }
        for counter in batch::missing_totals(&book, each()) {
            if let Some(standing) = self.stored_total(&counter)? {
                book.load_total(counter, standing);
            } else {
                let standing = rows::sum(&mut self.sums, &counter)?;
                book.add_total(counter, standing);
            }
        }
        Ok(book)
    }

    fn load_entries(&mut self, book: &mut Book, ids: BTreeSet<OperationId>) -> Result<(), LedgerError> {
        for id in ids {
            if let Some(entry) = self.entry(&id)? {
                book.load_entry(entry);
            }
        }
        Ok(())
    }

    fn load_totals(&mut self, book: &mut Book, reach: &Reach) -> Result<(), LedgerError> {
        let (earliest, latest) = (millis(reach.earliest), millis(reach.latest));
        let of_scopes = reach.scopes.iter().filter(|(_, value)| !value.is_empty());
        for (name, value) in of_scopes {
            let rows = self.totals_of.query(params![name, value, earliest, latest]);
            load_totals(book, rows.map_err(failed)?)?;
        }
        load_totals(book, self.totals_without_value.query([earliest, latest]).map_err(failed)?)
    }

    /// The total of a counter that no command changes, so that it was not among those within reach.
    fn stored_total(&mut self, counter: &Counter) -> Result<Option<Standing>, LedgerError> {
        let (starts, ends) = window(counter);
        let row = params![counter.scope.name, counter.scope.value, starts, ends];
        let mut rows = self.total.query(row).map_err(failed)?;
        rows.next().map_err(failed)?.map(|row| rows::standing(row, 4)).transpose()
    }

    pub(super) fn entry(&mut self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        let mut rows = self.entry.query([id.as_str()]).map_err(failed)?;
        rows.next().map_err(failed)?.map(rows::entry).transpose()
    }

    pub(super) fn put(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        rows::put_entry(&mut self.put_entry, entry)
    }
}

fn load_totals(book: &mut Book, mut rows: rusqlite::Rows<'_>) -> Result<(), LedgerError> {
    while let Some(row) = rows.next().map_err(failed)? {
        let (counter, standing) = rows::total(row)?;
        book.load_total(counter, standing);
    }
    Ok(())
}

macro_rules! totals {
    () => {
        "SELECT name, value, starts, ends, held_input, held_output, spent_input, spent_output FROM totals WHERE "
    };
}
use totals;

/// The totals of a scope whose windows reach into a time.
pub(super) const TOTALS_OF: &str = concat!(totals!(), "name = ?1 AND value = ?2 AND ends > ?3 AND starts <= ?4");

/// Those of everyone, and of operations that lack a label.
pub(super) const TOTALS_WITHOUT_VALUE: &str = concat!(totals!(), "value = '' AND ends > ?1 AND starts <= ?2");

/// Not `REPLACE`, which would set the columns of a later version to their defaults.
const PUT_ENTRY: &str = concat!(
    "INSERT INTO entries (",
    entry_columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
    ON CONFLICT (id) DO UPDATE SET parent = ?2, kind = ?3, model = ?4, labels = ?5, state = ?6, held_input = ?7,
        held_output = ?8, drawn_input = ?9, drawn_output = ?10, expected_input = ?11, expected_output = ?12,
        charge_input = ?13, charge_output = ?14, basis = ?15, body = ?16, at = ?17, deadline = ?18, closed_at = ?19,
        result = ?20, ticket = ?21, calls = ?22"
);

const PUT_TOTAL: &str = "
    INSERT INTO totals (name, value, starts, ends, held_input, held_output, spent_input, spent_output)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (name, value, ends, starts) DO UPDATE
    SET held_input = ?5, held_output = ?6, spent_input = ?7, spent_output = ?8";

/// What may be overdue. The first condition says nothing new; it names the index.
pub(super) const OVERDUE: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM entries WHERE state IN ('reserved', 'sent', 'unknown') AND state IN ('reserved', 'sent') AND deadline < ?1
    LIMIT ?2"
);

/// What may be pruned, in order, after a place.
pub(super) const CLOSED: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM entries WHERE (at, id) > (?1, ?2) AND at < ?3 AND state IN ('settled', 'released') ORDER BY at, id LIMIT ?4"
);
