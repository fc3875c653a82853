//! Ctrl-C: what may have been billed, and how to look it up.

use std::time::Duration;

use cosmic_ai::Modality;
use cosmic_ai::mock::{Latency, MockBackend};
use cosmic_ai_testkit::server::{FaultServer, Gate, Reply, Script, Turn};
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::{User, finish, signal};

#[tokio::test]
async fn a_clip_that_is_interrupted_stays_held_and_is_told() {
    let server = FaultServer::start(Turn::new().read_request().hold()).await;
    let user = User::of_faults(&server);
    let child = user.start(&["video", "Waves", "-o", "a.mp4", "--yes"]);
    server.wait_for_requests(1).await;
    signal(&child, "INT");
    let run = finish(child).assert_code(130);
    let run = run.says("may have been billed").says("288,021").says("unresolved find");
    let unresolved = user.run(&["unresolved", "--json"]).ok().json();
    let id = unresolved["unresolved"][0]["id"].as_str().unwrap();
    assert!(run.err.contains(id), "{run:?}");
    assert!(!user.path("a.mp4").exists());
    server.wait_for_hang_ups(1).await;
}

#[tokio::test]
async fn in_json_the_operation_is_a_field() {
    let server = FaultServer::start(Turn::new().read_request().hold()).await;
    let user = User::of_faults(&server);
    let child = user.start(&["image", "A lake", "-o", "a.png", "--json"]);
    server.wait_for_requests(1).await;
    signal(&child, "TERM");
    let run = finish(child).assert_code(130);
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("interrupted"), Some("unknown")));
    assert!(error["operation_id"].is_string());
}

