//! The description of the API against the API: every route that is described answers, and every answer is as described.

use std::collections::BTreeSet;

use cosmic_ai::Tokens;
use cosmic_ai::pricing::Budget;
use cosmic_ai_server::{Backend, BucketConfig, document};
use jsonschema::Validator;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY};

const MEDIA: &str = "/v3/buckets/{slug}/media";
const MEDIUM: &str = "/v3/buckets/{slug}/media/{id}";

/// Judges answers by the description, and remembers which were judged.
struct Judge {
    document: Value,
    judged: BTreeSet<(String, String, u16)>,
}

impl Judge {
    fn new() -> Self {
        Self { document: document(), judged: BTreeSet::new() }
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        let operation = &self.document["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not described");
        operation
    }

    /// The schema that stands somewhere in the document, with what it refers to.
    fn validator(&self, schema: &Value) -> Validator {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.document["components"],
        });
        jsonschema::validator_for(&whole).unwrap()
    }

    #[track_caller]
    fn check(&self, schema: &Value, value: &Value, what: &str) {
        let problems: Vec<String> = self
            .validator(schema)
            .iter_errors(value)
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{what}: {problems:#?}\n{value:#}");
    }

    /// Sends a request to a described route, and judges the answer. Gives its JSON back, or null where it is none.
    async fn ask(&mut self, method: &str, path: &str, expected: u16, request: RequestBuilder) -> Value {
        let what = format!("{method} {path}");
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let body = response.bytes().await.unwrap();
        let shown = String::from_utf8_lossy(&body);
        assert_eq!(status, expected, "{what}: {shown}");
        let answers = &self.operation(method, path)["responses"];
        let mut described =
            answers.get(status.to_string()).unwrap_or_else(|| panic!("{what} {status} is not described"));
        if let Some(reference) = described["$ref"].as_str() {
            described = self.document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
        }
        let essence = kind.as_deref().map(|kind| kind.split(';').next().unwrap());
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        match (essence, described.get("content")) {
            (None, None) => assert!(body.is_empty(), "{what}: {shown}"),
            (Some("text/event-stream"), Some(content)) => {
                for event in shown.lines().filter_map(|line| line.strip_prefix("data: ")) {
                    let event = serde_json::from_str(event).unwrap();
                    self.check(&content["text/event-stream"]["schema"], &event, &what);
                }
            }
            (Some("application/json"), Some(content)) if content.get("application/json").is_some() => {
                self.check(&content["application/json"]["schema"], &json, &what);
            }
            (Some(kind), Some(content)) => {
                assert!(content.get(kind).or_else(|| content.get("*/*")).is_some(), "{what}: {kind} is not described");
            }
            (None, Some(_)) | (Some(_), None) => panic!("{what} {status}: {kind:?} is not as described"),
        }
        self.judged.insert((method.to_owned(), path.to_owned(), status));
        json
    }
}

fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

fn filled(path: &str, id: &str) -> String {
    path.replace("{slug}", BUCKET).replace("{id}", id).replace("{name}", id)
}

async fn fixture() -> Fixture {
    Fixture::with(Backend::mock(), |mut config| {
        let budget = Budget::monthly(Tokens(10_000_000));
        config.buckets[0] = BucketConfig::new(BUCKET, WRITE_KEY, READ_KEY).with_budget(budget);
        config.with_bucket(BucketConfig::new("poor", "poor-write", "poor-read").with_budget(Budget::once(Tokens(10))))
    })
    .await
}

#[tokio::test]
async fn every_answer_is_as_described() {
    let fixture = fixture().await;
    let mut judge = Judge::new();
    let medium = generate(&fixture, &mut judge).await;
    refuse_to_generate(&fixture, &mut judge).await;
    keep_media(&fixture, &mut judge, &medium).await;
    tell(&fixture, &mut judge).await;
    for (path, operations) in judge.document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let answered = judge.judged.iter().any(|(by, at, status)| by == method && at == path && *status == 200);
            assert!(answered, "{method} {path} was not answered");
        }
    }
}

/// Sends every example of every call that generates. Gives back the id of a clip.
async fn generate(fixture: &Fixture, judge: &mut Judge) -> Value {
    let mut clip = Value::Null;
    for call in ["text", "image", "video", "video/extend", "audio"] {
        let path = format!("/v3/buckets/{{slug}}/ai/{call}");
        let content = judge.operation("post", &path)["requestBody"]["content"]["application/json"].clone();
        for (name, example) in content["examples"].as_object().unwrap() {
            let mut body = example["value"].clone();
            judge.check(&content["schema"], &body, &format!("example {name} of {path}"));
            if call == "video/extend" {
                body["media_id"] = clip["media"]["id"].clone();
            }
            let request = fixture.request(Method::POST, &filled(&path, "")).bearer_auth(WRITE_KEY);
            let answer = judge.ask("post", &path, 200, with_json(request, &body)).await;
            if call == "video" {
                clip = answer;
            }
        }
    }
    clip["media"].clone()
}

