//! Any value that a schema allows, within the keywords that ours use; an unknown one fails, so that none is passed over.

use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::{Map, Value, json};

/// Keywords that allow and refuse nothing.
const WORDS: [&str; 8] = ["$schema", "$id", "$comment", "$defs", "title", "description", "default", "format"];

/// The values that `schema`, a part of `whole`, allows.
pub(super) fn by(schema: &Value, whole: &Value) -> BoxedStrategy<Value> {
    if *schema == Value::Bool(true) {
        return anything().boxed();
    }
    let keywords: Vec<&str> = schema.as_object().unwrap().keys().map(String::as_str).collect();
    let keywords: Vec<&str> = keywords.into_iter().filter(|keyword| !WORDS.contains(keyword)).collect();
    match keywords.as_slice() {
        ["$ref"] => {
            let place = schema["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
            by(whole.pointer(place).unwrap(), whole)
        }
        ["anyOf"] => one_of(&schema["anyOf"], whole),
        ["oneOf"] => one_of(&schema["oneOf"], whole),
        ["const", "type"] => Just(schema["const"].clone()).boxed(),
        ["enum", "type"] => proptest::sample::select(schema["enum"].as_array().unwrap().clone()).boxed(),
        _ => {
            let types = match &schema["type"] {
                Value::Array(types) => types.clone(),
                one => vec![one.clone()],
            };
            let each = types.iter().map(|kind| of_type(kind.as_str().unwrap(), schema, &keywords, whole));
            proptest::strategy::Union::new(each).boxed()
        }
    }
}

fn one_of(schemas: &Value, whole: &Value) -> BoxedStrategy<Value> {
    proptest::strategy::Union::new(schemas.as_array().unwrap().iter().map(|schema| by(schema, whole))).boxed()
}

fn of_type(kind: &str, schema: &Value, keywords: &[&str], whole: &Value) -> BoxedStrategy<Value> {
    const KNOWN: [&str; 8] =
        ["type", "minimum", "maximum", "pattern", "items", "properties", "required", "additionalProperties"];
    let unknown = keywords.iter().find(|keyword| !KNOWN.contains(keyword));
    assert_eq!(unknown, None, "a keyword that nothing is made of here: {schema}");
    match kind {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "number" => (-1e9..1e9).prop_map(|number: f64| json!(number)).boxed(),
        "integer" => {
            let least = schema["minimum"].as_u64().unwrap();
            let most = schema["maximum"].as_u64().unwrap_or(u64::MAX);
            prop_oneof![Just(least), Just(most), least..=most, least..=least + 9].prop_map(Value::from).boxed()
        }
        "string" => match schema["pattern"].as_str() {
            None => any::<String>().prop_map(Value::from).boxed(),
            // A byte order mark is a blank to the patterns of schemas.
            Some(r"\S") => r"\s{0,3}[^\s\x{feff}]\PC{0,20}".prop_map(Value::from).boxed(),
            Some(pattern) => {
                let whole = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap();
                string_regex(whole).unwrap().prop_map(Value::from).boxed()
            }
        },
        "array" => proptest::collection::vec(by(&schema["items"], whole), 0..4).prop_map(Value::from).boxed(),
        "object" => object(schema, whole),
        other => panic!("no type {other}"),
    }
}

fn object(schema: &Value, whole: &Value) -> BoxedStrategy<Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    // Left out, anything may stand beside what is described.
    assert_ne!(schema["additionalProperties"], false, "{schema}");
    let mut fields = proptest::collection::hash_map("x_[a-z]{1,4}", anything(), 0..3)
        .prop_map(|more| more.into_iter().collect::<Map<String, Value>>())
        .boxed();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let value = by(property, whole);
        let value = value.prop_map(Some).boxed();
        let may_be_missing = !required.contains(&json!(name));
        let value = if may_be_missing { prop_oneof![3 => value, 2 => Just(None)].boxed() } else { value };
        let name = name.clone();
        fields = (fields, value)
            .prop_map(move |(mut fields, value)| {
                fields.extend(value.map(|value| (name.clone(), value)));
                fields
            })
            .boxed();
    }
    fields.prop_map(Value::Object).boxed()
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::hash_map("[a-z]{1,4}", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
