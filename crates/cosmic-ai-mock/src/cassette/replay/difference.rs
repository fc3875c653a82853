//! In what two requests differ.

use std::fmt;

use serde_json::Value;

/// How much of a value is shown, in characters.
const SHOWN: usize = 60;
/// How much of what two texts have in common is shown before they part, in characters.
const LEAD: usize = 20;

/// A field that is not the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    field: String,
    recorded: Option<Value>,
    asked: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, recorded, asked } = self;
        let common = match (recorded, asked) {
            (Some(Value::String(one)), Some(Value::String(other))) => {
                one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
            }
            _ => 0,
        };
        let field = if field.is_empty() { "the request" } else { field };
        write!(f, "{field}: recorded {}, asked {}", shown(recorded.as_ref(), common), shown(asked.as_ref(), common))
    }
}

/// The fields that differ, in the order of their names.
pub(super) fn differences(recorded: &Value, asked: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(Some(recorded), Some(asked), String::new(), &mut found);
    found.sort_by(|one, other| one.field.cmp(&other.field));
    found
}

fn compare(recorded: Option<&Value>, asked: Option<&Value>, field: String, found: &mut Vec<Difference>) {
    match (recorded, asked) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let added = other.keys().filter(|key| !one.contains_key(*key));
            for key in one.keys().chain(added) {
                let name = key.replace('~', "~0").replace('/', "~1");
                compare(one.get(key), other.get(key), format!("{field}/{name}"), found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for place in 0..one.len().max(other.len()) {
                compare(one.get(place), other.get(place), format!("{field}/{place}"), found);
            }
        }
        (recorded, asked) if recorded == asked => {}
        (recorded, asked) => {
            found.push(Difference { field, recorded: recorded.cloned(), asked: asked.cloned() });
        }
    }
}

/// A value in short, from about where it differs.
fn shown(value: Option<&Value>, common: usize) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let (text, is_text) = match value {
        Value::String(text) => (text.clone(), true),
        other => (other.to_string(), false),
    };
    let skipped = if text.chars().count() > SHOWN { common.saturating_sub(LEAD) } else { 0 };
    let mut part: String = text.chars().skip(skipped).take(SHOWN).collect();
    if skipped > 0 {
        part.insert(0, '…');
    }
    if text.chars().count() > skipped + SHOWN {
        part.push('…');
    }
    if is_text { format!("{part:?}") } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(recorded: &Value, asked: &Value, expected: &[&str]) {
        let found: Vec<String> = differences(recorded, asked).iter().map(Difference::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_field_that_differs_is_named() {
        check(&json!({ "a": 1 }), &json!({ "a": 1 }), &[]);
        check(
            &json!({ "size": "512x512", "prompt": "A red bicycle", "n": [1, 2] }),
            &json!({ "prompt": "A blue bicycle", "model": "x", "n": [1] }),
            &[
                r#"/model: recorded nothing, asked "x""#,
                "/n/1: recorded 2, asked nothing",
                r#"/prompt: recorded "A red bicycle", asked "A blue bicycle""#,
                r#"/size: recorded "512x512", asked nothing"#,
            ],
        );
        check(&json!(1), &json!(2), &["the request: recorded 1, asked 2"]);
    }

    #[test]
    fn long_texts_are_shown_where_they_part() {
        let (one, other) = ("word ".repeat(50) + "red", "word ".repeat(50) + "blue");
        let lead = "word ".repeat(4);
        let expected = format!("the request: recorded \"…{lead}red\", asked \"…{lead}blue\"");
        check(&json!(one), &json!(other), &[&expected]);
    }
}
