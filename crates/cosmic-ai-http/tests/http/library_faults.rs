//! What goes wrong with the library costs nothing, and hangs nowhere.

use std::time::Duration;

use cosmic_ai_core::{ByteStream, Error, ErrorKind, Media, MediaId, MediaLibrary as _, MediaQuery, Outcome, Upload};
use cosmic_ai_testkit::server::{FaultServer, RefusedPort, Reply, Script, Turn};

use super::ask::{Money, kind_of, money_of};
use super::secrets::shown_by;
use super::setup::{backend, builder, ms, patient};

fn check(name: &str, error: &Error, kind: &str, money: Money) {
    assert_eq!((kind_of(error), money_of(error.outcome())), (kind, money), "{name}: {error:?}");
    assert_eq!(shown_by(error), Vec::<String>::new(), "{name}");
}

#[tokio::test]
async fn faults_of_the_library_are_never_billed() {
    let read = || Turn::new().read_request();
    let rows: Vec<(&str, Turn, &str)> = vec![
        ("reset", read().reset(), "interrupted"),
        ("closed", read().close(), "interrupted"),
        ("stall", read().hold(), "timeout first byte"),
        ("stall in the body", Reply::json(200, "{}").stalled_after(1).into(), "timeout idle"),
        ("cut", Reply::json(200, "{}").truncated_after(1).into(), "interrupted"),
        ("HTML", Reply::html(200, "<html>").into(), "decode"),
        ("empty", Reply::new(200, "").into(), "decode"),
        ("another shape", Reply::json(200, r#"{"media":7}"#).into(), "decode"),
        ("bomb", Reply::gzip_bomb(64 << 20).into(), "decode"),
        ("401", Reply::json(401, "{}").into(), "credentials"),
        ("429", Reply::json(429, "{}").into(), "rate limited"),
        ("500", Reply::json(500, "{}").into(), "server"),
        ("redirect", Reply::redirect(307, "http://127.0.0.1:1/").into(), "refused"),
        ("404 of another server", Reply::html(404, "<html>Not Found</html>").into(), "not found"),
    ];
    for (name, turn, kind) in rows {
        let server = FaultServer::start(Script::new().then_times(2, turn)).await;
        let timeouts = patient().with_first_byte(ms(400)).with_idle(ms(400));
        let backend =
            builder(&server.url()).with_timeouts(timeouts).with_transfer_limit(ms(1_500)).with_body_limit(1 << 20);
        let backend = backend.build().unwrap();
        check(name, &backend.get(&MediaId::from("m1")).await.unwrap_err(), kind, Money::Refused);
        let put = backend.put(Upload::new("a", "text/plain", b"a".to_vec())).await.unwrap_err();
        // A file may take longer to be stored than an answer to be given.
        check(name, &put, if name == "stall" { "timeout total" } else { kind }, Money::Refused);
        server.assert_all_used();
    }
}

#[tokio::test]
async fn what_cannot_connect_was_not_sent() {
    let port = RefusedPort::reserve().unwrap();
    let backend = backend(&port.url());
    let media = Media::new("m1", port.url(), "image/png");
    let errors = [
        backend.get(&media.id).await.map(drop),
        backend.find(&MediaQuery::all()).await.map(drop),
        backend.put(Upload::new("a", "text/plain", b"a".to_vec())).await.map(drop),
        backend.delete(&media.id).await,
        backend.open(&media).await.map(drop),
    ];
    for error in errors {
        check("refused", &error.unwrap_err(), "connect", Money::NotSent);
    }
}

async fn opened(server: &FaultServer) -> Result<bytes::Bytes, Error> {
    let timeouts = patient().with_first_byte(ms(400)).with_idle(ms(400));
    let backend = builder("http://127.0.0.1:9").with_timeouts(timeouts).with_transfer_limit(ms(1_500)).build().unwrap();
    let media = Media::new("m1", format!("{}/a.png", server.url()), "image/png");
    backend.open(&media).await?.collect().await
}

#[tokio::test]
async fn downloads_that_fail_say_so_before_or_within_the_bytes() {
    let bytes = || Reply::new(200, vec![7; 100_000]);
    let rows: Vec<(&str, Script, &str)> = vec![
        ("gone", Reply::new(404, "").into(), "not found"),
        ("forbidden", Reply::html(403, "<html>").into(), "credentials"),
        ("broken", Reply::new(502, "").into(), "server"),
        ("cut", bytes().truncated_after(50_000).into(), "interrupted"),
        ("reset", bytes().reset_after(50_000).into(), "interrupted"),
        ("stalled", bytes().stalled_after(50_000).into(), "timeout idle"),
        ("never begun", Turn::new().read_request().hold().into(), "timeout total"),
        ("redirected in circles", Script::new().then_times(6, Reply::redirect(302, "/a.png")), "refused"),
        ("redirected to a file", Reply::redirect(302, "file:///etc/passwd").into(), "refused"),
        ("redirected to nowhere", Reply::new(302, "").into(), "refused"),
    ];
    for (name, script, kind) in rows {
        let server = FaultServer::start(script).await;
        check(name, &opened(&server).await.unwrap_err(), kind, Money::Refused);
        server.assert_all_used();
    }
    for turns in 1..=5 {
        let script = Script::new().then_times(turns, Reply::redirect(302, "/a.png")).then(Reply::new(200, "x"));
        let server = FaultServer::start(script).await;
        assert_eq!(opened(&server).await.unwrap(), "x", "{turns} redirects");
    }
}

#[tokio::test]
async fn urls_that_are_none_are_not_opened() {
    for url in ["", "a.png", "file:///etc/passwd", "data:text/plain,x", "ftp://host/a"] {
        let error = backend("http://127.0.0.1:9").open(&Media::new("m1", url, "image/png")).await.unwrap_err();
        check(url, &error, "refused", Money::Refused);
        assert_eq!(error.media_id(), Some(&MediaId::from("m1")));
    }
}

#[tokio::test]
async fn an_upload_whose_source_fails_is_not_stored() {
    struct Failing;
    impl futures_core::Stream for Failing {
        type Item = Result<bytes::Bytes, Error>;
        fn poll_next(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            let kind = ErrorKind::File { path: "a".to_owned(), message: "it is gone".to_owned() };
            std::task::Poll::Ready(Some(Err(Error::new(kind, Outcome::NotSent))))
        }
    }
    let server = FaultServer::start(Turn::new().read_request().hold()).await;
    let upload = Upload::new("a", "text/plain", ByteStream::new(Failing));
    let put = backend(&server.url());
    let error = tokio::time::timeout(Duration::from_secs(8), put.put(upload)).await.unwrap().unwrap_err();
    assert!(!error.outcome().may_be_billed(), "{error:?}");
    let mut beneath: &dyn std::error::Error = &error;
    while let Some(source) = beneath.source() {
        beneath = source;
    }
    assert!(beneath.to_string().contains("it is gone"), "{error:?}");
    let error = put.put(Upload::new("a", "no type\r\n", b"a".to_vec())).await.unwrap_err();
    check("content type", &error, "configuration", Money::NotSent);
}

#[tokio::test]
async fn only_the_librarys_own_404_says_that_nothing_fits() {
    for reply in [Reply::html(404, "<html>no route</html>"), Reply::new(404, ""), Reply::json(404, r#""text""#)] {
        let server = FaultServer::start(Script::new().then_times(2, reply)).await;
        let backend = backend(&server.url());
        let error = backend.find(&MediaQuery::all()).await.unwrap_err();
        check("404", &error, "not found", Money::Refused);
        assert_eq!(error.status(), Some(404));
        backend.find(&MediaQuery::all().with_operation("job-7".parse().unwrap())).await.unwrap_err();
    }
}

/// Bytes that come in parts with pauses between them.
struct Slow {
    left: u32,
    pause: std::pin::Pin<Box<tokio::time::Sleep>>,
    every: Duration,
}

impl Slow {
    fn of(parts: u32, every: Duration) -> ByteStream {
        ByteStream::new(Self { left: parts, pause: Box::pin(tokio::time::sleep(every)), every })
    }
}

impl futures_core::Stream for Slow {
    type Item = Result<bytes::Bytes, Error>;
    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        if self.left == 0 {
            return std::task::Poll::Ready(None);
        }
        std::task::ready!(self.pause.as_mut().poll(context));
        self.left -= 1;
        let next = tokio::time::Instant::now() + self.every;
        self.pause.as_mut().reset(next);
        std::task::Poll::Ready(Some(Ok(bytes::Bytes::from_static(b"part"))))
    }
}

#[tokio::test]
async fn an_upload_may_take_longer_than_calls_as_long_as_it_gets_on() {
    let short = patient().with_first_byte(ms(300)).with_total(ms(500)).with_idle(ms(600));
    let stored = r#"{"media":{"id":"m1","url":"https://x.invalid/","type":"video/mp4"}}"#;
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{stored}", stored.len());
    let server = FaultServer::start(Turn::new().read_request().pause(ms(700)).send(answer)).await;
    let put = builder(&server.url()).with_timeouts(short).build().unwrap();
    let media = put.put(Upload::new("a.mp4", "video/mp4", Slow::of(12, ms(80)))).await.unwrap();
    assert_eq!(media.id.as_str(), "m1");
}

#[tokio::test]
async fn an_upload_that_does_not_get_on_ends() {
    let short = patient().with_connect(ms(200)).with_idle(ms(300));
    let server = FaultServer::start(Script::new().then_times(3, Turn::new().read_request().hold())).await;
    let put = builder(&server.url()).with_timeouts(short).build().unwrap();
    let error = put.put(Upload::new("a.mp4", "video/mp4", Slow::of(2, ms(60_000)))).await.unwrap_err();
    check("its source stalls", &error, "timeout idle", Money::Refused);
    let deaf = FaultServer::start(Turn::new().read_head().deaf().hold()).await;
    let put = builder(&deaf.url()).with_timeouts(short).build().unwrap();
    let error = put.put(Upload::new("a.mp4", "video/mp4", vec![7; 64 << 20])).await.unwrap_err();
    check("the service stalls", &error, "timeout idle", Money::Refused);
    let put = builder(&server.url()).with_transfer_limit(ms(500)).build().unwrap();
    let error = put.put(Upload::new("a.mp4", "video/mp4", Slow::of(1_000, ms(50)))).await.unwrap_err();
    check("it takes too long", &error, "timeout total", Money::Refused);
}
