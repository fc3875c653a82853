//! What is sent again: the same bytes, so often and no oftener, within the call's time.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cosmic_ai_core::{Call, Progress};
use cosmic_ai_http::RetryPolicy;
use cosmic_ai_testkit::server::{FaultServer, RefusedPort, Reply, Script};

use super::ask::{Ask, Money, ask, kind_of, money_of};
use super::setup::{backend, builder, ms, patient, quick};

fn put_off() -> Reply {
    Reply::json(429, r#"{"message":"slow down"}"#).header("retry-after", "0")
}

const VIDEO: &str = r#"{"media":{"id":"v1","url":"https://x.invalid/","type":"video/mp4"}}"#;

#[tokio::test]
async fn all_attempts_are_the_same_request_of_one_operation() {
    for (kind, answer) in
        [(Ask::Text, r#"{"text":"v1"}"#), (Ask::Image, VIDEO), (Ask::Video, VIDEO), (Ask::Speech, VIDEO)]
    {
        let server = FaultServer::start(Script::new().then_times(2, put_off()).then(Reply::json(200, answer))).await;
        let call = Call::new();
        assert_eq!(ask(&backend(&server.url()), &call, kind, None).await.unwrap(), "v1");
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        for request in &requests {
            assert_eq!(request.body, requests[0].body);
            assert_eq!(request.headers, requests[0].headers);
            let id = &request.json()["metadata"]["cosmic_ai_operation_id"];
            assert_eq!(id.as_str(), (kind != Ask::Text).then_some(call.operation_id().as_str()));
        }
    }
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_made() {
    let later = Reply::json(429, "{}").header("retry-after", "1");
    let server = FaultServer::start(Script::new().then(later).then(Reply::json(200, r#"{"text":"x"}"#))).await;
    let started = Instant::now();
    ask(&backend(&server.url()), &Call::new(), Ask::Text, None).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_pause_beyond_the_time_that_is_left_is_not_begun() {
    for by_call in [true, false] {
        let later = Reply::json(429, "{}").header("retry-after", "9");
        let server = FaultServer::start(later).await;
        let total = Duration::from_secs(5);
        let (timeouts, call) = if by_call {
            (patient(), Call::new().with_time_limit(total))
        } else {
            (patient().with_total(total), Call::new())
        };
        let backend = builder(&server.url()).with_timeouts(timeouts).build().unwrap();
        let started = Instant::now();
        let error = ask(&backend, &call, Ask::Video, None).await.unwrap_err();
        assert_eq!((kind_of(&error), money_of(error.outcome())), ("rate limited", Money::Refused));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
        assert!(started.elapsed() < total);
        server.assert_all_used();
    }
}

#[tokio::test]
async fn the_whole_time_bounds_all_attempts_together() {
    let reply = || put_off().paused_after(0, ms(150));
    let server = FaultServer::start(Script::new().then_times(100, reply())).await;
    let policy = RetryPolicy::default().with_attempts(100).with_pauses(ms(1), ms(1)).with_quota(1_000);
    let backend = builder(&server.url()).with_retry(policy).build().unwrap();
    let started = Instant::now();
    let error = ask(&backend, &Call::new().with_time_limit(ms(700)), Ask::Text, None).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(server.requests().len() < 10, "{error:?}");
}

#[tokio::test]
async fn attempts_are_bounded_and_can_be_one() {
    for (policy, expected) in [(RetryPolicy::never(), 1), (quick().with_attempts(0), 1), (quick().with_attempts(5), 5)]
    {
        let server = FaultServer::start(Script::new().then_times(9, put_off())).await;
        let backend = builder(&server.url()).with_retry(policy).build().unwrap();
        let error = ask(&backend, &Call::new(), Ask::Text, None).await.unwrap_err();
        assert!(error.is_resendable());
        assert_eq!(server.requests().len(), expected);
    }
}

#[tokio::test]
async fn clones_share_a_quota_of_resends() {
    let server = FaultServer::start(Script::new().then_times(20, put_off())).await;
    let backend = builder(&server.url()).with_retry(quick().with_attempts(9).with_quota(3)).build().unwrap();
    ask(&backend, &Call::new(), Ask::Text, None).await.unwrap_err();
    assert_eq!(server.requests().len(), 4);
    ask(&backend.clone(), &Call::new(), Ask::Video, None).await.unwrap_err();
    assert_eq!(server.requests().len(), 5, "the quota was used up");
}

#[tokio::test]
async fn connecting_is_tried_again_and_ends_as_not_sent() {
    let port = RefusedPort::reserve().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of_call = seen.clone();
    let call = Call::new().with_progress(move |progress| of_call.lock().unwrap().push(progress.clone()));
    let error = ask(&backend(&port.url()), &call, Ask::Video, None).await.unwrap_err();
    assert_eq!((kind_of(&error), money_of(error.outcome())), ("connect", Money::NotSent));
    let seen = seen.lock().unwrap();
    let sent = seen.iter().filter(|progress| matches!(progress, Progress::Sending { .. })).count();
    assert_eq!(sent, 3);
}
