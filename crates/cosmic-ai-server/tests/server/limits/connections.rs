//! Connections: kept, limited, timed, ended.

use std::time::{Duration, Instant};

use cosmic_ai_server::Backend;
use reqwest::{Client, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{body, metrics, slow};
use crate::fixture::{BUCKET, Fixture, WRITE_KEY};

const ALIVE: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";

/// Reads until `end` stands at the end of what came.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4 << 10];
    while !text.ends_with(end) {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer)).await;
        let count = read.unwrap_or_else(|_| panic!("nothing more after {text:?}")).unwrap();
        assert!(count > 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    text
}

#[tokio::test]
async fn a_connection_is_kept_for_longer_than_a_head_may_take() {
    let fixture = Fixture::with(Backend::mock(), |mut config| {
        config.limits.head_time = Duration::from_millis(150);
        config
    })
    .await;
    let mut stream = TcpStream::connect(fixture.server.address()).await.unwrap();
    for _ in 0..3 {
        stream.write_all(ALIVE).await.unwrap();
        assert!(until(&mut stream, "}").await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    // Byte for byte it takes too long, though it never pauses.
    let begun = Instant::now();
    for byte in ALIVE {
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let mut rest = String::new();
    let _ = stream.read_to_string(&mut rest).await;
    assert!(rest.starts_with("HTTP/1.1 408"), "{rest:?} after {:?}", begun.elapsed());
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_asks_nothing_is_closed_without_a_word() {
    let fixture = Fixture::with(Backend::mock(), |mut config| {
        config.limits.head_time = Duration::from_millis(150);
        config
    })
    .await;
    let mut stream = TcpStream::connect(fixture.server.address()).await.unwrap();
    let mut text = String::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut text)).await.unwrap().unwrap();
    assert_eq!(text, "");
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn requests_may_come_at_once_and_the_first_that_is_none_is_the_last() {
    let fixture = Fixture::start().await;
    let text = fixture.raw(&[ALIVE, ALIVE, b"rubbish\r\n\r\n", ALIVE].concat()).await;
    let statuses: Vec<u16> = text.split("HTTP/1.1 ").filter_map(|answer| answer.get(..3)?.parse().ok()).collect();
    assert_eq!(statuses, [200, 200, 400], "{text}");
    assert!(text.ends_with("\"status\":400}"), "{text}");
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn who_sends_half_a_head_and_leaves_is_told() {
    let fixture = Fixture::start().await;
    let mut stream = TcpStream::connect(fixture.server.address()).await.unwrap();
    stream.write_all(&ALIVE[..20]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 400") && text.ends_with('}'), "{text}");
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let fixture = Fixture::with(Backend::mock(), |mut config| {
        config.limits.connections = 2;
        config
    })
    .await;
    let address = fixture.server.address();
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ALIVE).await.unwrap();
        until(&mut stream, "}").await;
        kept.push(stream);
    }
    let mut third = TcpStream::connect(address).await.unwrap();
    third.write_all(ALIVE).await.unwrap();
    let mut buffer = [0; 16];
    let waiting = tokio::time::timeout(Duration::from_millis(300), third.read(&mut buffer)).await;
    assert!(waiting.is_err(), "{waiting:?}");
    kept.pop();
    until(&mut third, "}").await;
    drop((kept, third));
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn http2_without_tls_is_served_with_the_same_refusals() {
    let fixture = Fixture::start().await;
    let client = Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let url = |path: &str| format!("http://{}{path}", fixture.server.address());
    let alive = client.get(url("/healthz")).send().await.unwrap();
    assert_eq!((alive.status().as_u16(), alive.version()), (200, reqwest::Version::HTTP_2));
    let many = (0..8).map(|_| {
        let call = client.post(url(&format!("/v3/buckets/{BUCKET}/ai/text"))).bearer_auth(WRITE_KEY);
        tokio::spawn(call.header("content-type", "application/json").body(body().to_string()).send())
    });
    for call in many.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    let large = client.get(url("/healthz")).header("x-a", "a".repeat(40 << 10)).send().await.unwrap();
    assert_eq!(crate::fixture::answer(large).await.0, 431);
    let nowhere = client.get(url("/nowhere")).send().await.unwrap();
    assert_eq!(crate::fixture::answer(nowhere).await.0, 404);
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stop_closes_what_is_idle_and_lets_answers_end() {
    let fixture = slow(Duration::from_millis(600), |config| config).await;
    let address = fixture.server.address();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(ALIVE).await.unwrap();
    until(&mut idle, "}").await;
    let silent = TcpStream::connect(address).await.unwrap();
    let call = tokio::spawn(fixture.call("ai/text", &body()).send());
    while !metrics(&fixture).await.contains("cosmic_ai_calls_under_way 1") {
        tokio::task::yield_now().await;
    }
    let begun = Instant::now();
    fixture.server.stop().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(call.await.unwrap().unwrap().status(), 200);
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());
    drop(silent);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn streams_and_bytes_of_media_are_counted() {
    let fixture = slow(Duration::from_millis(400), |config| config).await;
    let mut body = body();
    body["stream"] = true.into();
    let stream = fixture.call("ai/text", &body).send().await.unwrap();
    assert!(metrics(&fixture).await.contains("cosmic_ai_streams_open 1"));
    stream.text().await.unwrap();
    assert!(metrics(&fixture).await.contains("cosmic_ai_streams_open 0"));
    let (_, image) = fixture.ask("ai/image", &serde_json::json!({ "prompt": "A kite" })).await;
    let url = image["media"]["url"].as_str().unwrap();
    let path = &url[url.find("/media/").unwrap()..];
    let bytes = fixture.request(Method::GET, path).send().await.unwrap().bytes().await.unwrap();
    let metrics = metrics(&fixture).await;
    assert!(metrics.contains(&format!("cosmic_ai_media_served_bytes_total {}", bytes.len())), "{metrics}");
    fixture.server.stop().await.unwrap();
}
