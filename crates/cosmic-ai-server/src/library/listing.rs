//! Answers lists: what SQLite can tell by its indexes it does, the rest is looked through a page at a time, so that nobody
//! waits long behind a list.

use cosmic_ai::{Error, Media};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::bucket::BucketLibrary;
use super::failure;
use super::matcher::{Matcher, is_operation};
use super::row::{COLUMNS, Row};
use super::selection::{Moment, Order, Selection};
use crate::operation::shown;
use crate::shelf::Listed;

/// How many rows are looked through in one turn.
const PAGE: u32 = 1_000;

/// Which media a list asks for. What it compares is what the API shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// Fields with what is asked of them: a value, or operators such as `{"$in": […]}`. A field is one that the API shows, such
    /// as `folder`, `type` or `metadata.campaign`.
    pub(crate) query: Map<String, Value>,
    pub(crate) limit: u32,
    pub(crate) skip: u32,
    pub(crate) sort: Sort,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    #[default]
    NewestFirst,
    OldestFirst,
    LastModifiedFirst,
    FirstModifiedFirst,
    Random,
}

impl BucketLibrary {
    /// Some of the media that match, as the API shows them, and how many match in all.
    ///
    /// # Errors
    /// When the query has an operator that is not known, or one of another shape; when the database cannot be read.
    pub(crate) async fn list(&self, listing: &Listing) -> Result<Listed, Error> {
        let mut matcher = Matcher::of(&listing.query)?;
        let mut selection = Selection::of_bucket(&self.slug);
        matcher.take_equal(|field, value| pushed(&mut selection, field, value));
        let order = match listing.sort {
            Sort::NewestFirst | Sort::Random => Order::NEWEST_FIRST,
            Sort::OldestFirst => Order { by: Moment::Created, is_ascending: true },
            Sort::LastModifiedFirst => Order { by: Moment::Modified, is_ascending: false },
            Sort::FirstModifiedFirst => Order { by: Moment::Modified, is_ascending: true },
        };
        let (limit, skip) = (listing.limit, listing.skip);
        if listing.sort == Sort::Random {
            return self.drawn(&selection, &matcher, limit, skip).await;
        }
        if !matcher.is_empty() {
            return self.looked_through(selection, &matcher, order, limit, skip).await;
        }
        let read = move |connection: &mut Connection| {
            // As of one moment.
            let connection = connection.transaction().map_err(failure::database)?;
            let rows = selection.rows(&connection, order, limit, skip).map_err(failure::database)?;
            Ok((rows, selection.count(&connection).map_err(failure::database)?))
        };
        let (rows, total) = self.shared.reader.ask(read).await?;
        Ok(Listed { media: rows.into_iter().map(|row| self.shown(row)).collect(), total })
    }

    /// A row as the API shows it.
    fn shown(&self, row: Row) -> Media {
        shown(self.media(row))
    }

    async fn looked_through(
        &self,
        selection: Selection,
        matcher: &Matcher,
        order: Order,
        limit: u32,
        skip: u32,
    ) -> Result<Listed, Error> {
        let mut listed = Listed::default();
        let mut next = Some(selection.clone());
        while let Some(page) = next.take() {
            let rows = self.page(page, order).await?;
            next = rows.last().filter(|_| rows.len() >= PAGE as usize).map(|last| selection.after(order, last));
            for media in rows.into_iter().map(|row| self.shown(row)).filter(|media| matcher.matches(media)) {
                if listed.total >= u64::from(skip) && listed.media.len() < limit as usize {
                    listed.media.push(media);
                }
                listed.total += 1;
            }
        }
        Ok(listed)
    }

    /// Media in an order that is another each time.
    async fn drawn(&self, selection: &Selection, matcher: &Matcher, limit: u32, skip: u32) -> Result<Listed, Error> {
        let mut numbers = Vec::new();
        let mut next = Some(selection.clone());
        while let Some(page) = next.take() {
            let rows = self.page(page, Order::NEWEST_FIRST).await?;
            let last = rows.last().filter(|_| rows.len() >= PAGE as usize);
            next = last.map(|last| selection.after(Order::NEWEST_FIRST, last));
            for row in rows {
                let number = row.number;
                if matcher.is_empty() || matcher.matches(&self.shown(row)) {
                    numbers.push(number);
                }
            }
        }
        let total = numbers.len() as u64;
        numbers.sort_by_cached_key(|_| Uuid::new_v4());
        let drawn: Vec<i64> = numbers.into_iter().skip(skip as usize).take(limit as usize).collect();
        let read = move |connection: &mut Connection| {
            let rows = drawn.into_iter().filter_map(|number| of_number(connection, number).transpose());
            rows.collect::<rusqlite::Result<Vec<_>>>().map_err(failure::database)
        };
        let rows = self.shared.reader.ask(read).await?;
        Ok(Listed { media: rows.into_iter().map(|row| self.shown(row)).collect(), total })
    }

    async fn page(&self, selection: Selection, order: Order) -> Result<Vec<Row>, Error> {
        let read =
            move |connection: &mut Connection| selection.rows(connection, order, PAGE, 0).map_err(failure::database);
        self.shared.reader.ask(read).await
    }
}

/// Has SQLite look for what it has an index of. Answers whether it does.
fn pushed(selection: &mut Selection, field: &str, value: &Value) -> bool {
    match (field, value) {
        ("id", Value::String(id)) => selection.only("id", id),
        ("name", Value::String(name)) => selection.only("name", name),
        ("type", Value::String(content_type)) => selection.only("type", content_type),
        ("folder", Value::String(folder)) => selection.only("folder", folder),
        ("folder", Value::Null) => selection.only_without("folder"),
        (field, Value::String(operation)) if is_operation(field) => selection.only("clients_operation", operation),
        _ => return false,
    }
    true
}

fn of_number(connection: &Connection, number: i64) -> rusqlite::Result<Option<Row>> {
    let sql = format!("SELECT {COLUMNS} FROM media WHERE number = ?1");
    connection.prepare(&sql)?.query_row([number], Row::read).optional()
}
