//! What one who watches a call hears.

use std::sync::{Arc, Mutex};

use cosmic_ai_core::{Call, Progress};
use cosmic_ai_testkit::server::{FaultServer, Reply, Script, Turn};

use super::ask::{Ask, ask};
use super::setup::{backend, ms};

fn watched() -> (Call, Arc<Mutex<Vec<Progress>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of_call = seen.clone();
    (Call::new().with_progress(move |progress| of_call.lock().unwrap().push(progress.clone())), seen)
}

fn names(seen: &Mutex<Vec<Progress>>) -> Vec<String> {
    let name = |progress: &Progress| match progress {
        Progress::Sending { attempt } => format!("sending {attempt}"),
        Progress::Waiting { .. } => "waiting".to_owned(),
        Progress::Retrying { attempt, .. } => format!("retrying {attempt}"),
        Progress::Done { .. } => "done".to_owned(),
        other => format!("{other:?}"),
    };
    seen.lock().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_slow_call_that_is_put_off_once_is_told_step_by_step() {
    let slow = Turn::new()
        .read_request()
        .pause(ms(1_300))
        .send("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"x\"}");
    let server = FaultServer::start(Script::new().then(Reply::json(429, "{}")).then(slow)).await;
    let (call, seen) = watched();
    ask(&backend(&server.url()), &call, Ask::Text, None).await.unwrap();
    let mut names = names(&seen);
    names.dedup();
    assert_eq!(names, ["sending 1", "retrying 1", "sending 2", "waiting", "done"]);
}

#[tokio::test]
async fn a_stream_is_done_at_its_end() {
    let server = FaultServer::start(Reply::text_stream(["a"], (1, 2))).await;
    let (call, seen) = watched();
    ask(&backend(&server.url()), &call, Ask::Stream, None).await.unwrap();
    assert_eq!(names(&seen), ["sending 1", "done"]);
}

#[tokio::test]
async fn a_call_that_fails_is_never_done() {
    for reply in
        [Reply::json(500, "{}"), Reply::json(200, "{}"), Reply::text_stream(["a"], (1, 2)).without_end().reply()]
    {
        let server = FaultServer::start(reply).await;
        let (call, seen) = watched();
        ask(&backend(&server.url()), &call, Ask::Stream, None).await.unwrap_err();
        assert_eq!(names(&seen), ["sending 1"]);
    }
}
