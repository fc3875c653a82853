//! Collects schemas, made from the types that are read and written: JSON Schema 2020-12, as `OpenAPI` 3.1 has it.

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

/// Where schemas stand in the document.
const PATH: &str = "/components/schemas";

/// The schemas of a document.
#[derive(Debug)]
pub(super) struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = PATH.into());
        Self {
            requests: settings().for_deserialize().into_generator(),
            answers: settings().for_serialize().into_generator(),
        }
    }

    /// The schema of what is read.
    pub(super) fn request<T: JsonSchema>(&mut self) -> Value {
        self.requests.subschema_for::<T>().to_value()
    }

    /// The schema of what is written.
    pub(super) fn answer<T: JsonSchema>(&mut self) -> Value {
        self.answers.subschema_for::<T>().to_value()
    }

    /// All definitions by their names. Types that are both read and written have one schema.
    pub(super) fn into_definitions(mut self) -> Map<String, Value> {
        let mut definitions = self.requests.take_definitions(true);
        definitions.extend(self.answers.take_definitions(true));
        for definition in definitions.values_mut() {
            in_words_for_all(definition);
        }
        definitions
    }

    /// The names that both generators know, with other schemas: there must be none.
    #[cfg(test)]
    pub(super) fn conflicts(&self) -> Vec<String> {
        let (read, written) = (self.requests.definitions(), self.answers.definitions());
        let differs = |name: &&String| written.get(*name).is_some_and(|schema| Some(schema) != read.get(*name));
        read.keys().filter(differs).cloned().collect()
    }
}

/// Rewrites descriptions, which come from the documentation of Rust types, for readers of any language.
fn in_words_for_all(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = plain(text);
            }
            fields.values_mut().for_each(in_words_for_all);
        }
        Value::Array(items) => items.iter_mut().for_each(in_words_for_all),
        _ => {}
    }
}

/// A text without links into Rust documentation, and with `null` for `None`. Examples in Rust are left out.
fn plain(text: &str) -> String {
    let text = text.split("```").step_by(2).collect::<String>().replace("`None`", "`null`");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        plain.push_str(before);
        plain.push('`');
        plain.push_str(name);
        plain.push('`');
        rest = match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain.push_str(rest);
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_rust_become_words_for_all() {
        for (given, expected) in [
            ("Shape; see [`Size::shaped`].", "Shape; see `Size::shaped`."),
            ("A [`Client`](crate::Client) of it.", "A `Client` of it."),
            ("`None` is PNG.", "`null` is PNG."),
            ("A cup.\n\n```\nlet cup = 1;\n```\n", "A cup."),
            ("An [`open", "An [`open"),
        ] {
            assert_eq!(plain(given), expected);
        }
    }
}
