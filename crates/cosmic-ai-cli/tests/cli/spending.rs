//! Prices before, budgets meanwhile, the ledger afterwards.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::{User, assert_shape};

#[test]
fn estimates_have_the_documented_shape_and_need_no_keys() {
    let user = User::new();
    let check = |arguments: &[&str]| {
        let estimate = user.run(&[&["estimate"], arguments, &["--json"]].concat()).ok().json();
        assert_shape("estimate", &estimate);
        let compared = user.run(&[&["estimate"], arguments, &["--compare", "--json"]].concat()).ok().json();
        assert_shape("comparison", &compared);
        assert_eq!(compared["models"].as_array().unwrap().iter().filter(|model| model["asked"] == true).count(), 1);
    };
    check(&["text", "Name three colours", "--max-tokens", "50"]);
    check(&["text", "Name three colours", "-m", "gpt-4.1"]);
    check(&["image", "A lake", "--size", "512x512"]);
    check(&["video", "Waves", "--duration", "4"]);
    check(&["extend", "some-clip", "It goes on"]);
    check(&["speech", "Good morning."]);
    assert!(!user.home(".local").exists());
    user.run(&["estimate", "video", "Waves"]).ok().shows("at most 288,021 tokens deducted").shows("assuming: ");
    user.run(&["estimate", "video", "Waves", "--duration", "5"]).assert_code(3).says("allowed: 4, 6, 8");
}

#[test]
fn a_hard_budget_fills_in_the_largest_answer_that_fits_and_says_so() {
    let user = User::of_mock();
    let run = user.run(&["text", "Name three colours", "--max-spend", "3000"]).ok();
    let run = run.says("the largest that fits --max-spend 3,000").says("at most 3,000 tokens deducted");
    assert!(run.out.len() > 10);
    let error = user.run(&["video", "Waves", "-o", "a.mp4", "--max-spend", "3000", "--json"]).assert_code(5).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("budget"), Some("not_sent")));
    user.run(&["text", "Name three colours", "--max-tokens", "5000", "--max-spend", "3000"])
        .assert_code(5)
        .says("the largest that fits: max_tokens");
    // Each run has its own.
    user.run(&["text", "Name three colours", "--max-spend", "3000"]).ok();
}

#[tokio::test]
async fn above_the_threshold_nobody_to_ask_means_no() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let error = user.run(&["video", "Waves", "-o", "a.mp4", "--json"]).assert_code(2).error();
    assert!(error["message"].as_str().unwrap().contains("--yes"), "{error}");
    assert_eq!(stub.requests().len(), 0);
    user.run(&["video", "Waves", "-o", "a.mp4", "--yes"]).ok();
    user.config("confirm_above = 300000\n");
    user.run(&["video", "Waves", "-o", "b.mp4"]).ok();
    user.config("confirm_above = 10\n");
    user.run(&["text", "Hello", "--max-tokens", "50"]).assert_code(2);
    assert_eq!(stub.requests().iter().filter(|request| request.method == "POST").count(), 2);
    // On the mock nothing is paid, so a rehearsal needs no flag.
    User::of_mock().run(&["video", "Waves", "-o", "a.mp4"]).ok();
}

#[test]
fn a_budget_outlives_the_run_that_set_it() {
    let user = User::of_mock();
    user.run(&["budget", "show"]).ok().shows("no budgets are set");
    user.run(&["budget", "set", "40000", "--per", "day"]).ok().shows("set: 40,000 tokens a day for all calls");
    user.run(&["image", "A lake", "-o", "a.png"]).ok();
    user.run(&["image", "A lake", "-o", "b.png"]).assert_code(5).says("over budget").says("7,840 tokens left");
    user.run(&["budget", "show"]).ok().shows("32,160 tokens spent").shows("7,840 tokens left");
    let shown = user.run(&["budget", "show", "--json"]).ok().json();
    assert_eq!(shown["budgets"][0]["left"]["total"], 7_840);
    // The same period and scope again replaces it.
    user.run(&["budget", "set", "90000", "--per", "day"]).ok();
    user.run(&["image", "A lake", "-o", "b.png"]).ok();
    user.run(&["budget", "remove", "--per", "month"]).assert_code(3);
    user.run(&["budget", "remove", "--per", "day"]).ok();
    user.run(&["budget", "show"]).ok().shows("no budgets are set");
}

