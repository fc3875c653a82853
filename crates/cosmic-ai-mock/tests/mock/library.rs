//! The library in memory: what is stored is found again, newest first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use cosmic_ai_core::{
    ByteStream, Call, Error, ErrorKind, ImageFormat, ImageGenerator, ImageRequest, Media, MediaChange, MediaId,
    MediaLibrary, MediaQuery, Outcome, Upload,
};
use cosmic_ai_mock::{MemoryLibrary, MockBackend};
use futures_core::Stream;
use serde_json::json;

fn file(name: &str) -> Upload {
    Upload::new(name, "text/plain", name.as_bytes().to_vec())
}

async fn names(library: &MemoryLibrary, query: &MediaQuery) -> (Vec<String>, u64) {
    let page = library.find(query).await.unwrap();
    (page.media.into_iter().map(|media| media.name.unwrap()).collect(), page.total)
}

fn assert_not_found(error: &Error, id: &str) {
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");
    assert_eq!((error.outcome(), error.status()), (Outcome::Refused, Some(404)));
    assert!(error.to_string().contains(id), "{error}");
}

#[tokio::test]
async fn what_was_stored_is_got_and_opened_as_it_was() {
    let library = MemoryLibrary::new();
    let metadata = json!({"a": [1, null]}).as_object().unwrap().clone();
    let upload = Upload::new("my file.png", "image/png", vec![1, 2, 3])
        .with_original_name("DSC 1.png")
        .with_folder("covers")
        .with_alt_text("A cover")
        .with_dimensions(3, 4)
        .with_metadata(metadata.clone());
    let media = library.put(upload).await.unwrap();
    assert_eq!(media.name.as_deref(), Some("my file.png"));
    assert_eq!(media.original_name.as_deref(), Some("DSC 1.png"));
    assert_eq!((media.size, media.width, media.height), (Some(3), Some(3), Some(4)));
    assert_eq!((media.folder.as_deref(), media.alt_text.as_deref()), (Some("covers"), Some("A cover")));
    assert_eq!(media.metadata, metadata);
    assert!(media.url.ends_with("/my%20file.png"), "{}", media.url);
    assert_eq!(library.get(&media.id).await.unwrap(), media);
    assert_eq!(library.open(&media).await.unwrap().collect().await.unwrap().as_ref(), [1, 2, 3]);
    // The API's own shape, there and back.
    assert_eq!(serde_json::from_value::<Media>(serde_json::to_value(&media).unwrap()).unwrap(), media);
}

#[tokio::test]
async fn files_are_found_newest_first_a_page_at_a_time_with_the_total_of_all() {
    let library = MemoryLibrary::new();
    for name in ["a", "b", "c", "d"] {
        library.put(if name < "c" { file(name).with_folder("first") } else { file(name) }).await.unwrap();
    }
    let all = MediaQuery::all;
    let check = async |query: MediaQuery, expected: &[&str], total: u64| {
        let (found, of) = names(&library, &query).await;
        assert_eq!((found.iter().map(String::as_str).collect::<Vec<_>>(), of), (expected.to_vec(), total), "{query:?}");
    };
    check(all(), &["d", "c", "b", "a"], 4).await;
    check(all().with_limit(2), &["d", "c"], 4).await;
    check(all().with_limit(2).with_skip(1), &["c", "b"], 4).await;
    check(all().with_skip(9), &[], 4).await;
    check(all().with_limit(0), &[], 4).await;
    check(all().with_skip(u32::MAX).with_limit(u32::MAX), &[], 4).await;
    check(all().with_folder("first"), &["b", "a"], 2).await;
    check(all().with_folder("none"), &[], 0).await;
    check(all().with_operation("op-1".parse().unwrap()), &[], 0).await;
}

#[tokio::test]
async fn a_query_without_a_limit_answers_a_thousand() {
    let library = MemoryLibrary::new();
    for number in 0..1_001 {
        library.put(file(&number.to_string())).await.unwrap();
    }
    let page = library.find(&MediaQuery::all()).await.unwrap();
    assert_eq!((page.media.len(), page.total), (1_000, 1_001));
    assert_eq!(page.media[0].name.as_deref(), Some("1000"));
}

