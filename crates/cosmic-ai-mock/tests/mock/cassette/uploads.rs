//! Uploads keep the ids that they had when they were recorded.

use cosmic_ai_core::{ErrorKind, MediaLibrary, MediaQuery, OPERATION_ID_KEY, OperationId, Upload};
use cosmic_ai_mock::MemoryLibrary;
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

    let replay = replay(folder.path());
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