#[test]
fn budgets_count_labels() {
    let user = User::of_mock();
    user.run(&["budget", "set", "40000", "--per", "all", "--for", "label=covers"]).ok();
    user.run(&["budget", "set", "70000", "--per", "all", "--for", "label"]).ok();
    let image = |label: &str, file: &str| user.run(&["image", "A lake", "--label", label, "-o", file]);
    image("covers", "a.png").ok();
    image("covers", "b.png").assert_code(5).says("for label covers");
    image("others", "c.png").ok();
    image("others", "d.png").ok();
    image("others", "e.png").assert_code(5);
    let usage = user.run(&["usage", "--by", "label", "--json"]).ok().json();
    let rows: Vec<(&str, u64)> = usage["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["key"][0].as_str().unwrap(), row["figures"]["total"].as_u64().unwrap()))
        .collect();
    assert_eq!(rows, [("covers", 32_160), ("others", 64_320)]);
    user.run(&["budget", "set", "1", "--time-zone", "Mars/Olympus"]).assert_code(3).says("time_zone");
}

#[test]
fn usage_adds_up_what_was_spent() {
    let user = User::of_mock();
    user.run(&["usage"]).ok().shows("total");
    user.run(&["image", "A lake", "-o", "a.png"]).ok();
    user.run(&["speech", "Good morning.", "-o", "a.mp3"]).ok();
    for by in [
        &["--by", "model"][..],
        &["--by", "modality"],
        &["--by", "day"],
        &["--by", "model", "--by", "label:bucket"],
        &["--by", "model,day"],
    ] {
        let run = user.run(&[&["usage"], by].concat()).ok();
        assert!(run.out.lines().last().unwrap().contains("35,764"), "{run:?}");
    }
    let none = user.run(&["usage", "--since", "2999-01-01", "--json"]).ok().json();
    assert_eq!(none["total"]["calls"], 0);
    user.run(&["usage", "--by", "mood"]).assert_code(3).says("label:NAME");
    user.run(&["usage", "--since", "yesterday"]).assert_code(3).says("2026-11-01");
}

#[tokio::test]
async fn what_the_mock_spends_is_not_mixed_with_what_is_spent() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.run(&["image", "A lake", "-o", "a.png"]).ok();
    user.run(&["image", "A lake", "-o", "b.png", "--backend", "mock"]).ok();
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["calls"], 1);
    assert_eq!(user.run(&["usage", "--json", "--backend", "mock"]).ok().json()["total"]["calls"], 1);
    // Also where one file is named for both.
    let user = user.with("COSMIC_LEDGER", "team.db");
    user.run(&["image", "A lake", "-o", "a.png"]).ok();
    user.run(&["image", "A lake", "-o", "b.png", "--backend", "mock"]).assert_code(4).says("must not be mixed");
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["calls"], 1);
    user.run(&["image", "A lake", "-o", "b.png", "--backend", "mock", "--ledger", "memory"]).ok();
}

#[tokio::test]
async fn a_lost_answer_stays_held_until_it_is_found() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    stub.lose_answers(1);
    let error = user.run(&["image", "A lake", "-o", "a.png", "--json"]).assert_code(7).error();
    assert_eq!(error["outcome"], "unknown");
    let id = error["operation_id"].as_str().unwrap();
    user.run(&["unresolved"]).ok().shows(id).shows("32,182 tokens held");
    let listed = user.run(&["unresolved", "--json"]).ok().json();
    assert_eq!(listed["unresolved"][0]["id"], id);
    let found = user.run(&["unresolved", "find", "--json"]).ok().json();
    assert_eq!((&found["lookups"][0]["found"], &found["lookups"][0]["state"]), (&"found".into(), &"settled".into()));
    user.run(&["unresolved"]).ok().shows("nothing is unresolved");
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 32_160);
}

#[tokio::test]
async fn a_person_can_say_what_became_of_a_call() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    for (verdict, charged) in
        [(&["--not-billed"][..], 0), (&["--charged", "5+1000"], 1_005), (&["--charged", "70"], 1_075)]
    {
        stub.lose_answers(1);
        let error = user.run(&["image", "A lake", "-o", "a.png", "--json"]).assert_code(7).error();
        let id = error["operation_id"].as_str().unwrap();
        user.run(&[&["unresolved", "resolve", id], verdict].concat()).ok().shows(id);
        assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], charged);
        for rehearsed in [&[][..], &["--dry-run"]] {
            let again = user.run(&[&["unresolved", "resolve", id], verdict, rehearsed].concat()).assert_code(3);
            again.says("is not unresolved: it is ");
            let unknown = ["unresolved", "resolve", "no-such-operation"];
            user.run(&[&unknown, verdict, rehearsed].concat()).assert_code(3).says("is not in the ledger");
        }
    }
    let sent = stub.requests().len();
    user.run(&["unresolved", "resolve", "no-such-operation", "--made", "a-medium"]).assert_code(3);
    assert_eq!(stub.requests().len(), sent, "looked for a medium of no operation");
    user.run(&["unresolved", "resolve", "some id", "--not-billed"]).assert_code(3);
    user.run(&["unresolved", "resolve", "some-id"]).assert_code(2);
    user.run(&["unresolved", "resolve", "some-id", "--charged", "much"]).assert_code(2);
}

#[test]
fn looking_makes_no_ledger_and_a_misspelt_one_is_told() {
    let user = User::of_mock();
    for arguments in [&["usage"][..], &["unresolved"], &["budget", "show"], &["doctor", "--offline"]] {
        user.run(arguments).ok();
    }
    assert!(!user.home(".local").exists());
    user.run(&["usage", "--ledger", "spent.db"]).assert_code(1).says("spent.db: no ledger is there");
    assert!(!user.path("spent.db").exists());
}

#[test]
fn a_ledger_that_cannot_be_opened_stops_the_call() {
    let user = User::of_mock();
    user.write("file", "");
    let error =
        user.run(&["text", "a", "--max-tokens", "5", "--ledger", "file/spend.db", "--json"]).assert_code(1).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("ledger"), Some("not_sent")));
}
