//! Every way to fail: its exit code, its line of JSON, what is known of the money.

use std::time::Duration;

use cosmic_ai_testkit::server::{FaultServer, RefusedPort, Reply, Script, Turn};

use crate::rig::{User, finish, signal};

/// What an API that fails so makes of a text in one piece: exit code, kind, outcome, status.
async fn check(script: impl Into<Script>, code: i32, kind: &str, outcome: &str, status: Option<u16>) -> String {
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    let asked = ["text", "Hello", "--max-tokens", "50", "--no-stream", "--retries", "0", "--json"];
    let run = user.run(&asked).assert_code(code);
    assert_eq!(run.out, "");
    let error = run.error();
    let said = (error["kind"].as_str(), error["outcome"].as_str(), error["status"].as_u64());
    assert_eq!(said, (Some(kind), Some(outcome), status.map(u64::from)), "{error}");
    assert!(error["operation_id"].is_string(), "{error}");
    let message = error["message"].as_str().unwrap().to_owned();
    // The same in words, with the same code, from an API that answers the same.
    assert!(!message.contains("write-key-of-the-test") && !run.err.contains("write-key-of-the-test"));
    assert_eq!(server.unexpected_requests(), 0, "sent again");
    message
}

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(status, serde_json::json!({ "status": status, "message": message }))
}

#[tokio::test]
async fn statuses_have_their_exit_codes() {
    check(refusal(400, "no"), 3, "refused", "refused", Some(400)).await;
    check(refusal(401, "no"), 4, "credentials", "refused", Some(401)).await;
    check(refusal(402, "token usage limit"), 5, "tokens_used_up", "refused", Some(402)).await;
    check(refusal(403, "no"), 4, "credentials", "refused", Some(403)).await;
    check(refusal(404, "no"), 3, "not_found", "refused", Some(404)).await;
    check(refusal(429, "slowly"), 6, "rate_limited", "refused", Some(429)).await;
    check(refusal(500, "oh"), 8, "server", "unknown", Some(500)).await;
    check(refusal(502, "oh"), 8, "server", "unknown", Some(502)).await;
    check(refusal(503, "oh").header("retry-after", "7"), 8, "server", "refused", Some(503)).await;
    check(Reply::html(200, "<h1>hello</h1>"), 8, "decode", "unknown", Some(200)).await;
}

#[tokio::test]
async fn faults_of_the_network_are_exit_7() {
    check(Turn::new().read_request().reset(), 7, "cut", "unknown", None).await;
    check(Reply::json(200, r#"{"text":"a whole answer"}"#).truncated_after(10), 7, "cut", "unknown", Some(200)).await;
    let nowhere = RefusedPort::reserve().unwrap();
    let user = User::of_service(&nowhere.url(), "bucket", "write", "read");
    let error = user.run(&["text", "a", "--max-tokens", "5", "--retries", "0", "--json"]).assert_code(7).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("connect"), Some("not_sent")));
    assert_eq!(error["retryable"], true);
}

