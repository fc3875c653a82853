//! What the document is: whole, and the one that is committed.

use super::*;

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let committed: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    assert!(committed == document(), "crates/cosmic-ai-server/openapi.json is stale; run `cargo xtask codegen`");
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                fields.values().for_each(|value| check(value, document));
            }
            Value::Array(items) => items.iter().for_each(|value| check(value, document)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}

#[test]
fn a_type_that_is_read_and_written_has_one_schema() {
    let mut schemas = Schemas::new();
    for endpoint in Endpoint::ALL {
        describe(*endpoint, &mut schemas);
    }
    assert_eq!(schemas.conflicts(), Vec::<String>::new());
}

#[test]
fn paths_and_their_parameters_agree() {
    let document = document();
    for endpoint in Endpoint::ALL {
        let operation = &document["paths"][endpoint.path()][endpoint.method().to_ascii_lowercase()];
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let in_path: Vec<&str> =
            parameters.filter(|given| given["in"] == "path").filter_map(|given| given["name"].as_str()).collect();
        let named = endpoint.path().split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        assert_eq!(in_path, named.collect::<Vec<_>>(), "{endpoint:?}");
    }
}
