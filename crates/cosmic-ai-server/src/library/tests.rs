//! Lists and copies, which only the server asks for.

use std::time::Instant;

use bytes::Bytes;
use cosmic_ai::{Media, MediaLibrary as _, OPERATION_ID_KEY, Upload};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::operation::CLIENTS_KEY;

const MOST: u64 = 1 << 20;

fn library() -> (BucketLibrary, DiskLibrary, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (disk, sweep) = DiskLibrary::open(folder.path(), "http://localhost:4010/", FolderPolicy::OnFirstUse).unwrap();
    assert!(sweep.is_clean());
    (disk.bucket("shop"), disk, folder)
}

async fn put(library: &BucketLibrary, name: &str, folder: Option<&str>, metadata: Value) -> Media {
    let mut upload = Upload::new(name, "text/plain", name.as_bytes().to_vec());
    upload.folder = folder.map(str::to_owned);
    upload.metadata = metadata.as_object().unwrap().clone();
    library.put(upload).await.unwrap()
}

fn listing(query: &Value) -> Listing {
    Listing { query: query.as_object().unwrap().clone(), limit: 100, ..Listing::default() }
}

async fn names(library: &BucketLibrary, listing: &Listing) -> Vec<String> {
    let listed = library.list(listing).await.unwrap();
    listed.media.into_iter().map(|media| media.original_name.unwrap()).collect()
}

#[tokio::test]
async fn lists_by_columns_and_by_whatever_is_shown() {
    let (library, disk, _folder) = library();
    put(
        &library,
        "a",
        Some("posters"),
        json!({ "campaign": "spring", OPERATION_ID_KEY: "srv-1", CLIENTS_KEY: "own-1" }),
    )
    .await;
    put(&library, "b", Some("posters"), json!({ "campaign": "autumn" })).await;
    put(&library, "c", None, json!({ "campaign": "spring", OPERATION_ID_KEY: "srv-2" })).await;
    put(&disk.bucket("other"), "d", Some("posters"), json!({ "campaign": "spring" })).await;
    for (query, expected) in [
        (json!({}), "c b a"),
        (json!({ "folder": "posters" }), "b a"),
        (json!({ "folder": null }), "c"),
        (json!({ "type": "text/plain" }), "c b a"),
        (json!({ "type": "image/png" }), ""),
        (json!({ "name": "b" }), "b"),
        (json!({ "metadata.campaign": "spring" }), "c a"),
        (json!({ "metadata.campaign": "spring", "folder": "posters" }), "a"),
        (json!({ "folder": { "$in": ["posters"] } }), "b a"),
        (json!({ "metadata.cosmic_ai_operation_id": "own-1" }), "a"),
        // The server's own operation ids are not shown, and so not found.
        (json!({ "metadata.cosmic_ai_operation_id": "srv-1" }), ""),
        (json!({ "metadata.cosmic_ai_operation_id": { "$exists": true } }), "a"),
        (json!({ "metadata.cosmic_ai_client_operation_id": "own-1" }), ""),
    ] {
        let found = names(&library, &listing(&query)).await.join(" ");
        assert_eq!(found, expected, "{query}");
    }
    let listed = library.list(&listing(&json!({ "name": "a" }))).await.unwrap();
    assert_eq!(
        listed.media[0].metadata,
        *json!({ "campaign": "spring", OPERATION_ID_KEY: "own-1" }).as_object().unwrap()
    );
    let refused = library.list(&listing(&json!({ "name": { "$where": 1 } }))).await.unwrap_err();
    assert_eq!(refused.status(), Some(400));
}

#[tokio::test]
async fn lists_in_any_order_a_page_at_a_time() {
    let (library, _disk, _folder) = library();
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(put(&library, &format!("n{number}"), None, json!({ "even": number % 2 == 0 })).await.id);
    }
    library.update(&ids[1], cosmic_ai::MediaChange::new().with_alt_text("changed")).await.unwrap();
    let order = |sort, query: &Value| Listing { sort, ..listing(query) };
    let all = json!({});
    assert_eq!(names(&library, &order(Sort::OldestFirst, &all)).await.join(" "), "n0 n1 n2 n3 n4");
    assert_eq!(names(&library, &order(Sort::LastModifiedFirst, &all)).await.join(" "), "n1 n4 n3 n2 n0");
    assert_eq!(names(&library, &order(Sort::FirstModifiedFirst, &all)).await.join(" "), "n0 n2 n3 n4 n1");
    let mut drawn = names(&library, &order(Sort::Random, &all)).await;
    drawn.sort_unstable();
    assert_eq!(drawn.join(" "), "n0 n1 n2 n3 n4");
    let even = json!({ "metadata.even": true });
    for (query, skip, limit, expected, total) in
        [(&all, 1, 2, "n3 n2", 5), (&all, 9, 2, "", 5), (&even, 1, 1, "n2", 3), (&even, 0, 2, "n4 n2", 3)]
    {
        let asked = Listing { limit, skip, ..listing(query) };
        let listed = library.list(&asked).await.unwrap();
        assert_eq!((names(&library, &asked).await.join(" ").as_str(), listed.total), (expected, total), "{asked:?}");
        let drawn = library.list(&Listing { sort: Sort::Random, ..asked }).await.unwrap();
        assert_eq!((drawn.media.len(), drawn.total), (listed.media.len(), total));
    }
}

