//! In what two JSON values differ, field by field.

use std::fmt;

use serde_json::Value;

/// How much of a value is shown, in characters.
const SHOWN_CHARACTERS: usize = 100;
/// How much of what is the same is shown before what differs.
const SAME_CHARACTERS: usize = 20;

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    /// Such as `messages[0].content`.
    path: String,
    expected: Option<Value>,
    actual: Option<Value>,
}

/// The fields in which `actual` is not as expected, in the order of the expected ones.
pub(super) fn differences(expected: &Value, actual: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(expected), Some(actual), &mut found);
    found
}

fn compare(path: &str, expected: Option<&Value>, actual: Option<&Value>, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
            let missing = actual.keys().filter(|key| !expected.contains_key(*key));
            for key in expected.keys().chain(missing) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&path, expected.get(key), actual.get(key), found);
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(actual))) => {
            for place in 0..expected.len().max(actual.len()) {
                compare(&format!("{path}[{place}]"), expected.get(place), actual.get(place), found);
            }
        }
        (expected, actual) if expected != actual => {
            found.push(Difference { path: path.to_owned(), expected: expected.cloned(), actual: actual.cloned() });
        }
        _ => {}
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = match (&self.expected, &self.actual) {
            (Some(Value::String(expected)), Some(Value::String(actual))) => {
                let same = expected.chars().zip(actual.chars()).take_while(|(one, other)| one == other).count();
                same.saturating_sub(SAME_CHARACTERS)
            }
            _ => 0,
        };
        let shown = |value: Option<&Value>| match value {
            None => "nothing".to_owned(),
            Some(Value::String(text)) => format!("{:?}", cut(text, skipped)),
            Some(value) => cut(&value.to_string(), 0),
        };
        writeln!(f, "  {}: expected {}", self.path, shown(self.expected.as_ref()))?;
        write!(
            f,
            "  {}  actually {}",
            " ".repeat(self.path.chars().count().saturating_sub(1)),
            shown(self.actual.as_ref())
        )
    }
}

/// A part of a text, with an ellipsis where there is more.
fn cut(text: &str, skipped: usize) -> String {
    let mut shown: String = text.chars().skip(skipped).take(SHOWN_CHARACTERS).collect();
    if text.chars().nth(skipped + SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    if skipped > 0 { format!("…{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[track_caller]
    fn check(expected: &serde_json::Value, actual: &serde_json::Value, lines: &[&str]) {
        let found: Vec<String> = differences(expected, actual).iter().map(ToString::to_string).collect();
        assert_eq!(found.join("\n").lines().map(str::trim).collect::<Vec<_>>(), lines);
    }

    #[test]
    fn fields_that_are_missing_other_or_too_many_are_named_with_their_path() {
        check(&json!({"a": 1, "b": [1, 2]}), &json!({"a": 1, "b": [1, 2]}), &[]);
        check(
            &json!({"a": 1, "b": [{"c": "x"}], "d": true}),
            &json!({"a": 2, "b": [{"c": "y"}, 3], "e": null}),
            &[
                "a: expected 1",
                "actually 2",
                "b[0].c: expected \"x\"",
                "actually \"y\"",
                "b[1]: expected nothing",
                "actually 3",
                "d: expected true",
                "actually nothing",
                "e: expected nothing",
                "actually null",
            ],
        );
    }

    #[test]
    fn long_texts_are_shown_from_where_they_begin_to_differ() {
        let long = "word ".repeat(100);
        check(
            &json!(format!("{long}one")),
            &json!(format!("{long}two")),
            &[": expected \"…word word word word one\"", "actually \"…word word word word two\""],
        );
    }
}