async fn refuse_to_generate(fixture: &Fixture, judge: &mut Judge) {
    for call in ["text", "image", "video", "video/extend", "audio"] {
        let path = format!("/v3/buckets/{{slug}}/ai/{call}");
        let address = filled(&path, "");
        let body = json!({ "prompt": "A lake", "media_id": "a" });
        let post = |key: &str| fixture.request(Method::POST, &address).bearer_auth(key);
        judge
            .ask(
                "post",
                &path,
                400,
                with_json(post(WRITE_KEY), &json!({ "prompt": " ", "model": "no", "media_id": "a" })),
            )
            .await;
        judge.ask("post", &path, 401, with_json(post("guess"), &body)).await;
        judge.ask("post", &path, 403, with_json(post(READ_KEY), &body)).await;
        judge.ask("post", &path, 415, post(WRITE_KEY).header("content-type", "text/plain").body("A lake")).await;
        let nowhere = path.replace("{slug}", "nowhere");
        judge.ask("post", &path, 404, with_json(fixture.request(Method::POST, &nowhere), &body)).await;
        if call == "video/extend" {
            // There is no clip to extend in a bucket without tokens.
            continue;
        }
        let poor = path.replace("{slug}", "poor");
        let poor = fixture.request(Method::POST, &poor).bearer_auth("poor-write");
        let bounded = json!({ "prompt": "A lake", "max_tokens": 1_000 });
        judge.ask("post", &path, 402, with_json(poor, &bounded)).await;
    }
    let path = "/v3/buckets/{slug}/ai/image";
    let keyed = |body: &Value| {
        let request = fixture.request(Method::POST, &filled(path, "")).bearer_auth(WRITE_KEY);
        with_json(request.header("idempotency-key", "once"), body)
    };
    judge.ask("post", path, 200, keyed(&json!({ "prompt": "A lake" }))).await;
    judge.ask("post", path, 200, keyed(&json!({ "prompt": "A lake" }))).await;
    judge.ask("post", path, 422, keyed(&json!({ "prompt": "A sea" }))).await;
}

