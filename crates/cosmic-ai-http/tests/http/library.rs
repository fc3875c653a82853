//! The media library: what is asked, with which key, and of whom.

use cosmic_ai_core::{Media, MediaChange, MediaId, MediaLibrary as _, MediaQuery, OperationId, Outcome, Upload};
use cosmic_ai_http::{Environment, HttpBackend};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_testkit::server::{FaultServer, Reply, Script};
use cosmic_ai_testkit::stub::CosmicStub;
use serde_json::{Map, Value, json};

use super::ask::kind_of;
use super::setup::{BUCKET, READ_KEY, WRITE_KEY, backend, builder, of_stub};

fn medium(id: &str, operation: Option<&OperationId>) -> Value {
    let metadata = operation.map_or_else(|| json!({}), |id| json!({ "cosmic_ai_operation_id": id }));
    json!({ "id": id, "url": "https://x.invalid/a", "type": "image/png", "metadata": metadata })
}

fn list(media: &[Value]) -> Reply {
    Reply::json(200, json!({ "media": media, "total": media.len(), "limit": 1_000 }))
}

fn none() -> Reply {
    Reply::json(404, r#"{"status":404,"message":"No media found"}"#)
}

#[tokio::test]
async fn reads_ask_past_the_cache_with_the_read_key_alone() {
    let server = FaultServer::start(Script::new().then_times(2, list(&[medium("m1", None)]))).await;
    let backend = builder(&server.url()).with_header("x-team", "blue").build().unwrap();
    backend.find(&MediaQuery::all().with_folder("clips & more").with_limit(7).with_skip(3)).await.unwrap();
    assert_eq!(backend.get(&MediaId::from("m1")).await.unwrap().id.as_str(), "m1");
    let [found, got] = server.requests().try_into().unwrap();
    for (request, name, value) in [
        (&found, "query", r#"{"folder":"clips & more"}"#),
        (&found, "limit", "7"),
        (&found, "skip", "3"),
        (&got, "query", r#"{"id":"m1"}"#),
        (&got, "limit", "1"),
    ] {
        assert_eq!(request.query(name).as_deref(), Some(value));
    }
    for request in [&found, &got] {
        assert_eq!((request.method.as_str(), request.path()), ("GET", "/v3/buckets/test-bucket/media"));
        assert_eq!(request.query("use_cache").as_deref(), Some("false"));
        assert_eq!(request.query("sort").as_deref(), Some("-created_at"));
        assert_eq!(request.query("read_key").as_deref(), Some(READ_KEY));
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("x-team"), Some("blue"));
    }
}

#[tokio::test]
async fn an_operation_is_searched_for_and_if_that_fails_looked_for() {
    let (wanted, other) = (OperationId::mint(), OperationId::mint());
    let (hit, miss) = (medium("hit", Some(&wanted)), medium("miss", Some(&other)));
    let all = || list(&[miss.clone(), hit.clone(), medium("bare", None)]);
    for (name, script, requests) in [
        ("found by the query", vec![list(std::slice::from_ref(&hit))], 1),
        ("the query finds nothing", vec![none(), all()], 2),
        ("the query finds an empty list", vec![list(&[]), all()], 2),
        ("the query is passed over", vec![all()], 1),
        ("the query finds something else", vec![list(std::slice::from_ref(&miss)), all()], 2),
        ("the query is refused", vec![Reply::json(400, "{}"), all()], 2),
        ("the query is too much", vec![Reply::json(500, "{}"), all()], 2),
    ] {
        let server = FaultServer::start(script).await;
        let query = MediaQuery::all().with_operation(wanted.clone());
        let page = backend(&server.url()).find(&query).await.unwrap();
        let ids: Vec<&str> = page.media.iter().map(|media| media.id.as_str()).collect();
        assert_eq!((ids.as_slice(), page.total), (["hit"].as_slice(), 1), "{name}");
        assert_eq!(server.requests().len(), requests, "{name}");
        let asked = server.requests()[0].query("query").unwrap();
        assert_eq!(asked, json!({ "metadata.cosmic_ai_operation_id": wanted }).to_string());
    }
}

#[tokio::test]
async fn nothing_found_is_an_empty_page_and_no_medium() {
    let server = FaultServer::start(Script::new().then_times(4, none())).await;
    let backend = backend(&server.url());
    for query in [MediaQuery::all(), MediaQuery::all().with_operation(OperationId::mint())] {
        let page = backend.find(&query).await.unwrap();
        assert_eq!((page.media.len(), page.total), (0, 0));
    }
    assert_eq!(kind_of(&backend.get(&MediaId::from("m1")).await.unwrap_err()), "not found");
    server.assert_all_used();
}

#[tokio::test]
async fn another_medium_than_the_one_asked_for_is_not_taken_for_it() {
    let server = FaultServer::start(list(&[medium("m2", None)])).await;
    assert_eq!(kind_of(&backend(&server.url()).get(&MediaId::from("m1")).await.unwrap_err()), "not found");
}

#[tokio::test]
async fn a_total_that_is_not_told_is_at_least_what_is_there() {
    let answer = Reply::json(200, json!({ "media": [medium("m1", None), medium("m2", None)] }));
    let server = FaultServer::start(answer).await;
    let page = backend(&server.url()).find(&MediaQuery::all().with_skip(5)).await.unwrap();
    assert_eq!(page.total, 7);
}

#[tokio::test]
async fn bytes_are_had_from_elsewhere_without_any_key_and_through_redirects() {
    let bytes = Reply::new(200, &b"the bytes"[..]);
    let last = FaultServer::start(Script::new().then(Reply::redirect(308, "/b?x=1")).then(bytes)).await;
    let first = FaultServer::start(
        Script::new().then(Reply::redirect(301, "/second")).then(Reply::redirect(302, format!("{}/a", last.url()))),
    )
    .await;
    let api = FaultServer::start(Script::new()).await;
    let backend = builder(&api.url()).with_header("x-team", "blue").build().unwrap();
    let media = Media::new("m1", format!("{}/first", first.url()), "image/png");
    assert_eq!(backend.open(&media).await.unwrap().collect().await.unwrap(), "the bytes");
    let requests: Vec<_> = first.requests().into_iter().chain(last.requests()).collect();
    let targets: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(targets, ["/first", "/second", "/a", "/b?x=1"]);
    for request in requests {
        let all = format!("{request:?}");
        assert!(
            !all.contains("CANARY") && !all.contains("x-team") && request.header("authorization").is_none(),
            "{all}"
        );
        assert!(request.body.is_empty());
    }
    assert_eq!(api.connections(), 0);
}

#[tokio::test]
async fn uploads_are_multipart_with_key_folder_and_metadata() {
    let stored = json!({ "media": medium("m1", None) });
    let server =
        FaultServer::start(Script::new().then(Reply::json(200, &stored)).then(Reply::json(200, &stored["media"])))
            .await;
    let backend = backend(&server.url());
    let upload = || {
        let metadata: Map<String, Value> = Map::from_iter([("project".to_owned(), json!(7))]);
        Upload::new("a \"b\" ü.png", "image/png", b"\x89PNG\r\n".to_vec())
            .with_folder("clips")
            .with_alt_text("A bicycle")
            .with_metadata(metadata)
    };
    for _ in 0..2 {
        assert_eq!(backend.put(upload()).await.unwrap().id.as_str(), "m1");
    }
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.path()), ("POST", "/v3/buckets/test-bucket/media"));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {WRITE_KEY}").as_str()));
    assert!(request.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    let body = String::from_utf8_lossy(&request.body);
    for part in ["name=\"media\"", "image/png", "PNG\r\n", "name=\"folder\"", "clips", r#"{"project":7}"#, WRITE_KEY] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(!request.target.contains("CANARY"));
}

#[tokio::test]
async fn the_stub_reads_what_is_uploaded_and_deletes_it() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let backend = of_stub(&stub).build().unwrap();
    let content: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let stored = backend.put(Upload::new("a.bin", "application/x-test", content.clone())).await.unwrap();
    assert_eq!((stored.content_type.as_str(), stored.size), ("application/x-test", Some(300_000)));
    assert_eq!(backend.open(&stored).await.unwrap().collect().await.unwrap(), content);
    backend.delete(&stored.id).await.unwrap();
    assert_eq!(kind_of(&backend.delete(&stored.id).await.unwrap_err()), "not found");
    assert_eq!(kind_of(&backend.open(&stored).await.unwrap_err()), "not found");
}

#[tokio::test]
async fn deletions_name_one_file_and_need_no_words_in_answer() {
    let answers = [Reply::json(200, r#"{"message":"gone"}"#), Reply::new(204, ""), Reply::new(200, "gone")];
    let server = FaultServer::start(Vec::from(answers)).await;
    let backend = backend(&server.url());
    for (id, path) in [("m1", "m1"), ("a/b?c", "a%2Fb%3Fc"), ("%2e%2e", "%252e%252e")] {
        backend.delete(&MediaId::from(id)).await.unwrap();
        let request = server.requests().pop().unwrap();
        let target = format!("/v3/buckets/{BUCKET}/media/{path}");
        assert_eq!((request.method.as_str(), request.target.as_str()), ("DELETE", target.as_str()));
        assert_eq!(request.header("authorization"), Some(format!("Bearer {WRITE_KEY}").as_str()));
    }
    for id in ["", ".", ".."] {
        assert_eq!(kind_of(&backend.delete(&MediaId::from(id)).await.unwrap_err()), "not found", "{id:?}");
    }
    server.assert_all_used();
}

#[tokio::test]
async fn changes_say_only_what_changes_and_need_no_medium_in_answer() {
    let medium = r#"{"id":"m1","url":"https://cdn.example/m1.png","type":"image/png","alt_text":"new"}"#;
    let answers = [
        Reply::json(200, format!(r#"{{"media":{medium}}}"#)),
        Reply::json(200, r#"{"message":"changed"}"#),
        Reply::json(200, format!(r#"{{"media":[{medium}],"total":1}}"#)),
        Reply::json(404, r#"{"status":404,"message":"No media found"}"#),
    ];
    let server = FaultServer::start(Vec::from(answers)).await;
    let backend = backend(&server.url());
    let id = MediaId::from("m1");
    let metadata: Map<String, Value> = [("n".to_owned(), json!(1))].into_iter().collect();
    let changed = backend.update(&id, MediaChange::new().with_alt_text("new")).await.unwrap();
    assert_eq!(changed.alt_text.as_deref(), Some("new"));
    let request = server.requests().pop().unwrap();
    let target = format!("/v3/buckets/{BUCKET}/media/m1");
    assert_eq!((request.method.as_str(), request.target.as_str()), ("PATCH", target.as_str()));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {WRITE_KEY}").as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.body, br#"{"alt_text":"new"}"#);

    let all = MediaChange::new().without_folder().with_metadata(metadata);
    assert_eq!(backend.update(&id, all.clone()).await.unwrap(), changed);
    let [_, request, asked] = server.requests().try_into().unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({
            "folder": null,
            "metadata": { "n": 1 }
        })
    );
    assert_eq!(asked.method, "GET");
    let error = backend.update(&id, all.with_folder("posters")).await.unwrap_err();
    assert_eq!((kind_of(&error), error.outcome()), ("not found", Outcome::Refused));
    for id in ["", ".", ".."] {
        let error = backend.update(&MediaId::from(id), MediaChange::new()).await.unwrap_err();
        assert_eq!(kind_of(&error), "not found", "{id:?}");
    }
    server.assert_all_used();
}

#[tokio::test]
async fn reads_without_a_read_key_are_not_sent() {
    let server = FaultServer::start(Script::new()).await;
    let environment = Environment::custom(server.url(), server.url());
    let backend = HttpBackend::builder(BUCKET, WRITE_KEY).with_environment(environment).build().unwrap();
    let error = backend.find(&MediaQuery::all()).await.unwrap_err();
    assert!(error.to_string().contains("COSMIC_READ_KEY"), "{error}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_file_of_another_making_does_not_hide_the_others() {
    let mine: OperationId = "job-7".parse().unwrap();
    let odd = json!({ "id": 7, "note": "no URL" });
    let server = FaultServer::start(Script::from(list(&[odd, medium("m2", Some(&mine))]))).await;
    let page = backend(&server.url()).find(&MediaQuery::all().with_operation(mine)).await.unwrap();
    let ids: Vec<&str> = page.media.iter().map(|media| media.id.as_str()).collect();
    assert_eq!(ids, ["m2"]);
}

#[tokio::test]
async fn an_operation_is_looked_for_on_later_pages_whatever_the_total_says() {
    let (mine, other) = (OperationId::mint(), OperationId::mint());
    let page = |id: &str, of: &OperationId| Reply::json(200, json!({ "media": [medium(id, Some(of))] }));
    let script = [none(), page("m1", &other), page("m2", &other), page("m3", &mine)];
    let server = FaultServer::start(Vec::from(script)).await;
    let found = backend(&server.url()).find(&MediaQuery::all().with_operation(mine)).await.unwrap();
    assert_eq!(found.media.iter().map(|media| media.id.as_str()).collect::<Vec<_>>(), ["m3"]);
    let skips: Vec<_> = server.requests().iter().map(|request| request.query("skip").unwrap()).collect();
    assert_eq!(skips, ["0", "0", "1", "2"]);
}
