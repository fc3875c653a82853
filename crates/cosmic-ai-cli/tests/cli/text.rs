//! `text`: on the mock and over HTTP.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::{User, assert_shape};

#[test]
fn the_answer_is_on_standard_output_and_the_price_before_it_on_standard_error() {
    let run = User::of_mock().run(&["text", "Name three colours", "--max-tokens", "30"]).ok();
    assert!(run.out.ends_with('\n') && run.out.contains("colours"), "{run:?}");
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(lines[0], "mock: estimate: at most 128 tokens deducted (claude-opus-4-8, Standard 2.0x), 72 expected");
    assert_eq!(lines[1], "mock: charged 72 tokens (12 input + 60 output) (claude-opus-4-8)");
}

#[test]
fn quiet_is_the_answer_alone() {
    let run = User::of_mock().run(&["text", "Name three colours", "--max-tokens", "30", "--quiet"]).ok();
    assert_eq!(run.err, "");
}

#[test]
fn json_is_one_object_of_the_documented_shape() {
    for more in [&["--json"][..], &["--json", "--no-stream"]] {
        let arguments = [&["text", "Name three colours", "--max-tokens", "30"], more].concat();
        let run = User::of_mock().run(&arguments).ok();
        let object = run.json();
        assert_shape("text", &object);
        assert_eq!(object["charge"]["total_tokens"], 72);
        assert_eq!(run.err, "");
    }
}

#[test]
fn streamed_and_whole_answers_are_the_same() {
    let user = User::of_mock();
    let ask = ["text", "Name three colours", "--max-tokens", "40"];
    let streamed = user.run(&ask).ok();
    let whole = user.run(&[&ask[..], &["--no-stream"]].concat()).ok();
    assert_eq!(streamed.out, whole.out);
}

#[tokio::test]
async fn messages_become_a_chat_whose_last_is_the_prompt() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let input = "Of what material?\n";
    let chat = ["text", "-", "--message", "user=What is a mug?", "--message", "assistant=A cup = with a handle"];
    user.run_with_input(&[&chat[..], &["--max-tokens", "20"]].concat(), input).ok();
    let body: serde_json::Value = serde_json::from_slice(&stub.requests()[0].body).unwrap();
    let messages: Vec<(&str, &str)> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| (message["role"].as_str().unwrap(), message["content"].as_str().unwrap()))
        .collect();
    let expected = [("user", "What is a mug?"), ("assistant", "A cup = with a handle"), ("user", "Of what material?")];
    assert_eq!(messages, expected);
}

#[tokio::test]
async fn a_local_file_is_uploaded_first_and_a_dry_run_uploads_nothing() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("sheet.csv", "a,b\n1,2\n");
    let ask = ["text", "Add it up", "--media-url", "sheet.csv", "--max-tokens", "20", "--yes"];
    user.run(&[&ask[..], &["--dry-run"]].concat()).ok().says("sheet.csv, which would be uploaded first");
    assert_eq!(stub.requests().len(), 0);
    user.run(&ask).ok().says("uploaded sheet.csv");
    let requests = stub.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    let body: serde_json::Value = serde_json::from_slice(&requests[1].body).unwrap();
    assert!(body["media_url"].as_str().unwrap().starts_with(&stub.base_url()[..12]), "{body}");
}

#[test]
fn wrong_values_are_the_librarys_to_judge() {
    let user = User::of_mock();
    let check = |arguments: &[&str], expected: &str| {
        let run = user.run(&[arguments, &["--json"]].concat()).assert_code(3);
        let error = run.error();
        assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("invalid"), Some("not_sent")));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    };
    check(&["text", ""], "prompt");
    check(&["text", "a", "--max-tokens", "0"], "max_tokens");
    check(&["text", "a", "--max-tokens", "many"], "max_tokens `many`");
    check(&["text", "a", "--max-tokens", "-5"], "max_tokens");
    check(&["text", "a", "-m", "claud-opus-4-8"], "did you mean `claude-opus-4-8`");
    check(&["text", "a", "--media-url", "no-such-file"], "media_url");
    check(&["text", "a", "--message", "system=b"], "(allowed: user, assistant)");
}

#[test]
fn misused_flags_are_exit_2() {
    let user = User::of_mock();
    for arguments in [&["text", "a", "--frobnicate"][..], &["text", "a", "--message", "no role"], &["texts"], &[]] {
        let run = user.run(arguments).assert_code(2);
        assert_eq!(run.out, "");
        let json = user.run(&[arguments, &["--json"]].concat()).assert_code(2);
        assert_eq!(json.error()["kind"], "usage");
    }
}

#[test]
fn a_dry_run_sends_nothing_and_needs_no_keys() {
    let user = User::new();
    let run = user.run(&["text", "a", "--max-tokens", "5", "--dry-run"]).ok();
    assert!(run.out.contains(r#""prompt":"a""#), "{run:?}");
    let object = user.run(&["text", "a", "--max-tokens", "5", "--dry-run", "--json"]).ok().json();
    assert_eq!((&object["dry_run"], &object["request"]["max_tokens"]), (&true.into(), &5.into()));
    assert!(!user.home(".local").exists());
}

#[test]
fn without_keys_it_says_how_to_set_them_or_to_try_the_mock() {
    let user = User::new();
    user.run(&["text", "a"]).assert_code(4).says("COSMIC_BUCKET_SLUG").says("COSMIC_WRITE_KEY").says("--backend mock");
    let error = user.run(&["image", "a", "--json"]).assert_code(4).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("configuration"), Some("not_sent")));
}

#[test]
fn every_prompt_comes_from_standard_input_for_a_dash_or_where_it_is_left_out() {
    let user = User::new();
    for before in [&["text"][..], &["image"], &["video"], &["extend", "a-clip"], &["speech"]] {
        for dash in [&["-"][..], &[]] {
            let arguments = [before, dash, &["--dry-run", "--json"]].concat();
            let request = user.run_with_input(&arguments, "A lake\n").ok().json()["request"].clone();
            let said = request.get("text").or(request.get("prompt")).unwrap();
            assert_eq!(said, "A lake", "{arguments:?}: {request}");
        }
    }
    user.run_with_input(&["estimate", "image", "-"], "A lake\n").ok();
}

#[test]
fn a_misuse_is_told_whole_and_without_control_characters() {
    let user = User::of_mock();
    let error = user.run(&["extend", "--json"]).assert_code(2).error();
    assert!(error["message"].as_str().unwrap().contains("<MEDIA_ID>"), "{error}");
    let run = user.run(&["text", "a", "--frob\u{1b}[31m\u{202e}"]).assert_code(2);
    assert!(!run.err.contains('\u{1b}') && !run.err.contains('\u{202e}') && run.err.contains("--help"), "{run:?}");
}
