//! Readers that go away, outputs that are closed or full, and what never goes into a pipe.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::server::{FaultServer, Reply};
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::User;

#[test]
fn a_text_comes_through_a_pipe() {
    let run = User::of_mock().shell("set -o pipefail; echo hi | $COSMIC text - --max-tokens 30 | head -1").ok();
    assert_eq!(run.out.lines().count(), 1);
    let words = User::of_mock().shell("printf 'hi' | $COSMIC text --max-tokens 30").ok();
    assert_eq!(words.out, run.out);
}

#[tokio::test]
async fn when_nobody_reads_the_rest_is_cancelled_and_what_came_is_charged() {
    let words: Vec<String> = (0..2_000).map(|number| format!("word {number} {}\n", "x".repeat(200))).collect();
    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
    let server = FaultServer::start(Reply::text_stream(parts, (10, 4_000))).await;
    let user = User::of_faults(&server);
    let run = user.shell("set -o pipefail; $COSMIC text 'Count' --max-tokens 9000 | head -1").ok();
    assert_eq!(run.out.lines().count(), 1);
    let run = run.says("nobody reads any more: stopped, charged");
    assert!(!run.err.contains("panicked"), "{run:?}");
    let usage = user.run(&["usage", "--json"]).ok().json();
    assert_eq!((&usage["total"]["settled"], &usage["total"]["estimated"]), (&1.into(), &1.into()));
}

#[test]
fn a_closed_output_is_no_reason_to_panic() {
    let user = User::of_mock();
    for line in [
        "$COSMIC text hi --max-tokens 9 >&-",
        "$COSMIC text hi --max-tokens 9 2>&-",
        "$COSMIC text hi --max-tokens 9 <&- >&- 2>&-",
        "$COSMIC models >&-",
        "$COSMIC --help >&-",
        "$COSMIC models | true",
        "$COSMIC models --json | true",
        "$COSMIC completions bash | true",
        "$COSMIC --help | true",
        "$COSMIC image 'A lake' -o - --quiet | true",
    ] {
        let run = user.shell(line).ok();
        assert!(!run.err.contains("panicked"), "{line}: {run:?}");
    }
}

#[test]
fn a_full_output_is_an_error_that_tells_of_the_money() {
    let user = User::of_mock();
    for line in ["$COSMIC text hi --max-tokens 9 > /dev/full", "$COSMIC text hi --max-tokens 9 --no-stream > /dev/full"]
    {
        user.shell(line).assert_code(1).says("standard output").says("outcome: billed");
    }
    let run = user.shell("$COSMIC text hi --max-tokens 9 --json > /dev/full").assert_code(1);
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("file"), Some("billed")));
    assert!(error["operation_id"].is_string(), "{error}");
    user.shell("$COSMIC models > /dev/full").assert_code(1).says("standard output");
    let usage = user.run(&["usage", "--json"]).ok().json();
    assert_eq!((&usage["total"]["calls"], &usage["total"]["open"]), (&3.into(), &0.into()));
}

/// The first words of a shell in which files cannot grow beyond some blocks, as on a disk that is full.
const FULL_DISK: &str = "trap '' XFSZ; ulimit -f 6;";

#[tokio::test]
async fn on_a_full_disk_no_half_file_is_left_and_the_money_is_told() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let run = user.shell(&format!("{FULL_DISK} $COSMIC image 'A lake' -o a.png --ledger memory --json")).assert_code(1);
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("file"), Some("billed")));
    assert_eq!(std::fs::read_dir(user.path("")).unwrap().count(), 0);
    let paid = || stub.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(paid(), 1);
    // Without room for the ledger nothing is paid at all.
    let run = user.shell(&format!("{FULL_DISK} $COSMIC image 'A lake' -o a.png --json")).assert_code(1);
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("ledger"), Some("not_sent")));
    assert_eq!(paid(), 1);
}

#[tokio::test]
async fn on_a_full_disk_a_batch_stops_paying_and_its_results_stay_readable() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let line = "{\"kind\":\"text\",\"prompt\":\"Hello\",\"max_tokens\":9}\n";
    user.write("jobs.jsonl", line.repeat(50));
    let run = format!("{FULL_DISK} $COSMIC batch jobs.jsonl --ledger memory --concurrency 1 --json");
    let run = user.shell(&run).assert_code(1);
    let summary: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let count = |key: &str| summary[key].as_u64().unwrap();
    // Nothing is sent after the first line that could not be written.
    assert!(count("done") > 0 && count("unknown") + count("failed") == 1, "{summary}");
    assert_eq!(stub.requests().len() as u64, count("done") + count("unknown"));
    let results = std::fs::read_to_string(user.path("jobs.results.jsonl")).unwrap();
    let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    assert!(results.ends_with('\n') && results.lines().all(is_json));
}

#[test]
fn no_escape_codes_go_anywhere_but_to_a_terminal() {
    let user = User::of_mock();
    for arguments in [
        &["video", "Waves", "-o", "a.mp4"][..],
        &["text", "hi", "--max-tokens", "9"],
        &["image", ""],
        &["--help"],
        &["frob"],
    ] {
        let run = user.run(arguments);
        assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'), "{run:?}");
    }
}
