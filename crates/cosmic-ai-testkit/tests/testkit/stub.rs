//! The API of the stub, as a client that knows only its documentation sees it.

use cosmic_ai_mock::MockBackend;
use cosmic_ai_testkit::stub::{CosmicStub, MetadataQueries};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

struct Client(reqwest::Client);

impl Client {
    fn new() -> Self {
        Self(reqwest::Client::builder().no_proxy().build().unwrap())
    }

    async fn call(&self, stub: &CosmicStub, kind: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/buckets/{}/ai/{kind}", stub.base_url(), stub.bucket());
        read(self.0.post(url).bearer_auth(stub.write_key()).body(body.to_string())).await
    }

    async fn list(&self, stub: &CosmicStub, rest: &str) -> (u16, Value) {
        let (base, bucket, key) = (stub.base_url(), stub.bucket(), stub.read_key());
        read(self.0.get(format!("{base}/buckets/{bucket}/media?read_key={key}{rest}"))).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

fn ids(list: &Value) -> Vec<&str> {
    list["media"].as_array().unwrap().iter().map(|media| media["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn keys_bucket_and_routes_are_checked() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = Client::new();
    let url = format!("{}/buckets/test-bucket/ai/text", stub.base_url());
    let body = json!({"prompt": "Hello"}).to_string();
    assert_eq!(read(client.0.post(&url).body(body.clone())).await.0, 401);
    assert_eq!(read(client.0.post(&url).bearer_auth("other").body(body.clone())).await.0, 401);
    let elsewhere = url.replace("test-bucket", "other");
    assert_eq!(read(client.0.post(elsewhere).bearer_auth(stub.write_key()).body(body)).await.0, 404);
    assert_eq!(client.call(&stub, "music", json!({})).await.0, 404);
    let list = format!("{}/buckets/test-bucket/media?read_key=other", stub.base_url());
    assert_eq!(read(client.0.get(list)).await.0, 401);
    let with_key = json!({"prompt": "Hello", "write_key": stub.write_key()}).to_string();
    assert_eq!(read(client.0.post(&url).body(with_key)).await.0, 200);
}

#[tokio::test]
async fn text_comes_whole_and_streamed() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = Client::new();
    let (status, whole) = client.call(&stub, "text", json!({"prompt": "Hello", "max_tokens": 20})).await;
    assert_eq!(status, 200);
    assert!(whole["usage"]["input_tokens"].is_u64() && whole["usage"]["output_tokens"].is_u64());

    let url = format!("{}/buckets/{}/ai/text", stub.base_url(), stub.bucket());
    let body = json!({"prompt": "Hello", "max_tokens": 20, "stream": true});
    let answer = client.0.post(url).bearer_auth(stub.write_key()).body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let answer = answer.text().await.unwrap();
    let events = answer.split("\n\n").filter(|event| !event.is_empty());
    let events: Vec<Value> = events.map(|event| serde_json::from_str(&event["data: ".len()..]).unwrap()).collect();
    let text: String = events.iter().filter_map(|event| event["text"].as_str()).collect();
    assert_eq!(text, whole["text"].as_str().unwrap());
    assert_eq!(events[events.len() - 2]["token_count"], whole["usage"]);
    assert_eq!(events[events.len() - 1]["event"], "end");
    let (status, wrong) = client.call(&stub, "text", json!({"prompt": " "})).await;
    assert_eq!((status, &wrong["status"]), (400, &json!(400)));
}

#[tokio::test]
async fn media_are_made_listed_opened_and_deleted() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = Client::new();
    assert_eq!(client.list(&stub, "").await.0, 404);
    let named =
        json!({"prompt": "A ball", "metadata": {"mine": 1, "cosmic_ai_operation_id": "op-1"}, "folder": "clips"});
    let (_, image) = client.call(&stub, "image", json!({"prompt": "A bicycle", "size": "512x512"})).await;
    let (_, video) = client.call(&stub, "video", named).await;
    let id = video["media"]["id"].as_str().unwrap();
    let (_, extension) = client.call(&stub, "video/extend", json!({"prompt": "Back", "media_id": id})).await;
    let (_, audio) = client.call(&stub, "audio", json!({"prompt": "Hello"})).await;
    assert!(image["revised_prompt"].is_string() && image.get("usage").is_none());
    assert!(video["generation_time_seconds"].is_u64() && video["usage"]["total_tokens"].is_u64());
    assert_eq!((&extension["is_extension"], extension["source_media_id"].as_str()), (&json!(true), Some(id)));
    assert_eq!(audio["media"]["metadata"]["voice"], "nova");
    // Ids of operations that the client did not send are not shown.
    assert!(image["media"]["metadata"].get("cosmic_ai_operation_id").is_none());
    assert_eq!(video["media"]["metadata"]["cosmic_ai_operation_id"], "op-1");

    let url = video["media"]["url"].as_str().unwrap();
    let bytes = client.0.get(url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(video["media"]["size"], bytes.len());

    let all = client.list(&stub, "&sort=-created_at&use_cache=false").await.1;
    assert_eq!((ids(&all).len(), &all["total"], ids(&all)[3]), (4, &json!(4), image["media"]["id"].as_str().unwrap()));
    let page = client.list(&stub, "&limit=1&skip=2&props=id,url").await.1;
    assert_eq!((ids(&page), page["media"][0].as_object().unwrap().len()), (vec![id], 2));
    for query in [r#"{"id":"ID"}"#, r#"{"metadata.cosmic_ai_operation_id":"op-1"}"#, r#"{"folder":"clips"}"#] {
        let (status, found) = client.list(&stub, &format!("&query={}", query.replace("ID", id))).await;
        assert_eq!((status, ids(&found)), (200, vec![id]), "{query}");
    }
    assert_eq!(client.list(&stub, r#"&query={"metadata.mine":2}"#).await.0, 404);
    let seen = stub.requests();
    assert!(seen.iter().any(|request| request.query("use_cache").as_deref() == Some("false")));

    let one = format!("{}/buckets/test-bucket/media/{id}", stub.base_url());
    assert_eq!(read(client.0.delete(&one)).await.0, 401);
    let (status, deleted) = read(client.0.delete(&one).bearer_auth(stub.write_key())).await;
    assert!(status == 200 && deleted["message"].is_string());
    assert_eq!(read(client.0.delete(&one).bearer_auth(stub.write_key())).await.0, 404);
    assert_eq!(client.0.get(url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn files_are_uploaded() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = Client::new();
    let content: Vec<u8> = b"\r\n--\0\xff".iter().copied().cycle().take(10_000).collect();
    let file = Part::bytes(content.clone()).file_name("a b.png").mime_str("image/png").unwrap();
    let metadata = json!({"source": "camera"}).to_string();
    let form = Form::new().text("folder", "photos").text("metadata", metadata).part("media", file);
    let url = format!("{}/buckets/test-bucket/media", stub.base_url());
    let (status, stored) = read(client.0.post(url).bearer_auth(stub.write_key()).multipart(form)).await;
    let media = &stored["media"];
    assert_eq!((status, &media["type"], &media["size"]), (200, &json!("image/png"), &json!(10_000)));
    assert_eq!((&media["original_name"], &media["folder"]), (&json!("a b.png"), &json!("photos")));
    assert_eq!(media["metadata"], json!({"source": "camera"}));
    let bytes = client.0.get(media["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, content);
}

#[tokio::test]
async fn media_are_changed() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = Client::new();
    let (_, made) = client.call(&stub, "image", json!({"prompt": "A ball", "folder": "a", "metadata": {"n": 1}})).await;
    let before = &made["media"];
    let one = format!("{}/buckets/test-bucket/media/{}", stub.base_url(), before["id"].as_str().unwrap());
    let change = |url: &str, body: Value| client.0.patch(url).bearer_auth(stub.write_key()).body(body.to_string());
    assert_eq!(read(client.0.patch(&one).body("{}")).await.0, 401);
    assert_eq!(read(change(&one, json!([]))).await.0, 400);
    assert_eq!(read(change(&one, json!({"metadata": 1}))).await.0, 400);
    assert_eq!(read(change(&format!("{one}0"), json!({"folder": "b"}))).await.0, 404);

    let (status, moved) = read(change(&one, json!({"folder": "b", "alt_text": "Red"}))).await;
    let after = &moved["media"];
    assert_eq!((status, &after["folder"], &after["alt_text"]), (200, &json!("b"), &json!("Red")));
    assert_eq!((&after["url"], &after["metadata"]), (&before["url"], &before["metadata"]));
    assert!(after["modified_at"].as_str() > before["modified_at"].as_str());
    let (_, bare) = read(change(&one, json!({"folder": null, "metadata": {"n": 2}}))).await;
    assert_eq!((&bare["media"]["folder"], &bare["media"]["metadata"]), (&Value::Null, &json!({"n": 2})));
    assert_eq!(client.list(&stub, "").await.1["media"][0], bare["media"]);
}

#[tokio::test]
async fn metadata_queries_and_caches_can_be_as_bad_as_feared() {
    let client = Client::new();
    let query = r#"&query={"metadata.cosmic_ai_operation_id":"op-1"}&use_cache=false"#;
    for (queries, expected) in [(MetadataQueries::FindNothing, 404), (MetadataQueries::AreIgnored, 200)] {
        let stub =
            CosmicStub::builder(MockBackend::new()).with_metadata_queries(queries).with_stale_cache().start().await;
        client.call(&stub, "audio", json!({"prompt": "Hello"})).await;
        assert_eq!(client.list(&stub, query).await.0, expected);
        assert_eq!(client.list(&stub, "").await.0, 404);
        assert_eq!(client.list(&stub, "&use_cache=false").await.0, 200);
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_its_medium() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = Client::new();
    stub.lose_answers(1);
    let url = format!("{}/buckets/{}/ai/audio", stub.base_url(), stub.bucket());
    let body = json!({"prompt": "Hello", "metadata": {"cosmic_ai_operation_id": "op-1"}}).to_string();
    assert!(client.0.post(url).bearer_auth(stub.write_key()).body(body).send().await.is_err());
    let found = client.list(&stub, r#"&query={"metadata.cosmic_ai_operation_id":"op-1"}"#).await;
    assert_eq!(ids(&found.1).len(), 1);
}
