//! `batch --resume`: whatever became of the earlier run, its ledger and its file, nothing is paid twice and nothing is glossed over.

use cosmic_ai::mock::{Fault, MockBackend, When};
use cosmic_ai_testkit::server::{FaultServer, Reply, Script, Turn};
use cosmic_ai_testkit::stub::CosmicStub;
use serde_json::Value;

use crate::rig::{PROGRAM, User, finish, signal};

const TEXT: &str = "{\"kind\":\"text\",\"prompt\":\"Hello\",\"max_tokens\":9}\n";

fn answered() -> Reply {
    Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#)
}

fn results(user: &User) -> String {
    std::fs::read_to_string(user.path("jobs.results.jsonl")).unwrap()
}

/// The results as they were when the first line was about to be sent.
fn begun(user: &User) -> String {
    let text = results(user);
    text.split_inclusive('\n').take(2).collect()
}

fn posts(stub: &CosmicStub) -> usize {
    stub.requests().iter().filter(|request| request.method == "POST").count()
}

/// A batch of one text that was killed when its request had left.
async fn killed(server: &FaultServer, ledger: &str) -> User {
    let user = User::of_faults(server);
    user.write("jobs.jsonl", TEXT);
    let child = user.start(&["batch", "jobs.jsonl", "--ledger", ledger]);
    server.wait_for_requests(1).await;
    signal(&child, "KILL");
    finish(child);
    user
}

#[tokio::test]
async fn a_ledger_of_the_same_name_in_another_folder_is_another_one() {
    let server = FaultServer::start(Script::new().then(Turn::new().read_request().hold())).await;
    let user = killed(&server, "spend.db").await;
    let head: Value = serde_json::from_str(results(&user).lines().next().unwrap()).unwrap();
    assert_eq!(head["ledger"].as_str(), user.path("spend.db").canonicalize().unwrap().to_str());
    std::fs::create_dir(user.path("sub")).unwrap();
    let mut elsewhere = user.command(["batch", "../jobs.jsonl", "--resume", "--ledger", "spend.db"]);
    let run = finish(elsewhere.current_dir(user.path("sub")).spawn().unwrap());
    run.assert_code(10).says("0 done, 0 failed, 1 unknown");
    server.assert_all_used();
}

#[tokio::test]
async fn a_ledger_that_was_made_anew_proves_nothing() {
    let script = Script::new().then(Turn::new().read_request().hold()).then(Turn::new().read_request().hold());
    let server = FaultServer::start(script.then(answered())).await;
    let user = killed(&server, "spend.db").await;
    let first = user.shell("mkdir first && mv spend.db* first/");
    first.ok();
    // The first line is not known to the new ledger; the second is sent under it, and killed as well.
    user.write("jobs.jsonl", TEXT.repeat(2));
    let resume = ["batch", "jobs.jsonl", "--resume", "--ledger", "spend.db"];
    let child = user.start(&[&resume[..], &["--concurrency", "1"]].concat());
    server.wait_for_requests(2).await;
    signal(&child, "KILL");
    finish(child);
    // The first ledger is back: it holds the mark of the first line, not that of the second.
    user.shell("rm spend.db* && mv first/spend.db* .").ok();
    user.write("jobs.jsonl", TEXT.repeat(3));
    user.run(&resume).assert_code(10).says("1 done, 0 failed, 2 unknown");
    server.assert_all_used();
}

#[tokio::test]
async fn a_library_that_cannot_be_reached_leaves_lines_as_they_are() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n");
    user.run(&["batch", "jobs.jsonl"]).ok();
    let begun = begun(&user);
    user.write("jobs.results.jsonl", &begun);
    let resume = ["batch", "jobs.jsonl", "--resume", "--retries", "0"];
    let mut nowhere = user.command(resume);
    nowhere.env("COSMIC_BASE_URL", "http://127.0.0.1:1").env("COSMIC_API_URL", "http://127.0.0.1:1");
    let run = finish(nowhere.spawn().unwrap()).assert_code(7);
    run.says("line 1 was sent by an earlier run and could not be looked up");
    assert_eq!(results(&user), begun);
    user.run(&resume).ok().says("1 done, 0 failed, 0 unknown");
    assert_eq!(posts(&stub), 1);
}

