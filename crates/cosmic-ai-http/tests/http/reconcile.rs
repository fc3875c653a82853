//! A medium whose answer was lost is found again, by its operation or by time and prompt.

use std::time::{Duration, SystemTime};

use cosmic_ai_core::{
    Call, MediaLibrary as _, OPERATION_ID_KEY, OperationId, Reconciled, Search, Upload, VideoGenerator as _,
    VideoRequest, reconcile,
};
use cosmic_ai_mock::{MemoryLibrary, MockBackend};
use cosmic_ai_testkit::stub::{CosmicStub, MetadataQueries};
use serde_json::{Map, json};

use super::ask::{Money, kind_of, money_of};
use super::setup::of_stub;

fn mock() -> MockBackend {
    MockBackend::builder().with_library(MemoryLibrary::new().with_clock(SystemTime::now)).build()
}

fn around_now() -> (SystemTime, SystemTime) {
    let (now, hour) = (SystemTime::now(), Duration::from_hours(1));
    (now - hour, now + hour)
}

#[tokio::test]
async fn a_clip_whose_answer_was_lost_is_found_by_its_operation() {
    for queries in [MetadataQueries::Work, MetadataQueries::FindNothing, MetadataQueries::AreIgnored] {
        let stub = CosmicStub::builder(mock()).with_metadata_queries(queries).with_stale_cache().start().await;
        let backend = of_stub(&stub).build().unwrap();
        let request = VideoRequest::new("It rolls by");
        backend.generate_video(&Call::new(), &request).await.unwrap();
        stub.lose_answers(1);
        let call = Call::new();
        let error = backend.generate_video(&call, &request).await.unwrap_err();
        assert_eq!((kind_of(&error), money_of(error.outcome())), ("interrupted", Money::Unknown));

        let search = Search::of(error.operation_id().unwrap().clone());
        let Reconciled::Found(media) = reconcile(&backend, &search).await.unwrap() else {
            panic!("not found with {queries:?}");
        };
        assert_eq!(media.metadata_value(OPERATION_ID_KEY), Some(&json!(call.operation_id())));
        let calls = stub.requests().iter().filter(|request| request.path().ends_with("/ai/video")).count();
        assert_eq!(calls, 2, "looking for it sends nothing again");
    }
}

#[tokio::test]
async fn without_ids_files_of_the_time_and_prompt_are_candidates() {
    let stub = CosmicStub::start(mock()).await;
    let nameless = of_stub(&stub).without_operation_key().build().unwrap();
    let named = of_stub(&stub).build().unwrap();
    let (from, to) = around_now();
    let lost = nameless.generate_video(&Call::new(), &VideoRequest::new("It rolls by")).await.unwrap().media;
    nameless.generate_video(&Call::new(), &VideoRequest::new("Another thing")).await.unwrap();
    named.generate_video(&Call::new(), &VideoRequest::new("It rolls by")).await.unwrap();

    let search = Search::of(OperationId::mint()).with_prompt("It rolls by").with_window(from, to);
    for backend in [&nameless, &named] {
        let Reconciled::Candidates(found) = reconcile(backend, &search).await.unwrap() else { panic!("none") };
        assert_eq!(found.iter().map(|media| &media.id).collect::<Vec<_>>(), [&lost.id]);
    }
}

#[tokio::test]
async fn what_fits_neither_by_id_nor_by_time_is_not_found() {
    let stub = CosmicStub::start(mock()).await;
    let backend = of_stub(&stub).build().unwrap();
    let mut metadata = Map::new();
    metadata.insert("prompt".to_owned(), json!("It rolls by"));
    backend.put(Upload::new("a.mp4", "video/mp4", vec![1]).with_metadata(metadata)).await.unwrap();
    let (from, _) = around_now();
    let past = Search::of(OperationId::mint()).with_prompt("It rolls by").with_window(SystemTime::UNIX_EPOCH, from);
    assert_eq!(reconcile(&backend, &past).await.unwrap(), Reconciled::NotFound);
    assert_eq!(reconcile(&backend, &Search::of(OperationId::mint())).await.unwrap(), Reconciled::NotFound);
}

#[tokio::test]
async fn a_library_that_cannot_be_asked_is_an_error_not_an_absence() {
    let stub = CosmicStub::start(mock()).await;
    let backend = of_stub(&stub).with_read_key("another-read-key").build().unwrap();
    let error = reconcile(&backend, &Search::of(OperationId::mint())).await.unwrap_err();
    assert_eq!((kind_of(&error), money_of(error.outcome())), ("credentials", Money::Refused));
}

#[tokio::test]
async fn ids_under_a_key_of_ones_own_are_known_as_well() {
    let stub = CosmicStub::start(mock()).await;
    let backend = of_stub(&stub).with_operation_key("job").build().unwrap();
    let (from, to) = around_now();
    let call = Call::new();
    let made = backend.generate_video(&call, &VideoRequest::new("It rolls by")).await.unwrap().media;
    let read = backend.get(&made.id).await.unwrap();
    assert_eq!(read.metadata_value(OPERATION_ID_KEY), Some(&json!(call.operation_id())));

    let other = Search::of(OperationId::mint()).with_prompt("It rolls by").with_window(from, to);
    assert_eq!(reconcile(&backend, &other).await.unwrap(), Reconciled::NotFound, "it is of another operation");
    // By a backend that does not know the key, if the search does.
    let default = of_stub(&stub).build().unwrap();
    assert_eq!(reconcile(&default, &other.clone().with_key("job")).await.unwrap(), Reconciled::NotFound);
    assert!(matches!(reconcile(&default, &other).await.unwrap(), Reconciled::Candidates(_)));
    let own = Search::of(call.operation_id().clone()).with_window(from, to);
    for (backend, search) in [(&backend, own.clone()), (&default, own.with_key("job"))] {
        let Reconciled::Found(media) = reconcile(backend, &search).await.unwrap() else { panic!("not found") };
        assert_eq!(media.id, made.id);
    }
}
