//! What a faulty API makes of clips that go on, speech and the media library.

use cosmic_ai_testkit::server::{FaultServer, Reply, Script, Turn};
use serde_json::json;

use crate::rig::User;

#[tokio::test]
async fn an_extension_whose_answer_is_lost_stays_held_and_is_not_sent_again() {
    let server = FaultServer::start(Turn::new().read_request().reset()).await;
    let user = User::of_faults(&server);
    let asked = ["extend", "a-clip", "The tide turns", "-o", "b.mp4", "--yes", "--retries", "5", "--json"];
    let error = user.run(&asked).assert_code(7).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("cut"), Some("unknown")));
    assert_eq!((server.requests().len(), server.unexpected_requests()), (1, 0));
    assert!(server.requests()[0].target.ends_with("/ai/video/extend"), "{:?}", server.requests());
    let held = user.run(&["unresolved", "--json"]).ok().json();
    assert_eq!(held["unresolved"][0]["id"], error["operation_id"]);
    assert!(!user.path("b.mp4").exists());
}

#[tokio::test]
async fn speech_that_is_answered_with_nonsense_stays_held_and_is_not_sent_again() {
    let server = FaultServer::start(Reply::json(200, r#"{"media":"somewhere"}"#)).await;
    let user = User::of_faults(&server);
    let error =
        user.run(&["speech", "Good morning.", "-o", "a.mp3", "--retries", "5", "--json"]).assert_code(8).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("decode"), Some("unknown")));
    assert_eq!((server.requests().len(), server.unexpected_requests()), (1, 0));
    let usage = user.run(&["usage", "--json"]).ok().json();
    assert_eq!(usage["total"]["unresolved"], 1, "{usage}");
    assert!(!user.path("a.mp3").exists());
}

#[tokio::test]
async fn a_library_that_fails_is_told_and_nothing_is_recorded() {
    for (status, code, kind) in [(401, 4, "credentials"), (429, 6, "rate_limited"), (500, 8, "server")] {
        let refusal = || Reply::json(status, json!({ "status": status, "message": "no" }));
        let server = FaultServer::start(Script::new().then_times(2, refusal())).await;
        let user = User::of_faults(&server);
        for arguments in [&["media", "list"][..], &["media", "get", "a-clip", "-o", "a.mp4"]] {
            let error = user.run(&[arguments, &["--json"]].concat()).assert_code(code).error();
            let said = (error["kind"].as_str(), error["status"].as_u64());
            assert_eq!(said, (Some(kind), Some(u64::from(status))), "{arguments:?}: {error}");
        }
        server.assert_all_used();
        assert!(!user.path("a.mp4").exists());
        assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["calls"], 0);
    }
}
