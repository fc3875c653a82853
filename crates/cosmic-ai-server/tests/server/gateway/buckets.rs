//! Several buckets before one library of the service: each has what is its own.

use cosmic_ai::mock::{MemoryLibrary, MockBackend};
use cosmic_ai::{MediaLibrary as _, MediaQuery, Upload};
use cosmic_ai_server::{Backend, BucketConfig, Config, KeepConfig, Server};
use cosmic_ai_testkit::stub::CosmicStub;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{gateway, gateway_to, service_over, states};
use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY, answer};

/// What is in the service's library before the gateway comes.
async fn service() -> (CosmicStub, MemoryLibrary) {
    let library = MemoryLibrary::new();
    library.put(Upload::new("old.txt", "text/plain", vec![1])).await.unwrap();
    (service_over(MockBackend::builder().with_library(library.clone()).build()).await, library)
}

fn with_other(config: Config) -> Config {
    config.with_bucket(BucketConfig::new("other", "other-write", "other-read"))
}

/// A bucket as its client knows it.
struct Client<'f>(&'f Fixture, &'static str, &'static str, &'static str);

impl Client<'_> {
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let Self(fixture, slug, write_key, _) = self;
        let request = fixture.request(method, &format!("/v3/buckets/{slug}/{path}")).bearer_auth(write_key);
        let body = body
            .iter()
            .fold(request, |request, body| request.header("content-type", "application/json").body(body.to_string()));
        answer(body.send().await.unwrap()).await
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let (status, made) = self.ask(Method::POST, path, Some(body)).await;
        assert_eq!(status, 200, "{made}");
        made["media"].clone()
    }

    async fn uploaded(&self, name: &'static str, metadata: &Value) -> Value {
        let Self(fixture, slug, write_key, _) = self;
        let form = Form::new().part("media", Part::bytes(b"bytes".to_vec()).file_name(name));
        let form = form.text("metadata", metadata.to_string());
        let request = fixture.request(Method::POST, &format!("/v3/buckets/{slug}/media")).bearer_auth(write_key);
        let (status, stored) = answer(request.multipart(form).send().await.unwrap()).await;
        assert_eq!(status, 200, "{stored}");
        stored["media"].clone()
    }

    /// The ids of a list, and how many it says there are.
    async fn list(&self, query: &str) -> (Vec<Value>, u64) {
        let (status, listed) = self.ask(Method::GET, &format!("media?read_key={}&{query}", self.3), None).await;
        if status == 404 {
            return (Vec::new(), 0);
        }
        let ids = listed["media"].as_array().unwrap().iter().map(|media| media["id"].clone()).collect();
        (ids, listed["total"].as_u64().unwrap())
    }

    async fn one(&self, method: Method, id: &Value, body: Option<Value>) -> (u16, Value) {
        self.ask(method, &format!("media/{}", id.as_str().unwrap()), body).await
    }
}

fn both(fixture: &Fixture) -> (Client<'_>, Client<'_>) {
    (Client(fixture, BUCKET, WRITE_KEY, READ_KEY), Client(fixture, "other", "other-write", "other-read"))
}

