//! The media library over HTTP, as official clients use it: uploads, lists, changes, deletions.

use std::time::Duration;

use cosmic_ai_server::{Backend, Limits};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fixture::{Fixture, READ_KEY, WRITE_KEY, answer};

const MEDIA: &str = "/v3/buckets/shop/media";

/// A file whose type is known by its first bytes.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0".to_vec();
    bytes.extend((0..5_000_u32).map(|number| u8::try_from(number % 251).unwrap()));
    bytes
}

fn file(name: &str, bytes: Vec<u8>) -> Form {
    Form::new().part("media", Part::bytes(bytes).file_name(name.to_owned()).mime_str("image/png").unwrap())
}

async fn upload(fixture: &Fixture, form: Form) -> (u16, Value) {
    let request = fixture.request(Method::POST, MEDIA).bearer_auth(WRITE_KEY).multipart(form);
    answer(request.send().await.unwrap()).await
}

/// One stored file; its id.
async fn stored(fixture: &Fixture, name: &str) -> String {
    let (status, answer) = upload(fixture, file(name, png())).await;
    assert_eq!(status, 200, "{answer}");
    answer["media"]["id"].as_str().unwrap().to_owned()
}

async fn one(fixture: &Fixture, method: Method, id: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = fixture.request(method, &format!("{MEDIA}/{id}")).bearer_auth(WRITE_KEY);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    answer(request.send().await.unwrap()).await
}

