//! The documentation of Rust types, for readers of any language.

use regex_lite::Regex;
use serde_json::Value;

/// Rewrites every description of a schema. Of a type the first paragraph is kept: what follows it is for those who use the type.
pub(super) fn in_words_for_all(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = words(text);
            }
            fields.values_mut().for_each(in_words_for_all);
        }
        Value::Array(items) => items.iter_mut().for_each(in_words_for_all),
        _ => {}
    }
}

fn words(text: &str) -> String {
    let first = text.split("\n\n").next().unwrap_or_default().replace('\n', " ").replace("`None`", "`null`");
    // A link to another item, whose target nobody else can follow.
    match Regex::new(r"\[(`[^`]*`)\](\([^)]*\))?") {
        Ok(link) => link.replace_all(&first, "$1").trim().to_owned(),
        Err(_) => first,
    }
}
