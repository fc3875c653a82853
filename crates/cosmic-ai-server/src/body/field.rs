//! What is wrong with a field of a body, in words of JSON where serde has those of Rust.

use serde_json::{Value, json};
use serde_path_to_error::{Path, Segment};

use crate::error::ApiError;

/// How much of what was given is shown.
const SHOWN: usize = 60;

/// The refusal of a field that does not fit, in the form of all others: in words and by field.
pub(super) fn refusal(error: &serde_path_to_error::Error<serde_json::Error>, body: &Value) -> ApiError {
    let text = error.inner().to_string();
    let (path, given) = (error.path(), at(body, error.path()));
    let name = |missing: Option<&str>| {
        let path = if path.iter().next().is_none() { String::new() } else { path.to_string() };
        match (path.as_str(), missing) {
            ("", Some(missing)) => missing.to_owned(),
            ("", None) => "body".to_owned(),
            (path, Some(missing)) => format!("{path}.{missing}"),
            (path, None) => path.to_owned(),
        }
    };
    if let Some(missing) = between(&text, "missing field `", "`") {
        let field = name(Some(missing));
        return problem(&field, "is required", None, None);
    }
    let expected = expected(&text);
    let reason = if text.starts_with("unknown variant") || text.starts_with("invalid value") {
        "has no such value"
    } else if text.starts_with("unknown field") {
        "has a field that is not known"
    } else if text.starts_with("invalid type") || text.starts_with("invalid length") {
        "has the wrong type"
    } else {
        // The words of a type's own check.
        return problem(&name(None), text.as_str(), given, None);
    };
    problem(&name(None), reason, given, expected.as_deref())
}

fn problem(field: &str, reason: &str, given: Option<&Value>, expected: Option<&str>) -> ApiError {
    let given = given.map(shown);
    let mut message = format!("{field}: {reason}");
    if let Some(given) = &given {
        message.push_str(": ");
        message.push_str(given);
    }
    if let Some(expected) = expected {
        message.push_str("; expected ");
        message.push_str(expected);
    }
    let problem = json!({ "field": field, "given": given, "reason": reason, "allowed": expected });
    ApiError::bad_request(message).with("problems", json!([problem]))
}

/// What stands at a path.
fn at<'v>(body: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(body, |value, segment| match segment {
        Segment::Seq { index } => value.get(index),
        Segment::Map { key } => value.get(key),
        _ => Some(value),
    })
}

/// What was given, shortened; of lists and objects only that they are.
fn shown(given: &Value) -> String {
    match given {
        Value::Array(_) | Value::Object(_) | Value::Null => kind_of(given).to_owned(),
        Value::String(text) if text.chars().count() > SHOWN => {
            let start: String = text.chars().take(SHOWN).collect();
            format!("{}…", json!(start))
        }
        other => other.to_string(),
    }
}

/// What a value is.
pub(super) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What serde expected: `u32`, `a string`, `one of …`.
fn expected(text: &str) -> Option<String> {
    let (_, expected) = text.rsplit_once(", expected ")?;
    Some(match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => format!("a whole number from 0 to {}", largest(expected)),
        "i8" | "i16" | "i32" | "i64" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a string" | "a borrowed string" => "a text".to_owned(),
        "unit" => "null".to_owned(),
        other if other.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    })
}

fn largest(integer: &str) -> u64 {
    match integer {
        "u8" => u8::MAX.into(),
        "u16" => u16::MAX.into(),
        "u32" => u32::MAX.into(),
        _ => u64::MAX,
    }
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.strip_prefix(start)?.split(end).next()
}
