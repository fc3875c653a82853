//! `--dry-run`: nothing is sent, nothing is changed, and what is said says so.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::server::{FaultServer, Turn};
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::User;

#[tokio::test]
async fn an_unresolved_call_stays_as_it_is() {
    let server = FaultServer::start(Turn::new().read_request().reset()).await;
    let user = User::of_faults(&server);
    user.run(&["image", "A lake", "-o", "a.png", "--retries", "0"]).assert_code(7).says("cosmic-ai unresolved resolve");
    let before = user.run(&["unresolved", "--json"]).ok().json();
    let id = before["unresolved"][0]["id"].as_str().unwrap();
    user.run(&["unresolved", "resolve", id, "--not-billed", "--dry-run"]).ok().shows("would be settled as not billed");
    let shown = user.run(&["unresolved", "resolve", id, "--charged", "7", "--dry-run", "--json"]).ok().json();
    assert_eq!((&shown["dry_run"], &shown["would_resolve"]["id"]), (&true.into(), &id.into()));
    user.run(&["unresolved", "find", "--dry-run"]).ok().shows("1 would be");
    assert_eq!(user.run(&["unresolved", "find", "--dry-run", "--json"]).ok().json()["dry_run"], true);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(user.run(&["unresolved", "--json"]).ok().json(), before);
}

#[test]
fn budgets_stay_as_they_are() {
    let user = User::of_mock();
    user.run(&["budget", "set", "100", "--dry-run"]).ok().shows("would be set");
    assert!(!user.home(".config/cosmic-ai/budgets.toml").exists());
    user.run(&["budget", "set", "100"]).ok().shows("set: ");
    user.run(&["budget", "remove", "--dry-run"]).ok().shows("would be removed");
    assert_eq!(user.run(&["budget", "remove", "--dry-run", "--json"]).ok().json()["dry_run"], true);
    assert_eq!(user.run(&["budget", "set", "5", "--dry-run", "--json"]).ok().json()["dry_run"], true);
    user.run(&["budget", "show"]).ok().shows("100 tokens");
}

#[tokio::test]
async fn each_says_in_json_what_it_would_do() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("a.csv", "a,b\n");
    let upload = user.run(&["media", "upload", "a.csv", "--dry-run", "--json"]).ok().json();
    assert_eq!((&upload["dry_run"], &upload["request"]["size"]), (&true.into(), &4.into()));
    let delete = user.run(&["media", "delete", "an-id", "--dry-run", "--json"]).ok().json();
    assert_eq!((&delete["dry_run"], &delete["request"]["delete"]), (&true.into(), &"an-id".into()));
    let serve = user.run(&["serve", "--dry-run", "--json"]).ok().json();
    assert_eq!((&serve["dry_run"], &serve["request"]["bucket"]), (&true.into(), &"local-bucket".into()));
    let words = user.run(&["serve", "--dry-run"]).ok().shows("would serve local-bucket at 127.0.0.1:4010");
    assert!(!words.out.contains('{'), "{words:?}");
    assert_eq!(stub.requests().len(), 0);
}

#[test]
fn no_keys_are_needed_and_no_file_is_replaced() {
    let user = User::new();
    user.write("a.csv", "a,b\n");
    let check = |arguments: &[&str], words: &str, request: serde_json::Value| {
        let arguments = [arguments, &["--dry-run"]].concat();
        let run = user.run(&arguments).ok().says("nothing was sent").says(words);
        assert_eq!(run.out, "");
        let shown = user.run(&[&arguments[..], &["--json"]].concat()).ok().json();
        assert_eq!((&shown["dry_run"], &shown["request"]), (&true.into(), &request));
    };
    let uploaded = serde_json::json!({ "upload": "a.csv", "size": 4, "folder": null });
    check(&["media", "upload", "a.csv"], "would be uploaded", uploaded);
    check(&["media", "delete", "an-id"], "an-id would be deleted", serde_json::json!({ "delete": "an-id" }));
    let named = serde_json::json!({ "get": "an-id", "file": null });
    check(&["media", "get", "an-id"], "by its own name", named);
    let file = user.path("a.csv").canonicalize().unwrap().display().to_string();
    let replaced = serde_json::json!({ "get": "an-id", "file": file });
    check(&["media", "get", "an-id", "-o", "a.csv"], "a.csv", replaced);
    assert_eq!(std::fs::read(user.path("a.csv")).unwrap(), b"a,b\n");
    user.run(&["media", "get", "an-id", "-o", "no/such/folder", "--dry-run"]).assert_code(1);
    user.run(&["media", "upload", "no-such-file", "--dry-run"]).assert_code(1);
    assert!(!user.home(".local").exists());
}

#[test]
fn what_max_spend_would_refuse_is_refused() {
    let user = User::of_mock();
    let check = |arguments: &[&str]| {
        let error = user.run(&[arguments, &["--dry-run", "--json"]].concat()).assert_code(5).error();
        assert_eq!((&error["kind"], &error["outcome"]), (&"budget".into(), &"not_sent".into()));
        // In the words of the real run.
        let real = user.run(&[arguments, &["--json"]].concat()).assert_code(5).error();
        assert_eq!(error["message"], real["message"]);
    };
    check(&["video", "Waves", "-o", "a.mp4", "--max-spend", "3000"]);
    check(&["video", "Waves", "-o", "a.mp4", "--max-spend", "250000"]);
    check(&["text", "Name three colours", "--max-tokens", "5000", "--max-spend", "3000"]);
    check(&["text", "Name three colours", "--max-spend", "1"]);
    let fits = user.run(&["text", "Name three colours", "--max-spend", "3000", "--dry-run", "--json"]).ok().json();
    assert!(fits["request"]["max_tokens"].as_u64().is_some_and(|tokens| tokens > 100), "{fits}");
    user.run(&["image", "A lake", "-o", "a.png", "--max-spend", "40000", "--dry-run"]).ok();
}

#[tokio::test]
async fn what_only_looks_does_so_as_ever() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.run(&["image", "A lake", "-o", "a.png"]).ok();
    let id = user.run(&["media", "list", "--json"]).ok().json()["media"][0]["id"].as_str().unwrap().to_owned();
    for arguments in [&["media", "list"][..], &["media", "show", &id], &["usage"], &["models"], &["doctor"]] {
        let run = user.run(&[arguments, &["--dry-run"]].concat()).ok();
        assert_eq!(run.out, user.run(arguments).ok().out);
    }
}
