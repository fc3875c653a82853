//! Calls and streams that nobody waited for, and faults of the recording itself.

use std::time::Duration;

use cosmic_ai_core::{
    Call, ErrorKind, ImageGenerator as _, ImageRequest, ImageResponse, Media, MediaLibrary as _, Outcome, TextEvent,
    TextGenerator as _, TextRequest, TextResponse, TimeoutStage,
};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_mock::cassette::{Recording, Replay};

use super::canned::Canned;
use super::{record, replay, text_of};

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_dropped_stops_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let recording = record(MockBackend::new(), folder.path());
    let request = TextRequest::new("Tell a long story");
    let mut stream = recording.stream_text(&Call::new(), &request).await.unwrap();
    let Some(Ok(TextEvent::Delta(first))) = stream.next().await else { panic!() };
    drop(stream);
    recording.finish().unwrap();

    let replay = replay(folder.path());
    let mut stream = replay.stream_text(&Call::new(), &request).await.unwrap();
    let Some(Ok(TextEvent::Delta(again))) = stream.next().await else { panic!() };
    assert_eq!(again, first);
    assert!(tokio::time::timeout(Duration::from_hours(1), stream.next()).await.is_err());
    replay.assert_all_used();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_dropped_is_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    canned.streams.lock().unwrap().push_back(vec![(60_000, Ok(TextEvent::End(TextResponse::new("late"))))]);
    let recording = record(canned, folder.path());
    let request = TextRequest::new("Are you there?");
    let stream = recording.stream_text(&Call::new(), &request).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(1), stream.collect()).await.is_err());
    assert!(text_of(folder.path()).contains(r#""dropped": true"#));

    let replay = replay(folder.path());
    let stream = replay.stream_text(&Call::new(), &request).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_mins(10), stream.collect()).await.is_err());
}

#[tokio::test]
async fn every_call_is_on_the_disk_before_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let recording = record(MockBackend::new(), folder.path());
    for count in 1..4 {
        recording.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
        assert_eq!(replay(folder.path()).unused().len(), count);
    }
    // As when the process dies: nothing is called, nothing is dropped.
    std::mem::forget(recording);
    assert_eq!(replay(folder.path()).unused().len(), 3);
}

#[tokio::test]
async fn bytes_that_cannot_be_had_lose_no_answer_and_are_told_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let canned = Canned::default();
    let gone = ImageResponse::new(Media::new("gone", "https://example.com/", "image/png"));
    canned.images.lock().unwrap().push_back(Ok(gone.clone()));
    let recording = record(canned, folder.path());
    let request = ImageRequest::new("A");
    assert_eq!(recording.generate_image(&Call::new(), &request).await.unwrap(), gone);
    let fault = recording.finish().unwrap_err().to_string();
    assert!(fault.ends_with("(file): the bytes of medium gone could not be fetched: not found: gone"), "{fault}");

    let replay = replay(folder.path());
    assert_eq!(replay.generate_image(&Call::new(), &request).await.unwrap(), gone);
    let error = replay.open(&gone.media).await.unwrap_err().to_string();
    assert!(error.ends_with("the bytes of medium gone were not recorded"), "{error}");
}

#[tokio::test]
async fn a_folder_that_vanishes_loses_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    let recording = record(MockBackend::new(), &inner);
    std::fs::remove_dir_all(&inner).unwrap();
    std::fs::write(&inner, "a file where the folder was").unwrap();
    recording.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    assert_eq!(recording.finish().unwrap_err().place, "(file)");
}

#[tokio::test]
async fn a_backend_without_a_library_is_recorded_without_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::builder_without_library(MockBackend::new(), folder.path()).start().unwrap();
    recording.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    recording.finish().unwrap();
    assert!(!folder.path().join("media").exists());
    replay(folder.path()).generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_call_ends_what_never_comes() {
    let folder = tempfile::tempdir().unwrap();
    let cassette = |interaction: &str| {
        let text = format!(r#"{{ "format": "cosmic-ai-cassette", "version": 1, "interactions": [{interaction}] }}"#);
        std::fs::write(folder.path().join("cassette.json"), text).unwrap();
    };
    let limit = Duration::from_secs(3);
    let call = Call::new().with_time_limit(limit);
    let request = TextRequest::new("A");
    let is_timeout = |error: cosmic_ai_core::Error| {
        assert_eq!(error.kind(), &ErrorKind::Timeout { stage: TimeoutStage::Total, after: limit });
        assert_eq!((error.outcome(), error.operation_id()), (Outcome::UNKNOWN, Some(call.operation_id())));
    };

    cassette(r#"{ "kind": "text", "request": { "prompt": "A" }, "dropped": true }"#);
    let started = tokio::time::Instant::now();
    is_timeout(replay(folder.path()).generate_text(&call, &request).await.unwrap_err());
    assert_eq!(started.elapsed(), limit);

    cassette(r#"{ "kind": "stream", "request": { "prompt": "A" }, "dropped": true }"#);
    is_timeout(replay(folder.path()).stream_text(&call, &request).await.unwrap_err());

    let delta = r#"{ "after_ms": 2000, "delta": "a" }"#;
    let rows = [(format!("[{delta}]"), true), (format!("[{delta}, {delta}]"), false)];
    for (events, dropped) in rows {
        cassette(&format!(
            r#"{{ "kind": "stream", "request": {{ "prompt": "A" }}, "events": {events}, "dropped": {dropped} }}"#
        ));
        let replay = Replay::builder(folder.path()).with_timing().open().unwrap();
        let started = tokio::time::Instant::now();
        let mut stream = replay.stream_text(&call, &request).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap(), TextEvent::Delta("a".to_owned()));
        is_timeout(stream.next().await.unwrap().unwrap_err());
        assert_eq!(started.elapsed(), limit);
        assert!(stream.next().await.is_none());
    }
}