#[tokio::test]
async fn a_bucket_has_its_own_media_and_no_others() {
    let (service, library) = service().await;
    let fixture = gateway_to(&service, with_other).await;
    let (shop, other) = both(&fixture);
    // A client cannot say that its medium is another's.
    let forged = json!({ "cosmic_ai_bucket": "other", "note": 1 });
    let image = shop.made("ai/image", json!({ "prompt": "A secret", "metadata": forged })).await;
    let upload = shop.uploaded("mug.txt", &forged).await;
    let speech = shop.made("ai/audio", json!({ "prompt": "A secret" })).await;
    for media in [&image, &upload, &speech] {
        assert!(!media.to_string().contains("cosmic_ai_bucket"), "{media}");
    }
    let theirs = other.made("ai/image", json!({ "prompt": "A kite" })).await;

    let ids = [&speech, &upload, &image].map(|media| media["id"].clone()).to_vec();
    assert_eq!(shop.list("").await, (ids.clone(), 3));
    assert_eq!(shop.list("limit=1&skip=1").await, (vec![ids[1].clone()], 3));
    assert_eq!(shop.list("sort=created_at&limit=1").await, (vec![ids[2].clone()], 3));
    assert_eq!(other.list("").await, (vec![theirs["id"].clone()], 1));
    let forged_query = "query=%7B%22metadata.cosmic_ai_bucket%22%3A%22shop%22%7D";
    assert_eq!(other.list(forged_query).await.1 + shop.list(forged_query).await.1, 0);

    let old = library.find(&MediaQuery::all()).await.unwrap().media.pop().unwrap();
    for id in [&ids[0], &ids[1], &ids[2], &json!(old.id)] {
        let message = format!("no media with the id {}", id.as_str().unwrap());
        for (method, body) in [
            (Method::GET, None),
            (Method::PATCH, Some(json!({ "alt_text": "mine" }))),
            (Method::PATCH, Some(json!({ "metadata": { "cosmic_ai_bucket": "other" } }))),
            (Method::DELETE, None),
        ] {
            let (status, refusal) = other.one(method, id, body).await;
            assert_eq!(status, 404, "{refusal}");
            assert!(refusal["message"].as_str().unwrap().contains(&message), "{refusal}");
        }
    }
    assert_eq!(other.one(Method::GET, &json!("none"), None).await.1["message"], "no media with the id none");
    // Its own it can change, and it stays its own.
    let change = json!({ "metadata": { "cosmic_ai_bucket": "other", "note": 2 } });
    let (status, changed) = shop.one(Method::PATCH, &ids[1], Some(change)).await;
    assert_eq!((status, &changed["media"]["metadata"]), (200, &json!({ "note": 2 })));
    assert_eq!(shop.one(Method::GET, &ids[1], None).await.0, 200);
    assert_eq!(shop.one(Method::DELETE, &ids[1], None).await.0, 200);
    assert_eq!(library.len(), 4);
}

#[tokio::test]
async fn a_clip_of_another_bucket_is_not_continued() {
    let (service, _) = service().await;
    let fixture = gateway_to(&service, with_other).await;
    let (shop, other) = both(&fixture);
    let clip = shop.made("ai/video", json!({ "prompt": "A kite", "duration": 4 })).await;
    let calls = || service.requests().iter().filter(|request| request.path().contains("/ai/")).count();
    let before = calls();
    let body = json!({ "prompt": "On", "media_id": clip["id"] });
    let (status, refusal) = other.ask(Method::POST, "ai/video/extend", Some(body.clone())).await;
    assert_eq!((status, calls(), states(&fixture).await.len()), (404, before, 1), "{refusal}");
    let longer = shop.made("ai/video/extend", body).await;
    assert_eq!(shop.list("").await.0, [longer["id"].clone(), clip["id"].clone()]);
}

#[tokio::test]
async fn copies_are_of_a_buckets_own_media_only() {
    let (service, _) = service().await;
    let url = reqwest::Url::parse(&service.base_url()).unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let fixture = gateway_to(&service, |config| with_other(config).keeping(KeepConfig::from_hosts([host]))).await;
    let (shop, other) = both(&fixture);
    let image = shop.made("ai/image", json!({ "prompt": "A secret" })).await;
    assert!(image["origin_url"].is_string() && !image.to_string().contains("cosmic_ai_bucket"), "{image}");
    assert_eq!(shop.one(Method::GET, &image["id"], None).await.1["media"], image);
    assert_eq!(other.one(Method::DELETE, &image["id"], None).await.0, 404);
    assert_eq!(other.list("").await.1, 0);
    assert_eq!(shop.one(Method::DELETE, &image["id"], None).await.0, 200);
    assert_eq!(shop.one(Method::GET, &image["id"], None).await.0, 404);
}

#[tokio::test]
async fn a_bucket_alone_has_all_that_there_is() {
    let (service, _) = service().await;
    let fixture = gateway(&service).await;
    let (shop, _) = both(&fixture);
    let image = shop.made("ai/image", json!({ "prompt": "A kite" })).await;
    assert!(!image.to_string().contains("cosmic_ai_bucket"), "{image}");
    assert_eq!(shop.list("").await.1, 2);
    // Once others come, it keeps what was made for it.
    let backend = Backend::http(super::to(&service.base_url()).build().unwrap());
    let fixture = fixture.restarted(backend, with_other).await;
    let (shop, other) = both(&fixture);
    assert_eq!(shop.list("").await, (vec![image["id"].clone()], 1));
    assert_eq!(other.list("").await.1, 0);
}

#[tokio::test]
async fn without_buckets_a_backend_is_refused_that_may_cost() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path()).with_address(([127, 0, 0, 1], 0).into());
    let refused = Server::start(config, Backend::of(MockBackend::new())).await.unwrap_err().to_string();
    assert!(refused.contains("may spend real tokens") && refused.contains("Backend::scripted"), "{refused}");
}
