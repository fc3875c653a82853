//! Whether a medium matches a query, as the service's own query language has it: fields by value or by operators, and both
//! combined.

mod test;

use std::borrow::Cow;
use std::time::Instant;

use cosmic_ai::{Error, Media, OPERATION_ID_KEY};
use serde_json::{Map, Value};

use self::test::Test;
use super::failure::refused;

/// How deep combinations may be nested.
const DEPTH: usize = 16;
/// How many patterns there may be in a query: each is tried on each medium.
const PATTERNS: usize = 8;

/// What a query asks for: all of it together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matcher(Vec<Condition>);

#[derive(Debug, Clone)]
enum Condition {
    Field { path: String, test: Test },
    All(Vec<Matcher>),
    Any(Vec<Matcher>),
    None(Vec<Matcher>),
}

impl Matcher {
    /// Reads a query. What it does not know it refuses: a condition that is passed over would find too much.
    pub(crate) fn of(query: &Map<String, Value>) -> Result<Self, Error> {
        if query.values().map(patterns).sum::<usize>() > PATTERNS {
            return Err(refused("query", format!("it has more than {PATTERNS} times $regex")));
        }
        Self::within(query, DEPTH)
    }

    fn within(query: &Map<String, Value>, depth: usize) -> Result<Self, Error> {
        let mut conditions = Vec::new();
        for (key, value) in query {
            match key.as_str() {
                "$and" => conditions.push(Condition::All(several(key, value, depth)?)),
                "$or" => conditions.push(Condition::Any(several(key, value, depth)?)),
                "$nor" => conditions.push(Condition::None(several(key, value, depth)?)),
                _ if key.starts_with('$') => {
                    return Err(refused("query", format!("{key} is not one of $and, $or, $nor")));
                }
                _ => {
                    let tests = Test::all_of(key, value, depth)?;
                    conditions.extend(tests.into_iter().map(|test| Condition::Field { path: key.clone(), test }));
                }
            }
        }
        Ok(Self(conditions))
    }

    /// Whether it asks for nothing, so that all match.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a medium, as the API shows it, matches. After a moment nothing more is compared: what is answered then says
    /// nothing.
    pub(crate) fn matches(&self, media: &Media, until: Instant) -> bool {
        let is_over = || Instant::now() > until;
        self.0.iter().all(|condition| match condition {
            _ if is_over() => false,
            Condition::Field { path, test } => test.holds(field(media, path).as_deref(), until),
            Condition::All(all) => all.iter().all(|matcher| matcher.matches(media, until)),
            Condition::Any(any) => any.iter().any(|matcher| is_over() || matcher.matches(media, until)),
            Condition::None(none) => !none.iter().any(|matcher| is_over() || matcher.matches(media, until)),
        })
    }

    /// Takes out the value that a field is to have, if `wanted` can make something of the pair.
    pub(crate) fn take_equal(&mut self, mut wanted: impl FnMut(&str, &Value) -> bool) {
        self.0.retain(|condition| match condition {
            Condition::Field { path, test: Test::Equal(value) } => !wanted(path, value),
            _ => true,
        });
    }
}

/// How many patterns a query has.
fn patterns(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(patterns).sum(),
        Value::Object(object) => {
            usize::from(object.contains_key("$regex")) + object.values().map(patterns).sum::<usize>()
        }
        _ => 0,
    }
}

fn several(key: &str, value: &Value, depth: usize) -> Result<Vec<Matcher>, Error> {
    let deeper = depth.checked_sub(1).ok_or_else(|| refused("query", "it is nested too deep"))?;
    let queries = value.as_array().filter(|queries| !queries.is_empty());
    let queries = queries.ok_or_else(|| refused("query", format!("{key} takes a list of queries")))?;
    let matcher = |query: &Value| match query.as_object() {
        Some(query) => Matcher::within(query, deeper),
        None => Err(refused("query", format!("{key} takes a list of queries, each an object"))),
    };
    queries.iter().map(matcher).collect()
}

/// What stands in a field, by its path.
fn field<'m>(media: &'m Media, path: &str) -> Option<Cow<'m, Value>> {
    let text = |text: &Option<String>| text.as_ref().map(|text| Cow::Owned(Value::String(text.clone())));
    let number = |number: Option<u32>| number.map(|number| Cow::Owned(Value::from(number)));
    let own = match path {
        "id" => Some(Cow::Owned(Value::from(media.id.as_str()))),
        "name" => text(&media.name),
        "original_name" => text(&media.original_name),
        "size" => media.size.map(|size| Cow::Owned(Value::from(size))),
        "type" => Some(Cow::Owned(Value::from(media.content_type.as_str()))),
        "bucket" => text(&media.bucket),
        // The service's documentation calls it either.
        "created_at" | "created" => text(&media.created_at),
        "created_by" => text(&media.created_by),
        "modified_at" => text(&media.modified_at),
        "modified_by" => text(&media.modified_by),
        // The API shows it as null at the top.
        "folder" => text(&media.folder).or(Some(Cow::Owned(Value::Null))),
        "url" => Some(Cow::Owned(Value::from(media.url.as_str()))),
        "imgix_url" => text(&media.imgix_url),
        "width" => number(media.width),
        "height" => number(media.height),
        "alt_text" => text(&media.alt_text),
        "metadata" => Some(Cow::Owned(Value::Object(media.metadata.clone()))),
        _ => None,
    };
    own.or_else(|| match path.strip_prefix("metadata.") {
        Some(path) => within(&media.metadata, path).map(Cow::Borrowed),
        None => within(&media.extra, path).map(Cow::Borrowed),
    })
}

/// What stands in an object by a path. A key with dots in it is found too.
fn within<'m>(object: &'m Map<String, Value>, path: &str) -> Option<&'m Value> {
    object.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        within(object.get(first)?.as_object()?, rest)
    })
}

/// The path of the client's own operation id.
pub(super) fn is_operation(path: &str) -> bool {
    path.strip_prefix("metadata.") == Some(OPERATION_ID_KEY)
}

#[cfg(test)]
mod tests;
