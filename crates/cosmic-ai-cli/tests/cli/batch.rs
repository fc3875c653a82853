//! `batch`: priced as a whole, results as they come, nothing paid twice.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::server::{FaultServer, Reply, Script};
use cosmic_ai_testkit::stub::CosmicStub;
use serde_json::Value;

use crate::rig::{User, assert_shape};

const JOBS: &str = r#"{"kind":"text","prompt":"Name three colours","max_tokens":20,"label":"words"}

{"kind":"image","prompt":"A lake","size":"512x512","label":"covers"}
{"kind":"speech","prompt":"Good morning.","voice":"sage"}
"#;

/// The results after their first line, each of the documented shape.
fn results(user: &User, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(user.path(name)).unwrap();
    let lines: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert_shape("batch-result", line);
    }
    lines
}

fn ended(results: &[Value]) -> Vec<(u64, &str)> {
    let mut ended: Vec<(u64, &str)> = results
        .iter()
        .map(|line| (line["line"].as_u64().unwrap(), line["state"].as_str().unwrap()))
        .filter(|(_, state)| *state != "sent")
        .collect();
    ended.sort_unstable();
    ended
}

#[test]
fn all_lines_are_done_and_told() {
    let user = User::of_mock();
    user.write("jobs.jsonl", JOBS);
    let run = user.run(&["batch", "jobs.jsonl", "-o", "out.jsonl", "--json"]).ok();
    let object = run.json();
    assert_shape("batch", &object);
    assert_eq!((&object["lines"], &object["done"], &object["failed"]), (&3.into(), &3.into(), &0.into()));
    let results = results(&user, "out.jsonl");
    assert_eq!(ended(&results), [(1, "done"), (3, "done"), (4, "done")]);
    assert!(results.iter().filter(|line| line["state"] == "done").all(|line| line["charge"]["total_tokens"].is_u64()));
    let usage = user.run(&["usage", "--by", "label", "--json"]).ok().json();
    let keys: Vec<&Value> = usage["rows"].as_array().unwrap().iter().map(|row| &row["key"][0]).collect();
    assert_eq!(keys, [&Value::Null, &"covers".into(), &"words".into()]);
    assert_eq!(usage["total"]["total"], object["charge"]["total_tokens"]);
}

#[test]
fn the_whole_is_priced_before_anything_is_sent() {
    let user = User::of_mock();
    user.write("jobs.jsonl", JOBS);
    let run = user.run(&["batch", "jobs.jsonl", "--dry-run"]).ok();
    run.says("in 3 calls").shows("nothing was sent");
    assert!(!user.path("jobs.results.jsonl").exists());
}

#[test]
fn one_wrong_line_stops_the_whole_and_all_of_them_are_told() {
    let user = User::of_mock();
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"a\"}\n{\"kind\":\"song\"}\nnonsense\n");
    let error = user.run(&["batch", "jobs.jsonl", "--json"]).assert_code(3).error();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("line 2") && message.contains("line 3"), "{message}");
    user.write(
        "jobs.jsonl",
        "{\"kind\":\"image\",\"prompt\":\"a\"}\n{\"kind\":\"video\",\"prompt\":\"a\",\"duration\":5}\n",
    );
    let error = user.run(&["batch", "jobs.jsonl", "--json"]).assert_code(3).error();
    assert!(error["message"].as_str().unwrap().contains("line 2.duration"), "{error}");
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"a\",\"sise\":\"512x512\"}\n");
    user.run(&["batch", "jobs.jsonl"]).assert_code(3).says("sise");
    assert!(!user.path("jobs.results.jsonl").exists());
    assert!(!user.home(".local").exists());
    user.run(&["batch", "none.jsonl"]).assert_code(1);
}

#[tokio::test]
async fn resuming_pays_only_what_failed_unbilled() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let image = |prompt: &str| format!("{{\"kind\":\"image\",\"prompt\":\"{prompt}\"}}\n");
    user.write("jobs.jsonl", [image("one"), image("two"), image("three")].concat());
    user.run(&["batch", "jobs.jsonl", "--yes"]).ok();
    let paid = || stub.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(paid(), 3);
    user.run(&["batch", "jobs.jsonl", "--yes"]).assert_code(2).says("--resume");
    user.run(&["batch", "jobs.jsonl", "--yes", "--resume"]).ok().says("3 done before");
    assert_eq!(paid(), 3);
    // New lines at the end are new work.
    user.write("jobs.jsonl", [image("one"), image("two"), image("three"), image("four")].concat());
    user.run(&["batch", "jobs.jsonl", "--yes", "--resume"]).ok().says("1 done, 0 failed");
    assert_eq!(paid(), 4);
    // Lines that were paid for and then changed are not what was paid for.
    user.write("jobs.jsonl", [image("one"), image("changed")].concat());
    user.run(&["batch", "jobs.jsonl", "--yes", "--resume"]).assert_code(3).says("line 2");
    assert_eq!(paid(), 4);
}