#[tokio::test]
async fn time_limits_are_exit_7_and_leave_the_outcome_open() {
    let server = FaultServer::start(Turn::new().read_request().hold()).await;
    let user = User::of_faults(&server);
    let error = user.run(&["text", "a", "--max-tokens", "5", "--timeout", "1", "--json"]).assert_code(7).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("timeout"), Some("unknown")));

    let events = Reply::sse([r#"{"text":"The first part. "}"#, r#"{"text":"The second."}"#]);
    let first = Reply::sse([r#"{"text":"The first part. "}"#]).bytes().len();
    let stalled = events.reply().stalled_after(first);
    let server = FaultServer::start(stalled).await;
    let user = User::of_faults(&server);
    let error = user.run(&["text", "a", "--max-tokens", "50", "--idle-timeout", "1", "--json"]).assert_code(7).error();
    assert_eq!((error["kind"].as_str(), error["partial_text"].as_str()), (Some("timeout"), Some("The first part. ")));
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_told() {
    let server = FaultServer::start(refusal(429, "slowly").header("retry-after", "5")).await;
    let user = User::of_faults(&server);
    let error = user.run(&["text", "a", "--max-tokens", "5", "--retries", "0", "--json"]).assert_code(6).error();
    assert_eq!((&error["retry_after_ms"], &error["retryable"]), (&5_000.into(), &true.into()));
}

#[tokio::test]
async fn a_refused_clip_is_exit_9() {
    let server = FaultServer::start(refusal(400, "No videos generated")).await;
    let user = User::of_faults(&server);
    let error = user.run(&["video", "a", "--yes", "--json", "-o", "a.mp4"]).assert_code(9).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("content_policy"), Some("refused")));
}

#[tokio::test]
async fn what_a_service_says_cannot_control_a_terminal_nor_break_the_line() {
    let message = check(refusal(400, "bad\u{1b}[31m\nnews\u{9b}2J"), 3, "refused", "refused", Some(400)).await;
    assert!(!message.contains(char::is_control), "{message:?}");
    let server = FaultServer::start(refusal(400, "bad\u{1b}[31m\nnews")).await;
    let run = User::of_faults(&server).run(&["text", "a", "--max-tokens", "5"]).assert_code(3);
    assert!(!run.err.contains('\u{1b}'), "{run:?}");
    assert_eq!(run.err.lines().count(), 2, "the estimate and the error: {run:?}");
}

#[tokio::test]
async fn a_stream_that_breaks_shows_what_came_and_ends_in_an_error() {
    let server = FaultServer::start(Reply::text_stream(["One. ", "Two. "], (5, 9)).without_end()).await;
    let user = User::of_faults(&server);
    let run = user.run(&["text", "a", "--max-tokens", "50"]).assert_code(7);
    assert_eq!(run.out, "One. Two. \n");
    run.says("error: ").says("outcome: sent, may be billed").says("unresolved find");
}

#[tokio::test]
async fn only_what_cannot_be_billed_is_sent_again() {
    let script = Script::new()
        .then(refusal(429, "slowly"))
        .then(Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#));
    let server = FaultServer::start(script).await;
    let run = User::of_faults(&server).run(&["text", "a", "--max-tokens", "5", "--no-stream", "--retries", "2"]).ok();
    assert_eq!(run.out, "here\n");
    server.assert_all_used();
    let server = FaultServer::start(Turn::new().read_request().pause(Duration::from_millis(10)).reset()).await;
    User::of_faults(&server).run(&["image", "a", "-o", "a.png", "--retries", "5"]).assert_code(7);
    server.assert_all_used();
}

/// What becomes of a picture that is made and whose file is answered so.
async fn lost_on_the_way(file: impl Into<Script>, code: i32, kind: &str) -> serde_json::Value {
    let files = FaultServer::start(file).await;
    let media = format!(r#"{{"media":{{"id":"made","url":"{}/a.png","type":"image/png"}}}}"#, files.url());
    let server = FaultServer::start(Script::new().then_times(2, Reply::json(200, media))).await;
    let user = User::of_faults(&server);
    let ask = ["image", "A lake", "-o", "a.png", "--idle-timeout", "1"];
    let run = user.run(&[&ask[..], &["--json"]].concat()).assert_code(code);
    assert_eq!(run.out, "");
    assert!(!user.path("a.png").exists());
    let error = run.error();
    assert_eq!((&error["kind"], &error["outcome"]), (&kind.into(), &"billed".into()), "{error}");
    assert_eq!(error["retryable"], false, "{error}");
    assert!(error["operation_id"].is_string(), "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("the medium was made, charged 32,160 tokens"), "{message}");
    assert!(message.contains("cosmic-ai media get made -o FILE"), "{message}");
    assert_eq!(server.requests().len(), 1, "made again");
    error
}

#[tokio::test]
async fn a_file_that_does_not_come_is_no_reason_to_pay_again() {
    for status in [400, 401, 402, 403, 404, 429] {
        let kind = match status {
            401 | 403 => "credentials",
            402 => "tokens_used_up",
            404 => "not_found",
            429 => "rate_limited",
            _ => "refused",
        };
        let error = lost_on_the_way(refusal(status, "no"), 8, kind).await;
        assert_eq!(error["status"], status, "{error}");
    }
    lost_on_the_way(refusal(500, "oh"), 8, "server").await;
    lost_on_the_way(Reply::new(200, "a picture").stalled_after(3), 7, "timeout").await;
    lost_on_the_way(Reply::new(200, "a picture").reset_after(3), 7, "cut").await;
}

#[tokio::test]
async fn who_stops_a_download_is_told_what_was_paid_for() {
    let files = FaultServer::start(Turn::new().read_request().hold()).await;
    let media = format!(r#"{{"media":{{"id":"made","url":"{}/a.png","type":"image/png"}}}}"#, files.url());
    let server = FaultServer::start(Reply::json(200, media)).await;
    let user = User::of_faults(&server);
    let child = user.start(&["image", "A lake", "-o", "a.png", "--json"]);
    files.wait_for_requests(1).await;
    signal(&child, "INT");
    let error = finish(child).assert_code(130).error();
    assert_eq!((&error["kind"], &error["outcome"]), (&"interrupted".into(), &"billed".into()));
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("interrupted after it was made: charged 32,160 tokens"), "{message}");
    assert!(message.ends_with("cosmic-ai media get made -o FILE") && error["operation_id"].is_string(), "{error}");
}

#[tokio::test]
async fn a_failed_upload_is_told_from_the_call_that_it_is_for() {
    let stored = r#"{"media":{"id":"first","url":"https://x.invalid/first","type":"image/png"}}"#;
    let check = async |script: Script, code: i32, kind: &str, ends: &str| {
        let server = FaultServer::start(script).await;
        let user = User::of_faults(&server);
        user.write("a.png", b"\x89PNG\r\n\x1a\n");
        user.write("b.png", b"\x89PNG\r\n\x1a\n");
        let ask = ["image", "Waves", "--reference", "a.png", "--reference", "b.png", "-o", "c.png", "--yes", "--json"];
        let error = user.run(&ask).assert_code(code).error();
        assert_eq!(error["kind"], kind, "{error}");
        assert!(error["operation_id"].is_string(), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("uploading ") && message.ends_with(ends), "{message}");
        server.assert_all_used();
        error
    };
    let first = Script::new().then(refusal(400, "no"));
    let error = check(first, 3, "refused", "; the call was not sent").await;
    assert_eq!((&error["outcome"], &error["status"]), (&"refused".into(), &400.into()));
    let second = || Script::new().then(Reply::json(200, stored));
    let ends = "; the call was not sent; stored already: a.png (first)";
    let error = check(second().then(refusal(500, "oh")), 8, "server", ends).await;
    assert!(error["message"].as_str().unwrap().starts_with("uploading b.png: "), "{error}");
    check(second().then(Turn::new().read_request().reset()), 7, "cut", ends).await;
}
