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
    user.run(&["unresolved", "resolve", "no-such-operation", "--not-billed", "--dry-run"]).assert_code(3);
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
