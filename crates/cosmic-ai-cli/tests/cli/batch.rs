//! `batch`: priced as a whole, results as they come, nothing paid twice.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::server::{FaultServer, Gate, Reply, Script};
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
    run.says("mock: estimate: ").says("in 3 calls").shows("nothing was sent");
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
    let script = Script::new().then(answered()).then(refusal(400)).then(refusal(500)).then(answered());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    let line = r#"{"kind":"text","prompt":"Hello","max_tokens":9}"#;
    user.write("jobs.jsonl", format!("{line}\n{line}\n{line}\n"));
    let arguments = ["batch", "jobs.jsonl", "--concurrency", "1", "--retries", "0"];
    user.run(&arguments).assert_code(3).says("1 done, 1 failed, 1 unknown");
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
async fn a_refusal_that_holds_for_every_line_stops_the_batch() {
    for (status, code) in [(401, 4), (402, 5), (403, 4)] {
        let refusal = Reply::json(status, serde_json::json!({ "status": status, "message": "not with this key" }));
        let answered = || Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#);
        let script = Script::new().then(answered()).then(refusal).then_times(3, answered());
        let server = FaultServer::start(script).await;
        let user = User::of_faults(&server);
        user.write("jobs.jsonl", "{\"kind\":\"text\",\"prompt\":\"Hello\",\"max_tokens\":9}\n".repeat(4));
        let arguments = ["batch", "jobs.jsonl", "--concurrency", "1", "--retries", "0"];
        let run = user.run(&arguments).assert_code(code);
        let run = run.says("1 done, 1 failed, 0 unknown, 0 done before, 2 not begun");
        run.says("as it did line 2").says("not with this key").says("2 lines were not begun, go on with --resume");
        assert_eq!(ended(&results(&user, "jobs.results.jsonl")), [(1, "done"), (2, "failed")]);
        assert_eq!(server.requests().len(), 2);
        let object = user.run(&[&arguments[..], &["--resume", "--json"]].concat()).ok().json();
        assert_shape("batch", &object);
        let told = ["done", "skipped", "not_begun"].map(|key| object[key].as_u64().unwrap());
        assert_eq!(told, [3, 1, 0]);
        server.assert_all_used();
    }
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
    let image = |prompt: &str| format!("{{\"kind\":\"image\",\"prompt\":\"{prompt}\"}}\n");
    user.write("jobs.jsonl", [image("one"), image("two"), image("three")].concat());
    let arguments = ["batch", "jobs.jsonl", "--max-spend", "40000", "--concurrency", "1"];
    // A refusal by a budget of our own is of the line alone.
    user.run(&arguments).assert_code(5).says("1 done, 2 failed, 0 unknown").says("mock: charged 32,160");
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 32_160);
    // What earlier runs have spent is no matter of this one.
    let resume = [&arguments[..], &["--resume"]].concat();
    user.run(&resume).assert_code(5).says("1 done, 1 failed, 0 unknown, 1 done before");
    user.run(&resume).ok().says("1 done, 0 failed, 0 unknown, 2 done before");
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 3 * 32_160);
}

#[test]
fn what_no_ledger_keeps_is_found_before_anything_is_paid_for() {
    let user = User::of_mock();
    let plain = r#"{"kind":"text","prompt":"Hello","max_tokens":9}"#;
    let labelled =
        |label: &str| format!(r#"{{"kind":"text","prompt":"Hello","max_tokens":9,"label":{}}}"#, Value::from(label));
    for (label, reason) in
        [("x".repeat(257), "too long"), ("é".repeat(200), "too long"), ("a\u{7}b".to_owned(), "control")]
    {
        user.write("jobs.jsonl", format!("{plain}\n{}\n", labelled(&label)));
        let error = user.run(&["batch", "jobs.jsonl", "--json"]).assert_code(3).error();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("line 2.label") && message.contains(reason), "{message}");
        user.write("jobs.jsonl", format!("{}\n{plain}\n", labelled("mine")));
        if !label.contains('\u{7}') {
            user.run(&["batch", "jobs.jsonl", "--label", &label]).assert_code(3).says(reason);
        }
    }
    assert!(!user.path("jobs.results.jsonl").exists());
    assert!(!user.home(".local").exists());
    user.write("jobs.jsonl", labelled(&"x".repeat(256)));
    user.run(&["batch", "jobs.jsonl"]).ok();
}

#[test]
fn files_of_this_machine_are_no_sources() {
    let user = User::of_mock();
    user.write("ref.png", "a picture");
    for (line, field) in [
        (r#"{"kind":"image","prompt":"A mug","reference_images":["ref.png"]}"#, "line 1.reference_images[0]"),
        (r#"{"kind":"video","prompt":"A mug","reference_images":["./ref.png"]}"#, "line 1.reference_images[0]"),
        (r#"{"kind":"text","prompt":"What is it?","max_tokens":9,"media_url":"ref.png"}"#, "line 1.media_url"),
    ] {
        user.write("jobs.jsonl", line);
        user.run(&["batch", "jobs.jsonl"]).assert_code(3).says(field).says("cosmic-ai media upload");
    }
    assert!(!user.path("jobs.results.jsonl").exists());
}

#[tokio::test]
async fn on_a_terminal_a_bar_shows_what_is_spent_so_far() {
    let gate = Gate::new();
    let answered = || Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#);
    let second = answered().gated_after(0, &gate);
    let server = FaultServer::start(Script::new().then(answered()).then(second)).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", "{\"kind\":\"text\",\"prompt\":\"Hello\",\"max_tokens\":9}\n".repeat(2));
    let mut command = user.command(["batch", "jobs.jsonl", "--concurrency", "1"]);
    let terminal = std::process::Stdio::inherit;
    command.stdin(terminal()).stdout(terminal()).stderr(terminal());
    let mut session = rexpect::session::spawn_command(command, Some(60_000)).unwrap();
    session.exp_string("1/2").unwrap();
    // Three tokens at the model's multiplier.
    session.exp_string("6 tokens spent").unwrap();
    gate.open();
    let shown = session.exp_eof().unwrap();
    assert!(shown.contains("2 done, 0 failed") && shown.contains("charged 12 tokens"), "{shown}");
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
