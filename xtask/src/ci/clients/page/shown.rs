//! The answers that a page shows: ours have every field that they have, of the same type.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Verdict;
use super::block::Block;

/// How each shown answer compares with those that a server gives, one of each kind.
///
/// # Errors
///
/// When a shown answer is not JSON.
pub(super) fn verdicts(shown: &[Block], given: &[Value]) -> Result<Vec<Verdict>> {
    shown.iter().map(|block| verdict(block, given)).collect()
}

fn verdict(block: &Block, given: &[Value]) -> Result<Verdict> {
    let line = block.line;
    let answer: Value = serde_json::from_str(&block.code).with_context(|| format!("the answer at line {line}"))?;
    let wrong = match given.iter().find(|given| kind(given) == kind(&answer)) {
        None => Some(format!("no answer is a {}", kind(&answer))),
        Some(given) => {
            let mut missing = Vec::new();
            compare(&answer, given, "", &mut missing);
            (!missing.is_empty()).then(|| missing.join("; "))
        }
    };
    Ok(Verdict { line, wrong })
}

/// What was made: `text`, the type of a medium, or an extension.
fn kind(answer: &Value) -> &str {
    match answer.pointer("/media/type").and_then(Value::as_str) {
        Some(_) if answer.get("is_extension").is_some() => "extension",
        Some(medium) => medium,
        None => "text",
    }
}

fn compare(shown: &Value, given: &Value, path: &str, missing: &mut Vec<String>) {
    match (shown, given) {
        (Value::Object(shown), Value::Object(given)) => {
            for (name, value) in shown {
                let path = format!("{path}/{name}");
                match given.get(name) {
                    None => missing.push(format!("{path} is missing")),
                    Some(given) => compare(value, given, &path, missing),
                }
            }
        }
        // Either may be without a folder.
        (Value::Null, _) | (_, Value::Null) if path == "/media/folder" => {}
        _ if std::mem::discriminant(shown) != std::mem::discriminant(given) => {
            missing.push(format!("{path} is {given}, where {shown} is shown"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::block::Language;
    use super::*;

    const SHOWN: &str = r#"{"media":{"type":"image/png","folder":null,"size":3},"usage":{"input_tokens":1}}"#;

    #[track_caller]
    fn check(given: Value, expected: Option<&str>) {
        let block = Block { line: 7, language: Language::Json, code: SHOWN.to_owned() };
        let verdicts = verdicts(&[block], &[json!({"text": "A"}), given]).unwrap();
        assert_eq!(verdicts[0].line, 7);
        assert_eq!(verdicts[0].wrong.as_deref(), expected);
    }

    #[test]
    fn more_fields_and_other_values_are_right() {
        check(
            json!({"media": {"type": "image/png", "folder": "a", "size": 5, "id": "b"}, "usage": {"input_tokens": 0}}),
            None,
        );
    }

    #[test]
    fn missing_fields_and_other_types_are_wrong() {
        check(
            json!({"media": {"type": "image/png", "folder": "a", "size": "5"}, "usage": {}}),
            Some("/media/size is \"5\", where 3 is shown; /usage/input_tokens is missing"),
        );
        check(json!({"media": {"type": "video/mp4"}}), Some("no answer is a image/png"));
    }
}
