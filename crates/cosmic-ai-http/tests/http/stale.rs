//! Connections that were kept and are no longer there: at most one send, whatever the moment.

use std::time::Duration;

use cosmic_ai_core::Call;
use cosmic_ai_http::RetryPolicy;
use cosmic_ai_testkit::server::{FaultServer, Gate, Reply, Script, Turn};

use super::ask::{Ask, Money, ask, kind_of, money_of};
use super::setup::{backend, builder};

fn ok() -> Reply {
    Reply::json(200, r#"{"text":"x"}"#)
}

#[tokio::test]
async fn connections_are_kept_for_further_calls() {
    let server = FaultServer::start(Script::new().then_times(5, ok())).await;
    let backend = backend(&server.url());
    for _ in 0..5 {
        ask(&backend, &Call::new(), Ask::Text, None).await.unwrap();
    }
    assert_eq!((server.requests().len(), server.connections()), (5, 1));
}

#[tokio::test]
async fn a_connection_that_breaks_as_the_second_request_arrives_is_sent_to_once() {
    for turn in [
        Turn::new().read_head().reset(),
        Turn::new().read_request().reset(),
        Turn::new().read_head().close(),
        Turn::new().read_request().close(),
    ] {
        let server = FaultServer::start(Script::new().then(ok()).then(turn)).await;
        let backend = backend(&server.url());
        ask(&backend, &Call::new(), Ask::Text, None).await.unwrap();
        let error = ask(&backend, &Call::new(), Ask::Video, None).await.unwrap_err();
        assert_eq!((kind_of(&error), money_of(error.outcome())), ("interrupted", Money::Unknown));
        assert_eq!((server.requests().len(), server.unexpected_requests()), (2, 0));
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_sent_to_at_most_once() {
    // Whether the client has noticed by then is a matter of luck; both ends are allowed, two sends are not.
    for wait in [0, 0, 0, 1, 5, 20, 60] {
        for reset in [true, false] {
            let gate = Gate::new();
            let kept = ok().then_close_at(&gate);
            let kept = if reset { ok().then_reset() } else { kept };
            let server = FaultServer::start(Script::new().then(kept).then(ok())).await;
            let backend = backend(&server.url());
            ask(&backend, &Call::new(), Ask::Text, None).await.unwrap();
            gate.open();
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let second = ask(&backend, &Call::new(), Ask::Text, None).await;
            if let Err(error) = second {
                assert_eq!((kind_of(&error), money_of(error.outcome())), ("interrupted", Money::Unknown));
            }
            assert!(server.requests().len() <= 2 && server.unexpected_requests() == 0, "{:?}", server.requests());
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_as_it_is_made_is_either_none_or_sent_to_once() {
    // The reset may come before connecting is over, or after.
    for _ in 0..25 {
        let server = FaultServer::start(Turn::new().reset()).await;
        let backend = builder(&server.url()).with_retry(RetryPolicy::never()).build().unwrap();
        let error = ask(&backend, &Call::new(), Ask::Text, None).await.unwrap_err();
        let end = (kind_of(&error), money_of(error.outcome()));
        assert!([("connect", Money::NotSent), ("interrupted", Money::Unknown)].contains(&end), "{error:?}");
        assert_eq!(server.connections(), 1);
    }
}