#[tokio::test]
async fn media_are_looked_for_even_when_the_ledger_is_gone() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n");
    user.run(&["batch", "jobs.jsonl", "--ledger", "memory"]).ok();
    let begun = begun(&user);
    user.write("jobs.results.jsonl", &begun);
    user.run(&["batch", "jobs.jsonl", "--resume", "--ledger", "memory"]).ok().says("1 done, 0 failed, 0 unknown");
    assert_eq!(posts(&stub), 1);
}

#[tokio::test]
async fn what_was_sent_and_has_left_its_line_is_never_paid_again() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let (one, two) = ("{\"kind\":\"image\",\"prompt\":\"one\"}\n", "{\"kind\":\"image\",\"prompt\":\"two\"}\n");
    user.write("jobs.jsonl", one);
    user.run(&["batch", "jobs.jsonl"]).ok();
    let (done, sent) = (results(&user), begun(&user));
    let unknown = sent.replace(r#""state":"sent""#, r#""state":"unknown""#);
    assert!(sent != unknown);
    for earlier in [done, sent, unknown] {
        for (jobs, reason) in [
            (format!("\n{one}"), "line 1 was removed since it was sent, and stands in line 2 now"),
            (format!("{two}{one}"), "line 1 was changed since it was sent, and stands in line 2 now"),
            (two.to_owned(), "line 1 was changed since it was sent; keep"),
            ("\n".to_owned(), "line 1 was removed since it was sent; keep"),
        ] {
            user.write("jobs.jsonl", jobs);
            user.write("jobs.results.jsonl", &earlier);
            user.run(&["batch", "jobs.jsonl", "--resume", "--yes"]).assert_code(3).says(reason);
            assert_eq!(results(&user), earlier);
        }
    }
    assert_eq!(posts(&stub), 1);
}

#[tokio::test]
async fn a_line_that_was_refused_may_be_removed() {
    let refusal = Reply::json(400, r#"{"status":400,"message":"no"}"#);
    let server = FaultServer::start(Script::new().then(refusal).then(answered())).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", TEXT);
    user.run(&["batch", "jobs.jsonl", "--retries", "0"]).assert_code(3);
    user.write("jobs.jsonl", format!("\n{TEXT}"));
    user.run(&["batch", "jobs.jsonl", "--retries", "0", "--resume"]).ok().says("1 done, 0 failed, 0 unknown");
    server.assert_all_used();
}

#[tokio::test]
async fn a_medium_of_unknown_outcome_is_looked_for_and_never_sent_again() {
    for is_there in [true, false] {
        let mock = MockBackend::new();
        let stub = CosmicStub::start(mock.clone()).await;
        let user = User::of_stub(&stub);
        user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n");
        if is_there {
            stub.lose_answers(1);
        } else {
            mock.fault(When::any(), Fault::server(500).nth(1));
        }
        user.run(&["batch", "jobs.jsonl", "--retries", "0"]).says("0 done, 0 failed, 1 unknown");
        let before = results(&user);
        let resume = ["batch", "jobs.jsonl", "--resume", "--retries", "0"];
        let rehearsed = user.run(&[&resume[..], &["--dry-run", "--json"]].concat()).ok().json();
        assert_eq!((&rehearsed["unknown"], &rehearsed["skipped"]), (&1.into(), &0.into()));
        // What cannot be looked for stays as it is.
        let mut nowhere = user.command(resume);
        nowhere.env("COSMIC_BASE_URL", "http://127.0.0.1:1").env("COSMIC_API_URL", "http://127.0.0.1:1");
        finish(nowhere.spawn().unwrap())
            .assert_code(7)
            .says("line 1 was sent by an earlier run and could not be looked up");
        assert_eq!(results(&user), before);
        if is_there {
            user.run(&resume).ok().says("1 done, 0 failed, 0 unknown");
            let last: Value = serde_json::from_str(results(&user).lines().last().unwrap()).unwrap();
            assert_eq!((&last["state"], &last["found"]), (&"done".into(), &true.into()));
            assert_eq!(user.run(&["unresolved"]).ok().out, "nothing is unresolved\n");
            assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 32_160);
            user.run(&resume).ok().says("0 done, 0 failed, 0 unknown, 1 done before");
        } else {
            user.run(&resume).assert_code(10).says("0 done, 0 failed, 1 unknown, 0 done before");
            assert_eq!(results(&user), before);
        }
        assert_eq!(posts(&stub), 1);
    }
}

