//! What a real client sees of the scripted faults.

use cosmic_ai_testkit::server::{
    FaultServer, Framing, Gate, LineEnd, RefusedPort, Reply, Script, Sse, Turn, UNRESOLVABLE_URL, Writes,
};
use serde_json::json;

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The innermost reason of an error.
fn root(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

#[tokio::test]
async fn replies_come_in_order_on_a_kept_connection_and_requests_are_seen() {
    let server = FaultServer::start([Reply::json(200, json!({"a": 1})), Reply::html(502, "<h1>Bad</h1>")]).await;
    let client = client();
    let url = format!("{}/ai/text?query=%7B%22id%22%3A1%7D&use_cache=false", server.url());
    let first = client.post(&url).header("X-Key", "k").body("ask").send().await.unwrap();
    assert_eq!(first.text().await.unwrap(), r#"{"a":1}"#);
    let second = client.get(&url).send().await.unwrap();
    assert_eq!(second.status(), 502);
    assert_eq!(second.headers()["content-type"], "text/html; charset=utf-8");
    second.bytes().await.unwrap();

    let seen = server.requests();
    assert_eq!(
        (seen[0].method.as_str(), seen[0].path(), seen[0].body.as_slice()),
        ("POST", "/ai/text", b"ask".as_slice())
    );
    assert_eq!(seen[0].query("query").as_deref(), Some(r#"{"id":1}"#));
    assert_eq!(seen[0].header("x-key"), Some("k"));
    assert!(seen[0].is_complete && seen[1].is_complete);
    assert_eq!((seen[0].connection, seen[1].connection, server.connections()), (1, 1, 1));
    server.assert_all_used();
}

#[tokio::test]
async fn a_request_beyond_the_script_gets_500_and_shows() {
    let server = FaultServer::start(Reply::json(200, "{}")).await;
    let client = client();
    client.get(server.url()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(client.get(server.url()).send().await.unwrap().status(), 500);
    assert_eq!((server.unexpected_requests(), server.unused_turns()), (1, 0));
}

#[tokio::test]
async fn chunked_request_bodies_are_read() {
    let server = FaultServer::start(Reply::json(200, "{}")).await;
    let form = reqwest::multipart::Form::new().text("folder", "f");
    client().post(server.url()).multipart(form).send().await.unwrap();
    let text = String::from_utf8(server.requests()[0].body.clone()).unwrap();
    assert!(text.contains("name=\"folder\""), "{text}");
}

#[tokio::test]
async fn connections_break_where_the_script_says() {
    let whole = Reply::json(200, r#"{"text":"0123456789"}"#);
    let script = Script::new()
        .then(Turn::new().reset())
        .then(Turn::new())
        .then(Turn::new().read_head().reset())
        .then(Turn::new().read_request().close())
        .then(Turn::new().read_request().send("HTTP/1.1 200 OK\r\ncontent-le").close())
        .then(whole.clone().truncated_after(5))
        .then(whole.clone().wrong_content_length(100))
        .then(whole.clone().framed(Framing::Chunked).truncated_after(5));
    let server = FaultServer::start(script).await;
    // No connection is kept, so that each turn meets a new one.
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    for _ in 0..5 {
        assert!(client.post(server.url()).body("ask").send().await.is_err());
    }
    for _ in 0..3 {
        let answer = client.post(server.url()).body("ask").send().await.unwrap();
        assert!(answer.bytes().await.is_err());
    }
    assert_eq!(server.requests().len(), 6);
    server.assert_all_used();
}

#[tokio::test]
async fn a_gate_lets_the_client_read_before_the_reset() {
    let gate = Gate::new();
    let reply = Reply::json(200, r#"{"text":"0123456789"}"#).gated_after(9, &gate).reset_after(9);
    let server = FaultServer::start(reply).await;
    let mut answer = client().get(server.url()).send().await.unwrap();
    gate.reached().await;
    assert_eq!(answer.chunk().await.unwrap().unwrap(), r#"{"text":""#);
    gate.open();
    let error = answer.chunk().await.unwrap_err();
    assert!(root(&error).contains("reset"), "{}", root(&error));
}

#[tokio::test]
async fn a_stalled_client_that_leaves_is_counted() {
    let server = FaultServer::start(Reply::text_stream(["a", "b"], (1, 2)).reply().stalled_after(14)).await;
    let mut answer = client().get(server.url()).send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "data: {\"text\":");
    assert_eq!(server.hang_ups(), 0);
    drop(answer);
    server.wait_for_hang_ups(1).await;
    server.closed().await;
}

#[tokio::test]
async fn a_pooled_connection_goes_stale() {
    let gate = Gate::new();
    let script = Script::new().then(Reply::json(200, "{}").then_close_at(&gate)).then(Reply::json(200, "[]"));
    let server = FaultServer::start(script).await;
    let client = client();
    client.get(server.url()).send().await.unwrap().bytes().await.unwrap();
    gate.open();
    server.closed().await;
    assert_eq!(client.get(server.url()).send().await.unwrap().text().await.unwrap(), "[]");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn event_streams_come_in_the_pieces_asked_for() {
    let events = || Reply::text_stream(["é", "b"], (3, 2)).line_end(LineEnd::CrLf);
    let whole = events().bytes();
    let script = [events().writes(Writes::Bytes(1)), events().writes(Writes::Together), events()];
    let server = FaultServer::start(Vec::from(script)).await;
    for pieces in [whole.len(), 1, 4] {
        let mut answer = client().get(server.url()).send().await.unwrap();
        let mut received = Vec::new();
        let mut count = 0;
        while let Some(piece) = answer.chunk().await.unwrap() {
            received.extend_from_slice(&piece);
            count += 1;
        }
        assert_eq!((received == whole, count), (true, pieces));
    }
}

#[test]
fn event_streams_are_written_as_asked_for() {
    let check = |events: Sse, expected: &str| assert_eq!(String::from_utf8(events.bytes()).unwrap(), expected);
    check(Reply::sse(["a", "b\nc"]), "data: a\n\ndata: b\ndata: c\n\n");
    check(Reply::sse(["a"]).line_end(LineEnd::Cr).raw(": x\r"), "data: a\r\r: x\r");
    check(Reply::sse(["a"]).without_last_blank_line(), "data: a\n");
    check(
        Reply::text_stream(["a"], (3, 2)).without_end(),
        "data: {\"text\":\"a\"}\n\ndata: {\"token_count\":{\"input_tokens\":3,\"output_tokens\":2}}\n\n",
    );
}

#[tokio::test]
async fn gzip_bombs_and_huge_answers_are_what_they_claim() {
    let script = Script::new()
        .then(Reply::gzip_bomb(8 << 20))
        .then(Reply::huge(1 << 20))
        .then(Reply::json(200, r#"{"a":1}"#).gzipped());
    let server = FaultServer::start(script).await;
    let bomb = client().get(server.url()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bomb.len(), (8 << 20) + r#"{"text":""}"#.len());
    let huge = client().get(server.url()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(huge.len(), 1 << 20);
    assert!(huge.ends_with(b"\"}"));
    assert_eq!(client().get(server.url()).send().await.unwrap().text().await.unwrap(), r#"{"a":1}"#);
}

#[tokio::test]
async fn nowhere_is_nowhere() {
    let port = RefusedPort::reserve().unwrap();
    let error = client().get(port.url()).send().await.unwrap_err();
    assert!(error.is_connect() && root(&error).contains("refused"), "{}", root(&error));
    assert!(client().get(UNRESOLVABLE_URL).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_deaf_server_connects_and_says_nothing() {
    let server = FaultServer::start(Turn::new().deaf()).await;
    let request = tokio::spawn(client().get(server.url()).send());
    server.wait_for_connections(1).await;
    assert!(!request.is_finished());
    request.abort();
    assert_eq!((server.requests().len(), server.open_connections()), (0, 1));
}

#[tokio::test]
async fn a_redirect_leads_where_it_says() {
    let target = FaultServer::start(Reply::json(200, "{}")).await;
    let server = FaultServer::start(Reply::redirect(307, format!("{}/there", target.url()))).await;
    client().post(server.url()).body("ask").send().await.unwrap();
    assert_eq!(target.requests()[0].target, "/there");
}