/// How many files lie in the data folder, in whatever folder of it.
fn files_in(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn an_upload_in_the_order_of_the_official_client_is_stored_with_all_its_parts() {
    let fixture = Fixture::start().await;
    // The file first, then the key, then the rest; the key is in the header too.
    let form = file("Tässe 1.png", png())
        .text("write_key", WRITE_KEY)
        .text("folder", "posters")
        .text("metadata", r#"{"campaign":"spring","cosmic_ai_operation_id":"op-1"}"#)
        .text("trigger_webhook", "true");
    let (status, answer) = upload(&fixture, form.text("alt_text", "a mug")).await;
    assert_eq!(status, 200, "{answer}");
    let media = &answer["media"];
    assert_eq!(media["original_name"], "Tässe 1.png");
    assert_eq!(media["folder"], "posters");
    assert_eq!(media["alt_text"], "a mug");
    assert_eq!(media["type"], "image/png");
    assert_eq!(media["size"], png().len());
    assert_eq!((&media["width"], &media["height"]), (&json!(3), &json!(2)));
    assert!(media["bucket"].is_string() && media["created_at"].is_string(), "{media}");
    assert_eq!(media["metadata"], json!({ "campaign": "spring", "cosmic_ai_operation_id": "op-1" }));
    let name = media["name"].as_str().unwrap();
    assert!(name.len() > 36 && name.is_ascii(), "{name}");
    assert_eq!(name.rsplit_once('.').unwrap().1, "png");
    let bytes = fixture.client.get(media["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, png());
    let query = r#"query={"metadata.cosmic_ai_operation_id":"op-1"}&limit=1"#;
    let (status, found) = fixture.list(query).await;
    assert_eq!((status, &found["media"][0]["id"]), (200, &media["id"]), "{found}");
}

#[tokio::test]
async fn a_key_in_the_form_is_enough_and_a_wrong_one_stores_nothing() {
    let fixture = Fixture::start().await;
    let send = async |form: Form, key: Option<&str>| {
        let mut request = fixture.request(Method::POST, MEDIA).multipart(form);
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        answer(request.send().await.unwrap()).await
    };
    let files = files_in(fixture.folder());
    for (form, key, expected) in [
        (file("a.png", png()), None, 401),
        (file("a.png", png()).text("write_key", "guess"), None, 401),
        (file("a.png", png()).text("write_key", READ_KEY), None, 403),
        (file("a.png", png()), Some("guess"), 401),
        (file("a.png", png()), Some(READ_KEY), 403),
        // What is in the header counts.
        (file("a.png", png()).text("write_key", WRITE_KEY), Some("guess"), 401),
    ] {
        let (status, answer) = send(form, key).await;
        assert_eq!((status, &answer["status"]), (expected, &json!(expected)), "{answer}");
    }
    assert_eq!(fixture.list("").await.0, 404);
    assert_eq!(files_in(fixture.folder()), files);
    let (status, answer) = send(file("a.png", png()).text("write_key", WRITE_KEY), None).await;
    assert_eq!(status, 200, "{answer}");
    let form = Form::new().text("write_key", WRITE_KEY);
    let part = Part::bytes(png()).file_name("b.png");
    assert_eq!(send(form.part("media", part), None).await.0, 200);
}

#[tokio::test]
async fn forms_that_are_none_are_refused_and_nothing_is_kept() {
    let fixture = Fixture::start().await;
    let files = files_in(fixture.folder());
    let part = || Part::bytes(png()).file_name("a.png");
    for (form, expected, words) in [
        (Form::new().text("folder", "posters"), 400, "media is missing"),
        (Form::new().text("media", "a.png"), 400, "is not a file"),
        (Form::new().part("media", part()).part("media", part()), 400, "is there twice"),
        (file("a.png", png()).text("metadata", "[1]"), 400, "metadata `[1]` is not a JSON object"),
        (file("a.png", png()).text("metadata", "{\"a\":"), 400, "is not JSON"),
        (file("a.png", png()).text("folder", "a/../b"), 400, "folder"),
        (file("a.png", png()).text("alt_text", "x".repeat(70_000)), 413, "alt_text"),
        ((0..40).fold(Form::new(), |form, _| form.text("other", "x")), 400, "more than 32 parts"),
    ] {
        let (status, answer) = upload(&fixture, form).await;
        assert_eq!(status, expected, "{answer}");
        assert!(answer["message"].as_str().unwrap().contains(words), "{words}: {answer}");
    }
    for (kind, body, expected) in [
        ("application/json", "{}", 415),
        ("text/plain", "hello", 415),
        ("multipart/form-data", "--x--\r\n", 400),
        ("multipart/form-data; boundary=x", "", 400),
        ("multipart/form-data; boundary=x", "hello", 400),
        ("multipart/form-data; boundary=x", "--x--\r\n", 400),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\nabc",
            400,
        ),
    ] {
        let request = fixture.request(Method::POST, MEDIA).bearer_auth(WRITE_KEY).header("content-type", kind);
        let (status, answer) = answer(request.body(body).send().await.unwrap()).await;
        assert_eq!((status, &answer["status"]), (expected, &json!(expected)), "{kind} {body}: {answer}");
    }
    assert_eq!(fixture.list("").await.0, 404);
    assert_eq!(files_in(fixture.folder()), files);
}

#[tokio::test]
async fn an_upload_is_limited_in_size_and_in_its_pauses() {
    let fixture = Fixture::with(Backend::mock(), |config| {
        let mut limits = Limits::default();
        limits.upload_bytes = 100_000;
        limits.body_idle = Duration::from_millis(200);
        config.with_limits(limits)
    })
    .await;
    let files = files_in(fixture.folder());
    assert_eq!(upload(&fixture, file("a.png", vec![7; 100_000])).await.0, 200);
    let (status, answer) = upload(&fixture, file("a.png", vec![7; 100_001])).await;
    assert_eq!((status, &answer["status"]), (413, &json!(413)), "{answer}");
    // Said to be larger than anything allowed: refused before it is read.
    let head = format!(
        "POST {MEDIA} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {WRITE_KEY}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n"
    );
    let refused = fixture.raw(format!("{head}Content-Length: 9000000000\r\n\r\n").as_bytes()).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    let part = "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\nabc";
    let slow = fixture.raw(format!("{head}Content-Length: 5000\r\n\r\n{part}").as_bytes()).await;
    assert!(slow.starts_with("HTTP/1.1 408") && slow.contains("paused for too long"), "{slow}");
    // Heads of parts are not collected for ever.
    let endless = format!("--x\r\nA: {}", "b".repeat(2 << 20));
    let request = fixture.request(Method::POST, MEDIA).bearer_auth(WRITE_KEY);
    let request = request.header("content-type", "multipart/form-data; boundary=x").body(endless);
    assert_eq!(crate::fixture::answer(request.send().await.unwrap()).await.0, 400);
    assert_eq!(fixture.list("").await.1["total"], 1);
    assert_eq!(files_in(fixture.folder()), files + 1);
}

#[tokio::test]
async fn a_large_file_without_a_key_before_it_is_not_taken_in() {
    let fixture = Fixture::start().await;
    let chunk = bytes::Bytes::from(vec![1_u8; 1 << 20]);
    let chunks: Vec<_> = std::iter::repeat_n(chunk, 80).map(Ok).collect();
    let stream = Body::wrap_stream(Chunks(chunks.into_iter()));
    let form = Form::new().part("media", Part::stream(stream).file_name("large.bin")).text("write_key", WRITE_KEY);
    let keyless = fixture.request(Method::POST, MEDIA).multipart(form).send().await.unwrap();
    assert_eq!(answer(keyless).await.0, 401);
    assert_eq!(fixture.list("").await.0, 404);
}

#[tokio::test]
async fn a_refusal_arrives_though_the_file_is_still_coming() {
    let fixture = Fixture::start().await;
    for (key, status) in [("guess", "401"), (READ_KEY, "403")] {
        // More than the buffers of both ends hold, so that a server that closes at once resets what is still being sent.
        let length = 32 << 20;
        let head = format!(
            "POST {MEDIA} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(fixture.server.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; length]).await.unwrap();
        let mut refused = String::new();
        stream.read_to_string(&mut refused).await.unwrap();
        assert!(refused.starts_with(&format!("HTTP/1.1 {status}")), "{refused}");
    }
}

struct Chunks(std::vec::IntoIter<Result<bytes::Bytes, std::io::Error>>);

impl futures_core::Stream for Chunks {
    type Item = Result<bytes::Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn lists_are_cut_sorted_and_picked_from() {
    let fixture = Fixture::start().await;
    let (status, nothing) = fixture.list("").await;
    assert_eq!((status, &nothing["status"]), (404, &json!(404)), "{nothing}");
    let mut ids = Vec::new();
    for name in ["a.png", "b.png", "c.png"] {
        ids.push(stored(&fixture, name).await);
    }
    let (status, all) = fixture.list("").await;
    assert_eq!((status, &all["total"], &all["limit"]), (200, &json!(3), &json!(1000)), "{all}");
    assert!(all.get("skip").is_none(), "{all}");
    let names = |list: &Value| -> Vec<String> {
        let media = list["media"].as_array().unwrap().iter();
        media.map(|media| media["original_name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(names(&all), ["c.png", "b.png", "a.png"]);
    let (_, second) = fixture.list("limit=1&skip=1&sort=created_at&use_cache=true").await;
    assert_eq!((names(&second), &second["total"], &second["skip"]), (vec!["b.png".to_owned()], &json!(3), &json!(1)));
    assert_eq!(names(&fixture.list("sort=%2Bcreated_at").await.1), ["a.png", "b.png", "c.png"]);
    assert_eq!(names(&fixture.list("sort=random").await.1).len(), 3);
    let (_, picked) = fixture.list("props=id,metadata.none&limit=2").await;
    assert_eq!(picked["media"], json!([{ "id": ids[2] }, { "id": ids[1] }]));
    // As the official client finds one.
    let query = format!("limit=1&query=%7B%22id%22%3A%22{}%22%7D", ids[0]);
    assert_eq!(names(&fixture.list(&query).await.1), ["a.png"]);
    assert_eq!(fixture.list(r#"query={"folder":"none"}"#).await.0, 404);
    assert_eq!(fixture.list("skip=3").await.0, 404);
    for (query, words) in [
        ("limit=0", "limit `0` is not a whole number in range (allowed: 1 to 1000)"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("skip=-1", "skip"),
        ("sort=name", "sort `name` is not one of those allowed (allowed: created_at, -created_at"),
        ("use_cache=maybe", "use_cache"),
        ("query=%5B1%5D", "query `[1]` is not a JSON object"),
        ("query=%7B", "query `{` is not JSON"),
        ("query=%7B%22%24no%22%3A1%7D", "$no"),
        ("props=a..b", "props"),
        ("limit=1&limit=2", "limit `2` is given twice"),
    ] {
        let (status, refusal) = fixture.list(query).await;
        assert_eq!(status, 400, "{query}: {refusal}");
        assert!(refusal["message"].as_str().unwrap().contains(words), "{query}: {refusal}");
    }
}

#[tokio::test]
async fn media_are_shown_changed_and_deleted() {
    let fixture = Fixture::start().await;
    let id = stored(&fixture, "a.png").await;
    let (status, shown) = one(&fixture, Method::GET, &id, None).await;
    assert_eq!((status, &shown["media"]["id"]), (200, &json!(id)));
    let path = format!("{MEDIA}/{id}?read_key={READ_KEY}&props=id");
    let response = fixture.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer(response).await, (200, json!({ "media": { "id": id } })));

    let change = json!({ "folder": "posters", "alt_text": "a mug", "metadata": { "a": 1 } });
    let (status, changed) = one(&fixture, Method::PATCH, &id, Some(change)).await;
    assert_eq!(status, 200, "{changed}");
    let media = &changed["media"];
    assert_eq!((&media["folder"], &media["alt_text"]), (&json!("posters"), &json!("a mug")));
    assert_eq!(media["metadata"], json!({ "a": 1 }));
    assert!(media["modified_at"].as_str() >= shown["media"]["modified_at"].as_str());
    assert_eq!(media["original_name"], "a.png");
    let top = json!({ "folder": null, "write_key": WRITE_KEY, "trigger_webhook": true });
    let (_, changed) = one(&fixture, Method::PATCH, &id, Some(top)).await;
    assert_eq!((&changed["media"]["folder"], &changed["media"]["alt_text"]), (&Value::Null, &json!("a mug")));
    for (change, words) in [
        (json!({}), "changes nothing"),
        (json!({ "name": "b.png" }), "name cannot be changed (allowed: folder, alt_text, metadata)"),
        (json!({ "folder": 3 }), "folder `3`"),
        (json!({ "metadata": [] }), "metadata `a list`"),
    ] {
        let (status, refusal) = one(&fixture, Method::PATCH, &id, Some(change)).await;
        assert_eq!(status, 400, "{refusal}");
        assert!(refusal["message"].as_str().unwrap().contains(words), "{refusal}");
    }

    let (status, deleted) = one(&fixture, Method::DELETE, &format!("{id}?trigger_webhook=true"), None).await;
    assert_eq!(status, 200, "{deleted}");
    assert!(deleted["message"].as_str().unwrap().contains(&id));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(one(&fixture, method, &id, None).await.0, 404);
    }
    assert_eq!(one(&fixture, Method::PATCH, &id, Some(json!({ "alt_text": "x" }))).await.0, 404);
    assert_eq!(one(&fixture, Method::PATCH, &id, Some(json!({ "metadata": {} }))).await.0, 404);
    let gone = shown["media"]["url"].as_str().unwrap();
    assert_eq!(answer(fixture.client.get(gone).send().await.unwrap()).await.0, 404);
}

#[tokio::test]
async fn a_clip_can_still_be_extended_after_its_metadata_was_replaced() {
    let fixture = Fixture::start().await;
    let (status, clip) = fixture.ask("ai/video", &json!({ "prompt": "Waves", "duration": 4 })).await;
    assert_eq!(status, 200, "{clip}");
    let id = clip["media"]["id"].as_str().unwrap();
    let (_, changed) = one(&fixture, Method::PATCH, id, Some(json!({ "metadata": { "mine": true } }))).await;
    let metadata = changed["media"]["metadata"].as_object().unwrap();
    assert_eq!(metadata["mine"], json!(true));
    assert!(metadata.contains_key("veo_file_uri") && !metadata.contains_key("duration"), "{metadata:?}");
    let (status, longer) = fixture.ask("ai/video/extend", &json!({ "prompt": "More waves", "media_id": id })).await;
    assert_eq!(status, 200, "{longer}");
}

#[tokio::test]
async fn a_medium_is_found_by_its_clients_operation_after_its_metadata_was_replaced() {
    let fixture = Fixture::start().await;
    let metadata = json!({ "cosmic_ai_operation_id": "op-7", "a": 1 });
    let (status, picture) = fixture.ask("ai/image", &json!({ "prompt": "A mug", "metadata": metadata })).await;
    assert_eq!(status, 200, "{picture}");
    let id = picture["media"]["id"].as_str().unwrap();
    let found = async |operation: &str| {
        fixture.list(&format!(r#"query={{"metadata.cosmic_ai_operation_id":"{operation}"}}"#)).await.0
    };
    let (_, changed) = one(&fixture, Method::PATCH, id, Some(json!({ "metadata": { "b": 2 } }))).await;
    assert_eq!(changed["media"]["metadata"], json!({ "b": 2, "cosmic_ai_operation_id": "op-7" }));
    assert_eq!(found("op-7").await, 200);
    // It is the client's own to change.
    let other = json!({ "metadata": { "cosmic_ai_operation_id": "op-8" } });
    assert_eq!(one(&fixture, Method::PATCH, id, Some(other)).await.0, 200);
    assert_eq!((found("op-7").await, found("op-8").await), (404, 200));
}

#[tokio::test]
async fn the_library_needs_keys_of_its_own_bucket() {
    let fixture = Fixture::start().await;
    let id = stored(&fixture, "a.png").await;
    let get = async |path: &str| answer(fixture.request(Method::GET, path).send().await.unwrap()).await.0;
    assert_eq!(get(MEDIA).await, 401);
    assert_eq!(get(&format!("{MEDIA}?read_key=guess")).await, 401);
    assert_eq!(get(&format!("{MEDIA}?read_key={WRITE_KEY}")).await, 200);
    assert_eq!(get(&format!("{MEDIA}/{id}")).await, 401);
    assert_eq!(get(&format!("/v3/buckets/none/media?read_key={READ_KEY}")).await, 404);
    assert_eq!(get(&format!("/v3/buckets/%ff/media?read_key={READ_KEY}")).await, 404);
    let delete = fixture.request(Method::DELETE, &format!("{MEDIA}/{id}")).bearer_auth(READ_KEY);
    assert_eq!(answer(delete.send().await.unwrap()).await.0, 403);
    let change = fixture.request(Method::PATCH, &format!("{MEDIA}/{id}")).header("content-type", "application/json");
    let body = json!({ "alt_text": "x", "write_key": READ_KEY }).to_string();
    assert_eq!(answer(change.body(body).send().await.unwrap()).await.0, 403);
    assert_eq!(get(&format!("{MEDIA}/{id}?read_key={READ_KEY}")).await, 200);
}