async fn keep_media(fixture: &Fixture, judge: &mut Judge, clip: &Value) {
    let at = |method: Method, path: &str, id: &str| fixture.request(method, &filled(path, id)).bearer_auth(WRITE_KEY);
    let part = Part::bytes(b"hello".to_vec()).file_name("a.txt").mime_str("text/plain").unwrap();
    let form = Form::new().part("media", part).text("folder", "notes");
    let stored = judge.ask("post", MEDIA, 200, at(Method::POST, MEDIA, "").multipart(form)).await;
    let media = judge.document["components"]["schemas"]["Media"].clone();
    let id = stored["media"]["id"].as_str().unwrap().to_owned();
    judge.ask("post", MEDIA, 400, at(Method::POST, MEDIA, "").multipart(Form::new().text("a", "b"))).await;
    judge.ask("post", MEDIA, 415, with_json(at(Method::POST, MEDIA, ""), &json!({}))).await;

    let list =
        |query: &str| fixture.request(Method::GET, &format!("{}?{query}", filled(MEDIA, ""))).bearer_auth(WRITE_KEY);
    let listed = judge.ask("get", MEDIA, 200, list("skip=1")).await;
    for one in listed["media"].as_array().unwrap() {
        judge.check(&media, one, "a medium of the list");
    }
    judge.ask("get", MEDIA, 200, list("props=id")).await;
    judge.ask("get", MEDIA, 400, list("limit=0")).await;
    judge.ask("get", MEDIA, 401, fixture.request(Method::GET, &filled(MEDIA, ""))).await;
    judge.ask("get", MEDIA, 404, list(r#"query={"folder":"none"}"#)).await;

    let shown = judge.ask("get", MEDIUM, 200, at(Method::GET, MEDIUM, &id)).await;
    judge.check(&media, &shown["media"], "a medium");
    judge.ask("get", MEDIUM, 404, at(Method::GET, MEDIUM, "none")).await;
    let content = judge.operation("patch", MEDIUM)["requestBody"]["content"]["application/json"].clone();
    for (name, example) in content["examples"].as_object().unwrap() {
        judge.check(&content["schema"], &example["value"], name);
        judge.ask("patch", MEDIUM, 200, with_json(at(Method::PATCH, MEDIUM, &id), &example["value"])).await;
    }
    judge.ask("patch", MEDIUM, 400, with_json(at(Method::PATCH, MEDIUM, &id), &json!({ "size": 1 }))).await;
    judge.ask("delete", MEDIUM, 200, at(Method::DELETE, MEDIUM, &id)).await;
    judge.ask("delete", MEDIUM, 404, at(Method::DELETE, MEDIUM, &id)).await;

    let file = "/media/{name}";
    let address = filled(file, clip["name"].as_str().unwrap());
    let get = || fixture.request(Method::GET, &address);
    judge.ask("get", file, 200, get()).await;
    judge.ask("get", file, 206, get().header("range", "bytes=0-9")).await;
    judge.ask("get", file, 304, get().header("if-none-match", "*")).await;
    judge.ask("get", file, 412, get().header("if-match", "\"x\"")).await;
    judge.ask("get", file, 416, get().header("range", "bytes=999999999-")).await;
    judge.ask("get", file, 404, fixture.request(Method::GET, "/media/none.mp4")).await;
}

async fn tell(fixture: &Fixture, judge: &mut Judge) {
    let get = |path: &str| fixture.request(Method::GET, path);
    judge.ask("get", "/v3/models", 200, get("/v3/models")).await;
    judge.ask("get", "/v3/models", 400, get("/v3/models?modality=film")).await;
    judge.ask("get", "/v3/models/{id}", 200, get("/v3/models/tts-1")).await;
    judge.ask("get", "/v3/models/{id}", 404, get("/v3/models/none")).await;

    let path = "/v3/estimate";
    let content = judge.operation("post", path)["requestBody"]["content"]["application/json"].clone();
    for (name, example) in content["examples"].as_object().unwrap() {
        judge.check(&content["schema"], &example["value"], name);
        for query in ["", "?compare=true"] {
            let request = fixture.request(Method::POST, &format!("{path}{query}"));
            judge.ask("post", path, 200, with_json(request, &example["value"])).await;
        }
    }
    judge.ask("post", path, 400, with_json(fixture.request(Method::POST, path), &json!({ "prompt": "A lake" }))).await;

    let usage = format!("/v3/usage?read_key={READ_KEY}&by=model,modality,kind,state,day,month,label:user");
    let usage =
        judge.ask("get", "/v3/usage", 200, get(&format!("{usage}&since=2000-01-01&until=2200-01-01T00:00:00Z"))).await;
    assert!(!usage["rows"].as_array().unwrap().is_empty() && !usage["standings"].as_array().unwrap().is_empty());
    judge.ask("get", "/v3/usage", 401, get("/v3/usage")).await;
    judge.ask("get", "/v3/usage", 400, get(&format!("/v3/usage?read_key={READ_KEY}&by=colour"))).await;
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        judge.ask("get", path, 200, get(path)).await;
    }
}

#[tokio::test]
async fn what_is_not_described_does_not_answer() {
    let fixture = fixture().await;
    let document = document();
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in &methods {
            let response = fixture.request(method.clone(), &filled(path, "none")).send().await.unwrap();
            let is_described = operations.get(method.as_str().to_ascii_lowercase()).is_some();
            assert_eq!(response.status() != 405, is_described, "{method} {path}");
            if is_described {
                // A route that is not there is a 404 too, but says so.
                let said = response.text().await.unwrap();
                assert!(!said.contains("no route"), "{method} {path}: {said}");
            }
        }
    }
    for path in ["/", "/v3", "/v3/buckets/shop", "/v3/buckets/shop/ai", "/v3/buckets/shop/objects", "/media"] {
        assert_eq!(fixture.request(Method::GET, path).send().await.unwrap().status(), 404, "{path}");
    }
}

#[test]
fn the_judge_sees_what_is_not_as_described() {
    let judge = Judge::new();
    let is_valid = |name: &str, value: &Value| {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        judge.validator(&schema).is_valid(value)
    };
    let range = json!({ "low": 0, "expected": null, "high": null });
    let estimate = json!({
        "model": "a", "tier": null, "multiplier": null, "assumptions": [],
        "input_tokens": range, "output_tokens": range, "deducted_tokens": range,
    });
    assert!(is_valid("Estimate", &estimate));
    for (pointer, wrong) in [("model", json!(1)), ("tier", json!(2)), ("other", json!(0)), ("input_tokens", json!({}))]
    {
        let mut changed = estimate.clone();
        changed[pointer] = wrong;
        assert!(!is_valid("Estimate", &changed), "{changed}");
    }
    assert!(is_valid("Error", &json!({ "status": 404, "message": "no" })));
    assert!(!is_valid("Error", &json!({ "status": 404 })));
    assert!(!is_valid("Media", &json!({ "id": "a", "url": "b" })));
    assert!(!is_valid("TextRequest", &json!({ "prompt": 3 })));
}
