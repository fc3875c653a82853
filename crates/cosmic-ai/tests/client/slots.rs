//! Empty slots: the call says what is missing, and other slots are not troubled.

use cosmic_ai::mock::{MemoryLibrary, MockBackend};
use cosmic_ai::{
    Call, Client, Error, ErrorKind, ExtensionRequest, Generators, ImageRequest, Media, OperationId, Outcome,
    SpeechRequest, TextRequest, VideoRequest,
};

#[track_caller]
fn assert_unsupported(error: &Error, operation: &str) {
    let ErrorKind::Unsupported(unsupported) = error.kind() else { panic!("{error:?}") };
    assert_eq!(unsupported.operation, operation);
    assert!(error.to_string().contains(operation), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_resendable());
}

#[tokio::test]
async fn a_call_for_an_empty_slot_names_the_operation() {
    let client = Client::new(Generators::new());
    let with = || client.with(Call::of("job-9".parse().unwrap()));
    let errors = [
        (with().generate_text(TextRequest::new("A")).await.unwrap_err(), "generate_text"),
        (with().stream_text(TextRequest::new("A")).await.unwrap_err(), "stream_text"),
        (with().generate_image(ImageRequest::new("A")).await.unwrap_err(), "generate_image"),
        (with().generate_video(VideoRequest::new("A")).await.unwrap_err(), "generate_video"),
        (with().extend_video(ExtensionRequest::new("id", "A")).await.unwrap_err(), "extend_video"),
        (with().generate_speech(SpeechRequest::new("A")).await.unwrap_err(), "generate_speech"),
    ];
    for (error, operation) in errors {
        assert_unsupported(&error, operation);
        assert_eq!(error.operation_id().map(OperationId::as_str), Some("job-9"));
    }
}

#[tokio::test]
async fn saving_without_a_library_says_so_and_names_the_medium() {
    let media = Media::new("medium-1", "https://example.com", "image/png");
    let error = Client::new(Generators::new()).save(&media, "never-written").await.unwrap_err();
    assert_unsupported(&error, "save");
    assert_eq!(error.media_id(), Some(&media.id));
    assert!(!std::path::Path::new("never-written").exists());
}

#[tokio::test]
async fn what_is_wrong_with_a_request_comes_before_what_is_missing() {
    let error = Client::new(Generators::new()).generate_text(TextRequest::new("")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)));
}

#[tokio::test]
async fn slots_filled_from_several_backends_work_beside_each_other() {
    let library = MemoryLibrary::new();
    let painter = MockBackend::builder().with_library(library.clone()).with_seed(1).build();
    let client = Client::new(Generators::new().with_image(painter).with_library(library.clone()));
    let media = client.generate_image(ImageRequest::new("A lake")).await.unwrap().media;
    assert_eq!(library.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    client.save(&media, folder.path().join("lake.png")).await.unwrap();
    assert_unsupported(&client.generate_text(TextRequest::new("A")).await.unwrap_err(), "generate_text");
    assert!(client.generators().text.is_none() && client.generators().image.is_some());
}
