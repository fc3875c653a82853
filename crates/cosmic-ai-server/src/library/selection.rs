//! Which rows, in which order: what of a question SQLite answers itself.

use std::fmt::Write as _;

use cosmic_ai::MediaQuery;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use super::row::{COLUMNS, Row, size};

/// Rows of a bucket by columns that are indexed.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    clauses: String,
    values: Vec<Sql>,
}

/// In which order rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) by: Moment,
    pub(super) is_ascending: bool,
}

/// By which moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Created,
    Modified,
}

impl Order {
    pub(super) const NEWEST_FIRST: Self = Self { by: Moment::Created, is_ascending: false };

    const fn column(self) -> &'static str {
        match self.by {
            Moment::Created => "created",
            Moment::Modified => "modified",
        }
    }

    const fn direction(self) -> &'static str {
        if self.is_ascending { "ASC" } else { "DESC" }
    }
}

impl Selection {
    pub(super) fn of_bucket(bucket: &str) -> Self {
        Self { clauses: "bucket = ?".to_owned(), values: vec![bucket.to_owned().into()] }
    }

    pub(super) fn of_query(bucket: &str, query: &MediaQuery) -> Self {
        let mut selection = Self::of_bucket(bucket);
        if let Some(folder) = &query.folder {
            selection.only("folder", folder);
        }
        if let Some(operation) = &query.operation {
            selection.only("operation", operation.as_str());
        }
        selection
    }

    /// Only rows with this value in a column.
    pub(super) fn only(&mut self, column: &'static str, value: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.clauses, " AND {column} = ?");
        self.values.push(value.to_owned().into());
    }

    /// Only rows with nothing in a column.
    pub(super) fn only_without(&mut self, column: &'static str) {
        let _ = write!(self.clauses, " AND {column} IS NULL");
    }

    /// Only rows behind another in an order.
    pub(super) fn after(&self, order: Order, row: &Row) -> Self {
        let mut next = self.clone();
        let (column, sign) = (order.column(), if order.is_ascending { ">" } else { "<" });
        let _ = write!(next.clauses, " AND ({column}, number) {sign} (?, ?)");
        let moment = match order.by {
            Moment::Created => row.created,
            Moment::Modified => row.modified,
        };
        next.values.extend([moment.into(), row.number.into()]);
        next
    }

    pub(super) fn count(&self, connection: &Connection) -> rusqlite::Result<u64> {
        let sql = format!("SELECT count(*) FROM media WHERE {}", self.clauses);
        connection.prepare(&sql)?.query_row(params_from_iter(&self.values), |row| size(row, 0))
    }

    pub(super) fn rows(
        &self,
        connection: &Connection,
        order: Order,
        limit: u32,
        skip: u32,
    ) -> rusqlite::Result<Vec<Row>> {
        let (column, direction) = (order.column(), order.direction());
        let sql = format!(
            "SELECT {COLUMNS} FROM media WHERE {} ORDER BY {column} {direction}, number {direction} LIMIT {limit} OFFSET {skip}",
            self.clauses
        );
        connection.prepare(&sql)?.query_map(params_from_iter(&self.values), Row::read)?.collect()
    }
}