#[tokio::test]
async fn what_is_unknown_stays_unknown() {
    let refusal = Reply::json(500, r#"{"status":500,"message":"no"}"#);
    let server = FaultServer::start(Script::new().then(refusal).then(answered())).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", TEXT.repeat(2));
    user.run(&["batch", "jobs.jsonl", "--concurrency", "1", "--retries", "0"]).assert_code(8);
    let run = user.run(&["batch", "jobs.jsonl", "--resume"]).assert_code(10);
    run.says("0 done, 0 failed, 1 unknown, 1 done before");
    let run = user.run(&["batch", "jobs.jsonl", "--resume", "--json"]).assert_code(10);
    let object: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&object["unknown"], &object["skipped"]), (&1.into(), &1.into()));
    assert_eq!(run.error()["outcome"], "unknown");
    server.assert_all_used();
}

#[tokio::test]
async fn what_a_stopped_run_did_not_come_to_is_as_unknown_as_before() {
    let refusal = |status: u16| Reply::json(status, serde_json::json!({ "status": status, "message": "no" }));
    let server = FaultServer::start(Script::new().then(refusal(400)).then(refusal(500)).then(refusal(401))).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", format!("{TEXT}{{\"kind\":\"image\",\"prompt\":\"one\"}}\n"));
    let batch = ["batch", "jobs.jsonl", "--concurrency", "1", "--retries", "0"];
    user.run(&batch).assert_code(3).says("0 done, 1 failed, 1 unknown");
    let run = user.run(&[&batch[..], &["--resume", "--json"]].concat()).assert_code(4);
    let object: Value = serde_json::from_str(&run.out).unwrap();
    let told = ["failed", "unknown", "not_begun"].map(|key| object[key].as_u64().unwrap());
    assert_eq!((told, &run.error()["outcome"]), ([1, 1, 0], &"unknown".into()));
    server.assert_all_used();
}

#[tokio::test]
async fn results_of_another_backend_or_bucket_are_not_mixed() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n");
    user.run(&["batch", "jobs.jsonl", "--backend", "mock"]).ok();
    let before = results(&user);
    let run = user.run(&["batch", "jobs.jsonl", "--resume"]).assert_code(4);
    run.says("the backend mock").says("the backend http");
    let other = ["batch", "jobs.jsonl", "--resume", "--backend", "mock", "--bucket", "other"];
    user.run(&other).assert_code(4).says("the bucket other");
    assert_eq!(results(&user), before);
    assert_eq!(posts(&stub), 0);
}

