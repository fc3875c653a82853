//! Somebody's folder: what its `.env` may say, and what it cannot make the program do.

use cosmic_ai_testkit::server::FaultServer;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::User;

#[tokio::test]
async fn no_variable_of_the_environment_is_sent_where_a_folder_likes() {
    let server = FaultServer::start(cosmic_ai_testkit::server::Turn::new().read_request().reset()).await;
    let user = User::new().with("CANARY_TOKEN", "canary-of-the-environment");
    user.write(
        ".env",
        format!(
            "COSMIC_BASE_URL={url}\nCOSMIC_API_URL={url}\nCOSMIC_BUCKET_SLUG=a-bucket\nCOSMIC_WRITE_KEY=\"${{CANARY_TOKEN}}\"\nCOSMIC_READ_KEY=$CANARY_TOKEN\n",
            url = server.url()
        ),
    );
    let run = user.run(&["text", "a", "--max-tokens", "5", "--retries", "0"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    let requests = server.requests();
    assert_eq!(requests[0].header("authorization"), Some("Bearer ${CANARY_TOKEN}"));
    let shown = user.run(&["doctor", "--offline", "--json"]);
    assert!(!shown.out.contains("ment\""), "the end of the secret: {shown:?}");
}

#[tokio::test]
async fn a_folder_cannot_make_budgets_forget() {
    let stub = CosmicStub::start(cosmic_ai::mock::MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.run(&["budget", "set", "100000", "--per", "day"]).ok();
    user.write(".env", "COSMIC_LEDGER=memory\n");
    let ask = ["text", "a", "--max-tokens", "5"];
    let error = user.run(&[&ask[..], &["--json"]].concat()).assert_code(4).error();
    assert!(error["message"].as_str().unwrap().contains("COSMIC_LEDGER=memory"), "{error}");
    assert_eq!(stub.requests().len(), 0);
    user.run(&["budget", "show"]).assert_code(4);
    user.run(&[&ask[..], &["--ledger", "memory"]].concat()).ok();
    user.write(".env", "COSMIC_LEDGER=theirs.db\n");
    user.run(&ask).ok().says("the ledger theirs.db comes from the .env of this folder");
    user.write(".env", "COSMIC_BACKEND=mock\n");
    user.run(&ask).ok().says("mock: estimate: ").says("mock: charged ");
    user.run(&["image", "a", "-o", "a.png"]).ok().says("mock: estimate: ").says("mock: charged ");
}

#[test]
fn what_needs_no_settings_does_without_a_broken_dot_env_and_doctor_shows_it() {
    let user = User::of_mock();
    for broken in [".env", "config"] {
        if broken == ".env" {
            user.write(".env", "canary\n");
        } else {
            user.write(".env", "");
            user.config("canary");
        }
        user.run(&["estimate", "text", "a", "--max-tokens", "5"]).ok();
        user.run(&["models"]).ok();
        user.run(&["text", "a", "--max-tokens", "5"]).assert_code(4);
        let doctor = user.run(&["doctor", "--json"]).assert_code(1);
        assert_eq!(doctor.json()["checks"][0]["name"], "settings");
        assert_eq!(doctor.error()["kind"], "checks");
        user.run(&["doctor"]).assert_code(1).shows("no   settings: ").says("1 of the checks failed");
    }
}

#[test]
fn an_empty_value_is_not_set_wherever_it_stands() {
    let user = User::of_mock();
    user.config("bucket = \"\"\nledger = \"\"\nwrite_key = \" \"\n");
    let doctor = user.run(&["doctor", "--json", "--base-url", "", "--ledger", ""]).ok().json();
    for setting in doctor["settings"].as_array().unwrap().iter().filter(|setting| setting["name"] != "backend") {
        assert_eq!((&setting["value"], &setting["from"]), (&serde_json::Value::Null, &"default".into()), "{setting}");
    }
}
