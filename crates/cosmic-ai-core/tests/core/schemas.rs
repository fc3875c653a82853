//! JSON Schemas made of the types themselves.

use std::path::Path;

use cosmic_ai_core::{
    Charge, ExtensionRequest, ImageRequest, ImageResponse, Media, Registry, Request, SpeechRequest, SpeechResponse,
    TextRequest, TextResponse, Usage, VideoRequest, VideoResponse,
};
use schemars::schema_for;
use serde_json::Value;

#[test]
fn what_is_required_is_marked_and_nothing_else() {
    let cases = [
        (schema_for!(TextRequest), [].as_slice()),
        (schema_for!(ImageRequest), &["prompt"]),
        (schema_for!(VideoRequest), &["prompt"]),
        (schema_for!(ExtensionRequest), &["media_id", "prompt"]),
        (schema_for!(SpeechRequest), &["prompt"]),
        (schema_for!(TextResponse), &["text"]),
        (schema_for!(ImageResponse), &["media"]),
        (schema_for!(VideoResponse), &["media"]),
        (schema_for!(SpeechResponse), &["media"]),
        (schema_for!(Media), &["id", "type", "url"]),
        (schema_for!(Usage), &["input_tokens", "output_tokens"]),
        (schema_for!(Charge), &["input", "output"]),
    ];
    for (schema, expected) in cases {
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut required: Vec<_> = required.iter().filter_map(Value::as_str).collect();
        required.sort_unstable();
        assert_eq!(required, expected, "{schema:?}");
        assert!(schema.get("description").is_some(), "{schema:?}");
    }
}

#[test]
fn a_request_of_any_kind_is_told_apart_by_its_kind() {
    let schema = schema_for!(Request);
    let kinds = schema.get("oneOf").and_then(Value::as_array).unwrap().iter();
    let kinds: Vec<_> = kinds.filter_map(|kind| kind.pointer("/properties/kind/const")?.as_str()).collect();
    assert_eq!(kinds, ["text", "image", "video", "extend", "speech"]);
}

#[test]
fn values_are_described_as_they_go_over_the_wire() {
    let schema = serde_json::to_value(schema_for!(VideoRequest)).unwrap();
    let property = |name: &str, key: &str| schema["properties"][name][key].to_string();
    assert!(property("duration", "type").contains("integer"), "{schema}");
    assert!(schema["properties"]["resolution"].to_string().contains("^[1-9][0-9]{0,3}p$"), "{schema}");
    assert!(property("reference_images", "type").contains("array"), "{schema}");
    assert!(property("model", "type").contains("string"), "{schema}");
    let response = serde_json::to_value(schema_for!(VideoResponse)).unwrap();
    assert!(response["properties"]["generation_time_seconds"].to_string().contains("number"), "{response}");
}

/// What a model is called or has by default is the registry's to say, and the schemas say it; what stands in the source is
/// right only until the registry changes.
#[test]
fn the_documentation_of_what_is_asked_for_leaves_names_and_defaults_of_models_to_the_registry() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let models = Registry::built_in().models().iter();
    let ids: Vec<&str> = models.clone().map(|model| model.id.as_str()).filter(|id| id.len() > 2).collect();
    let names: Vec<&str> = models.map(|model| model.name.as_ref()).filter(|name| name.len() > 2).collect();
    let mut lines = 0;
    for path in [
        "text/request.rs",
        "image/request.rs",
        "image/size.rs",
        "video/request.rs",
        "video/resolution.rs",
        "speech/request.rs",
    ] {
        let text = std::fs::read_to_string(source.join(path)).unwrap();
        for line in text.lines().filter(|line| line.trim_start().starts_with("///")) {
            let model = ids.iter().chain(&names).find(|name| line.contains(**name));
            assert_eq!(model, None, "{path}: {line}");
            let (_, default) = line.split_once("`None` is ").unwrap_or_default();
            assert!(!default.starts_with(|first: char| first == '`' || first.is_ascii_digit()), "{path}: {line}");
            lines += 1;
        }
    }
    assert!(lines > 100, "{lines}");
}
