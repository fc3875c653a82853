//! The gateway's own copies of what it had made.

use std::time::Duration;

use cosmic_ai::{MediaId, MediaLibrary as _};
use cosmic_ai_server::{Backend, Config, KeepConfig};
use cosmic_ai_testkit::server::{FaultServer, Framing, Gate, Reply, Script, Turn};
use cosmic_ai_testkit::stub::CosmicStub;
use reqwest::Method;
use serde_json::{Value, json};

use super::{gateway_to, service, to};
use crate::fixture::{BUCKET, Fixture, WRITE_KEY, answer};

fn from(host: &str) -> impl FnOnce(Config) -> Config {
    let keep = KeepConfig::from_hosts([host]);
    |config| config.keeping(keep)
}

/// The host of the service, as a list names it.
fn host(service: &CosmicStub) -> String {
    let url = reqwest::Url::parse(&service.base_url()).unwrap();
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
}

async fn one(fixture: &Fixture, method: Method, id: &Value) -> (u16, Value) {
    let path = format!("/v3/buckets/{BUCKET}/media/{}", id.as_str().unwrap());
    answer(fixture.request(method, &path).bearer_auth(WRITE_KEY).send().await.unwrap()).await
}

async fn bytes(fixture: &Fixture, url: &Value) -> (u16, Vec<u8>) {
    let response = fixture.client.get(url.as_str().unwrap()).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn what_is_made_is_copied_shown_and_deleted_with_its_original() {
    let service = service().await;
    let fixture = gateway_to(&service, from(&host(&service))).await;
    let here = format!("http://{}/media/", fixture.server.address());
    let before = fixture.ask("ai/audio", &json!({ "prompt": "Welcome" })).await.1["media"].clone();
    for (path, body) in [
        ("ai/image", json!({ "prompt": "A kite", "metadata": { "cosmic_ai_operation_id": "own-1" } })),
        ("ai/video", json!({ "prompt": "A kite", "duration": 4 })),
    ] {
        let send = || fixture.call(path, &body).header("idempotency-key", path).send();
        let first = answer(send().await.unwrap()).await;
        let media = &first.1["media"];
        assert_eq!(first.0, 200, "{}", first.1);
        assert!(media["url"].as_str().unwrap().starts_with(&here), "{media}");
        assert!(media["imgix_url"].as_str().unwrap().starts_with(&here), "{media}");
        let origin = media["origin_url"].as_str().unwrap();
        assert!(origin.contains(&host(&service)), "{media}");
        let (status, copy) = bytes(&fixture, &media["url"]).await;
        assert_eq!((status, &copy), (200, &bytes(&fixture, &media["origin_url"]).await.1));
        assert_eq!(media["size"], copy.len());
        // The same answer again, and the same medium in list and by itself.
        assert_eq!(answer(send().await.unwrap()).await, first);
        let (status, listed) = fixture.list("limit=1").await;
        assert_eq!((status, &listed["media"][0]), (200, media));
        assert_eq!(one(&fixture, Method::GET, &media["id"]).await.1["media"], *media);

        let (status, deleted) = one(&fixture, Method::DELETE, &media["id"]).await;
        assert_eq!(status, 200, "{deleted}");
        assert_eq!(bytes(&fixture, &media["url"]).await.0, 404);
        assert_eq!(bytes(&fixture, &media["origin_url"]).await.0, 404);
        assert_eq!(one(&fixture, Method::GET, &media["id"]).await.0, 404);
        assert_eq!(one(&fixture, Method::DELETE, &media["id"]).await.0, 404);
    }
    assert_eq!(fixture.list("").await.1["media"], json!([before]));
    // No key went for the bytes.
    let fetched: Vec<_> =
        service.requests().into_iter().filter(|request| request.path().starts_with("/media/")).collect();
    assert!(fetched.iter().all(|request| request.header("authorization").is_none()), "{fetched:?}");
}

#[tokio::test]
async fn copies_outlive_a_restart_and_the_wish_for_them() {
    let service = service().await;
    let fixture =
        gateway_to(&service, |config| from(&host(&service))(config).with_public_url("http://media.test")).await;
    let made = fixture.ask("ai/image", &json!({ "prompt": "A kite" })).await.1["media"].clone();
    assert!(made["url"].as_str().unwrap().starts_with("http://media.test/media/"), "{made}");
    let backend = Backend::http(to(&service.base_url()).build().unwrap());
    let fixture = fixture.restarted(backend, |config| config.with_public_url("http://media.test")).await;
    assert_eq!(fixture.list("").await.1["media"], json!([made]));
    let other = fixture.ask("ai/image", &json!({ "prompt": "A kite" })).await.1["media"].clone();
    assert!(other.get("origin_url").is_none() && other["url"].as_str().unwrap().contains(&host(&service)), "{other}");
}

#[tokio::test]
async fn a_host_that_is_not_on_the_list_is_not_asked() {
    let service = service().await;
    let fixture = gateway_to(&service, from("cdn.cosmicjs.com")).await;
    let (status, made) = fixture.ask("ai/image", &json!({ "prompt": "A kite" })).await;
    assert_eq!(status, 200);
    assert!(made["media"]["url"].as_str().unwrap().contains(&host(&service)), "{made}");
    assert!(made["media"].get("origin_url").is_none());
    assert!(service.requests().iter().all(|request| !request.path().starts_with("/media/")));
    assert!(fixture.server.library().check().unwrap().is_empty());
}

#[tokio::test]
async fn a_copy_that_fails_costs_nothing_but_itself() {
    let elsewhere = FaultServer::start(Script::new()).await;
    let body = || Reply::new(200, vec![b'a'; 900]).in_pieces(100);
    let cases: [(&str, Turn); 9] = [
        ("redirected off the list", Reply::redirect(302, format!("{}/b", elsewhere.url())).into()),
        ("too large", Reply::huge(1 << 40)),
        ("too large in chunks", Reply::new(200, vec![b'a'; 5_000]).in_pieces(100).framed(Framing::Chunked).into()),
        ("of another size", Reply::new(200, vec![b'a'; 899]).into()),
        ("truncated", body().truncated_after(450).into()),
        ("truncated chunks", body().framed(Framing::Chunked).truncated_after(450).into()),
        ("slow", body().stalled_after(450).into()),
        ("silent", Turn::new().read_request().hold()),
        ("refused", Reply::json(403, "{}").into()),
    ];
    for (name, turn) in cases {
        let cdn = FaultServer::start(Script::new().then(turn)).await;
        let medium = json!({
            "id": "m1", "name": "veo-1.mp4", "type": "video/mp4", "size": 900,
            "url": format!("{}/veo-1.mp4?signature=s3cret", cdn.url()), "folder": null
        });
        let usage = json!({ "input_tokens": 10, "output_tokens": 288_000, "total_tokens": 288_010 });
        let video = json!({ "media": medium, "usage": usage, "generation_time_seconds": 40 });
        let api = FaultServer::start(Reply::json(200, video)).await;
        let keep = KeepConfig::from_hosts([cdn.address().to_string()])
            .with_most_bytes(1_000)
            .with_time(Duration::from_secs(1));
        let backend = Backend::http(to(&format!("{}/v3", api.url())).build().unwrap());
        let fixture = Fixture::with(backend, |config| config.keeping(keep)).await;
        let (status, made) = fixture.ask("ai/video", &json!({ "prompt": "A kite" })).await;
        assert_eq!((status, &made["media"]["url"]), (200, &medium["url"]), "{name}: {made}");
        assert!(made["media"].get("origin_url").is_none(), "{name}: {made}");
        assert_eq!(cdn.connections(), 1, "{name}");
        assert_eq!(fixture.server.library().check().unwrap(), Vec::<String>::new(), "{name}");
        assert_eq!(std::fs::read_dir(fixture.folder().join("media")).unwrap().count(), 0, "{name}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_copy_is_made_though_its_client_left() {
    let gate = Gate::new();
    let cdn = FaultServer::start(Reply::new(200, vec![b'a'; 900]).gated_after(450, &gate)).await;
    let medium = json!({ "id": "m1", "type": "video/mp4", "size": 900, "url": format!("{}/a", cdn.url()) });
    let api = FaultServer::start(Reply::json(200, json!({ "media": medium }))).await;
    let backend = Backend::http(to(&format!("{}/v3", api.url())).build().unwrap());
    let fixture = Fixture::with(backend, from(&cdn.address().to_string())).await;
    let call = tokio::spawn(fixture.call("ai/video", &json!({ "prompt": "A kite" })).send());
    cdn.wait_for_requests(1).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    gate.open();
    // A stop waits for what is under way.
    let library = fixture.server.library().clone();
    fixture.server.stop().await.unwrap();
    assert_eq!(library.bucket(BUCKET).get(&MediaId::from("m1")).await.unwrap().size, Some(900));
}

#[tokio::test]
async fn hosts_that_are_none_are_refused_at_the_start() {
    let service = service().await;
    for hosts in [vec![], vec!["http://cdn.cosmicjs.com/"]] {
        let folder = tempfile::tempdir().unwrap();
        let config = crate::fixture::config(folder.path()).keeping(KeepConfig::from_hosts(hosts));
        let backend = Backend::http(to(&service.base_url()).build().unwrap());
        let refused = cosmic_ai_server::Server::start(config, backend).await.unwrap_err();
        assert!(matches!(refused, cosmic_ai_server::StartError::Config(_)), "{refused}");
    }
}
