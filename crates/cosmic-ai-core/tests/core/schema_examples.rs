//! Requests and answers in `examples`, each held against its schema; and each again with one thing broken.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::schema_files::{OF_TYPES, names, schema, validator};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    right: Map<String, Value>,
    wrong: Map<String, Value>,
}

/// A right example with one value replaced, or taken away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    of: String,
    at: String,
    #[serde(default, deserialize_with = "given")]
    put: Option<Value>,
}

/// Tells `null` from nothing.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn examples(name: &str) -> Examples {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/core/examples/{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn changed(mut example: Value, at: &str, put: Option<Value>) -> Value {
    let (parent, key) = at.rsplit_once('/').unwrap();
    let parent = example.pointer_mut(parent).unwrap_or_else(|| panic!("nothing is at {at}"));
    match (parent, put) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(key.to_owned(), value)),
        (Value::Object(fields), None) => drop(fields.remove(key).unwrap_or_else(|| panic!("nothing is at {at}"))),
        (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{at} is not in an object"),
    }
    example
}

#[test]
fn every_example_is_as_its_schema_says() {
    for name in names() {
        let (validator, examples) = (validator(name), examples(name));
        assert!(examples.right.len() >= 2, "{name}");
        for (what, example) in &examples.right {
            if let Err(error) = validator.validate(example) {
                panic!("{name}, {what}: {error} at {}", error.instance_path());
            }
        }
    }
}

#[test]
fn every_example_of_a_type_is_read_by_it() {
    for one in OF_TYPES {
        for (what, example) in &examples(one.name).right {
            if let Err(error) = (one.read)(example) {
                panic!("{}, {what}: {error}", one.name);
            }
        }
    }
}

#[test]
fn an_example_with_one_thing_broken_is_refused() {
    let mut refused = 0;
    for name in names() {
        let (validator, examples) = (validator(name), examples(name));
        for (what, change) in examples.wrong {
            let Change { of, at, put } = serde_json::from_value(change).unwrap();
            let broken = changed(examples.right[&of].clone(), &at, put);
            assert!(!validator.is_valid(&broken), "{name}, {what}: {broken}");
            refused += 1;
        }
    }
    assert!(refused > 130, "{refused}");
}

/// A value that a field does not take: for most a truth value. One takes everything, since it means nothing.
fn of_another_type(field: &str) -> Option<Value> {
    match field {
        "trigger_webhook" => None,
        "is_extension" | "use_cache" => Some(json!("true")),
        _ => Some(json!(true)),
    }
}

#[test]
fn no_field_takes_a_value_of_another_type_and_no_required_one_may_be_missing() {
    for name in names() {
        let (validator, schema) = (validator(name), schema(name));
        for (what, example) in examples(name).right {
            for field in schema["properties"].as_object().unwrap().keys() {
                let Some(other) = of_another_type(field) else { continue };
                let broken = changed(example.clone(), &format!("/{field}"), Some(other));
                assert!(!validator.is_valid(&broken), "{name}, {what}: {broken}");
            }
            for field in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let broken = changed(example.clone(), &format!("/{field}"), None);
                assert!(!validator.is_valid(&broken), "{name}, {what}: {broken}");
            }
        }
        for other in [json!(null), json!([]), json!("{}"), json!(1)] {
            assert!(!validator.is_valid(&other), "{name}: {other}");
        }
    }
}
