//! What redaction refuses, and what it finds where it might be overlooked.

use std::time::Duration;

use cosmic_ai_core::{
    Call, Error, ErrorKind, ImageGenerator as _, ImageRequest, ImageResponse, Media, Outcome, TextEvent,
    TextGenerator as _, TextRequest, TextResponse, TimeoutStage,
};
use cosmic_ai_mock::cassette::{Recording, Redaction, Replay};
use serde_json::json;

use super::canned::Canned;
use super::{mentions, replay, text_of};

fn start(canned: Canned, folder: &tempfile::TempDir, redaction: Redaction) -> Recording<Canned> {
    Recording::builder(canned, folder.path()).with_redaction(redaction).start().unwrap()
}

/// Records a stream of such pieces.
async fn streamed(folder: &tempfile::TempDir, pieces: &[&str], broken: bool, redaction: Redaction) {
    let canned = Canned::default();
    let mut events: Vec<_> = pieces.iter().map(|piece| (0, Ok(TextEvent::Delta((*piece).to_owned())))).collect();
    events.push(if broken {
        let message = "gone".to_owned();
        (0, Err(Error::new(ErrorKind::Interrupted { message }, Outcome::UNKNOWN).with_partial_text(pieces.concat())))
    } else {
        (0, Ok(TextEvent::End(TextResponse::new(pieces.concat()))))
    });
    canned.streams.lock().unwrap().push_back(events);
    let recording = start(canned, folder, redaction);
    let stream = recording.stream_text(&Call::new(), &TextRequest::new("A stream")).await.unwrap();
    assert_eq!(stream.collect().await.is_err(), broken);
    recording.finish().unwrap();
}

#[test]
fn a_pointer_that_is_none_is_refused_wherever_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let start = |redaction: Redaction| {
        let error = Recording::builder(Canned::default(), folder.path()).with_redaction(redaction).start().unwrap_err();
        assert_eq!(error.place, "redacted");
        assert!(!folder.path().join("cassette.json").exists());
        error.message
    };
    let message = r#""prompt" is no JSON pointer: write "/prompt""#;
    assert_eq!(start(Redaction::new().with_request_field("prompt")), message);
    let write = |redacted: &str| {
        let text = format!(
            r#"{{ "format": "cosmic-ai-cassette", "version": 1, "redacted": {redacted}, "interactions": [] }}"#
        );
        std::fs::write(folder.path().join("cassette.json"), text).unwrap();
    };
    write(r#"{ "request": ["prompt"] }"#);
    let error = Replay::open(folder.path()).unwrap_err();
    assert_eq!((error.place.as_str(), error.message.as_str()), ("redacted", message));
    write("{}");
    let redaction = Redaction::new().with_request_field("prompt");
    let error = Replay::builder(folder.path()).with_redaction(redaction).open().unwrap_err();
    assert_eq!((error.place.as_str(), error.message.as_str()), ("(with_redaction)", message));
}

