//! The mocks for `mockall`, as tests of a program use them.

use cosmic_ai_core::{
    Call, ExtensionRequest, Generators, ImageGenerator, ImageRequest, ImageResponse, Media, MediaId, MediaLibrary,
    MediaPage, MediaQuery, SpeechGenerator, SpeechRequest, SpeechResponse, TextGenerator, TextRequest, TextResponse,
    TextStream, Upload, VideoGenerator, VideoRequest, VideoResponse,
};
use cosmic_ai_mock::mocks::{
    MockImageGenerator, MockMediaLibrary, MockSpeechGenerator, MockTextGenerator, MockVideoGenerator,
};
use mockall::predicate::{always, eq};

fn media(id: &str) -> Media {
    Media::new(id, "https://example.com/", "image/png")
}

#[tokio::test]
async fn every_method_of_every_trait_is_mocked() {
    let mut text = MockTextGenerator::new();
    text.expect_generate_text().with(always(), eq(TextRequest::new("A"))).returning(|_, _| Ok(TextResponse::new("a")));
    text.expect_stream_text().once().returning(|call, _| {
        let end = Ok(cosmic_ai_core::TextEvent::End(TextResponse::new("b")));
        Ok(TextStream::new(call.operation_id(), tokio_stream::once(end)))
    });
    let mut image = MockImageGenerator::new();
    image.expect_generate_image().returning(|_, _| Ok(ImageResponse::new(media("image"))));
    let mut video = MockVideoGenerator::new();
    video.expect_generate_video().returning(|_, _| Ok(VideoResponse::new(media("clip"))));
    video
        .expect_extend_video()
        .returning(|_, request| Ok(VideoResponse::new(media("longer")).extending(request.media_id.clone())));
    let mut speech = MockSpeechGenerator::new();
    speech.expect_generate_speech().returning(|_, _| Ok(SpeechResponse::new(media("speech"))));
    let mut library = MockMediaLibrary::new();
    library.expect_get().returning(|id| Ok(media(id.as_str())));
    library.expect_find().returning(|_| Ok(MediaPage::default()));
    library.expect_open().returning(|_| Ok(b"bytes".to_vec().into()));
    library.expect_put().withf(|upload| upload.name == "a.png").returning(|upload| Ok(media(&upload.name)));
    library.expect_delete().with(eq(MediaId::from("old"))).times(1).returning(|_| Ok(()));

    let call = Call::new();
    assert_eq!(text.generate_text(&call, &TextRequest::new("A")).await.unwrap().text, "a");
    assert_eq!(text.stream_text(&call, &TextRequest::new("B")).await.unwrap().collect().await.unwrap().text, "b");
    assert_eq!(image.generate_image(&call, &ImageRequest::new("C")).await.unwrap().media.id.as_str(), "image");
    let clip = video.generate_video(&call, &VideoRequest::new("D")).await.unwrap().media;
    let longer = video.extend_video(&call, &ExtensionRequest::new(clip.id.clone(), "E")).await.unwrap();
    assert_eq!(longer.source_media_id, Some(clip.id));
    assert_eq!(speech.generate_speech(&call, &SpeechRequest::new("F")).await.unwrap().media.id.as_str(), "speech");
    assert_eq!(library.get(&MediaId::from("x")).await.unwrap().id.as_str(), "x");
    assert_eq!(library.find(&MediaQuery::all()).await.unwrap().total, 0);
    assert_eq!(library.open(&media("x")).await.unwrap().collect().await.unwrap(), "bytes");
    assert_eq!(library.put(Upload::new("a.png", "image/png", vec![1])).await.unwrap().id.as_str(), "a.png");
    library.delete(&MediaId::from("old")).await.unwrap();
}

#[test]
fn mocks_fill_the_slots_of_generators() {
    let generators = Generators::new()
        .with_text(MockTextGenerator::new())
        .with_image(MockImageGenerator::new())
        .with_video(MockVideoGenerator::new())
        .with_speech(MockSpeechGenerator::new())
        .with_library(MockMediaLibrary::new());
    assert!(format!("{generators:?}").contains("MockTextGenerator"));
}

#[tokio::test]
#[should_panic(expected = "MockTextGenerator::generate_text")]
async fn a_call_that_is_not_expected_panics() {
    let _ = MockTextGenerator::new().generate_text(&Call::new(), &TextRequest::new("A")).await;
}