#[test]
fn a_file_of_something_else_is_left_alone() {
    let user = User::of_mock();
    user.write("jobs.jsonl", TEXT);
    for text in ["my only copy", "my only copy\n", "\n", TEXT, "{\"batch\":\"torn"] {
        user.write("notes.txt", text);
        user.run(&["batch", "jobs.jsonl", "--resume", "-o", "notes.txt"]).assert_code(4).says("notes.txt");
        assert_eq!(std::fs::read_to_string(user.path("notes.txt")).unwrap(), text);
    }
    for extra in [&[][..], &["--resume"]] {
        let over = [&["batch", "jobs.jsonl", "-o", "./jobs.jsonl"], extra].concat();
        user.run(&over).assert_code(2).says("holds the requests");
    }
    assert_eq!(std::fs::read_to_string(user.path("jobs.jsonl")).unwrap(), TEXT);
    // An empty one may have been made by a script for this.
    user.write("empty", "");
    user.run(&["batch", "jobs.jsonl", "--resume", "-o", "empty"]).ok();
}

#[tokio::test]
async fn a_refusal_leaves_nothing_in_the_way_of_the_next_run() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n".repeat(4));
    user.run(&["batch", "jobs.jsonl"]).assert_code(2).says("--yes");
    assert!(!user.path("jobs.results.jsonl").exists());
    let mut keyless = user.command(["batch", "jobs.jsonl", "--yes"]);
    finish(keyless.env_remove("COSMIC_WRITE_KEY").env_remove("COSMIC_READ_KEY").spawn().unwrap()).assert_code(4);
    assert!(!user.path("jobs.results.jsonl").exists());
    user.run(&["batch", "jobs.jsonl", "--yes"]).ok().says("4 done");
}

#[tokio::test]
async fn a_line_that_was_refused_can_be_corrected() {
    let refusal = || Reply::json(400, r#"{"status":400,"message":"no"}"#);
    let server = FaultServer::start(Script::new().then(refusal()).then(refusal()).then(answered())).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", TEXT);
    user.run(&["batch", "jobs.jsonl", "--retries", "0"]).assert_code(3);
    user.write("jobs.jsonl", TEXT.replace("Hello", "Good day"));
    user.run(&["batch", "jobs.jsonl", "--retries", "0", "--resume"]).assert_code(3).says("1 failed");
    // As it is now, it keeps its id.
    user.run(&["batch", "jobs.jsonl", "--retries", "0", "--resume"]).ok().says("1 done");
    let ids: Vec<Value> = results(&user)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get("operation_id").cloned())
        .collect();
    assert_eq!(ids.len(), 6);
    assert!(ids[1] != ids[2] && ids[2..].iter().all(|id| *id == ids[2]), "{ids:?}");
    server.assert_all_used();
}

#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_told_and_what_was_paid_is_counted() {
    const LIMIT: usize = 4 << 20;
    let server = FaultServer::start(Script::new().then(answered()).then(answered())).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", TEXT);
    user.run(&["batch", "jobs.jsonl"]).ok();
    user.write("jobs.jsonl", TEXT.repeat(4));
    // There is room for the line that something is sent, not for its end.
    let text = results(&user);
    let sent = text.lines().nth(1).unwrap().len() + 1;
    user.write("jobs.results.jsonl", format!("{text}{}", "\n".repeat(LIMIT - text.len() - sent - 9)));
    let line =
        format!("trap '' XFSZ; ulimit -f {}; {PROGRAM} batch jobs.jsonl --resume --concurrency 1 --json", LIMIT / 1024);
    let run = user.shell(&line).assert_code(1);
    let object: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&object["unknown"], &object["failed"], &object["skipped"]), (&1.into(), &0.into(), &1.into()));
    // Three tokens at the model's multiplier.
    assert_eq!(object["charge"]["total_tokens"], 6);
    let message = run.error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("jobs.results.jsonl: cannot be written: File too large"), "{message}");
    server.assert_all_used();
}

#[test]
fn neither_requests_nor_results_go_through_a_pipe() {
    let user = User::of_mock();
    user.write("jobs.jsonl", TEXT);
    user.run_with_input(&["batch", "-"], TEXT).assert_code(2).says("standard input");
    user.run(&["batch", "jobs.jsonl", "-o", "-"]).assert_code(2).says("standard output");
    assert!(!user.path("-").exists() && !user.path("-.results.jsonl").exists());
}
