//! `text`: on the mock and over HTTP.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::{User, assert_shape, finish};

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

/// The request that a line of shell would send, in a folder with a file `doc` and an empty one, and what it says beside it.
fn asked(user: &User, line: &str) -> (serde_json::Value, String) {
    user.write("doc", "DOC\n");
    user.write("empty", "");
    let run = user.shell(&format!("{line} --dry-run > request")).ok();
    let shown = std::fs::read_to_string(user.path("request")).unwrap();
    let request = shown.strip_prefix("nothing was sent; this would be: ").unwrap();
    (serde_json::from_str(request).unwrap(), run.err)
}

#[test]
fn what_is_piped_is_sent_beside_a_text_in_the_order_that_is_given() {
    let user = User::new();
    let check = |line: &str, expected: &str| assert_eq!(asked(&user, line).0["prompt"], expected, "{line}");
    check("cat doc | $COSMIC text - 'Summarize'", "DOC\n\nSummarize");
    check("$COSMIC text - 'Summarize' < doc", "DOC\n\nSummarize");
    check("$COSMIC text 'Summarize:' - < doc", "Summarize:\n\nDOC");
    for misused in ["text a b < doc", "text - - < doc", "text a b -", "text - a b"] {
        user.shell(&format!("$COSMIC {misused} --dry-run")).assert_code(2);
    }
    // An answer about nothing is worth nothing.
    for nothing in ["/dev/null", "empty"] {
        let run = user.shell(&format!("$COSMIC text - 'Summarize' --dry-run < {nothing}"));
        run.assert_code(3).says("standard input is empty");
    }
}

#[test]
fn what_is_piped_to_a_chat_without_a_prompt_is_its_last_message() {
    let user = User::new();
    let check = |line: &str, expected: &[&str]| {
        let request = asked(&user, line).0;
        let messages = request["messages"].as_array().unwrap();
        let words: Vec<&str> = messages.iter().map(|message| message["content"].as_str().unwrap()).collect();
        assert_eq!(words, expected, "{line}");
        assert_eq!(messages.last().unwrap()["role"], "user", "{line}");
    };
    check("cat doc | $COSMIC text --message 'user=Describe this'", &["Describe this", "DOC"]);
    check("$COSMIC text --message 'user=Describe this' < doc", &["Describe this", "DOC"]);
    check("$COSMIC text - --message 'user=Describe this' < doc", &["Describe this", "DOC"]);
    check("$COSMIC text --message 'user=Hello' < empty", &["Hello"]);
    check("printf '' | $COSMIC text --message 'user=Hello'", &["Hello"]);
    check("echo | $COSMIC text - --message 'user=Hello'", &["Hello"]);
    check("$COSMIC text --message 'user=Hello' < /dev/null", &["Hello"]);
    check("$COSMIC text --message 'user=Hello' <&-", &["Hello"]);
    check("$COSMIC text 'Goodbye' --message 'user=Hello' < doc", &["Hello", "Goodbye"]);
}

#[test]
fn what_is_piped_to_a_chat_through_a_socket_is_read_too() {
    let user = User::new();
    let (mut here, there) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut command = user.command(["text", "--message", "user=Describe this", "--dry-run", "--json"]);
    let child = command.stdin(std::os::fd::OwnedFd::from(there)).spawn().unwrap();
    // The socket is held by the command too, and then only by the program.
    drop(command);
    std::io::Write::write_all(&mut here, b"DOC").unwrap();
    drop(here);
    let request = finish(child).ok().json()["request"].clone();
    assert_eq!(request["messages"][1]["content"], "DOC", "{request}");
}

#[test]
fn what_is_piped_beside_a_prompt_is_left_alone_and_that_is_said() {
    let user = User::new();
    let check = |line: &str, is_told: bool| {
        let (request, said) = asked(&user, line);
        assert_eq!(request["prompt"], "Summarize", "{line}");
        assert_eq!(said.contains("standard input is not read; say - to send it"), is_told, "{line}: {said}");
    };
    check("cat doc | $COSMIC text 'Summarize'", true);
    check("$COSMIC text 'Summarize' < doc", true);
    check("cat doc | $COSMIC image 'Summarize'", true);
    check("cat doc | $COSMIC text 'Summarize' --quiet", false);
    check("$COSMIC text 'Summarize' < empty", false);
    check("$COSMIC text 'Summarize' < /dev/null", false);
    check("$COSMIC text 'Summarize' <&-", false);
    let json = user.shell("$COSMIC text 'Summarize' --dry-run --json < doc").ok();
    assert_eq!(json.err, "");
    user.shell("$COSMIC estimate text 'Summarize' < doc").ok().says("standard input is not read");
    // A loop over lines keeps them.
    user.write("lines", "one\ntwo\nthree\n");
    let run = user.shell("while read -r line; do $COSMIC text \"$line\" --dry-run; done < lines").ok();
    for line in ["one", "two", "three"] {
        assert!(run.out.contains(&format!(r#""prompt":"{line}""#)), "{run:?}");
    }
    assert_eq!(run.err.matches("standard input is not read").count(), 2, "{run:?}");
}

#[test]
fn a_source_that_is_neither_a_url_nor_a_file_is_told_with_the_rest() {
    let user = User::of_mock();
    user.write("mug.png", "a mug");
    let check = |arguments: &[&str], expected: &[&str]| {
        let error = user.run(&[arguments, &["--json"]].concat()).assert_code(3).error();
        let message = error["message"].as_str().unwrap();
        assert!(expected.iter().all(|expected| message.contains(expected)), "{message}");
        assert!(!message.contains("must be an http or https URL"), "{message}");
        assert_eq!(error["outcome"], "not_sent");
    };
    let missing = "is neither a URL nor a file that is there";
    let (second, negative) = ("reference_images[1]", "max_tokens");
    check(&["text", "a", "--media-url", "nofile.csv"], &["media_url", "`nofile.csv`", missing]);
    check(&["text", "a", "--media-url", "nofile.csv", "--max-tokens", "0"], &["media_url", missing, negative]);
    check(&["image", "a", "--reference", "mug.png", "--reference", "nofile.png"], &[second, "`nofile.png`", missing]);
    check(&["video", " ", "--reference", "nofile.png"], &["reference_images[0]", missing, "prompt"]);
    check(&["video", "a", "--reference", "."], &["is neither a URL nor a file that can be uploaded"]);
    check(&["estimate", "video", "a", "--reference", "nofile.png"], &[missing]);
    // What is a URL is judged as one.
    for url in ["ftp://example.com/a.png", "data:image/png;base64,aaaa"] {
        user.run(&["image", "a", "--reference", url]).assert_code(3).says("must be an http or https URL");
    }
}
