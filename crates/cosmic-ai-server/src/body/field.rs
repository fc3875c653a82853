//! What is wrong with a field of a body, in words of JSON where serde has those of Rust.

use std::borrow::Cow;

use cosmic_ai::Problem;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::nearest::nearest;

/// The problem of a field that does not fit.
pub(super) fn problem(error: &serde_path_to_error::Error<serde_json::Error>, body: &Value) -> Problem {
    let text = error.inner().to_string();
    let field = name(error.path());
    if let Some(missing) = between(&text, "missing field `", "`") {
        let field = if field.is_empty() { missing.to_owned() } else { format!("{field}.{missing}") };
        return Problem::new(field, "is required");
    }
    let field = if field.is_empty() { "body".to_owned() } else { field };
    let given = at(body, error.path());
    let reason = if text.starts_with("unknown variant") || text.starts_with("invalid value") {
        Cow::from("has no such value")
    } else if text.starts_with("unknown field") {
        "has a field that is not known".into()
    } else if text.starts_with("invalid type") || text.starts_with("invalid length") {
        "has the wrong type".into()
    } else {
        own_words(&text)
    };
    let allowed = allowed(&text);
    let meant = given.and_then(Value::as_str).and_then(|given| nearest(given, allowed.iter().map(String::as_str)));
    let meant = meant.filter(|_| text.starts_with("unknown variant")).map(str::to_owned);
    let problem = Problem::new(field, reason).allowed(allowed).nearest(meant);
    match given {
        Some(given) => problem.given(shown(given)),
        None => problem,
    }
}

fn name(path: &Path) -> String {
    if path.iter().next().is_none() { String::new() } else { path.to_string() }
}

/// What stands at a path.
fn at<'v>(body: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(body, |value, segment| match segment {
        Segment::Seq { index } => value.get(index),
        Segment::Map { key } => value.get(key),
        _ => Some(value),
    })
}

/// What was given, as plain text; of lists and objects only that they are.
pub(crate) fn shown(given: &Value) -> Cow<'_, str> {
    match given {
        Value::String(text) => Cow::from(text),
        Value::Array(_) | Value::Object(_) => kind_of(given).into(),
        other => other.to_string().into(),
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

/// The words of a type's own check: ``size `4k` is not …`` without the field and what was given, which stand beside them.
fn own_words(text: &str) -> Cow<'static, str> {
    let rest = text.split_once('`').and_then(|(_, rest)| rest.rsplit_once("` "));
    rest.map_or(text, |(_, reason)| reason).to_owned().into()
}

/// What serde expected: the values by name, or in words of JSON.
fn allowed(text: &str) -> Vec<String> {
    let Some((_, expected)) = text.rsplit_once(", expected ") else { return Vec::new() };
    if text.starts_with("unknown") {
        return expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    }
    vec![match expected {
        // None of the numbers that a request may have means anything at nothing.
        "u8" | "u16" | "u32" | "u64" | "usize" => format!("a whole number from 1 to {}", largest(expected)),
        "i8" | "i16" | "i32" | "i64" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a string" | "a borrowed string" => "a text".to_owned(),
        "unit" => "null".to_owned(),
        other if other.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    }]
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
