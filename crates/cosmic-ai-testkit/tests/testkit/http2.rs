//! What a real client sees of HTTP/2 frames.

use cosmic_ai_testkit::server::{FaultServer, Gate, H2Error, HttpVersion, LastStream, Script, Turn};

/// A client that never sends anything again of itself.
fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().http2_prior_knowledge();
    builder.retry(reqwest::retry::never()).build().unwrap()
}

async fn error_of(turn: Turn) -> (String, usize) {
    let server = FaultServer::start(turn).await;
    let failed = match client().post(server.url()).body("ask").send().await {
        Err(error) => error,
        Ok(answer) => answer.bytes().await.unwrap_err(),
    };
    let mut reason: &dyn std::error::Error = &failed;
    while let Some(source) = reason.source() {
        reason = source;
    }
    (reason.to_string(), server.requests().len())
}

#[tokio::test]
async fn answers_come_on_one_connection_and_requests_are_counted() {
    let server = FaultServer::start(vec![Turn::h2_json(200, "{}"), Turn::h2_json(429, "[]")]).await;
    let client = client();
    let first = client.post(server.url()).body("ask").send().await.unwrap();
    assert_eq!((first.status().as_u16(), first.version()), (200, reqwest::Version::HTTP_2));
    assert_eq!(first.headers()["content-type"], "application/json");
    assert_eq!(first.text().await.unwrap(), "{}");
    assert_eq!(client.post(server.url()).body("more").send().await.unwrap().status(), 429);
    assert_eq!(client.get(server.url()).send().await.unwrap().status(), 500);

    let seen = server.requests();
    let bodies: Vec<&[u8]> = seen.iter().map(|request| request.body.as_slice()).collect();
    assert_eq!(bodies, [b"ask".as_slice(), b"more", b""]);
    assert!(seen.iter().all(|request| request.is_complete && request.version == HttpVersion::Http2));
    assert_eq!((server.connections(), server.unexpected_requests()), (1, 1));
}

#[tokio::test]
async fn large_bodies_pass_both_ways() {
    let answer = "a".repeat(60_000);
    let server = FaultServer::start(Turn::h2_json(200, &answer)).await;
    let sent = "b".repeat(500_000);
    let received = client().post(server.url()).body(sent.clone()).send().await.unwrap().text().await.unwrap();
    assert!(received == answer && server.requests()[0].body == sent.as_bytes());
}

#[tokio::test]
async fn a_stream_is_reset_before_and_within_its_answer() {
    let refused = error_of(Turn::new().read_request().h2_reset_stream(H2Error::RefusedStream).hold()).await;
    assert!(refused.0.contains("refused"), "{refused:?}");
    assert_eq!(refused.1, 1);
    let head = Turn::new().read_request().h2_head(200, &[]);
    let failed = error_of(head.clone().h2_reset_stream(H2Error::InternalError).hold()).await;
    assert!(failed.0.contains("internal"), "{failed:?}");
    let cancelled = error_of(head.h2_data("part").h2_reset_stream(H2Error::Cancel).hold()).await;
    assert!(cancelled.0.contains("no longer needed"), "{cancelled:?}");
}

#[tokio::test]
async fn a_connection_goes_away_before_and_within_an_answer() {
    let before = Turn::new().read_head().h2_go_away(H2Error::NoError, LastStream::None).close();
    let (reason, requests) = error_of(before).await;
    assert_eq!(requests, 1, "{reason}");
    let within = Turn::new()
        .read_request()
        .h2_head(200, &[])
        .h2_data("part")
        .h2_go_away(H2Error::InternalError, LastStream::Current)
        .close();
    let (reason, requests) = error_of(within).await;
    assert_eq!(requests, 1, "{reason}");
}

#[tokio::test]
async fn a_client_that_sends_again_shows() {
    let refused = Turn::new().read_request().h2_reset_stream(H2Error::RefusedStream).keep_alive();
    let script = Script::new().then(refused).then(Turn::h2_json(200, "{}"));
    let server = FaultServer::start(script).await;
    // By default, this client sends refused streams again: just what a paid call must not have happen unseen.
    let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    assert_eq!(client.post(server.url()).body("ask").send().await.unwrap().status(), 200);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_dropped_answer_is_a_hang_up() {
    let gate = Gate::new();
    let turn = Turn::new().read_request().h2_head(200, &[]).h2_data("part").wait_for(&gate);
    let server = FaultServer::start(turn).await;
    let client = client();
    let mut answer = client.post(server.url()).body("ask").send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "part");
    drop(answer);
    server.wait_for_hang_ups(1).await;
}
