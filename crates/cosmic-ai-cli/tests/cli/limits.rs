//! Limits that are kept, or refused at once: none is taken and then ignored.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::User;

#[test]
fn a_budget_that_would_never_refuse_is_not_set() {
    let user = User::of_mock();
    let run = user.run(&["budget", "set", "10", "--for", "lable=x"]).assert_code(3);
    run.says("allowed: label, bucket, backend");
    for scope in ["label=x", "label", "bucket=b", "backend"] {
        user.run(&["budget", "set", "10", "--for", scope]).ok();
    }
    let file = user.home(".config/cosmic-ai/budgets.toml");
    std::fs::write(&file, "[[budgets]]\ntokens = 10\nper = \"day\"\n").unwrap();
    user.run(&["text", "a", "--max-tokens", "5"]).assert_code(4).says("budgets.toml").says("budgets");
}

#[test]
fn a_limit_that_the_command_would_not_keep_is_refused() {
    let user = User::of_mock();
    user.run(&["serve", "--max-spend", "5"]).assert_code(2).says("--budget");
    user.run(&["serve", "--label", "x"]).assert_code(2).says("bucket");
    user.run(&["estimate", "text", "a", "--max-spend", "5"]).assert_code(2).says("--max-spend");
}

#[test]
fn a_rehearsed_batch_is_refused_where_a_line_is_more_by_itself() {
    let user = User::of_mock();
    user.write(
        "jobs.jsonl",
        "{\"kind\":\"text\",\"prompt\":\"a\",\"max_tokens\":5}\n{\"kind\":\"image\",\"prompt\":\"b\"}\n",
    );
    user.run(&["batch", "jobs.jsonl", "--dry-run", "--max-spend", "30000"]).assert_code(5).says("over budget");
    user.run(&["batch", "jobs.jsonl", "--dry-run", "--max-spend", "40000"]).ok();
}

#[test]
fn a_ledger_is_no_url_of_another_kind() {
    let run = User::of_mock().run(&["usage", "--ledger", "mysql://team:canary@db/spend"]).assert_code(4);
    assert!(run.err.contains("postgres://") && !run.err.contains("canary"), "{run:?}");
}

#[tokio::test]
async fn no_file_is_uploaded_for_a_call_that_a_budget_refuses() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("mug.png", "not really");
    let ask = ["video", "The mug turns", "--reference", "mug.png", "-o", "a.mp4", "--yes"];
    user.run(&[&ask[..], &["--max-spend", "5000"]].concat()).assert_code(5).says("over budget");
    user.run(&["budget", "set", "1000000", "--output", "5000", "--per", "day"]).ok();
    let error = user.run(&[&ask[..], &["--json"]].concat()).assert_code(5).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("budget"), Some("not_sent")));
    assert_eq!(stub.requests().len(), 0);
    user.run(&["budget", "set", "1000000", "--per", "day"]).ok();
    user.run(&ask).ok().says("uploaded mug.png");
}

#[test]
fn a_budget_of_each_bucket_is_shown_for_the_one_that_is_set() {
    let user = User::of_mock();
    user.run(&["--bucket", "b1", "text", "a", "--max-tokens", "5"]).ok();
    user.run(&["budget", "set", "500", "--per", "day", "--for", "bucket"]).ok();
    let spent = |bucket: &str| {
        let shown = user.run(&["--bucket", bucket, "budget", "show", "--json"]).ok().json();
        shown["budgets"][0]["spent"]["total"].as_u64().unwrap()
    };
    assert!(spent("b1") > 0);
    assert_eq!(spent("b2"), 0);
}