#[tokio::test]
async fn a_copy_has_the_id_of_its_original_and_takes_the_place_of_an_older_one() {
    let (library, disk, _folder) = library();
    let mut media = Media::new("64b7f0", "https://cdn.example/veo.mp4", "video/mp4");
    media.name = Some("../veo.mp4".to_owned());
    media.created_at = Some("2026-01-02T03:04:05.678Z".to_owned());
    media.created_by = Some("someone".to_owned());
    media.folder = Some("clips".to_owned());
    media.extra.insert("location".to_owned(), json!("eu"));
    let first = library.keep(media.clone(), Bytes::from_static(b"first").into(), MOST).await.unwrap();
    assert_eq!(first.id, media.id);
    assert_eq!(first.url, "http://localhost:4010/media/veo.mp4");
    assert_eq!(first.created_at, media.created_at);
    let shown = serde_json::to_value(crate::operation::shown(first.clone())).unwrap();
    assert_eq!(shown["origin_url"], "https://cdn.example/veo.mp4");
    assert_eq!(
        (&shown["created_by"], &shown["modified_by"], &shown["location"]),
        (&json!("someone"), &Value::Null, &json!("eu"))
    );
    let error = library.keep(media.clone(), vec![0; 11].into(), 10).await.unwrap_err();
    assert_eq!(error.status(), Some(413));
    assert_eq!(library.open(&first).await.unwrap().collect().await.unwrap(), "first");
    let second = library.keep(media.clone(), Bytes::from_static(b"second").into(), MOST).await.unwrap();
    assert_eq!(library.open(&second).await.unwrap().collect().await.unwrap(), "second");
    assert_eq!(library.find(&cosmic_ai::MediaQuery::all()).await.unwrap().total, 1);
    assert_eq!(disk.check().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_is_served_by_its_name_alone() {
    let (library, disk, folder) = library();
    let media = put(&library, "a.txt", None, json!({})).await;
    let file = disk.file("a.txt").await.unwrap().unwrap();
    assert_eq!(std::fs::read(&file.path).unwrap(), b"a.txt");
    assert_eq!((file.size, file.content_type.as_str(), file.original_name.as_str()), (5, "text/plain", "a.txt"));
    assert_eq!(file.hash, intake::hexadecimal(&<sha2::Sha256 as sha2::Digest>::digest("a.txt")));
    for name in ["", "b.txt", "../library.db", "../media/a.txt", ".a.txt.part", "A.TXT", "a.txt\0"] {
        assert!(disk.file(name).await.unwrap().is_none(), "{name:?}");
    }
    // As in the instant before it has its name.
    let path = folder.path().join("media");
    std::fs::rename(path.join("a.txt"), path.join(".a.txt.part")).unwrap();
    assert_eq!(std::fs::read(disk.file("a.txt").await.unwrap().unwrap().path).unwrap(), b"a.txt");
    assert_eq!(library.open(&media).await.unwrap().collect().await.unwrap(), "a.txt");
}

#[tokio::test]
async fn a_list_that_is_given_up_does_not_hold_the_folder() {
    let (library, disk, folder) = library();
    for _ in 0..30 {
        put(&library, "a", None, json!({ "text": "a".repeat(10_000) })).await;
    }
    let slow = vec![json!({ "metadata.text": { "$regex": "(a?){90}b" } }); 8];
    let slow = listing(&json!({ "$nor": slow }));
    // Long enough for its comparing to have begun, and far from its end.
    let given_up = tokio::time::timeout(Duration::from_millis(100), library.list(&slow)).await;
    assert!(given_up.is_err());
    drop((library, disk));
    let (_, sweep) = DiskLibrary::open(folder.path(), "http://localhost:4010/", FolderPolicy::OnFirstUse).unwrap();
    assert_eq!(sweep.media, 30);
}

#[tokio::test]
async fn a_hundred_thousand_media_are_found_at_once() {
    let (library, _disk, _folder) = library();
    let write = |connection: &mut rusqlite::Connection| {
        connection
            .execute_batch(
                "INSERT INTO media (bucket, id, name, original_name, size, hash, type, created, modified, folder, operation, metadata,
                 extra) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
                 SELECT 'shop', printf('%024x', n), 'n' || n || '.png', 'n', 1, '', 'image/png', n, n, 'f' || (n % 50), 'op-' || n,
                 '{\"rank\":' || n || '}', '{}' FROM n",
            )
            .map_err(failure::database)
    };
    library.shared.writer.ask(write).await.unwrap();
    let query = cosmic_ai::MediaQuery::all;
    let operation = query().with_operation("op-777".parse().unwrap());
    let mut quickest = [Duration::MAX; 4];
    for _ in 0..3 {
        let started = Instant::now();
        library.get(&"0000000000000000000003e8".into()).await.unwrap();
        quickest[0] = quickest[0].min(started.elapsed());
        let started = Instant::now();
        assert_eq!(library.find(&operation).await.unwrap().total, 1);
        quickest[1] = quickest[1].min(started.elapsed());
        let started = Instant::now();
        assert_eq!(library.find(&query().with_folder("f7").with_limit(100)).await.unwrap().total, 2_000);
        quickest[2] = quickest[2].min(started.elapsed());
        let started = Instant::now();
        assert_eq!(library.find(&query().with_limit(100)).await.unwrap().total, 100_000);
        quickest[3] = quickest[3].min(started.elapsed());
    }
    let started = Instant::now();
    assert_eq!(library.list(&listing(&json!({ "metadata.rank": 777 }))).await.unwrap().total, 1);
    let all = started.elapsed();
    eprintln!("of 100,000 media, by id, by operation, in a folder, newest: {quickest:?}; looking through all: {all:?}");
    // Whatever the machine: what has an index is not looked through.
    assert!(quickest.iter().all(|quickest| *quickest * 10 < all), "{quickest:?}, {all:?}");
}
