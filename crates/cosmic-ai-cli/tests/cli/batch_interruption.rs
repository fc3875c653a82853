//! Ctrl-C in a batch: each line that was under way is told by its operation and counted as the ledger knows it.

use cosmic_ai_testkit::server::{FaultServer, Reply, Script, Turn};

use crate::rig::{Run, User, assert_shape, finish, signal};

const TEXT: &str = "{\"kind\":\"text\",\"prompt\":\"Hello\",\"max_tokens\":9}\n";
const IMAGE: &str = "{\"kind\":\"image\",\"prompt\":\"A lake\"}\n";

fn answered() -> Reply {
    Reply::json(200, r#"{"text":"here","usage":{"input_tokens":1,"output_tokens":2}}"#)
}

/// Checks what was counted, and that the outcome of the error does not contradict it.
#[track_caller]
fn assert_told(run: &Run, [done, unknown, not_begun]: [u64; 3], outcome: &str) -> String {
    let object = run.json();
    assert_shape("batch", &object);
    let told = ["done", "failed", "unknown", "not_begun"].map(|key| object[key].as_u64().unwrap());
    assert_eq!(told, [done, 0, unknown, not_begun], "{run:#?}");
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("interrupted"), Some(outcome)), "{run:#?}");
    error["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_may_have_been_billed_is_told_by_line_operation_and_amount() {
    let script = Script::new().then(answered()).then_times(2, Turn::new().read_request().hold());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    user.write("first.jsonl", TEXT);
    user.run(&["batch", "first.jsonl", "-o", "out.jsonl"]).ok();
    user.write("jobs.jsonl", format!("{TEXT}{}", IMAGE.repeat(4)));
    let child =
        user.start(&["batch", "jobs.jsonl", "-o", "out.jsonl", "--resume", "--concurrency", "2", "--yes", "--json"]);
    server.wait_for_requests(3).await;
    signal(&child, "INT");
    let run = finish(child).assert_code(130);
    let message = assert_told(&run, [0, 2, 2], "unknown");
    let unresolved = user.run(&["unresolved", "--json"]).ok().json();
    let entries = unresolved["unresolved"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    for id in entries.iter().map(|entry| entry["id"].as_str().unwrap()) {
        let line = id.rsplit('-').next().unwrap();
        assert!(message.contains(&format!("line {line} may have been billed, ")), "{message}");
        assert!(message.contains(&format!("stay held (operation {id})")), "{message}");
    }
    let held = entries
        .iter()
        .map(|entry| entry["held"]["input"].as_u64().unwrap() + entry["held"]["output"].as_u64().unwrap());
    assert!(held.sum::<u64>() >= 2 * 32_160, "{unresolved}");
    server.assert_all_used();
}

#[tokio::test]
async fn a_text_that_was_cut_is_charged_and_its_answer_lost() {
    let script = Script::new().then(answered()).then(Turn::new().read_request().hold());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", TEXT.repeat(3));
    let child = user.start(&["batch", "jobs.jsonl", "--concurrency", "1", "--json"]);
    server.wait_for_requests(2).await;
    signal(&child, "INT");
    let run = finish(child).assert_code(130);
    let message = assert_told(&run, [1, 1, 1], "unknown");
    assert!(message.contains("line 2 was charged ") && message.contains("its answer is lost (operation "), "{message}");
    let usage = user.run(&["usage", "--json"]).ok().json();
    assert_eq!((&usage["total"]["settled"], &usage["total"]["unresolved"]), (&2.into(), &0.into()));
    assert_eq!(usage["total"]["total"], run.json()["charge"]["total_tokens"]);
    server.assert_all_used();
}

#[tokio::test]
async fn a_line_that_was_only_looked_for_stays_as_it_was() {
    let refusal = Reply::json(500, r#"{"status":500,"message":"no"}"#);
    let script = Script::new().then(refusal).then(Turn::new().read_request().hold());
    let server = FaultServer::start(script).await;
    let user = User::of_faults(&server);
    user.write("jobs.jsonl", IMAGE);
    user.run(&["batch", "jobs.jsonl", "--retries", "0"]).assert_code(8);
    let results = std::fs::read(user.path("jobs.results.jsonl")).unwrap();
    let before = user.run(&["unresolved", "--json"]).ok().json();
    user.write("jobs.jsonl", IMAGE.repeat(2));
    let child = user.start(&["batch", "jobs.jsonl", "--resume", "--concurrency", "1", "--json"]);
    server.wait_for_requests(2).await;
    signal(&child, "TERM");
    let run = finish(child).assert_code(130);
    let message = assert_told(&run, [0, 1, 1], "unknown");
    let id = before["unresolved"][0]["id"].as_str().unwrap();
    assert!(message.contains("line 1 may have been billed") && message.contains(id), "{message}");
    assert_eq!(std::fs::read(user.path("jobs.results.jsonl")).unwrap(), results);
    assert_eq!(user.run(&["unresolved", "--json"]).ok().json(), before);
    server.assert_all_used();
}
