//! Refusals of every kind against their description: one shape, whoever found the problem.

use cosmic_ai_server::document;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY, answer};

const FOLDER: &str = "1 to 128 characters without slashes and control characters, which do not begin with a dot";

/// A problem as it is told: field, what was given, what is allowed, what is nearest.
fn problem(field: &str, given: Option<&str>, allowed: &[&str], nearest: Option<&str>) -> Value {
    json!({ "field": field, "given": given, "allowed": allowed, "nearest": nearest })
}

/// The problems without their reasons, if they are as described.
fn problems(refusal: &Value) -> Vec<Value> {
    let document = document();
    let schema = json!({ "$ref": "#/components/schemas/Error", "components": document["components"] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(refusal).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}: {refusal}");
    let mut problems = refusal["problems"].as_array().unwrap_or_else(|| panic!("{refusal}")).clone();
    for problem in &mut problems {
        let problem = problem.as_object_mut().unwrap();
        assert!(!problem.remove("reason").unwrap().as_str().unwrap().is_empty(), "{refusal}");
        let names: Vec<&str> = problem.keys().map(String::as_str).collect();
        assert_eq!(names.len(), 4, "{refusal}");
    }
    problems
}

#[tokio::test]
async fn a_problem_has_one_shape_whoever_found_it() {
    let fixture = Fixture::start().await;
    let call = |path: &str, body: Value| fixture.call(path, &body);
    let list = |query: &str| {
        fixture.request(Method::GET, &format!("/v3/buckets/{BUCKET}/media?{query}")).bearer_auth(READ_KEY)
    };
    let estimate = |body: Value| {
        fixture.request(Method::POST, "/v3/estimate").header("content-type", "application/json").body(body.to_string())
    };
    let (_, made) = fixture.ask("ai/image", &json!({ "prompt": "A kite" })).await;
    let medium = format!("/v3/buckets/{BUCKET}/media/{}", made["media"]["id"].as_str().unwrap());
    let change = |body: Value| {
        let change = fixture.request(Method::PATCH, &medium).bearer_auth(WRITE_KEY);
        change.header("content-type", "application/json").body(body.to_string())
    };
    let clip = |resolution: &str| call("ai/video", json!({ "prompt": "A kite", "resolution": resolution }));
    let fields = ["folder", "alt_text", "metadata"];
    let rows: Vec<(RequestBuilder, Value)> = vec![
        (
            call("ai/image", json!({ "prompt": "A kite", "model": "dall-e-3", "quality": "hq" })),
            problem("quality", Some("hq"), &["standard", "hd"], None),
        ),
        (clip("4k"), problem("resolution", Some("4k"), &["720p", "1080p"], None)),
        (clip("1080P"), problem("resolution", Some("1080P"), &["720p", "1080p"], Some("1080p"))),
        (call("ai/text", json!({ "prompt": 5 })), problem("prompt", Some("5"), &["a text"], None)),
        (
            call("ai/text", json!({ "prompt": "hi", "max_tokens": "many" })),
            problem("max_tokens", Some("many"), &["a whole number from 1 to 4294967295"], None),
        ),
        (
            call("ai/text", json!({ "prompt": "hi", "stream": "yes" })),
            problem("stream", Some("yes"), &["true", "false"], None),
        ),
        (call("ai/image", json!({})), problem("prompt", None, &[], None)),
        (call("ai/image", json!({ "prompt": ["a"] })), problem("prompt", Some("a list"), &["a text"], None)),
        (
            call("ai/text", json!({ "messages": [{ "role": "users", "content": "a" }] })),
            problem("messages[0].role", Some("users"), &["user", "assistant"], Some("user")),
        ),
        (estimate(json!({ "kind": 3 })), {
            let kinds = ["text", "image", "video", "extend", "audio", "speech"];
            problem("kind", Some("3"), &kinds, None)
        }),
        (list("limit=0"), problem("limit", Some("0"), &["1 to 1000"], None)),
        (list("use_cache=1"), problem("use_cache", Some("1"), &["true", "false"], None)),
        (list("query=[1]"), problem("query", Some("[1]"), &[], None)),
        (list("query={\"size\":{\"$gte\":1,\"$like\":2}}"), problem("query", None, &[], None)),
        (
            call("ai/image", json!({ "prompt": "A kite", "folder": ".hidden" })),
            problem("folder", Some(".hidden"), &[FOLDER], None),
        ),
        (change(json!({ "alttext": "a" })), problem("alttext", None, &fields, Some("alt_text"))),
        (change(json!({ "alt_text": 5 })), problem("alt_text", Some("5"), &[], None)),
        (change(json!({})), problem("body", None, &fields, None)),
    ];
    for (request, expected) in rows {
        let (status, refusal) = answer(request.send().await.unwrap()).await;
        assert_eq!(status, 400, "{refusal}");
        assert_eq!(problems(&refusal), [expected], "{refusal}");
    }
    let several = json!({ "prompt": " ", "model": "dall-e-3", "size": "large", "quality": "hq", "metadata": 5 });
    let (_, refusal) = fixture.ask("ai/image", &several).await;
    let mut fields: Vec<String> = problems(&refusal).iter().map(|problem| problem["field"].to_string()).collect();
    fields.sort();
    assert_eq!(fields, [r#""metadata""#, r#""prompt""#, r#""quality""#, r#""size""#], "{refusal}");
    fixture.server.stop().await.unwrap();
}