#[test]
fn what_an_answer_needs_cannot_be_hidden() {
    let folder = tempfile::tempdir().unwrap();
    for pointer in ["/media", "/kind", "/outcome", "/*"] {
        let redaction = Redaction::new().with_answer_field(pointer);
        let error = Recording::builder(Canned::default(), folder.path()).with_redaction(redaction).start().unwrap_err();
        let message = format!("{pointer:?} hides what an answer cannot be read without");
        assert!(error.message.starts_with(&message), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_could_not_be_read_again_is_left_out_and_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let kind = ErrorKind::Timeout { stage: TimeoutStage::Idle, after: Duration::from_secs(1) };
    canned.texts.lock().unwrap().extend([Err(Error::new(kind, Outcome::UNKNOWN)), Ok(TextResponse::new("kept"))]);
    let recording = start(canned, &folder, Redaction::new().with_answer_field("/kind/timeout/stage"));
    recording.generate_text(&Call::new(), &TextRequest::new("A")).await.unwrap_err();
    recording.generate_text(&Call::new(), &TextRequest::new("A")).await.unwrap();
    let error = recording.finish().unwrap_err();
    assert_eq!(error.place, "interactions[0].error");
    assert!(error.message.starts_with("was not written"), "{error}");
    assert_eq!(replay(folder.path()).unused(), ["interactions[0] (text)"]);
}

#[tokio::test]
async fn a_secret_spread_over_a_stream_is_hidden() {
    let folder = tempfile::tempdir().unwrap();
    streamed(&folder, &["Key ", "sk-4", "711", "."], false, Redaction::new().with_secret("sk-4711")).await;
    let text = text_of(folder.path());
    assert!(!text.contains("711") && text.contains(r#"{ "delta": "Key [redacted]." }"#), "{text}");
    let stream = replay(folder.path()).stream_text(&Call::new(), &TextRequest::new("A stream")).await.unwrap();
    assert_eq!(stream.collect().await.unwrap().text, "Key [redacted].");
}

#[tokio::test]
async fn a_stream_whose_secret_is_in_one_piece_keeps_its_pieces() {
    let folder = tempfile::tempdir().unwrap();
    streamed(&folder, &["Key ", "sk-4711", "."], false, Redaction::new().with_secret("sk-4711")).await;
    let text = text_of(folder.path());
    assert!(text.contains(r#"{ "delta": "Key " }"#) && text.contains(r#"{ "delta": "[redacted]" }"#), "{text}");
}

#[tokio::test]
async fn the_text_of_an_answer_is_hidden_in_streams_too() {
    for (field, broken) in [("/text", false), ("/text", true), ("/partial_text", true)] {
        let folder = tempfile::tempdir().unwrap();
        streamed(&folder, &["Zanzi", "bar"], broken, Redaction::new().with_answer_field(field)).await;
        assert!(!mentions(folder.path(), "bar") && !mentions(folder.path(), "Zanzi"), "{}", text_of(folder.path()));
    }
}

#[tokio::test]
async fn what_was_hidden_is_hidden_without_the_spaces_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    canned.texts.lock().unwrap().push_back(Ok(TextResponse::new("You said: Zanzibar by night.")));
    let recording = start(canned, &folder, Redaction::new().with_request_field("/prompt"));
    recording.generate_text(&Call::new(), &TextRequest::new("  Zanzibar by night\n")).await.unwrap();
    recording.finish().unwrap();
    assert!(!mentions(folder.path(), "Zanzibar"), "{}", text_of(folder.path()));
}

#[tokio::test]
async fn secrets_are_hidden_in_the_keys_and_values_of_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let mut media = Media::new("one", "https://example.com/", "image/png");
    media.metadata.insert("of sk-4711".to_owned(), json!({ "deep sk-4711": ["sk-4711"] }));
    canned.images.lock().unwrap().push_back(Ok(ImageResponse::new(media)));
    let redaction = || Redaction::new().with_secret("sk-4").with_secret("sk-4711");
    let recording = start(canned, &folder, redaction());
    let request = ImageRequest::new("A").with_metadata(json!({ "sk-4711": { "sk-4711": "sk-4711" } }));
    recording.generate_image(&Call::new(), &request).await.unwrap();
    recording.finish().unwrap();
    assert!(!mentions(folder.path(), "711"), "{}", text_of(folder.path()));
    let replay = Replay::builder(folder.path()).with_redaction(redaction()).open().unwrap();
    replay.generate_image(&Call::new(), &request).await.unwrap();
}

#[tokio::test]
async fn a_secret_that_is_left_fails_the_recording() {
    // The canned library gives each medium the bytes of its id; a number is no text.
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let media = Media::new("sk-4711", "https://example.com/", "image/png");
    canned.images.lock().unwrap().push_back(Ok(ImageResponse::new(media)));
    let recording = start(canned, &folder, Redaction::new().with_secret("4711"));
    let request = ImageRequest::new("A").with_metadata(json!({ "key": 4711 }));
    recording.generate_image(&Call::new(), &request).await.unwrap();
    let error = recording.finish().unwrap_err();
    assert!(error.file.ends_with("cassette.json") && error.place.starts_with("line "), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("media/sha256-") && !text.contains("4711;") && text.contains("secret is still in it"),
        "{text}"
    );
}
