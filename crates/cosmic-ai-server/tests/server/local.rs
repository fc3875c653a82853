//! The server that was given no buckets: its keys are known to everyone, so it answers this machine alone.

use cosmic_ai_server::{Backend, BucketConfig, Config, Server};
use reqwest::Client;
use serde_json::Value;

use crate::fixture::answer;

#[tokio::test]
async fn a_web_page_from_elsewhere_does_not_reach_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path()).with_address(([127, 0, 0, 1], 0).into());
    let config = config.with_cors_origin("https://shop.example");
    let server = Server::start(config, Backend::mock()).await.unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let port = server.address().port();
    let ask = async |host: &str, origin: Option<&str>| {
        let call = client.post(format!("{}/buckets/local-bucket/ai/text", server.base_url()));
        let call = call.bearer_auth("local-write-key").header("content-type", "application/json");
        let call = call.header("host", host).body(r#"{"prompt": "Name a colour", "max_tokens": 5}"#);
        let call = if let Some(origin) = origin { call.header("origin", origin) } else { call };
        answer(call.send().await.unwrap()).await
    };
    let here = format!("127.0.0.1:{port}");
    for (host, origin) in [
        (here.as_str(), None),
        ("localhost", None),
        ("[::1]:80", Some("http://localhost:3000")),
        (&here, Some("https://shop.example")),
    ] {
        let (status, answer) = ask(host, origin).await;
        assert_eq!(status, 200, "{host} {origin:?}: {answer}");
    }
    for (host, origin) in [
        ("rebound.example", None),
        ("rebound.example", Some("http://localhost:3000")),
        (here.as_str(), Some("https://evil.example")),
        (&here, Some("null")),
    ] {
        let (status, answer) = ask(host, origin).await;
        assert_eq!((status, &answer["status"]), (403, &Value::from(403)), "{host} {origin:?}: {answer}");
    }
    // The simple request that a form of any page can send.
    let form = reqwest::multipart::Form::new().text("write_key", "local-write-key");
    let upload = client.post(format!("{}/buckets/local-bucket/media", server.base_url()));
    let sent = upload.header("origin", "https://evil.example").multipart(form).send().await.unwrap();
    assert_eq!(answer(sent).await.0, 403);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn keys_that_everyone_knows_spend_nothing_and_an_empty_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |bucket: BucketConfig, backend| {
        let config = Config::new(folder.path()).with_address(([127, 0, 0, 1], 0).into()).with_bucket(bucket);
        Server::start(config, backend).await.map(drop).map_err(|error| error.to_string())
    };
    let local = BucketConfig::new("shop", "local-write-key", "a-read-key-of-the-shop");
    let gateway = Backend::of(cosmic_ai::mock::MockBackend::default());
    assert!(start(local, gateway).await.unwrap_err().contains("known to everyone"));
    let empty = BucketConfig::new("shop", "a-write-key-of-the-shop", "");
    assert!(start(empty, Backend::mock()).await.unwrap_err().contains("bucket[0].read_key"));
}
