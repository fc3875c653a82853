//! The description of the API against the API: every route that is described answers, and every answer is as described.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Duration;

use cosmic_ai::mock::{Fault, MockBackendBuilder, When};
use cosmic_ai::pricing::Budget;
use cosmic_ai::{Error, ErrorKind, OperationConflict, Outcome, TimeoutStage, Tokens};
use cosmic_ai_server::{Backend, BucketConfig, Config, KeyHash, RateLimit, document};
use jsonschema::Validator;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY, answer};
use crate::generating::mock;

const MEDIA: &str = "/v3/buckets/{slug}/media";
const MEDIUM: &str = "/v3/buckets/{slug}/media/{id}";

/// Answers that are described and that no test here can have: where, which, and why.
const UNSEEN: [(&str, &str, u16, &str); 4] = [
    ("post", MEDIA, 429, "takes many large uploads at once whose key has not come; unit tests of the form have it"),
    ("post", MEDIA, 503, "is of a library whose thread ended"),
    ("post", MEDIA, 507, "takes a disk that is full"),
    ("get", "/v3/usage", 503, "takes a ledger that cannot be read"),
];
/// What has a call fail by a fault of the mock, and as what.
const FAULTS: [(&str, u16); 4] = [("conflict", 409), ("unreachable", 502), ("unwritten", 503), ("late", 504)];
const CALLS: [&str; 5] = ["text", "image", "video", "video/extend", "audio"];
const METRICS_KEY: &str = "metrics-key-of-the-house";

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

/// A body that begins and does not go on, and the end that keeps it from ending.
fn unending() -> (reqwest::Body, tokio::io::DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(16);
    (reqwest::Body::wrap_stream(tokio_util::io::ReaderStream::new(theirs)), ours)
}

/// Fails at what has its word in the prompt.
fn faulty(mock: MockBackendBuilder) -> MockBackendBuilder {
    let conflict = Error::new(ErrorKind::Operation(OperationConflict::InFlight), Outcome::NotSent);
    let unwritten = Error::new(ErrorKind::Ledger { message: "it is gone".to_owned() }, Outcome::NotSent);
    let faults = [
        Fault::error(conflict),
        Fault::connection_failed(),
        Fault::error(unwritten),
        Fault::timeout(TimeoutStage::Total, Duration::from_secs(1)),
    ];
    FAULTS.iter().zip(faults).fold(mock, |mock, ((word, _), fault)| mock.fault(When::any().containing(*word), fault))
}

async fn fixture() -> Fixture {
    Fixture::with(mock(faulty), |mut config| {
        let budget = Budget::monthly(Tokens(10_000_000));
        config.buckets[0] = BucketConfig::new(BUCKET, WRITE_KEY, READ_KEY).with_budget(budget);
        config.limits.body_idle = Duration::from_millis(300);
        config.limits.json_bytes = 64 << 10;
        config.limits.upload_bytes = 64 << 10;
        let once = RateLimit::per_minute(NonZeroU32::MIN);
        config
            .with_bucket(BucketConfig::new("poor", "poor-write", "poor-read").with_budget(Budget::once(Tokens(10))))
            .with_bucket(BucketConfig::new("calm", "calm-write", "calm-read").with_rate(once))
            .with_metrics_key(KeyHash::of(METRICS_KEY))
    })
    .await
}

#[tokio::test]
async fn every_answer_is_as_described_and_every_description_is_answered() {
    let fixture = fixture().await;
    let mut judge = Judge::new();
    let medium = generate(&fixture, &mut judge).await;
    refuse_to_generate(&fixture, &mut judge, &medium).await;
    keep_media(&fixture, &mut judge, &medium).await;
    refuse_to_keep(&fixture, &mut judge, &medium).await;
    tell(&fixture, &mut judge).await;
    be_unready(&fixture, &mut judge).await;
    without_metrics(&mut judge).await;
    let mut described = BTreeSet::new();
    for (path, operations) in judge.document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let statuses = operation["responses"].as_object().unwrap().keys().filter(|status| *status != "default");
            described.extend(statuses.map(|status| (method.clone(), path.clone(), status.parse::<u16>().unwrap())));
        }
    }
    let unseen: Vec<_> = described.difference(&judge.judged).cloned().collect();
    let expected = UNSEEN.iter().map(|(method, path, status, _)| ((*method).to_owned(), (*path).to_owned(), *status));
    // Both in their order.
    assert_eq!(unseen, expected.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
}

