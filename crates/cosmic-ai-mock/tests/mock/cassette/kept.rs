//! What was recorded stays as it was: through numbers, git, other recordings and slow downloads.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Call, Error, ImageGenerator, ImageRequest, ImageResponse, Media, MediaId, MediaLibrary, MediaPage,
    MediaQuery, TextGenerator as _, TextRequest, Upload,
};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_mock::cassette::{Recording, Replay};
use serde_json::json;

use super::{record, replay, text_of};

/// Makes images whose bytes never come.
#[derive(Debug)]
struct NeverLoads;

#[async_trait]
impl ImageGenerator for NeverLoads {
    async fn generate_image(&self, _: &Call, _: &ImageRequest) -> Result<ImageResponse, Error> {
        Ok(ImageResponse::new(Media::new("one", "https://example.com/", "image/png")))
    }
}

#[async_trait]
impl MediaLibrary for NeverLoads {
    async fn get(&self, _: &MediaId) -> Result<Media, Error> {
        std::future::pending().await
    }

    async fn find(&self, _: &MediaQuery) -> Result<MediaPage, Error> {
        std::future::pending().await
    }

    async fn open(&self, _: &Media) -> Result<ByteStream, Error> {
        std::future::pending().await
    }

    async fn put(&self, _: Upload) -> Result<Media, Error> {
        std::future::pending().await
    }

    async fn delete(&self, _: &MediaId) -> Result<(), Error> {
        std::future::pending().await
    }
}

fn media_of(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder.join("media")).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn numbers_with_many_digits_fit_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let recording = record(MockBackend::new(), folder.path());
    let mut requests = Vec::new();
    let mut bits = 0x3ff0_0000_0000_0001_u64;
    for _ in 0..50 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let number = f64::from_bits(bits >> 2);
        requests.push(ImageRequest::new("A").with_metadata(json!({ "number": number, "small": 0.1 + 0.2 })));
    }
    for request in &requests {
        recording.generate_image(&Call::new(), request).await.unwrap();
    }
    recording.finish().unwrap();
    let replay = replay(folder.path());
    for request in &requests {
        replay.generate_image(&Call::new(), request).await.unwrap();
    }
    replay.assert_all_used();
}

#[test]
fn equal_media_of_calls_side_by_side_are_kept_once_and_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Arc::new(record(super::canned::Canned::default(), folder.path()));
    let made = Media::new("same", "https://example.com/", "image/png");
    recording.backend().images.lock().unwrap().extend((0..120).map(|_| Ok(ImageResponse::new(made.clone()))));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                for _ in 0..20 {
                    runtime.block_on(recording.generate_image(&Call::new(), &ImageRequest::new("A"))).unwrap();
                    recording.finish().unwrap();
                }
            });
        }
    });
    recording.finish().unwrap();
    assert_eq!(media_of(folder.path()).len(), 1);
    assert_eq!(replay(folder.path()).unused().len(), 120);
    assert_eq!(text_of(folder.path()).matches(r#""file""#).count(), 120);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_handed_over_though_its_bytes_never_come() {
    let folder = tempfile::tempdir().unwrap();
    let recording = record(NeverLoads, folder.path());
    let request = ImageRequest::new("A");
    let made = tokio::time::timeout(Duration::from_secs(31), recording.generate_image(&Call::new(), &request)).await;
    let made = made.unwrap().unwrap();
    let fault = recording.finish().unwrap_err().to_string();
    assert!(fault.contains("the bytes of medium one could not be fetched: "), "{fault}");
    assert_eq!(replay(folder.path()).generate_image(&Call::new(), &request).await.unwrap(), made);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_its_bytes_are_fetched_is_recorded_with_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let recording = record(NeverLoads, folder.path());
    let request = ImageRequest::new("A");
    let dropped = tokio::time::timeout(Duration::from_secs(1), recording.generate_image(&Call::new(), &request)).await;
    assert!(dropped.is_err());
    replay(folder.path()).generate_image(&Call::new(), &request).await.unwrap();
}

#[tokio::test]
async fn an_earlier_cassette_stays_until_the_first_call_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let first = record(MockBackend::new(), folder.path());
    first.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    let (text, media) = (text_of(folder.path()), media_of(folder.path()));
    let second = record(MockBackend::new(), folder.path());
    second.finish().unwrap();
    assert_eq!((text_of(folder.path()), media_of(folder.path())), (text.clone(), media));
    second.generate_text(&Call::new(), &TextRequest::new("A")).await.unwrap();
    second.finish().unwrap();
    assert_ne!(text_of(folder.path()), text);
    assert!(media_of(folder.path()).is_empty());
    assert_eq!(replay(folder.path()).unused(), ["interactions[0] (text)"]);
}

#[tokio::test]
async fn git_is_told_not_to_convert_and_a_new_recording_repairs_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let request = ImageRequest::new("A");
    let recording = record(MockBackend::new(), folder.path());
    recording.generate_image(&Call::new(), &request).await.unwrap();
    let attributes = folder.path().join(".gitattributes");
    assert_eq!(std::fs::read_to_string(&attributes).unwrap(), "* -text\n");
    std::fs::write(&attributes, "*.png binary\n").unwrap();

    let medium = media_of(folder.path()).remove(0);
    let whole = std::fs::read(&medium).unwrap();
    std::fs::write(&medium, b"damaged\r\n").unwrap();
    let error = Replay::open(folder.path()).unwrap_err();
    assert!(error.message.contains("a likely cause is a conversion of line ends"), "{error}");

    let recording = record(MockBackend::new(), folder.path());
    recording.generate_image(&Call::new(), &request).await.unwrap();
    recording.finish().unwrap();
    assert_eq!(std::fs::read(&medium).unwrap(), whole);
    // What someone wrote there is theirs.
    assert_eq!(std::fs::read_to_string(&attributes).unwrap(), "*.png binary\n");
    Replay::open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_converted_text_is_known_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::new(cosmic_ai_mock::MemoryLibrary::new(), folder.path()).unwrap();
    recording.put(Upload::new("a.txt", "text/plain", b"one\ntwo\n".to_vec())).await.unwrap();
    recording.finish().unwrap();
    std::fs::write(&media_of(folder.path())[0], "one\r\ntwo\r\n").unwrap();
    let error = Replay::open(folder.path()).unwrap_err();
    assert!(error.message.contains("git has converted its line ends"), "{error}");
}
