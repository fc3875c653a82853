//! What a cassette must not contain is not in it.

use cosmic_ai_core::{
    Call, Error, ErrorKind, ImageGenerator as _, ImageRequest, Message, Outcome, Rejection, SpeechGenerator as _,
    SpeechRequest, TextGenerator as _, TextRequest, TextResponse,
};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_mock::cassette::{Recording, Redaction, Replay};
use serde_json::json;

use super::canned::Canned;
use super::{mentions, text_of};

#[tokio::test]
async fn a_hidden_prompt_is_nowhere_and_still_fits() {
    let folder = tempfile::tempdir().unwrap();
    let redaction = Redaction::new()
        .with_request_field("/prompt")
        .with_request_field("/messages/*/content")
        .with_metadata_key("customer")
        .with_answer_field("/media/name")
        .with_answer_field("/media/original_name")
        .with_answer_field("/media/url")
        .with_answer_field("/media/imgix_url");
    let recording = Recording::builder(MockBackend::new(), folder.path()).with_redaction(redaction).start().unwrap();
    let call = Call::new();
    let image = |prompt: &str, customer: &str| {
        ImageRequest::new(prompt).with_metadata(json!({ "customer": customer, "article": 7 }))
    };
    let chat = |words: &str| TextRequest::chat([Message::user(words)]).with_max_tokens(5);
    recording.generate_image(&call, &image("Zanzibar by night", "Quentin")).await.unwrap();
    recording.generate_text(&call, &chat("Xylophones")).await.unwrap();
    recording.finish().unwrap();
    for secret in ["Zanzibar", "zanzibar", "Quentin"] {
        assert!(!mentions(folder.path(), secret), "{secret}: {}", text_of(folder.path()));
    }
    let text = text_of(folder.path());
    assert!(text.contains(r#""content": "[redacted]""#) && text.contains(r#""article": 7"#), "{text}");

    // The cassette says itself what is hidden, so that other words fit as well.
    let replay = Replay::open(folder.path()).unwrap();
    let made = replay.generate_image(&call, &image("Something else", "Somebody")).await.unwrap();
    assert_eq!(made.media.metadata["customer"], "[redacted]");
    assert_eq!(made.media.metadata["article"], 7);
    replay.generate_text(&call, &chat("Trumpets")).await.unwrap();
    replay.assert_all_used();
}

#[tokio::test]
async fn secrets_are_hidden_in_errors_and_answers_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let failure = Error::new(ErrorKind::Credentials(Rejection::new("key sk-4711 is unknown")), Outcome::Refused)
        .with_status(401)
        .with_source("Authorization: Bearer sk-4711");
    canned.texts.lock().unwrap().extend([Err(failure), Ok(TextResponse::new("Your key is sk-4711."))]);
    let redaction = || Redaction::new().with_secret("sk-4711");
    let recording = Recording::builder(canned, folder.path()).with_redaction(redaction()).start().unwrap();
    let request = TextRequest::new("Is sk-4711 a good key?");
    recording.generate_text(&Call::new(), &request).await.unwrap_err();
    recording.generate_text(&Call::new(), &request).await.unwrap();
    recording.finish().unwrap();
    assert!(!mentions(folder.path(), "4711"), "{}", text_of(folder.path()));

    let replay = Replay::builder(folder.path()).with_redaction(redaction()).open().unwrap();
    let error = replay.generate_text(&Call::new(), &request).await.unwrap_err();
    assert_eq!(error.to_string(), "credentials not accepted: key [redacted] is unknown");
    assert_eq!(error.status(), Some(401));
    assert_eq!(replay.generate_text(&Call::new(), &request).await.unwrap().text, "Your key is [redacted].");
}

#[tokio::test]
async fn a_field_of_an_error_is_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let rejection = Rejection::new("no").with_request_id("req-1");
    canned.texts.lock().unwrap().push_back(Err(Error::new(ErrorKind::Refused(rejection), Outcome::Refused)));
    let redaction = Redaction::new().with_answer_field("/kind/refused/request_id");
    let recording = Recording::builder(canned, folder.path()).with_redaction(redaction).start().unwrap();
    recording.generate_text(&Call::new(), &TextRequest::new("A")).await.unwrap_err();
    assert!(!mentions(folder.path(), "req-1"));
}

#[tokio::test]
async fn what_is_cut_is_hidden_by_a_field_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let redaction = Redaction::new()
        .with_request_field("/prompt")
        .with_answer_field("/media/alt_text")
        .with_answer_field("/media/metadata/prompt");
    let recording = Recording::builder(MockBackend::new(), folder.path()).with_redaction(redaction).start().unwrap();
    let request = SpeechRequest::new("Zanzibar is an island. ".repeat(20));
    recording.generate_speech(&Call::new(), &request).await.unwrap();
    assert!(!mentions(folder.path(), "Zanzibar"), "{}", text_of(folder.path()));
}
