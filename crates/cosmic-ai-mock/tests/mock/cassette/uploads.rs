//! Uploads keep the ids that they had when they were recorded.

use cosmic_ai_core::{ErrorKind, MediaLibrary, MediaQuery, OPERATION_ID_KEY, OperationId, Outcome, Upload};
use cosmic_ai_mock::MemoryLibrary;
use cosmic_ai_mock::cassette::Replay;
use serde_json::json;

use super::{record, replay};

fn upload(operation: &OperationId, body: &str) -> Upload {
    let metadata = [(OPERATION_ID_KEY.to_owned(), json!(operation))].into_iter().collect();
    Upload::new("photo.jpg", "image/jpeg", body.as_bytes().to_vec()).with_dimensions(8, 8).with_metadata(metadata)
}

#[tokio::test]
async fn an_upload_that_was_recorded_has_its_id_and_others_one_of_the_replays() {
    let folder = tempfile::tempdir().unwrap();
    let (then, now) = (OperationId::mint(), OperationId::mint());
    let recording = record(MemoryLibrary::new(), folder.path());
    let stored = recording.put(upload(&then, "pixels")).await.unwrap();
    recording.finish().unwrap();
    assert!(!super::mentions(folder.path(), then.as_str()));

    let replay = Replay::builder(folder.path()).allow_other_uploads().open().unwrap();
    let other = replay.put(upload(&now, "other pixels")).await.unwrap();
    let again = replay.put(upload(&now, "pixels")).await.unwrap();
    assert_eq!((&again.id, &again.url), (&stored.id, &stored.url));
    replay.assert_all_used();
    // The same name gives the same id in a library in memory; here the recorded one takes its place.
    assert_eq!(other.id, again.id);
    let found = replay.find(&MediaQuery::all().with_operation(now)).await.unwrap();
    assert_eq!(found.media, std::slice::from_ref(&again));
    assert_eq!(replay.open(&again).await.unwrap().collect().await.unwrap(), "pixels");
    replay.delete(&again.id).await.unwrap();
    assert!(matches!(replay.get(&again.id).await.unwrap_err().kind(), ErrorKind::NotFound(_)));
}

#[tokio::test]
async fn an_upload_that_was_not_recorded_fails_and_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let id = OperationId::mint();
    let recording = record(MemoryLibrary::new(), folder.path());
    for body in ["one", "two"] {
        recording.put(upload(&id, body)).await.unwrap();
    }
    recording.finish().unwrap();

    let replay = replay(folder.path());
    let error = replay.put(upload(&id, "three")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Backend { .. }) && error.outcome() == Outcome::NotSent, "{error}");
    assert!(error.to_string().contains("the put call is not the nearest of its kind, interactions[0]: /sha256"));
    assert_eq!(replay.unexpected().len(), 1);
    // Those that were come in any order.
    for body in ["two", "one"] {
        replay.put(upload(&id, body)).await.unwrap();
    }
    assert!(replay.unused().is_empty());
}
