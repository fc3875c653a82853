//! Files over HTTP: whole, in part, not again, and never run.

use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::fixture::{Fixture, WRITE_KEY, answer};

const TEXT: &[u8] = b"0123456789";

/// Stores a file; its address without host.
async fn stored(fixture: &Fixture, name: &str, kind: &str, bytes: &[u8]) -> String {
    let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned()).mime_str(kind).unwrap();
    let request = fixture.request(Method::POST, "/v3/buckets/shop/media").bearer_auth(WRITE_KEY);
    let (status, answer) = answer(request.multipart(Form::new().part("media", part)).send().await.unwrap()).await;
    assert_eq!(status, 200, "{answer}");
    format!("/media/{}", answer["media"]["name"].as_str().unwrap())
}

async fn get(fixture: &Fixture, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = fixture.request(Method::GET, path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_file_is_sent_whole_with_all_that_caches_need() {
    let fixture = Fixture::start().await;
    let path = stored(&fixture, "a.txt", "text/plain", TEXT).await;
    let response = get(&fixture, &path, &[]).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    // SHA-256 of the ten digits.
    let etag = "\"84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882\"";
    assert_eq!(header(&headers, "etag"), Some(etag));
    assert_eq!(header(&headers, "content-type"), Some("text/plain"));
    assert_eq!(header(&headers, "content-length"), Some("10"));
    assert_eq!(header(&headers, "accept-ranges"), Some("bytes"));
    assert_eq!(header(&headers, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(&headers, "cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(header(&headers, "content-disposition"), None);
    assert!(headers.contains_key("last-modified"));
    assert_eq!(response.bytes().await.unwrap(), TEXT);

    let head = fixture.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(head.headers(), "content-length")), (200, Some("10")));
    assert_eq!(header(head.headers(), "etag"), Some(etag));
    assert!(head.bytes().await.unwrap().is_empty());

    let unchanged = get(&fixture, &path, &[("if-none-match", etag)]).await;
    assert_eq!((unchanged.status().as_u16(), header(unchanged.headers(), "etag")), (304, Some(etag)));
    assert_eq!(header(unchanged.headers(), "content-type"), None);
    assert!(unchanged.bytes().await.unwrap().is_empty());
    let modified = header(&headers, "last-modified").unwrap();
    assert_eq!(get(&fixture, &path, &[("if-modified-since", modified)]).await.status(), 304);
    let (status, other) = answer(get(&fixture, &path, &[("if-match", "\"x\"")]).await).await;
    assert_eq!((status, &other["status"]), (412, &json!(412)));
    let downloaded = get(&fixture, &format!("{path}?download"), &[]).await;
    assert_eq!(header(downloaded.headers(), "content-disposition"), Some("attachment; filename=\"a.txt\""));
}

#[tokio::test]
async fn parts_of_a_file_are_sent_alone() {
    let fixture = Fixture::start().await;
    let path = stored(&fixture, "a.txt", "text/plain", TEXT).await;
    for (range, status, bytes, content_range) in [
        ("bytes=0-0", 206, "0", Some("bytes 0-0/10")),
        ("bytes=2-4", 206, "234", Some("bytes 2-4/10")),
        ("bytes=7-", 206, "789", Some("bytes 7-9/10")),
        ("bytes=-2", 206, "89", Some("bytes 8-9/10")),
        ("bytes=-20", 206, "0123456789", Some("bytes 0-9/10")),
        ("bytes=5-99", 206, "56789", Some("bytes 5-9/10")),
        ("bytes=0-1,3-4", 200, "0123456789", None),
        ("bytes=4-2", 200, "0123456789", None),
        ("lines=1-2", 200, "0123456789", None),
    ] {
        let response = get(&fixture, &path, &[("range", range)]).await;
        assert_eq!(response.status().as_u16(), status, "{range}");
        assert_eq!(header(response.headers(), "content-range"), content_range, "{range}");
        let length = bytes.len().to_string();
        assert_eq!(header(response.headers(), "content-length"), Some(length.as_str()), "{range}");
        assert_eq!(response.text().await.unwrap(), bytes, "{range}");
    }
    let outside = get(&fixture, &path, &[("range", "bytes=10-")]).await;
    assert_eq!(header(outside.headers(), "content-range"), Some("bytes */10"));
    let (status, refusal) = answer(outside).await;
    assert_eq!((status, &refusal["status"]), (416, &json!(416)));
    let stale = get(&fixture, &path, &[("range", "bytes=2-4"), ("if-range", "\"x\"")]).await;
    assert_eq!(stale.status(), 200);
    assert_eq!(stale.text().await.unwrap(), "0123456789");
    let etag = get(&fixture, &path, &[]).await.headers()["etag"].to_str().unwrap().to_owned();
    let fresh = get(&fixture, &path, &[("range", "bytes=2-4"), ("if-range", &etag)]).await;
    assert_eq!(fresh.status(), 206);
    let empty = stored(&fixture, "b.txt", "text/plain", b"").await;
    let response = get(&fixture, &empty, &[]).await;
    assert_eq!((response.status().as_u16(), header(response.headers(), "content-length")), (200, Some("0")));
    assert_eq!(get(&fixture, &empty, &[("range", "bytes=0-")]).await.status(), 416);
}

#[tokio::test]
async fn what_a_browser_could_run_is_only_to_be_kept() {
    let fixture = Fixture::start().await;
    for (name, kind, bytes) in [
        ("a.svg", "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
        ("a.html", "text/html", "<!doctype html><script>alert(1)</script>"),
        ("a.xml", "application/xml", "<?xml version=\"1.0\"?><a/>"),
        // A page that says it is a picture.
        ("a.png", "image/png", "<!doctype html><script>alert(1)</script>"),
    ] {
        let path = stored(&fixture, name, kind, bytes.as_bytes()).await;
        let response = get(&fixture, &path, &[]).await;
        let headers = response.headers();
        let disposition = header(headers, "content-disposition").unwrap_or_default();
        assert!(disposition.starts_with("attachment; filename=\"a."), "{name}: {headers:?}");
        assert_eq!(header(headers, "content-security-policy"), Some("sandbox; default-src 'none'"), "{name}");
        assert_eq!(header(headers, "x-content-type-options"), Some("nosniff"), "{name}");
        assert_ne!(header(headers, "content-type"), Some("image/png"), "{name}");
    }
}

#[tokio::test]
async fn names_that_are_none_are_not_found() {
    let fixture = Fixture::start().await;
    for path in
        ["/media/none.png", "/media/..%2fspend.db", "/media/%2e%2e%2fspend.db", "/media/%00", "/media/%ff", "/media/."]
    {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answered = fixture.raw(raw.as_bytes()).await;
        assert!(answered.starts_with("HTTP/1.1 404"), "{path}: {answered}");
        let (_, body) = answered.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["status"], 404, "{path}: {body}");
    }
}

#[tokio::test]
async fn a_large_file_comes_whole_and_in_part() {
    let fixture = Fixture::start().await;
    let bytes: Vec<u8> =
        (0..3_000_000_u32).map(|number| u8::try_from(number.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    let path = stored(&fixture, "a.bin", "application/octet-stream", &bytes).await;
    assert_eq!(get(&fixture, &path, &[]).await.bytes().await.unwrap(), bytes);
    let part = get(&fixture, &path, &[("range", "bytes=1000000-2999998")]).await;
    assert_eq!(part.bytes().await.unwrap(), bytes[1_000_000..2_999_999]);
}
