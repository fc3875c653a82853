//! What a call carries to the backend, and that only valid requests get there.

use std::collections::HashSet;

use cosmic_ai::{
    Call, Client, Error, ErrorKind, ExtensionRequest, ImageRequest, Message, OperationId, Outcome, Registry,
    SpeechRequest, TextRequest, VideoRequest,
};

use crate::backends::Witness;

#[tokio::test]
async fn every_call_reaches_its_method_with_an_operation_of_its_own() {
    let witness = Witness::default();
    let client = Client::new(witness.clone());
    client.generate_text(TextRequest::new("Hello")).await.unwrap();
    let stream = client.stream_text(TextRequest::new("Hello")).await.unwrap();
    client.generate_image(ImageRequest::new("A lake")).await.unwrap();
    let clip = client.generate_video(VideoRequest::new("A kite")).await.unwrap().media;
    client.extend_video(ExtensionRequest::new(clip.id, "It lands")).await.unwrap();
    client.generate_speech(SpeechRequest::new("Hello")).await.unwrap();
    let seen = witness.take();
    let methods: Vec<_> = seen.iter().map(|seen| seen.method).collect();
    let expected =
        ["generate_text", "stream_text", "generate_image", "generate_video", "extend_video", "generate_speech"];
    assert_eq!(methods, expected);
    assert_eq!(seen.iter().map(|seen| &seen.operation).collect::<HashSet<_>>().len(), expected.len());
    assert_eq!(stream.operation_id(), &seen[1].operation);
    assert!(seen.iter().all(|seen| seen.labels.is_empty()));
}

#[tokio::test]
async fn a_call_of_ones_own_reaches_the_backend_with_its_id_and_labels() {
    let witness = Witness::default();
    let client = Client::new(witness.clone());
    let call = || Call::of("job-7".parse().unwrap()).with_label("project", "spring");
    client.with(call()).generate_text(TextRequest::new("Hello")).await.unwrap();
    client.with(call()).stream_text(TextRequest::new("Hello")).await.unwrap();
    client.with(call()).generate_image(ImageRequest::new("A lake")).await.unwrap();
    let clip = client.with(call()).generate_video(VideoRequest::new("A kite")).await.unwrap().media;
    client.with(call()).extend_video(ExtensionRequest::new(&clip.id, "It lands")).await.unwrap();
    client.with(call()).generate_speech(SpeechRequest::new("Hello")).await.unwrap();
    let seen = witness.take();
    assert_eq!(seen.len(), 6);
    for seen in seen {
        assert_eq!(seen.operation.as_str(), "job-7");
        assert_eq!(seen.labels.get("project").map(String::as_str), Some("spring"));
    }
    assert_eq!(clip.metadata["cosmic_ai_operation_id"], "job-7");
}

#[track_caller]
fn assert_refused_here(error: &Error, field: &str) {
    let ErrorKind::Invalid(invalid) = error.kind() else { panic!("{error:?}") };
    assert_eq!(invalid.problems[0].field, field, "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.operation_id().map(OperationId::as_str), Some("job-8"));
}

#[tokio::test]
async fn invalid_requests_never_reach_a_backend() {
    let client = Client::new(Witness::armed());
    let with = || client.with(Call::of("job-8".parse().unwrap()));
    let both = {
        let mut both = TextRequest::new("Hello");
        both.messages = Some(vec![Message::user("Hello")]);
        both
    };
    assert_refused_here(&with().generate_text(&both).await.unwrap_err(), "prompt");
    assert_refused_here(&with().stream_text(&both).await.unwrap_err(), "prompt");
    assert_refused_here(&with().generate_image(ImageRequest::new("\n")).await.unwrap_err(), "prompt");
    assert_refused_here(&with().generate_video(VideoRequest::new("A").with_model("tts-1")).await.unwrap_err(), "model");
    assert_refused_here(&with().extend_video(ExtensionRequest::new(" ", "On")).await.unwrap_err(), "media_id");
    assert_refused_here(
        &with().generate_speech(SpeechRequest::new("Hi").with_voice("bob")).await.unwrap_err(),
        "voice",
    );
}

#[tokio::test]
async fn all_problems_of_a_request_come_at_once() {
    let client = Client::new(Witness::armed());
    let request = TextRequest::new(" ").with_model("gpt-99").with_max_tokens(0).with_media_url("nowhere");
    let error = client.generate_text(request).await.unwrap_err();
    let ErrorKind::Invalid(invalid) = error.kind() else { panic!("{error:?}") };
    let mut fields: Vec<_> = invalid.problems.iter().map(|problem| problem.field.as_ref()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["max_tokens", "media_url", "model", "prompt"]);
}

#[tokio::test]
async fn the_clients_own_registry_judges() {
    let request = TextRequest::new("Hello").with_model("house-1");
    let registry = Registry::built_in()
        .with_overlay(
            "[[text]]\nid = \"house-1\"\nname = \"House\"\nprovider = \"in-house\"\ntier = \"Budget\"",
            "own.toml",
        )
        .unwrap();
    let knowing = Client::builder(Witness::default()).with_registry(registry).build();
    assert_eq!(knowing.registry().find("House").unwrap().id.as_str(), "house-1");
    assert!(knowing.estimate(&request).is_ok());
    // The mock behind it has the built-in registry, and validates too.
    assert!(matches!(knowing.generate_text(&request).await.unwrap_err().kind(), ErrorKind::Invalid(_)));
    let unknowing = Client::new(Witness::armed());
    assert!(matches!(unknowing.generate_text(&request).await.unwrap_err().kind(), ErrorKind::Invalid(_)));
}