#[tokio::test]
async fn a_text_that_is_interrupted_is_settled_by_what_came() {
    let events = Reply::sse([r#"{"text":"The first part. "}"#, r#"{"text":"The second."}"#]);
    let first = Reply::sse([r#"{"text":"The first part. "}"#]).bytes().len();
    let server = FaultServer::start(events.reply().stalled_after(first)).await;
    let user = User::of_faults(&server);
    let mut child = user.start(&["text", "Count", "--max-tokens", "50"]);
    let mut out = child.stdout.take().unwrap();
    let mut came = [0; 15];
    std::io::Read::read_exact(&mut out, &mut came).unwrap();
    assert_eq!(&came, b"The first part.");
    signal(&child, "INT");
    let run = finish(child).assert_code(130);
    run.says("interrupted: settled by what had come").says("(estimated)");
    let usage = user.run(&["usage", "--json"]).ok().json();
    assert_eq!((&usage["total"]["settled"], &usage["total"]["unresolved"]), (&1.into(), &0.into()));
}

#[test]
fn while_input_is_awaited_nothing_was_sent() {
    let user = User::of_mock();
    let mut child = user.command(["text", "-"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take();
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    finish(child).assert_code(130).says("nothing was sent");
    drop(stdin);
}

#[tokio::test]
async fn a_batch_that_is_killed_finds_the_medium_that_it_had_paid_for() {
    let latency = Latency::fixed(Duration::from_secs(3));
    let mock = MockBackend::builder().with_latency_of(Modality::Image, latency).build();
    let stub = CosmicStub::start(mock.clone()).await;
    let user = User::of_stub(&stub);
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"A lake\"}\n");
    let child = user.start(&["batch", "jobs.jsonl"]);
    // The stub's mock bills and stores when it takes a call, and is slow to answer.
    while mock.calls().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    signal(&child, "KILL");
    finish(child);
    let resumed = user.run(&["batch", "jobs.jsonl", "--resume", "--json"]).ok().json();
    assert_eq!((&resumed["done"], &resumed["charge"]["total_tokens"]), (&1.into(), &32_160.into()));
    assert_eq!(stub.requests().iter().filter(|request| request.method == "POST").count(), 1);
    assert_eq!(user.run(&["unresolved"]).ok().out, "nothing is unresolved\n");
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 32_160);
}

/// Ends a batch of three lines at its second, and goes on with it.
async fn batch_ended_by(name: &str) {
    let answered = || Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#);
    let script = Script::new().then(answered()).then(Turn::new().read_request().hold()).then(answered());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    let line = r#"{"kind":"text","prompt":"Hello","max_tokens":9}"#;
    user.write("jobs.jsonl", format!("{line}\n{line}\n{line}\n"));
    let child = user.start(&["batch", "jobs.jsonl", "--concurrency", "1"]);
    server.wait_for_requests(2).await;
    signal(&child, name);
    let run = finish(child);
    if name == "KILL" {
        assert_eq!(run.code, None);
    } else {
        run.assert_code(130).says("--resume -o jobs.results.jsonl");
    }
    let resumed = user.run(&["batch", "jobs.jsonl", "--resume", "--json"]).assert_code(10);
    let object: serde_json::Value = serde_json::from_str(&resumed.out).unwrap();
    let told = ["done", "unknown", "skipped"].map(|key| object[key].as_u64().unwrap());
    // The second line had left: it is not sent again, whatever became of it.
    assert_eq!(told, [1, 1, 1], "{resumed:?}");
    server.assert_all_used();
    // It stays unknown for the runs after that.
    let again = user.run(&["batch", "jobs.jsonl", "--resume", "--json"]).assert_code(10);
    let object: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&object["skipped"], &object["unknown"]), (&2.into(), &1.into()));
    server.assert_all_used();
}

#[tokio::test]
async fn a_batch_that_is_interrupted_goes_on_where_it_was() {
    batch_ended_by("INT").await;
}

#[tokio::test]
async fn a_batch_that_is_killed_goes_on_where_it_was() {
    batch_ended_by("KILL").await;
}

#[tokio::test]
async fn a_second_signal_ends_what_waits_for_its_reader() {
    // Far more than a pipe holds, written at once: whoever has read its first byte knows that the rest waits.
    let words = "x".repeat(1_000_000);
    let answer = format!(r#"{{"text":"{words}","usage":{{"input_tokens":1,"output_tokens":2}}}}"#);
    let server = FaultServer::start(Reply::json(200, answer)).await;
    let mut child = User::of_faults(&server).start(&["text", "Count", "--max-tokens", "9000", "--no-stream"]);
    let mut out = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut out, &mut [0]).unwrap();
    // Nobody reads on, and nobody goes away either. Signals that come at once may count as one.
    let begun = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "it goes on whatever it is told");
        signal(&child, "INT");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(status.code(), Some(130));
    drop(out);
}

/// A file of the library, as the service answers an upload.
fn stored(id: &str) -> Reply {
    Reply::json(200, format!(r#"{{"media":{{"id":"{id}","url":"https://x.invalid/{id}","type":"image/png"}}}}"#))
}

/// What is told of a run that is interrupted while the service has its last request: `before` are the answers to those before it.
async fn interrupted_at(before: Vec<Reply>, arguments: &[&str]) -> serde_json::Value {
    let count = before.len() + 1;
    let script = before.into_iter().fold(Script::new(), Script::then);
    let server = FaultServer::start(script.then(Turn::new().read_request().hold())).await;
    let user = User::of_faults(&server);
    for name in ["a.png", "b.png"] {
        user.write(name, b"\x89PNG\r\n\x1a\n");
    }
    let child = user.start(&[arguments, &["--json"]].concat());
    server.wait_for_requests(count).await;
    signal(&child, "INT");
    let run = finish(child).assert_code(130);
    assert_eq!(run.out, "");
    server.assert_all_used();
    run.error()
}

#[tokio::test]
async fn what_had_left_is_not_said_to_be_unsent() {
    let told = |error: &serde_json::Value, outcome: &str, words: &str| {
        let message = error["message"].as_str().unwrap();
        assert_eq!((&error["kind"], &error["outcome"]), (&"interrupted".into(), &outcome.into()), "{error}");
        assert!(message.contains(words) && !message.contains("nothing was sent"), "{error}");
    };
    let error = interrupted_at(vec![], &["media", "upload", "a.png"]).await;
    told(&error, "unknown", "a.png was uploaded: it may have been stored");
    let error = interrupted_at(vec![], &["media", "delete", "an-id", "--yes"]).await;
    told(&error, "unknown", "an-id was deleted: it may be gone");
    for look in [&["media", "list"][..], &["media", "show", "an-id"], &["media", "get", "an-id"], &["doctor"]] {
        told(&interrupted_at(vec![], look).await, "refused", "nothing was changed");
    }
    let picture = ["image", "Waves", "--reference", "a.png", "--reference", "b.png", "-o", "c.png", "--yes"];
    let error = interrupted_at(vec![], &picture).await;
    told(&error, "unknown", "a.png was uploaded: it may have been stored, and the call was not sent");
    assert!(error["operation_id"].is_string(), "{error}");
    let error = interrupted_at(vec![stored("first")], &picture).await;
    told(&error, "unknown", "b.png was uploaded: it may have been stored, and the call was not sent");
    assert!(error["message"].as_str().unwrap().ends_with("stored already: a.png (first)"), "{error}");
}

#[tokio::test]
async fn an_interrupted_look_for_unresolved_calls_is_told_as_one() {
    let script = Script::new()
        .then(Turn::new().read_request().reset())
        .then(Turn::new().read_request().hold())
        .then(Turn::new().read_request().hold());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    user.run(&["image", "A lake", "-o", "a.png", "--retries", "0"]).assert_code(7);
    let before = user.run(&["unresolved", "--json"]).ok().json();
    let id = before["unresolved"][0]["id"].as_str().unwrap();
    let resolve = ["unresolved", "resolve", id, "--made", "a-medium"];
    let cases = [(&["unresolved", "find"][..], "unknown", "settled"), (&resolve, "refused", "nothing was resolved")];
    for (place, (arguments, outcome, words)) in cases.into_iter().enumerate() {
        let child = user.start(&[arguments, &["--json"]].concat());
        server.wait_for_requests(place + 2).await;
        signal(&child, "INT");
        let error = finish(child).assert_code(130).error();
        assert_eq!(error["outcome"], outcome, "{error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
    assert_eq!(user.run(&["unresolved", "--json"]).ok().json(), before);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_closed_terminal_is_an_interruption() {
    let server = FaultServer::start(Turn::new().read_request().hold()).await;
    let user = User::of_faults(&server);
    // Tests that are themselves run by `nohup` would hand that down.
    let mut command = user.command_of("env");
    command.args(["--default-signal=HUP", crate::rig::PROGRAM, "video", "Waves", "-o", "a.mp4", "--yes"]);
    let child = command.spawn().unwrap();
    server.wait_for_requests(1).await;
    // The shell and the system may each say so.
    signal(&child, "HUP");
    signal(&child, "HUP");
    finish(child).assert_code(130).says("may have been billed");
    let listed = user.run(&["unresolved", "--json"]).ok().json();
    assert_eq!((&listed["unresolved"].as_array().unwrap().len(), &listed["open"]), (&1, &serde_json::json!([])));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_is_told_to_outlive_the_terminal_does() {
    let gate = Gate::new();
    let answer = r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#;
    let server = FaultServer::start(Reply::json(200, answer).gated_after(0, &gate)).await;
    let user = User::of_faults(&server);
    // As `nohup` does it.
    let line = format!("trap '' HUP; exec {} text Count --max-tokens 50 --no-stream", crate::rig::PROGRAM);
    let mut command = user.command_of("bash");
    let child = command.args(["-c", &line]).spawn().unwrap();
    server.wait_for_requests(1).await;
    signal(&child, "HUP");
    gate.open();
    assert_eq!(finish(child).ok().out, "here\n");
}

#[tokio::test]
async fn a_call_whose_process_was_killed_is_listed_as_open() {
    let server = FaultServer::start(Turn::new().read_request().hold()).await;
    let user = User::of_faults(&server);
    let child = user.start(&["video", "Waves", "-o", "a.mp4", "--yes"]);
    server.wait_for_requests(1).await;
    signal(&child, "KILL");
    finish(child);
    let listed = user.run(&["unresolved", "--json"]).ok().json();
    let open = &listed["open"][0];
    assert_eq!((&listed["unresolved"], &open["held"]["output"]), (&serde_json::json!([]), &288_000.into()), "{listed}");
    let (id, until) = (open["id"].as_str().unwrap(), open["deadline"].as_str().unwrap());
    assert!(open["at"].as_str().unwrap() < until, "{open}");
    let shown = user.run(&["unresolved"]).ok().shows("nothing is unresolved\nopen: ").shows(id);
    shown.shows("288,021 tokens held, unresolved from ").shows(until.split('.').next().unwrap().trim_end_matches('Z'));
    // Whether its process lives nobody can tell, so it is neither looked for nor settled.
    user.run(&["unresolved", "find"]).ok().says("1 calls are open").shows("no medium is unresolved");
    let refused = user.run(&["unresolved", "resolve", id, "--not-billed"]).assert_code(10);
    refused.says("in flight already: it can be resolved from ");
    assert_eq!(server.requests().len(), 1);
}
