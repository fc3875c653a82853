//! Keys show nowhere: canaries are looked for in everything that is printed.

use std::error::Error as _;
use std::fmt::Write as _;

use cosmic_ai_core::{Call, Error, Media, MediaLibrary, MediaQuery, Upload};
use cosmic_ai_http::{Environment, HttpBackend};
use cosmic_ai_testkit::server::{FaultServer, RefusedPort, Reply, Script};

use super::ask::{Ask, ask};
use super::setup::{READ_KEY, WRITE_KEY, backend, builder, ms, patient};
use super::spans::Captured;

/// How long an error may be, with everything beneath it.
const LONGEST: usize = 16 * 1024;

/// An error in all forms it may be shown in.
fn forms(error: &Error) -> String {
    let mut forms = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(beneath) = source {
        let _ = write!(forms, "\n{beneath}\n{beneath:?}\n{beneath:#?}");
        source = beneath.source();
    }
    forms
}

/// What an error shows that it should not.
pub(super) fn shown_by(error: &Error) -> Vec<String> {
    let forms = forms(error);
    let mut wrong = Vec::new();
    if forms.contains("CANARY") {
        wrong.push(format!("a key shows: {forms}"));
    }
    if forms.len() > LONGEST {
        wrong.push(format!("it has {} bytes to say", forms.len()));
    }
    let text = error.to_string();
    if text.is_empty() || text.contains('\n') || text.ends_with('.') {
        wrong.push(format!("this is no line of an error: {text:?}"));
    }
    if error.source().is_some_and(|source| text.contains(&source.to_string())) {
        wrong.push(format!("it repeats what is beneath it: {text}"));
    }
    wrong
}

#[test]
fn nothing_that_is_configured_shows_a_secret() {
    let builder = builder("http://127.0.0.1:9")
        .with_header("x-secret", "CANARY-HEADER")
        .with_proxy("http://user:CANARY-PROXY@127.0.0.1:9");
    let environment = Environment::custom("http://me:CANARY@host/v3", "CANARY no url");
    let mut shown = format!("{builder:?} {builder:#?} {environment:?}");
    let backend = builder.build().unwrap();
    let _ = write!(shown, "{backend:?} {backend:#?}");
    assert!(!shown.contains("CANARY"), "{shown}");
}

#[test]
fn settings_that_are_refused_do_not_show_secrets() {
    let with_key = |key: &str| HttpBackend::builder("bucket", key).build().map(drop);
    let at = |url: &str| {
        let environment = Environment::custom(url, url);
        HttpBackend::builder("bucket", WRITE_KEY).with_environment(environment).build().map(drop)
    };
    let refused = [
        with_key("CANARY\nKEY"),
        at("http://user:CANARY@"),
        at("http://user:CANARY@127.0.0.1:9/v3"),
        at("http://CANARY@127.0.0.1:9/v3"),
        at("ftp://user:CANARY@host/v3"),
        at("CANARY"),
        builder("http://127.0.0.1:9").with_header("x-secret", "CANARY\r\n").build().map(drop),
        builder("http://127.0.0.1:9").with_proxy("CANARY:// no proxy").build().map(drop),
        builder("http://127.0.0.1:9").with_user_agent("CANARY\r\n").build().map(drop),
    ];
    for refused in refused {
        assert_eq!(shown_by(&refused.unwrap_err()), Vec::<String>::new());
    }
}

#[tokio::test]
async fn reads_that_fail_show_no_key_in_errors_or_traces() {
    let captured = Captured::default();
    let guard = captured.install();
    let port = RefusedPort::reserve().unwrap();
    let echo = Reply::json(400, format!(r#"{{"message":"bad key {READ_KEY} or {WRITE_KEY}"}}"#));
    let garbage = Reply::json(200, format!(r#"{{"media":"{READ_KEY}"}}"#));
    let stall = Reply::json(200, "{}").stalled_after(0);
    let answers = [echo, garbage, Reply::json(200, "{}").reset_after(1), Reply::redirect(302, "/?key=1"), stall];

    let nowhere = backend(&port.url());
    check_reads(&nowhere).await;
    for answer in answers {
        let server = FaultServer::start(Script::new().then_times(8, answer)).await;
        let stalling = patient().with_idle(ms(100)).with_first_byte(ms(5_000));
        check_reads(&builder(&server.url()).with_timeouts(stalling).with_transfer_limit(ms(5_000)).build().unwrap())
            .await;
        assert!(!server.requests().is_empty());
    }
    let server = FaultServer::start(Script::new().then_times(3, Reply::json(429, format!(r#""{WRITE_KEY}""#)))).await;
    ask(&backend(&server.url()), &Call::new(), Ask::Video, None).await.unwrap_err();
    drop(guard);
    let traced = captured.text();
    assert!(traced.contains("gen_ai.call") && traced.contains("sending again"), "{traced}");
    assert!(!traced.contains("CANARY"), "{traced}");
}

async fn check_reads(backend: &HttpBackend) {
    let media = Media::new("m1", "http://127.0.0.1:1/a.png?token=1", "image/png");
    let errors = [
        backend.get(&media.id).await.map(drop),
        backend.find(&MediaQuery::all()).await.map(drop),
        backend.find(&MediaQuery::all().with_operation(Call::new().operation_id().clone())).await.map(drop),
        backend.put(Upload::new("a.txt", "text/plain", b"a".to_vec())).await.map(drop),
        backend.delete(&media.id).await,
        backend.open(&media).await.map(drop),
    ];
    for error in errors.into_iter().filter_map(Result::err) {
        assert_eq!(shown_by(&error), Vec::<String>::new());
        assert!(!error.outcome().may_be_billed(), "{error:?}");
    }
}

#[tokio::test]
async fn a_plain_client_takes_neither_paid_calls_nor_keys_elsewhere() {
    for status in [301, 302, 303, 307, 308] {
        let other = FaultServer::start(Script::new().then_times(9, Reply::json(200, r#"{"media":[]}"#))).await;
        let redirect = Reply::redirect(status, format!("{}/elsewhere", other.url()));
        let server = FaultServer::start(Script::new().then_times(9, redirect)).await;
        let client = cosmic_ai_http::reqwest::Client::builder().referer(true);
        let backend = builder(&server.url()).with_client_builder(client).build().unwrap();
        ask(&backend, &Call::new(), Ask::Video, None).await.unwrap_err();
        check_reads(&backend).await;
        assert!(server.requests().len() >= 5, "{status}");
        assert_eq!(other.connections(), 0, "{status}");
    }
}

#[tokio::test]
async fn downloads_through_redirects_say_nowhere_where_they_come_from() {
    let server = FaultServer::start(Script::new().then(Reply::redirect(302, "/b")).then(Reply::new(200, "x"))).await;
    let client = cosmic_ai_http::reqwest::Client::builder().referer(true);
    let backend = builder("http://127.0.0.1:9").with_client_builder(client).build().unwrap();
    let media = Media::new("m1", format!("{}/a?token=1", server.url()), "image/png");
    assert_eq!(backend.open(&media).await.unwrap().collect().await.unwrap(), "x");
    assert!(server.requests().iter().all(|request| request.header("referer").is_none()));
}
