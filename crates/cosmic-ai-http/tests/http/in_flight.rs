//! The limit of calls in flight, and what dropping does.

use cosmic_ai_core::{Call, TextGenerator as _, TextRequest};
use cosmic_ai_testkit::server::{FaultServer, Gate, Reply, Script, Turn};

use super::ask::{Ask, Money, ask, kind_of, money_of};
use super::setup::{backend, builder, ms};

fn gated(gate: &Gate) -> Turn {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"x\"}";
    Turn::new().read_request().wait_for(gate).send(answer).keep_alive()
}

#[tokio::test]
async fn of_five_calls_two_are_under_way_at_once() {
    let gate = Gate::new();
    let server = FaultServer::start(Script::new().then_times(5, gated(&gate))).await;
    let backend = builder(&server.url()).with_calls_in_flight(2).build().unwrap();
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let backend = backend.clone();
            tokio::spawn(async move { ask(&backend, &Call::new(), Ask::Text, None).await })
        })
        .collect();
    server.wait_for_requests(2).await;
    // Time for a third, were it not held back.
    tokio::time::sleep(ms(100)).await;
    assert_eq!(server.requests().len(), 2);
    gate.open();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "x");
    }
    server.assert_all_used();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_too_long_was_not_sent() {
    let gate = Gate::new();
    let server = FaultServer::start(gated(&gate)).await;
    let backend = builder(&server.url()).with_calls_in_flight(0).build().unwrap();
    let first = tokio::spawn({
        let backend = backend.clone();
        async move { ask(&backend, &Call::new(), Ask::Text, None).await }
    });
    server.wait_for_requests(1).await;
    let call = Call::new().with_time_limit(ms(100));
    let error = ask(&backend, &call, Ask::Video, None).await.unwrap_err();
    assert_eq!((kind_of(&error), money_of(error.outcome())), ("timeout total", Money::NotSent));
    assert_eq!(error.operation_id(), Some(call.operation_id()));
    gate.open();
    assert_eq!(first.await.unwrap().unwrap(), "x");
    server.assert_all_used();
}

#[tokio::test]
async fn a_stream_holds_its_place_until_its_end_its_error_or_its_drop() {
    let stream = || Reply::text_stream(["a", "b"], (1, 2));
    let endless = || Reply::text_stream(["a"], (1, 2)).without_end();
    let held = endless().reply().stalled_after(endless().bytes().len());
    let script = Script::new().then(held).then(stream()).then(endless()).then(stream());
    let server = FaultServer::start(script).await;
    let backend = builder(&server.url()).with_calls_in_flight(1).build().unwrap();
    let request = TextRequest::new("Hi").with_max_tokens(9);

    let mut dropped = backend.stream_text(&Call::new(), &request).await.unwrap();
    dropped.next().await.unwrap().unwrap();
    let waiting = ask(&backend, &Call::new().with_time_limit(ms(50)), Ask::Text, None).await.unwrap_err();
    assert_eq!(money_of(waiting.outcome()), Money::NotSent);
    drop(dropped);

    let mut ended = backend.stream_text(&Call::new(), &request).await.unwrap();
    while ended.next().await.is_some() {}
    let mut failed = backend.stream_text(&Call::new(), &request).await.unwrap();
    while failed.next().await.is_some() {}
    // Both are still there, and neither holds a place.
    ask(&backend, &Call::new(), Ask::Stream, None).await.unwrap();
    drop((ended, failed));
    server.assert_all_used();
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let begun = Reply::text_stream(["a"], (1, 2)).without_end();
    let length = begun.bytes().len();
    let server = FaultServer::start(begun.reply().stalled_after(length)).await;
    let request = TextRequest::new("Hi").with_max_tokens(9);
    let mut stream = backend(&server.url()).stream_text(&Call::new(), &request).await.unwrap();
    stream.next().await.unwrap().unwrap();
    assert_eq!(server.hang_ups(), 0);
    drop(stream);
    server.wait_for_hang_ups(1).await;
    server.closed().await;
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection_and_frees_its_place() {
    let server = FaultServer::start(
        Script::new().then(Turn::new().read_request().hold()).then(Reply::json(200, r#"{"text":"x"}"#)),
    )
    .await;
    let backend = builder(&server.url()).with_calls_in_flight(1).build().unwrap();
    let call = tokio::spawn({
        let backend = backend.clone();
        async move { ask(&backend, &Call::new(), Ask::Video, None).await }
    });
    server.wait_for_requests(1).await;
    call.abort();
    server.wait_for_hang_ups(1).await;
    assert_eq!(ask(&backend, &Call::new(), Ask::Text, None).await.unwrap(), "x");
}
