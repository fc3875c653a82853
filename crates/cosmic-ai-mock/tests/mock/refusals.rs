//! What the mock refuses, and that it says so as the real service does, before anything is made.

use cosmic_ai_core::{
    AspectRatio, Call, ClipSeconds, Error, ErrorKind, ExtensionRequest, ImageFormat, ImageGenerator, ImageQuality,
    ImageRequest, ImageSize, MediaLibrary, MediaQuery, OPERATION_ID_KEY, Outcome, Registry, Resolution,
    SpeechGenerator, SpeechRequest, TextGenerator, TextRequest, Upload, VideoGenerator, VideoRequest,
};
use cosmic_ai_mock::MockBackend;
use serde_json::json;

#[track_caller]
fn assert_invalid(error: &Error, call: &Call, field: &str) {
    let ErrorKind::Invalid(invalid) = error.kind() else { panic!("{error:?}") };
    assert!(invalid.problems.iter().any(|problem| problem.field == field), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.operation_id(), Some(call.operation_id()));
    assert!(!error.is_resendable());
}

#[tokio::test]
async fn invalid_requests_are_refused_with_the_operation_and_nothing_is_stored() {
    let mock = MockBackend::new();
    let call = Call::new();
    let texts = [
        (TextRequest::new(" "), "prompt"),
        (TextRequest::new("Hello").with_max_tokens(0), "max_tokens"),
        (TextRequest::new("Hello").with_model("gpt-99"), "model"),
        (TextRequest::new("Hello").with_model("tts-1"), "model"),
        (TextRequest::new("Hello").with_media_url("ftp://example.com/a"), "media_url"),
        (TextRequest::chat([]), "messages"),
    ];
    for (request, field) in texts {
        assert_invalid(&mock.generate_text(&call, &request).await.unwrap_err(), &call, field);
        assert_invalid(&mock.stream_text(&call, &request).await.unwrap_err(), &call, field);
    }
    let images = [
        (ImageRequest::new(""), "prompt"),
        (ImageRequest::new("A").with_quality(ImageQuality::Hd), "quality"),
        (ImageRequest::new("A").with_size(ImageSize::new(7, 7)), "size"),
        (ImageRequest::new("A").with_aspect_ratio(AspectRatio::new(7, 5)), "aspect_ratio"),
        (ImageRequest::new("A").with_metadata(json!([1])), "metadata"),
        (ImageRequest::new("A").with_metadata(json!({OPERATION_ID_KEY: "x"})), "metadata.cosmic_ai_operation_id"),
    ];
    for (request, field) in images {
        assert_invalid(&mock.generate_image(&call, &request).await.unwrap_err(), &call, field);
    }
    let mut two_first_frames = VideoRequest::new("A");
    two_first_frames.reference_images = vec!["https://a.example/1".to_owned(), "https://a.example/2".to_owned()];
    let clips = [
        (VideoRequest::new("A").with_duration(ClipSeconds::new(5)), "duration"),
        (VideoRequest::new("A").with_resolution(Resolution::from_lines(480)), "resolution"),
        (two_first_frames, "reference_images"),
    ];
    for (request, field) in clips {
        assert_invalid(&mock.generate_video(&call, &request).await.unwrap_err(), &call, field);
    }
    let error = mock.extend_video(&call, &ExtensionRequest::new("", "On")).await.unwrap_err();
    assert_invalid(&error, &call, "media_id");
    let error = mock.generate_speech(&call, &SpeechRequest::new("Hi").with_voice("bob")).await.unwrap_err();
    assert_invalid(&error, &call, "voice");
    assert_eq!(mock.find(&MediaQuery::all()).await.unwrap().total, 0);
}

#[tokio::test]
async fn extending_what_does_not_exist_is_not_found() {
    let call = Call::new();
    let request = ExtensionRequest::new("65a1f0c2e4b0a1b2c3d4e5f6", "On");
    let error = MockBackend::new().extend_video(&call, &request).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");
    assert_eq!((error.status(), error.outcome()), (Some(404), Outcome::Refused));
    assert_eq!(error.operation_id(), Some(call.operation_id()));
    assert!(error.to_string().contains("65a1f0c2e4b0a1b2c3d4e5f6"));
    assert!(!error.is_resendable());
}