/// Sends every example of every call that generates. Gives back the id of a clip.
async fn generate(fixture: &Fixture, judge: &mut Judge) -> Value {
    let mut clip = Value::Null;
    for call in CALLS {
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

async fn refuse_to_generate(fixture: &Fixture, judge: &mut Judge, clip: &Value) {
    for call in CALLS {
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
        let large = json!({ "prompt": "A lake".repeat(20_000), "media_id": "a" });
        judge.ask("post", &path, 413, with_json(post(WRITE_KEY), &large)).await;
        let (body_without_end, _open) = unending();
        let slow = post(WRITE_KEY).header("content-type", "application/json").body(body_without_end);
        judge.ask("post", &path, 408, slow).await;
        for (word, status) in FAULTS {
            let body = json!({ "prompt": format!("A {word} lake"), "max_tokens": 50, "media_id": clip["id"] });
            judge.ask("post", &path, status, with_json(post(WRITE_KEY), &body)).await;
        }
        let keyed = |prompt: &str| {
            let body = json!({ "prompt": prompt, "max_tokens": 50, "media_id": clip["id"] });
            with_json(post(WRITE_KEY).header("idempotency-key", format!("once-{call}")), &body)
        };
        judge.ask("post", &path, 200, keyed("A lake")).await;
        judge.ask("post", &path, 200, keyed("A lake")).await;
        judge.ask("post", &path, 422, keyed("A sea")).await;
        // One call a minute, whichever it is.
        let calm = path.replace("{slug}", "calm");
        let calm = || with_json(fixture.request(Method::POST, &calm).bearer_auth("calm-write"), &body);
        if call == CALLS[0] {
            judge.ask("post", &path, 200, calm()).await;
        }
        judge.ask("post", &path, 429, calm()).await;
        let poor = path.replace("{slug}", "poor");
        let poor = || fixture.request(Method::POST, &poor).bearer_auth("poor-write");
        let mut bounded = json!({ "prompt": "A lake", "max_tokens": 1_000 });
        if call == "video/extend" {
            // Where there is a clip to continue, its price is what is refused.
            bounded["media_id"] = lent(fixture, clip).await;
        }
        judge.ask("post", &path, 402, with_json(poor(), &bounded)).await;
    }
}

/// The id of a clip in the bucket without tokens: it was put there, with what an extension asks of it.
async fn lent(fixture: &Fixture, clip: &Value) -> Value {
    let url = clip["url"].as_str().unwrap();
    let bytes = fixture.client.get(url).send().await.unwrap().bytes().await.unwrap().to_vec();
    let metadata = clip["metadata"].clone();
    let upload =
        cosmic_ai::Upload::new("clip.mp4", "video/mp4", bytes).with_metadata(metadata.as_object().unwrap().clone());
    let library = fixture.server.library().bucket("poor");
    cosmic_ai::MediaLibrary::put(&library, upload).await.unwrap().id.as_str().into()
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

/// Refusals of the library that have to do with keys, slugs, sizes and times.
async fn refuse_to_keep(fixture: &Fixture, judge: &mut Judge, clip: &Value) {
    let id = clip["id"].as_str().unwrap();
    let file =
        |bytes: usize| Part::bytes(vec![1; bytes]).file_name("a.bin").mime_str("application/octet-stream").unwrap();
    let form = |bytes: usize| Form::new().part("media", file(bytes));
    let upload = |slug: &str| fixture.request(Method::POST, &MEDIA.replace("{slug}", slug));
    judge.ask("post", MEDIA, 401, upload(BUCKET).bearer_auth("guess").multipart(form(1))).await;
    judge.ask("post", MEDIA, 403, upload(BUCKET).bearer_auth(READ_KEY).multipart(form(1))).await;
    judge.ask("post", MEDIA, 404, upload("nowhere").bearer_auth(WRITE_KEY).multipart(form(1))).await;
    judge.ask("post", MEDIA, 413, upload(BUCKET).bearer_auth(WRITE_KEY).multipart(form(200 << 10))).await;
    let (slow, _open) = unending();
    let kind = "multipart/form-data; boundary=a";
    let slow = upload(BUCKET).bearer_auth(WRITE_KEY).header("content-type", kind).body(slow);
    judge.ask("post", MEDIA, 408, slow).await;

    let at = |method: Method| fixture.request(method, &filled(MEDIUM, id));
    judge
        .ask("get", MEDIUM, 400, fixture.request(Method::GET, &format!("{}?read_key=a&read_key=b", filled(MEDIUM, id))))
        .await;
    judge.ask("get", MEDIUM, 401, at(Method::GET)).await;
    let change = json!({ "folder": "posters" });
    judge.ask("patch", MEDIUM, 401, with_json(at(Method::PATCH), &change)).await;
    judge.ask("patch", MEDIUM, 403, with_json(at(Method::PATCH).bearer_auth(READ_KEY), &change)).await;
    let nothing = fixture.request(Method::PATCH, &filled(MEDIUM, "none")).bearer_auth(WRITE_KEY);
    judge.ask("patch", MEDIUM, 404, with_json(nothing, &change)).await;
    let patch = || at(Method::PATCH).bearer_auth(WRITE_KEY);
    let (slow, _open) = unending();
    judge.ask("patch", MEDIUM, 408, patch().header("content-type", "application/json").body(slow)).await;
    judge.ask("patch", MEDIUM, 413, with_json(patch(), &json!({ "alt_text": "a".repeat(70 << 10) }))).await;
    judge.ask("patch", MEDIUM, 415, patch().header("content-type", "text/plain").body("a")).await;
    judge.ask("delete", MEDIUM, 401, at(Method::DELETE)).await;
    judge.ask("delete", MEDIUM, 403, at(Method::DELETE).bearer_auth(READ_KEY)).await;
    let address = filled("/media/{name}", clip["name"].as_str().unwrap());
    let twice = fixture.request(Method::GET, &format!("{address}?download=a&download=b"));
    judge.ask("get", "/media/{name}", 400, twice).await;
}

/// A server whose folder is gone cannot keep what it would make.
async fn be_unready(fixture: &Fixture, judge: &mut Judge) {
    let aside = fixture.folder().with_extension("aside");
    std::fs::rename(fixture.folder(), &aside).unwrap();
    let ready = || fixture.request(Method::GET, "/readyz");
    let refusal = judge.ask("get", "/readyz", 503, ready()).await;
    std::fs::rename(&aside, fixture.folder()).unwrap();
    assert!(refusal["message"].as_str().unwrap().contains("no file can be made"), "{refusal}");
    judge.ask("get", "/readyz", 200, ready()).await;
}

/// Metrics say what all buckets spend together: at an address that others reach, nobody sees them without a key.
async fn without_metrics(judge: &mut Judge) {
    let open =
        |config: Config| config.with_address(([0, 0, 0, 0], 0).into()).with_public_url("https://media.example.com");
    let fixture = Fixture::with(Backend::mock(), open).await;
    let metrics = |fixture: &Fixture| {
        let url = format!("http://127.0.0.1:{}/metrics", fixture.server.address().port());
        fixture.client.get(url)
    };
    let refusal = judge.ask("get", "/metrics", 404, metrics(&fixture)).await;
    assert!(refusal["message"].as_str().unwrap().contains("`metrics_key`"), "{refusal}");
    judge.ask("get", "/metrics", 404, metrics(&fixture).bearer_auth(WRITE_KEY)).await;
    let keyed = |config| open(config).with_metrics_key(KeyHash::of(METRICS_KEY));
    let fixture = Fixture::with(Backend::mock(), keyed).await;
    judge.ask("get", "/metrics", 401, metrics(&fixture).bearer_auth(WRITE_KEY)).await;
    judge.ask("get", "/metrics", 200, metrics(&fixture).bearer_auth(METRICS_KEY)).await;
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

    let post = || fixture.request(Method::POST, path);
    let (slow, _open) = unending();
    judge.ask("post", path, 408, post().header("content-type", "application/json").body(slow)).await;
    judge.ask("post", path, 413, with_json(post(), &json!({ "prompt": "a".repeat(70 << 10) }))).await;
    judge.ask("post", path, 415, post().header("content-type", "text/plain").body("a")).await;

    let usage = format!("/v3/usage?read_key={READ_KEY}&by=model,modality,kind,state,day,month,label:user");
    let usage =
        judge.ask("get", "/v3/usage", 200, get(&format!("{usage}&since=2000-01-01&until=2200-01-01T00:00:00Z"))).await;
    assert!(!usage["rows"].as_array().unwrap().is_empty() && !usage["standings"].as_array().unwrap().is_empty());
    judge.ask("get", "/v3/usage", 401, get("/v3/usage")).await;
    judge.ask("get", "/v3/usage", 400, get(&format!("/v3/usage?read_key={READ_KEY}&by=colour"))).await;
    judge.ask("get", "/v3/usage", 404, get(&format!("/v3/usage?read_key={READ_KEY}&bucket=nowhere"))).await;
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        judge.ask("get", path, 200, get(path)).await;
    }
    judge.ask("get", "/metrics", 401, get("/metrics")).await;
    judge.ask("get", "/metrics", 401, get("/metrics").bearer_auth("guess")).await;
    judge.ask("get", "/metrics", 200, get("/metrics").bearer_auth(METRICS_KEY)).await;
}

#[tokio::test]
async fn what_is_not_described_does_not_answer() {
    let fixture = fixture().await;
    let (document, judge) = (document(), Judge::new());
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
            } else {
                let (_, refusal) = answer(response).await;
                judge.check(&json!({ "$ref": "#/components/schemas/Error" }), &refusal, "405");
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
