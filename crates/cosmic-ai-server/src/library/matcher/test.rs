//! What is asked of one field.

use std::cmp::Ordering;
use std::time::Instant;

use cosmic_ai::Error;
use regex_lite::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use super::super::failure::refused;

/// How long a pattern may be.
const PATTERN_BYTES: usize = 256;
/// How large a pattern may become, in bytes of memory: matching is linear in it.
const COMPILED_BYTES: usize = 16 << 10;
/// How much of a text, or of the texts in a list, is matched with a pattern, in bytes: matching is linear in it too.
const TEXT_BYTES: usize = 8 << 10;

/// What is asked of one field.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Equal(Value),
    NotEqual(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    /// All of them are in the field.
    All(Vec<Value>),
    Exists(bool),
    Less(Value),
    AtMost(Value),
    Greater(Value),
    AtLeast(Value),
    Matches(Regex),
    /// Not all of these.
    Not(Vec<Test>),
}

impl Test {
    /// What a query says of a field: a value that it has, or operators.
    pub(super) fn all_of(field: &str, value: &Value, depth: usize) -> Result<Vec<Self>, Error> {
        match value.as_object() {
            Some(object) if object.keys().any(|key| key.starts_with('$')) => Self::operators(field, object, depth),
            _ => Ok(vec![Self::Equal(value.clone())]),
        }
    }

    fn operators(field: &str, object: &Map<String, Value>, depth: usize) -> Result<Vec<Self>, Error> {
        let deeper = depth.checked_sub(1).ok_or_else(|| refused("query", "it is nested too deep"))?;
        let list = |operator: &str, value: &Value| {
            let message = || refused("query", format!("{operator} of {} takes a list", cut(field)));
            value.as_array().cloned().ok_or_else(message)
        };
        let mut tests = Vec::new();
        for (operator, value) in object {
            tests.push(match operator.as_str() {
                "$eq" => Self::Equal(value.clone()),
                "$ne" => Self::NotEqual(value.clone()),
                "$in" => Self::In(list(operator, value)?),
                "$nin" => Self::NotIn(list(operator, value)?),
                "$all" => Self::All(list(operator, value)?),
                "$lt" => Self::Less(value.clone()),
                "$lte" => Self::AtMost(value.clone()),
                "$gt" => Self::Greater(value.clone()),
                "$gte" => Self::AtLeast(value.clone()),
                "$exists" => Self::Exists(value.as_bool().ok_or_else(|| {
                    refused("query", format!("$exists of {} takes true or false", cut(field)))
                })?),
                "$regex" => Self::Matches(pattern(field, value, object.get("$options"))?),
                "$options" if object.contains_key("$regex") => continue,
                "$not" => match value.as_object() {
                    Some(inner) => Self::Not(Self::operators(field, inner, deeper)?),
                    None => return Err(refused("query", format!("$not of {} takes an object of operators", cut(field)))),
                },
                _ => {
                    return Err(refused("query", format!(
                        "{} of {} is not one of $eq, $ne, $in, $nin, $all, $lt, $lte, $gt, $gte, $exists, $regex with \
                         $options, $not",
                        cut(operator),
                        cut(field)
                    )));
                }
            });
        }
        Ok(tests)
    }

    /// Whether it holds of what stands in the field, if anything does. After a moment nothing more is compared: what is
    /// answered then says nothing.
    pub(super) fn holds(&self, found: Option<&Value>, until: Instant) -> bool {
        let is_over = || Instant::now() > until;
        let equals = |wanted: &Value| is_over() || equals(found, wanted);
        let ordered =
            |wanted: &Value, holds: fn(Ordering) -> bool| any(found, |found| order(found, wanted).is_some_and(holds));
        match self {
            Self::Equal(wanted) => equals(wanted),
            Self::NotEqual(wanted) => !equals(wanted),
            Self::In(wanted) => wanted.iter().any(equals),
            Self::NotIn(wanted) => !wanted.iter().any(equals),
            Self::All(wanted) => !wanted.is_empty() && wanted.iter().all(|wanted| !is_over() && equals(wanted)),
            Self::Exists(exists) => found.is_some() == *exists,
            Self::Less(wanted) => ordered(wanted, Ordering::is_lt),
            Self::AtMost(wanted) => ordered(wanted, Ordering::is_le),
            Self::Greater(wanted) => ordered(wanted, Ordering::is_gt),
            Self::AtLeast(wanted) => ordered(wanted, Ordering::is_ge),
            Self::Matches(pattern) => {
                let mut left = TEXT_BYTES;
                any(found, |found| {
                    let text = found.as_str().map(|text| head(text, left)).filter(|_| left > 0);
                    // A text takes its time even if it is empty.
                    left = left.saturating_sub(text.map_or(0, |text| text.len().max(1)));
                    text.is_some_and(|text| pattern.is_match(text))
                })
            }
            Self::Not(tests) => !tests.iter().all(|test| test.holds(found, until)),
        }
    }
}

fn pattern(field: &str, value: &Value, options: Option<&Value>) -> Result<Regex, Error> {
    let text = value.as_str().ok_or_else(|| refused("query", format!("$regex of {} takes a text", cut(field))))?;
    let ignores_case = match options {
        None => false,
        Some(Value::String(options)) if matches!(options.as_str(), "" | "i") => options == "i",
        Some(_) => return Err(refused("query", format!("$options of {} takes only \"i\"", cut(field)))),
    };
    if text.len() > PATTERN_BYTES {
        return Err(refused("query", format!("$regex of {} has more than {PATTERN_BYTES} bytes", cut(field))));
    }
    let built = RegexBuilder::new(text).case_insensitive(ignores_case).size_limit(COMPILED_BYTES).build();
    built.map_err(|error| refused("query", format!("$regex of {}: {error}", cut(field))))
}

/// The beginning of a text, of whole characters.
fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// Whether a field has a value, or a list in it has. Nothing is as good as null.
fn equals(found: Option<&Value>, wanted: &Value) -> bool {
    match found {
        None => wanted.is_null(),
        Some(found) => {
            same(found, wanted) || found.as_array().is_some_and(|list| list.iter().any(|one| same(one, wanted)))
        }
    }
}

/// Whether two values are the same, whatever way numbers are written.
fn same(found: &Value, wanted: &Value) -> bool {
    found == wanted
        || matches!((found, wanted), (Value::Number(_), Value::Number(_)))
            && order(found, wanted) == Some(Ordering::Equal)
}

/// Whether something holds of a field, or of anything in its list.
fn any(found: Option<&Value>, mut holds: impl FnMut(&Value) -> bool) -> bool {
    found.is_some_and(|found| match found {
        Value::Array(list) => list.iter().any(holds),
        _ => holds(found),
    })
}

/// The order of two values of one kind; of different kinds there is none.
fn order(found: &Value, wanted: &Value) -> Option<Ordering> {
    match (found, wanted) {
        (Value::String(found), Value::String(wanted)) => Some(found.cmp(wanted)),
        (Value::Number(found), Value::Number(wanted)) => match (found.as_i128(), wanted.as_i128()) {
            (Some(found), Some(wanted)) => Some(found.cmp(&wanted)),
            _ => found.as_f64()?.partial_cmp(&wanted.as_f64()?),
        },
        _ => None,
    }
}

/// What someone wrote, short enough for a message.
fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}