#[tokio::test]
async fn extending_what_veo_did_not_make_is_refused() {
    let mock = MockBackend::new();
    let draw = ImageRequest::new("A lake").with_format(ImageFormat::Svg);
    let image = mock.generate_image(&Call::new(), &draw).await.unwrap().media;
    let speech = mock.generate_speech(&Call::new(), &SpeechRequest::new("Hello")).await.unwrap().media;
    let film = mock.put(Upload::new("mine.mp4", "video/mp4", vec![1; 64])).await.unwrap();
    let metadata = json!({"veo_file_uri": 7}).as_object().unwrap().clone();
    let odd = mock.put(Upload::new("odd.mp4", "video/mp4", vec![1]).with_metadata(metadata)).await.unwrap();
    for source in [image, speech, film, odd] {
        let call = Call::new();
        let error = mock.extend_video(&call, &ExtensionRequest::new(&source.id, "On")).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{error:?}");
        assert_eq!((error.status(), error.outcome()), (Some(400), Outcome::Refused));
        assert_eq!(error.operation_id(), Some(call.operation_id()));
        assert!(error.to_string().contains("veo_file_uri"), "{error}");
    }
    assert_eq!(mock.find(&MediaQuery::all()).await.unwrap().total, 4);
}

fn lenient() -> MockBackend {
    MockBackend::builder().with_registry(Registry::built_in().clone().allow_unknown()).build()
}

#[tokio::test]
async fn models_that_are_allowed_without_being_known_are_served_without_usage_but_for_text() {
    let mock = lenient();
    let call = Call::new();
    let text = mock.generate_text(&call, &TextRequest::new("Hello").with_model("gpt-99")).await.unwrap();
    assert_eq!(text.model.unwrap().as_str(), "gpt-99");
    let image = mock.generate_image(&call, &ImageRequest::new("A").with_model("paint-9")).await.unwrap();
    assert_eq!((image.media.width, image.media.height), (Some(1024), Some(1024)));
    let request = VideoRequest::new("A").with_model("film-9").with_duration(ClipSeconds::new(3));
    let clip = mock.generate_video(&call, &request).await.unwrap();
    assert_eq!(clip.usage, None);
    assert_eq!((&clip.media.metadata["model"], &clip.media.metadata["duration"]), (&json!("film-9"), &json!(3)));
    let further = ExtensionRequest::new(&clip.media.id, "On").with_model("film-9");
    let further = mock.extend_video(&call, &further).await.unwrap();
    assert_eq!(further.usage, None);
    assert_eq!(further.media.metadata["resolution"], "720p");
    let speech = SpeechRequest::new("Hello").with_model("say-9").with_voice("bob");
    let speech = mock.generate_speech(&call, &speech).await.unwrap();
    assert_eq!(speech.usage, None);
    assert_eq!((&speech.media.metadata["model"], &speech.media.metadata["voice"]), (&json!("say-9"), &json!("bob")));
}

#[tokio::test]
async fn what_the_encoders_cannot_make_is_an_error_that_says_why() {
    let mock = lenient();
    let call = Call::new();
    let film = |seconds, lines| {
        let request = VideoRequest::new("A").with_model("film-9").with_duration(ClipSeconds::new(seconds));
        request.with_resolution(Resolution::from_lines(lines))
    };
    let draw = ImageRequest::new("A").with_model("paint-9").with_size(ImageSize::new(u16::MAX, u16::MAX));
    let errors = [
        mock.generate_image(&call, &draw).await.unwrap_err(),
        mock.generate_video(&call, &film(u32::MAX, 720)).await.unwrap_err(),
        mock.generate_video(&call, &film(4, 721)).await.unwrap_err(),
        mock.generate_video(&call, &film(4, u16::MAX)).await.unwrap_err(),
        mock.generate_video(&call, &film(4, 1)).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error.kind(), ErrorKind::Backend { .. }), "{error:?}");
        assert_eq!((error.outcome(), error.operation_id()), (Outcome::Refused, Some(call.operation_id())));
        assert!(std::error::Error::source(&error).is_some(), "{error:?}");
    }
    assert_eq!(mock.find(&MediaQuery::all()).await.unwrap().total, 0);
}
