//! A replay gives what was recorded, each once, and says what differs in all else.

use cosmic_ai_core::{
    Call, ErrorKind, ImageGenerator as _, ImageRequest, ImageSize, Outcome, TextGenerator as _, TextRequest,
    TextResponse,
};
use cosmic_ai_mock::cassette::{Order, Replay};

use super::canned::Canned;
use super::{record, replay};

fn ask(prompt: &str) -> TextRequest {
    TextRequest::new(prompt).with_max_tokens(9)
}

/// A cassette of texts, each answered by its own prompt and how many came before.
async fn recorded(prompts: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let answers = prompts.iter().enumerate().map(|(place, prompt)| Ok(TextResponse::new(format!("{prompt}{place}"))));
    canned.texts.lock().unwrap().extend(answers);
    let recording = record(canned, folder.path());
    for prompt in prompts {
        recording.generate_text(&Call::new(), &ask(prompt)).await.unwrap();
    }
    recording.finish().unwrap();
    folder
}

async fn text(replay: &Replay, prompt: &str) -> Result<String, String> {
    let answer = replay.generate_text(&Call::new(), &ask(prompt)).await;
    answer.map(|answer| answer.text).map_err(|error| error.to_string())
}

#[tokio::test]
async fn each_is_given_once_and_in_order() {
    let folder = recorded(&["a", "b", "a"]).await;
    let replay = replay(folder.path());
    assert_eq!(text(&replay, "a").await.unwrap(), "a0");
    assert_eq!(replay.unused(), ["interactions[1] (text)", "interactions[2] (text)"]);
    let early = text(&replay, "a").await.unwrap_err();
    assert!(
        early.ends_with(r#"not the next of its kind, interactions[1]: /prompt: recorded "b", asked "a""#),
        "{early}"
    );
    assert_eq!(text(&replay, "b").await.unwrap(), "b1");
    assert_eq!(text(&replay, "a").await.unwrap(), "a2");
    let late = text(&replay, "a").await.unwrap_err();
    assert!(late.ends_with("the text call is that of interactions[2], which was given already"), "{late}");
    let unknown = text(&replay, "c").await.unwrap_err();
    assert!(unknown.ends_with("the text call was not recorded: all 3 of its kind are given already"), "{unknown}");
    assert_eq!(replay.unexpected().len(), 3);
}

#[tokio::test]
async fn an_unexpected_call_was_not_sent_and_names_its_operation() {
    let folder = recorded(&["a"]).await;
    let call = Call::new();
    let request = ImageRequest::new("A bicycle").with_size(ImageSize::SQUARE_512);
    let error = replay(folder.path()).generate_image(&call, &request).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Backend { .. }) && error.outcome() == Outcome::NotSent);
    assert_eq!(error.operation_id(), Some(call.operation_id()));
    assert!(error.to_string().contains("the image call was not recorded: all 0"), "{error}");
}

#[tokio::test]
async fn anywhere_takes_them_in_any_order_and_names_the_nearest() {
    let folder = recorded(&["first of all", "second", "third"]).await;
    let replay = Replay::builder(folder.path()).with_order(Order::Anywhere).open().unwrap();
    assert_eq!(text(&replay, "third").await.unwrap(), "third2");
    let request = ask("second").with_model("gpt-5");
    let error = replay.generate_text(&Call::new(), &request).await.unwrap_err().to_string();
    assert!(
        error.ends_with(r#"not the nearest of its kind, interactions[1]: /model: recorded nothing, asked "gpt-5""#),
        "{error}"
    );
    assert_eq!(text(&replay, "first of all").await.unwrap(), "first of all0");
    assert_eq!(text(&replay, "second").await.unwrap(), "second1");
    assert!(text(&replay, "second").await.is_err());
}

#[tokio::test]
async fn repeats_give_the_last_again() {
    let folder = recorded(&["a", "a", "b"]).await;
    let replay = Replay::builder(folder.path()).with_repeats().open().unwrap();
    let mut came = Vec::new();
    for prompt in ["a", "a", "a", "b", "b", "a"] {
        came.push(text(&replay, prompt).await.unwrap());
    }
    assert_eq!(came, ["a0", "a1", "a1", "b2", "b2", "a1"]);
    assert!(text(&replay, "c").await.is_err());
}

#[tokio::test]
#[should_panic(expected = "1 not asked for: interactions[1] (text); 0 calls did not fit")]
async fn an_interaction_that_is_left_fails_the_test() {
    let folder = recorded(&["a", "b"]).await;
    let replay = replay(folder.path());
    text(&replay, "a").await.unwrap();
    replay.assert_all_used();
}

#[tokio::test]
#[should_panic(expected = "0 not asked for: ; 1 calls did not fit")]
async fn a_call_that_did_not_fit_fails_the_test_even_if_its_error_was_passed_over() {
    let folder = recorded(&["a"]).await;
    let replay = replay(folder.path());
    let _ = text(&replay, "c").await;
    text(&replay, "a").await.unwrap();
    replay.assert_all_used();
}
