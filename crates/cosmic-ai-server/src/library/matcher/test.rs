//! What is asked of one field.

use std::cmp::Ordering;

use cosmic_ai::Error;
use regex_lite::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use super::super::failure::refused;

/// How large a pattern may become, in bytes of memory: reading is linear in it.
const PATTERN_BYTES: usize = 64 << 10;

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
        let deeper = depth.checked_sub(1).ok_or_else(|| refused("query: it is nested too deep"))?;
        let list = |operator: &str, value: &Value| {
            let message = || refused(format!("query: {operator} of {} takes a list", cut(field)));
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
                    refused(format!("query: $exists of {} takes true or false", cut(field)))
                })?),
                "$regex" => Self::Matches(pattern(field, value, object.get("$options"))?),
                "$options" if object.contains_key("$regex") => continue,
                "$not" => match value.as_object() {
                    Some(inner) => Self::Not(Self::operators(field, inner, deeper)?),
                    None => return Err(refused(format!("query: $not of {} takes an object of operators", cut(field)))),
                },
                _ => {
                    return Err(refused(format!(
                        "query: {} of {} is not one of $eq, $ne, $in, $nin, $all, $lt, $lte, $gt, $gte, $exists, $regex with \
                         $options, $not",
                        cut(operator),
                        cut(field)
                    )));
                }
            });
        }
        Ok(tests)
    }

    /// Whether it holds of what stands in the field, if anything does.
    pub(super) fn holds(&self, found: Option<&Value>) -> bool {
        let ordered =
            |wanted: &Value, holds: fn(Ordering) -> bool| any(found, |found| order(found, wanted).is_some_and(holds));
        match self {
            Self::Equal(wanted) => equals(found, wanted),
            Self::NotEqual(wanted) => !equals(found, wanted),
            Self::In(wanted) => wanted.iter().any(|wanted| equals(found, wanted)),
            Self::NotIn(wanted) => !wanted.iter().any(|wanted| equals(found, wanted)),
            Self::All(wanted) => !wanted.is_empty() && wanted.iter().all(|wanted| equals(found, wanted)),
            Self::Exists(exists) => found.is_some() == *exists,
            Self::Less(wanted) => ordered(wanted, Ordering::is_lt),
            Self::AtMost(wanted) => ordered(wanted, Ordering::is_le),
            Self::Greater(wanted) => ordered(wanted, Ordering::is_gt),
            Self::AtLeast(wanted) => ordered(wanted, Ordering::is_ge),
            Self::Matches(pattern) => any(found, |found| found.as_str().is_some_and(|text| pattern.is_match(text))),
            Self::Not(tests) => !tests.iter().all(|test| test.holds(found)),
        }
    }
}

fn pattern(field: &str, value: &Value, options: Option<&Value>) -> Result<Regex, Error> {
    let text = value.as_str().ok_or_else(|| refused(format!("query: $regex of {} takes a text", cut(field))))?;
    let ignores_case = match options {
        None => false,
        Some(Value::String(options)) if matches!(options.as_str(), "" | "i") => options == "i",
        Some(_) => return Err(refused(format!("query: $options of {} takes only \"i\"", cut(field)))),
    };
    let built = RegexBuilder::new(text).case_insensitive(ignores_case).size_limit(PATTERN_BYTES).build();
    built.map_err(|error| refused(format!("query: $regex of {}: {error}", cut(field))))
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
fn any(found: Option<&Value>, holds: impl Fn(&Value) -> bool) -> bool {
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