#[tokio::test]
async fn what_an_operation_made_is_found_by_its_id() {
    let mock = MockBackend::new();
    let [one, two] = [Call::new(), Call::of("job-7".parse().unwrap())];
    let draw = ImageRequest::new("A lake").with_format(ImageFormat::Svg);
    mock.generate_image(&one, &draw).await.unwrap();
    let wanted = mock.generate_image(&two, &draw).await.unwrap().media;
    mock.put(file("uploaded")).await.unwrap();
    let page = mock.find(&MediaQuery::all().with_operation(two.operation_id().clone())).await.unwrap();
    assert_eq!((page.media, page.total), (vec![wanted], 1));
    let elsewhere = MediaQuery::all().with_operation(two.operation_id().clone()).with_folder("elsewhere");
    assert_eq!(mock.find(&elsewhere).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_change_is_made_a_second_later_and_leaves_the_bytes() {
    let library = MemoryLibrary::new();
    let stored = library.put(file("one").with_folder("a").with_alt_text("Old")).await.unwrap();
    let changed = library.update(&stored.id, MediaChange::new().with_folder("b").with_alt_text("")).await.unwrap();
    assert_eq!((changed.folder.as_deref(), &changed.alt_text), (Some("b"), &None));
    assert_eq!(changed.modified_at.as_deref(), Some("2026-01-01T00:00:01.000Z"));
    assert_eq!((&changed.created_at, &changed.metadata), (&stored.created_at, &stored.metadata));
    assert_eq!(library.get(&stored.id).await.unwrap(), changed);
    let before = library.open(&stored).await.unwrap().collect().await.unwrap();
    assert_eq!(library.open(&changed).await.unwrap().collect().await.unwrap(), before);
    assert_not_found(&library.update(&MediaId::from("no"), MediaChange::new()).await.unwrap_err(), "no");
}

#[tokio::test]
async fn deleted_files_are_gone_and_unknown_ones_are_not_found() {
    let library = MemoryLibrary::new();
    let [kept, gone] = [library.put(file("kept")).await.unwrap(), library.put(file("gone")).await.unwrap()];
    library.delete(&gone.id).await.unwrap();
    assert_eq!(names(&library, &MediaQuery::all()).await, (vec!["kept".to_owned()], 1));
    assert_eq!(library.get(&kept.id).await.unwrap(), kept);
    let id = gone.id.as_str();
    assert_not_found(&library.get(&gone.id).await.unwrap_err(), id);
    assert_not_found(&library.open(&gone).await.unwrap_err(), id);
    assert_not_found(&library.delete(&gone.id).await.unwrap_err(), id);
    assert_not_found(&library.get(&MediaId::from("")).await.unwrap_err(), "");
}

#[tokio::test]
async fn files_of_one_name_have_ids_and_addresses_of_their_own() {
    let library = MemoryLibrary::new();
    let mut stored = Vec::new();
    for _ in 0..5 {
        stored.push(library.put(file("same")).await.unwrap());
    }
    library.delete(&stored.remove(0).id).await.unwrap();
    stored.push(library.put(file("same")).await.unwrap());
    for (place, media) in stored.iter().enumerate() {
        for other in &stored[..place] {
            assert_ne!(media.id, other.id);
            assert_ne!(media.url, other.url);
        }
    }
}

#[tokio::test]
async fn time_is_made_up_a_second_a_file_or_taken_from_a_clock() {
    let library = MemoryLibrary::new();
    for expected in ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z"] {
        assert_eq!(library.put(file("a")).await.unwrap().created_at.as_deref(), Some(expected));
    }
    let seconds = Arc::new(AtomicU64::new(1_000_000_000_123));
    let clock = seconds.clone();
    let library = MemoryLibrary::new()
        .with_clock(move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::Relaxed)));
    let media = library.put(file("a")).await.unwrap();
    assert_eq!(media.created_at.as_deref(), Some("2001-09-09T01:46:40.123Z"));
    assert_eq!(media.modified_at, media.created_at);
    seconds.store(0, Ordering::Relaxed);
    assert_eq!(library.put(file("b")).await.unwrap().created_at.as_deref(), Some("1970-01-01T00:00:00.000Z"));
}

#[tokio::test]
async fn clones_share_files_and_settings_are_each_ones_own() {
    let library = MemoryLibrary::new();
    let elsewhere = library.clone().with_base_url("http://localhost:8080/files/");
    let mock = MockBackend::builder().with_library(library.clone()).build();
    let media = elsewhere.put(file("a")).await.unwrap();
    assert!(media.url.starts_with("http://localhost:8080/files/") && !media.url.contains("files//"), "{}", media.url);
    assert_eq!(mock.get(&media.id).await.unwrap(), media);
    assert_eq!(mock.clone().get(&media.id).await.unwrap(), media);
    assert_eq!((library.len(), library.is_empty()), (1, false));
    assert!(MemoryLibrary::new().is_empty());
}

/// Bytes that break off.
struct Broken(Vec<Result<bytes::Bytes, Error>>);

impl Stream for Broken {
    type Item = Result<bytes::Bytes, Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.pop())
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_stores_nothing() {
    let library = MemoryLibrary::new();
    let error = Error::new(ErrorKind::Interrupted { message: "cable pulled".to_owned() }, Outcome::NotSent);
    let body = ByteStream::new(Broken(vec![Err(error), Ok(b"half".to_vec().into())]));
    let error = library.put(Upload::new("a", "text/plain", body)).await.unwrap_err();
    assert!(error.to_string().contains("cable pulled"));
    assert!(library.is_empty());
}

#[tokio::test]
async fn an_upload_in_parts_is_stored_whole() {
    let library = MemoryLibrary::new();
    let parts = vec![Ok(b"lo".to_vec().into()), Ok(bytes::Bytes::new()), Ok(b"hel".to_vec().into())];
    let media = library.put(Upload::new("a", "text/plain", ByteStream::new(Broken(parts)))).await.unwrap();
    assert_eq!(media.size, Some(5));
    assert_eq!(library.open(&media).await.unwrap().collect().await.unwrap().as_ref(), b"hello");
}
