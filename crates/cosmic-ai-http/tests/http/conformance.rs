//! The conformance suite over the wire, and that the wire changes nothing.

use cosmic_ai_core::{
    Call, ImageGenerator as _, ImageRequest, Media, MediaLibrary, MediaQuery, SpeechGenerator as _, SpeechRequest,
    TextGenerator as _, TextRequest, VideoGenerator as _, VideoRequest,
};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_testkit::conformance;
use cosmic_ai_testkit::stub::{CosmicStub, MetadataQueries};

use super::setup::of_stub;

#[tokio::test]
async fn the_backend_keeps_all_rules_over_the_stub() {
    for queries in [MetadataQueries::Work, MetadataQueries::FindNothing, MetadataQueries::AreIgnored] {
        let stub =
            CosmicStub::builder(MockBackend::new()).with_metadata_queries(queries).with_stale_cache().start().await;
        let backend = of_stub(&stub).build().unwrap();
        let report = conformance::all(&backend.into()).await;
        report.assert_ok();
        assert!(report.results.len() > 30, "{report}");
    }
}

async fn bytes(library: &dyn MediaLibrary, media: &Media) -> bytes::Bytes {
    library.open(media).await.unwrap().collect().await.unwrap()
}

#[tokio::test]
async fn the_same_request_gives_the_same_bytes_directly_and_over_the_wire() {
    let mock = || MockBackend::builder().with_seed(7).build();
    let stub = CosmicStub::start(mock()).await;
    let (near, far) = (mock(), of_stub(&stub).build().unwrap());
    let call = Call::new();

    let request = TextRequest::new("Name three colours").with_max_tokens(40);
    let text = near.generate_text(&call, &request).await.unwrap();
    assert_eq!(far.generate_text(&call, &request).await.unwrap(), text);
    let streamed = far.stream_text(&call, &request).await.unwrap().collect().await.unwrap();
    assert_eq!((streamed.text, streamed.usage), (text.text, text.usage));

    let request = ImageRequest::new("A red bicycle");
    let (one, other) =
        (near.generate_image(&call, &request).await.unwrap(), far.generate_image(&call, &request).await.unwrap());
    assert_eq!(bytes(&near, &one.media).await, bytes(&far, &other.media).await);
    let request = VideoRequest::new("It rolls by");
    let (one, other) =
        (near.generate_video(&call, &request).await.unwrap(), far.generate_video(&call, &request).await.unwrap());
    assert_eq!(one.usage, other.usage);
    assert_eq!(bytes(&near, &one.media).await, bytes(&far, &other.media).await);
    let request = SpeechRequest::new("Hello there.");
    let (one, other) =
        (near.generate_speech(&call, &request).await.unwrap(), far.generate_speech(&call, &request).await.unwrap());
    assert_eq!(one.usage, other.usage);
    assert_eq!(bytes(&near, &one.media).await, bytes(&far, &other.media).await);

    let made = far.find(&MediaQuery::all().with_operation(call.operation_id().clone())).await.unwrap();
    assert_eq!(made.total, 3);
}
