//! Changes single values of a data file, and leaves the comments and the space around them.

use toml_edit::{Array, InlineTable, Item, TableLike, Value};

use super::Origin;
use crate::import::spelling::grouped;

/// Sets a key. What stood behind the old value on its line stays there.
pub(super) fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    table.insert(key, Item::Value(value));
}

/// A whole number, written with `_` between thousands as the data files do.
pub(super) fn number(number: u64) -> Value {
    grouped(number, '_').parse().unwrap_or_else(|_| Value::from(number.to_string()))
}

pub(super) fn list(list: &[String]) -> Value {
    list.iter().map(String::as_str).collect::<Array>().into()
}

/// `{ KEY = VALUE, source = "…", date = "…" }`.
pub(super) fn sourced(key: &str, value: Value, origin: &Origin) -> Value {
    let mut table = InlineTable::new();
    table.insert(key, value);
    table.insert("source", origin.source.as_str().into());
    table.insert("date", origin.date.as_str().into());
    table.into()
}

/// A number of tokens with where it comes from.
pub(super) fn tokens(tokens: u64, origin: &Origin) -> Value {
    sourced("tokens", number(tokens), origin)
}