#[tokio::test]
async fn failures_are_told_by_line_and_the_first_gives_the_exit_code() {
    let refusal = |status: u16| Reply::json(status, serde_json::json!({ "status": status, "message": "no" }));
    let answered = || Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#);
    let script = Script::new().then(answered()).then(refusal(402)).then(refusal(500)).then(answered());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    let line = r#"{"kind":"text","prompt":"Hello","max_tokens":9}"#;
    user.write("jobs.jsonl", format!("{line}\n{line}\n{line}\n"));
    let arguments = ["batch", "jobs.jsonl", "--concurrency", "1", "--retries", "0"];
    user.run(&arguments).assert_code(5).says("1 done, 1 failed, 1 unknown");
    let first = results(&user, "jobs.results.jsonl");
    assert_eq!(ended(&first), [(1, "done"), (2, "failed"), (3, "unknown")]);
    let failed = first.iter().find(|line| line["state"] == "failed").unwrap();
    assert_eq!(failed["error"]["outcome"], "refused");
    // Only the one that was not billed is sent again, under the same operation; the unknown one stays so.
    user.run(&[&arguments[..], &["--resume"]].concat()).assert_code(10).says("1 done, 0 failed, 1 unknown");
    server.assert_all_used();
    let after = results(&user, "jobs.results.jsonl");
    assert_eq!(
        after
            .iter()
            .filter(|line| line["line"] == 2)
            .map(|line| &line["operation_id"])
            .collect::<std::collections::HashSet<_>>()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_run_that_died_is_looked_up_and_paid_once() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n{\"kind\":\"image\",\"prompt\":\"two\"}\n");
    user.run(&["batch", "jobs.jsonl", "--yes", "--concurrency", "1"]).ok();
    let text = std::fs::read_to_string(user.path("jobs.results.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    // As if the power had gone while the answer of the second line was being written.
    let torn = &lines[4][..40];
    user.write("jobs.results.jsonl", format!("{}\n{torn}", lines[..4].join("\n")));
    user.run(&["batch", "jobs.jsonl", "--yes", "--resume"]).ok().says("1 done, 0 failed");
    let posts = stub.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 2);
    let results = results(&user, "jobs.results.jsonl");
    assert_eq!(results.last().unwrap()["found"], true);
    // As if it had gone between the line of a third and the ledger: then nothing was sent, and it is.
    let one = "{\"kind\":\"image\",\"prompt\":\"one\"}\n";
    user.write("jobs.jsonl", format!("{one}{{\"kind\":\"image\",\"prompt\":\"two\"}}\n{one}"));
    let mut third: Value = serde_json::from_str(lines[1]).unwrap();
    let batch = third["operation_id"].as_str().unwrap().strip_suffix("-1").unwrap().to_owned();
    (third["line"], third["operation_id"]) = (3.into(), format!("{batch}-3").into());
    let text = std::fs::read_to_string(user.path("jobs.results.jsonl")).unwrap();
    user.write("jobs.results.jsonl", format!("{text}{third}\n"));
    user.run(&["batch", "jobs.jsonl", "--yes", "--resume"]).ok().says("1 done, 0 failed");
    let posts = stub.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 3);
}

#[test]
fn a_batch_keeps_to_its_bound() {
    let user = User::of_mock();
    user.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"one\"}\n{\"kind\":\"image\",\"prompt\":\"two\"}\n");
    let arguments = ["batch", "jobs.jsonl", "--max-spend", "40000", "--concurrency", "1"];
    user.run(&arguments).assert_code(5).says("1 done, 1 failed");
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 32_160);
}

#[test]
fn results_that_cannot_be_written_stop_the_batch_before_it_pays() {
    let user = User::of_mock();
    user.write("jobs.jsonl", JOBS);
    for place in ["no/such/folder/out.jsonl", "/proc/out.jsonl", "/dev/full", "/dev/zero"] {
        let run = user.run(&["batch", "jobs.jsonl", "-o", place, "--resume"]);
        assert_ne!(run.code, Some(0), "{run:?}");
    }
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["calls"], 0);
}
