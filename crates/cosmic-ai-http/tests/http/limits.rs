//! Many calls, much memory, no time and all the time there is.

use std::time::Duration;

use cosmic_ai_core::{Call, Generators};
use cosmic_ai_http::{HttpBackend, RetryPolicy};
use cosmic_ai_testkit::server::{FaultServer, Reply, Script};

use super::ask::{Ask, ask, kind_of};
use super::setup::{backend, builder, patient};

fn is_sendable<T: Send + Sync>(value: T) -> T {
    value
}

fn is_sent<T: Send>(value: T) -> T {
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_are_all_answered() {
    let ok = Reply::json(200, r#"{"text":"x"}"#);
    let script = Script::new().then_times(100, ok);
    let server = FaultServer::start(script).await;
    let backend = backend(&server.url());
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let backend = backend.clone();
            tokio::spawn(async move { ask(&backend, &Call::new(), Ask::Text, None).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "x");
    }
    server.assert_all_used();
}

#[test]
fn backends_and_their_futures_go_between_threads() {
    let backend = is_sendable(backend("http://127.0.0.1:9"));
    let call = Call::new();
    for kind in [Ask::Text, Ask::Stream, Ask::Image, Ask::Video, Ask::Extend, Ask::Speech] {
        drop(is_sent(ask(&backend, &call, kind, None)));
    }
    let generators: Generators = is_sendable(backend.into());
    assert!(generators.text.is_some() && generators.library.is_some());
}

/// How much is held at once while a call reads what `script` says, on the thread of the client.
fn bytes_held(script: impl Into<Script>, configured: impl FnOnce(&str) -> HttpBackend, kind: Ask) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(FaultServer::start(script));
    let backend = configured(&server.url());
    let measured = allocation_counter::measure(|| {
        let error = runtime.block_on(ask(&backend, &Call::new(), kind, None)).unwrap_err();
        assert_eq!(kind_of(&error), "decode", "{error:?}");
    });
    measured.bytes_max
}

#[test]
fn answers_that_are_too_large_do_not_fill_the_memory() {
    const LIMIT: usize = 1 << 20;
    let limited = |url: &str| builder(url).with_body_limit(LIMIT).with_event_limit(LIMIT).build().unwrap();
    let endless_event = || Reply::sse(Vec::<String>::new()).raw("data: ".to_owned() + &"x".repeat(32 << 20));
    for (name, held) in [
        ("a bomb", bytes_held(Reply::gzip_bomb(256 << 20), limited, Ask::Text)),
        ("a huge body", bytes_held(Script::new().then(Reply::huge(64 << 20)), limited, Ask::Image)),
        ("an endless event", bytes_held(endless_event(), limited, Ask::Stream)),
    ] {
        assert!(held < 8 * LIMIT as u64, "{name}: {held} bytes");
    }
}

#[tokio::test]
async fn limits_beyond_all_clocks_are_none() {
    let timeouts = patient()
        .with_connect(Duration::MAX)
        .with_first_byte(Duration::MAX)
        .with_idle(Duration::MAX)
        .with_total(Duration::MAX);
    let policy = RetryPolicy::default().with_pauses(Duration::MAX, Duration::MAX);
    let script = Script::new()
        .then(Reply::json(200, r#"{"text":"x"}"#))
        .then(Reply::text_stream(["x"], (1, 2)).reply().paused_after(3, Duration::from_millis(30)))
        .then(Reply::json(429, "{}"));
    let server = FaultServer::start(script).await;
    let backend = builder(&server.url()).with_timeouts(timeouts).with_retry(policy).build().unwrap();
    let call = Call::new().with_time_limit(Duration::MAX);
    assert_eq!(ask(&backend, &call, Ask::Text, None).await.unwrap(), "x");
    assert_eq!(ask(&backend, &call, Ask::Stream, None).await.unwrap(), "x");
    // It would now pause for ages.
    let pausing = tokio::time::timeout(Duration::from_millis(300), ask(&backend, &call, Ask::Text, None)).await;
    assert!(pausing.is_err());
}
