//! The library of a backend, listed as one's own would be.

use cosmic_ai::mock::MemoryLibrary;
use cosmic_ai::{OPERATION_ID_KEY, Upload};
use serde_json::{Map, json};

use super::*;
use crate::operation::CLIENTS_KEY;

async fn shelf(count: u32) -> Shelf {
    let library = MemoryLibrary::new();
    for number in 0..count {
        let mut upload = Upload::new(format!("n{number}"), "text/plain", vec![1]);
        upload.folder = (number % 2 == 0).then(|| "even".to_owned());
        upload.metadata = Map::from_iter([
            ("number".to_owned(), json!(number)),
            (OPERATION_ID_KEY.to_owned(), json!(format!("srv-{number}"))),
            (CLIENTS_KEY.to_owned(), json!(format!("own-{number}"))),
        ]);
        library.put(upload).await.unwrap();
    }
    Shelf::Elsewhere(Arc::new(library))
}

async fn names(shelf: &Shelf, listing: &Listing) -> (String, u64) {
    let listed = shelf.list(listing).await.unwrap();
    let names: Vec<_> = listed.media.into_iter().map(|media| media.name.unwrap()).collect();
    (names.join(" "), listed.total)
}

#[tokio::test]
async fn a_library_elsewhere_is_listed_by_the_same_queries() {
    let shelf = shelf(5).await;
    for (query, sort, skip, limit, expected, total) in [
        (json!({}), Sort::NewestFirst, 1, 2, "n3 n2", 5),
        (json!({}), Sort::OldestFirst, 1, 2, "n1 n2", 5),
        (json!({ "folder": "even" }), Sort::NewestFirst, 0, 10, "n4 n2 n0", 3),
        (json!({ "folder": "even", "metadata.number": { "$gt": 0 } }), Sort::LastModifiedFirst, 0, 10, "n4 n2", 2),
        (json!({ "folder": null }), Sort::FirstModifiedFirst, 0, 10, "n1 n3", 2),
        (json!({ "metadata.cosmic_ai_operation_id": "own-3" }), Sort::NewestFirst, 0, 10, "n3", 1),
        (json!({ "metadata.cosmic_ai_operation_id": "srv-3" }), Sort::NewestFirst, 0, 10, "", 0),
    ] {
        let listing = Listing { query: query.as_object().unwrap().clone(), limit, skip, sort };
        assert_eq!(names(&shelf, &listing).await, (expected.to_owned(), total), "{query} {sort:?}");
    }
    let refused = Listing { query: Map::from_iter([("$x".to_owned(), json!(1))]), ..Listing::default() };
    assert_eq!(shelf.list(&refused).await.unwrap_err().status(), Some(400));
}

#[tokio::test]
async fn a_large_library_elsewhere_is_listed_whole() {
    let shelf = shelf(2_500).await;
    let query = Map::from_iter([("metadata.number".to_owned(), json!({ "$lt": 3 }))]);
    let listing = Listing { query, limit: 10, ..Listing::default() };
    assert_eq!(names(&shelf, &listing).await, ("n2 n1 n0".to_owned(), 3));
    let drawn = Listing { limit: 10, sort: Sort::Random, ..Listing::default() };
    let drawn = shelf.list(&drawn).await.unwrap();
    assert_eq!((drawn.media.len(), drawn.total), (10, 2_500));
}

#[tokio::test]
async fn media_are_shown_by_the_clients_own_operation() {
    let shelf = shelf(1).await;
    let listed = shelf.list(&Listing { limit: 1, ..Listing::default() }).await.unwrap();
    let got = shelf.get(&listed.media[0].id).await.unwrap();
    assert_eq!(got, listed.media[0]);
    assert_eq!(got.metadata[OPERATION_ID_KEY], "own-0");
    assert!(!got.metadata.contains_key(CLIENTS_KEY));
}
