//! The media library on disk: what it stores it keeps, and what a crash leaves it mends.

mod crashes;
mod losses;
mod uploads;

use std::fs;
use std::path::Path;

use bytes::Bytes;
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    ByteStream, Generators, Media, MediaChange, MediaLibrary as _, MediaQuery, OPERATION_ID_KEY, OperationId, Upload,
};
use cosmic_ai_server::{BucketLibrary, DiskLibrary, FolderPolicy, Sweep};
use cosmic_ai_testkit::conformance::{self, CheckOutcome};
use serde_json::{Map, json};

pub(crate) use self::crashes::crashed;

const ORIGIN: &str = "http://localhost:4010";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xf0\x08\x02\0\0\0";

fn open(folder: &Path) -> (DiskLibrary, Sweep) {
    DiskLibrary::open(folder, ORIGIN, FolderPolicy::OnFirstUse).unwrap()
}

/// A library that nothing is amiss with.
fn opened(folder: &Path) -> DiskLibrary {
    let (disk, sweep) = open(folder);
    assert!(sweep.is_clean(), "{sweep}");
    disk
}

async fn put(library: &BucketLibrary, name: &str, body: impl Into<ByteStream>) -> Media {
    library.put(Upload::new(name, "application/octet-stream", body)).await.unwrap()
}

async fn bytes(library: &BucketLibrary, media: &Media) -> Bytes {
    library.open(media).await.unwrap().collect().await.unwrap()
}

/// The names of the files in a folder, in order; none if there is no folder.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn all_is_well(disk: &DiskLibrary) {
    assert_eq!(disk.check().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn it_keeps_every_rule_of_a_media_library() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let report = conformance::library(&disk.bucket("shop")).await;
    report.assert_ok();
    let skipped: Vec<_> = report.results.iter().filter(|check| check.outcome != CheckOutcome::Passed).collect();
    assert!(skipped.is_empty(), "{skipped:?}");
    assert_eq!(files(&folder.path().join("media")), Vec::<String>::new());
    all_is_well(&disk);
}

#[tokio::test]
async fn the_mock_with_it_keeps_every_rule_too() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let mock = MockBackend::builder().with_library(disk.bucket("shop")).without_recording().build();
    let generators: Generators = mock.into();
    conformance::image(&*generators.image.unwrap()).await.assert_ok();
    conformance::library(&*generators.library.unwrap()).await.assert_ok();
    all_is_well(&disk);
}

#[tokio::test]
async fn media_are_described_as_the_api_does() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let library = disk.bucket("shop");
    let upload = Upload::new("photo.png", "text/plain", PNG.to_vec())
        .with_original_name("Füße am Meer.png")
        .with_folder("posters")
        .with_alt_text("Feet")
        .with_metadata(Map::from_iter([("campaign".to_owned(), json!("spring"))]));
    let media = library.put(upload).await.unwrap();
    let shown = serde_json::to_value(&media).unwrap();
    let is_hexadecimal = |value: &serde_json::Value| {
        let text = value.as_str().unwrap();
        text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    assert!(is_hexadecimal(&shown["id"]) && is_hexadecimal(&shown["bucket"]), "{shown}");
    let moment = shown["created_at"].as_str().unwrap();
    assert!(moment.len() == 24 && moment.ends_with('Z') && moment.as_bytes()[19] == b'.', "{moment}");
    let expected = json!({
        "id": shown["id"], "name": "photo.png", "original_name": "Füße am Meer.png", "size": PNG.len(), "type": "image/png",
        "bucket": shown["bucket"], "created_at": moment, "modified_at": moment,
        "folder": "posters", "url": format!("{ORIGIN}/media/photo.png"), "imgix_url": format!("{ORIGIN}/media/photo.png"),
        "width": 320, "height": 240, "alt_text": "Feet", "metadata": { "campaign": "spring" },
    });
    assert_eq!(shown, expected);
    assert_eq!(library.get(&media.id).await.unwrap(), media);
    let bare = put(&library, "x", vec![1]).await;
    let shown = serde_json::to_value(&bare).unwrap();
    assert_eq!((shown.get("folder"), shown.get("width"), shown.get("alt_text")), (Some(&json!(null)), None, None));
    assert_eq!(bare.bucket, media.bucket);
    assert_ne!(put(&disk.bucket("other"), "x", vec![1]).await.bucket, media.bucket);
}

#[tokio::test]
async fn buckets_do_not_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let (shop, other) = (disk.bucket("shop"), disk.bucket("other"));
    let media = put(&shop, "a.bin", vec![1]).await;
    let namesake = put(&other, "a.bin", vec![2]).await;
    assert_ne!(media.url, namesake.url);
    assert_eq!(other.get(&media.id).await.unwrap_err().status(), Some(404));
    assert_eq!(other.open(&media).await.unwrap_err().status(), Some(404));
    assert_eq!(other.update(&media.id, MediaChange::new().with_alt_text("x")).await.unwrap_err().status(), Some(404));
    assert_eq!(other.delete(&media.id).await.unwrap_err().status(), Some(404));
    assert_eq!(other.find(&MediaQuery::all()).await.unwrap().total, 1);
    assert_eq!(bytes(&shop, &media).await, vec![1]);
    all_is_well(&disk);
}

#[tokio::test]
async fn all_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let (id, library) = (disk.id().to_owned(), disk.bucket("shop"));
    let operation = OperationId::mint();
    let metadata =
        Map::from_iter([(OPERATION_ID_KEY.to_owned(), json!(operation)), ("veo_file_uri".to_owned(), json!("x"))]);
    let upload = Upload::new("veo.mp4", "video/mp4", vec![7; 500_000]).with_folder("clips").with_metadata(metadata);
    let clip = library.put(upload).await.unwrap();
    let photo = put(&library, "photo.png", PNG.to_vec()).await;
    let photo = library.update(&photo.id, MediaChange::new().with_alt_text("Feet")).await.unwrap();
    let gone = put(&library, "gone", vec![1]).await;
    library.delete(&gone.id).await.unwrap();
    drop((disk, library));

    // At another address, which URLs follow.
    let (disk, sweep) = DiskLibrary::open(folder.path(), "https://media.example", FolderPolicy::OnFirstUse).unwrap();
    assert!(sweep.is_clean() && sweep.media == 2, "{sweep}");
    assert_eq!(disk.id(), id);
    let library = disk.bucket("shop");
    let found = library.find(&MediaQuery::all().with_operation(operation)).await.unwrap();
    assert_eq!(found.media[0].url, format!("https://media.example/media/{}", clip.name.as_deref().unwrap()));
    assert_eq!(
        (found.total, &found.media[0].metadata, &found.media[0].created_at),
        (1, &clip.metadata, &clip.created_at)
    );
    assert_eq!(library.get(&photo.id).await.unwrap().alt_text.as_deref(), Some("Feet"));
    assert_eq!(bytes(&library, &clip).await, vec![7; 500_000]);
    assert_eq!(library.get(&gone.id).await.unwrap_err().status(), Some(404));
    all_is_well(&disk);
}

#[tokio::test]
async fn only_one_server_has_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let error = DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ResourceBusy);
    assert!(error.to_string().contains("another server"), "{error}");
    let library = disk.bucket("shop");
    drop(disk);
    assert!(DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).is_err(), "a bucket still has it");
    drop(library);
    opened(folder.path());
}

#[tokio::test]
async fn a_folder_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("library.db"), b"not a database at all, and long enough to be told from one").unwrap();
    assert!(DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).is_err());
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    database.execute_batch("CREATE TABLE other (x)").unwrap();
    let error = DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).unwrap_err();
    assert!(error.to_string().contains("not of a media library"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    drop(opened(folder.path()));
    let database = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let error = DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).unwrap_err();
    assert!(error.to_string().contains("version 99"), "{error}");
}

#[tokio::test]
async fn files_of_something_else_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("media")).unwrap();
    fs::write(folder.path().join("media/photo.png"), PNG).unwrap();
    let error = DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).unwrap_err();
    let path = fs::canonicalize(folder.path()).unwrap();
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert!(error.to_string().contains("other files such as media: choose an empty folder"), "{error}");
    assert_eq!(
        (files(folder.path()), files(&folder.path().join("media"))),
        (vec!["media".into()], vec!["photo.png".into()])
    );

    // What a server has beside a library is no reason, and an odd file beside a library is none either.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("media")).unwrap();
    for name in ["server.toml", "spend.db", "spend.db-wal", "lock"] {
        fs::write(folder.path().join(name), b"").unwrap();
    }
    drop(opened(folder.path()));
    fs::write(folder.path().join("notes.txt"), b"x").unwrap();
    opened(folder.path());
}

#[tokio::test]
async fn folders_are_made_on_first_use_or_known_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    let upload = |folder: &str| Upload::new("x", "text/plain", vec![1]).with_folder(folder);
    let disk = opened(folder.path());
    let library = disk.bucket("shop");
    assert_eq!(library.put(upload("posters")).await.unwrap().folder.as_deref(), Some("posters"));
    assert_eq!(library.put(upload("")).await.unwrap().folder, None);
    assert_eq!(library.put(upload("../up")).await.unwrap_err().status(), Some(400));
    drop((disk, library));

    let (disk, _) = DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::Strict).unwrap();
    let library = disk.bucket("shop");
    let media = library.put(upload("posters")).await.unwrap();
    let error = library.put(upload("poster")).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert!(error.to_string().contains("`poster` does not exist (`folders` of the bucket in the server's configuration makes it), did you mean `posters`?"), "{error}");
    let moved = library.update(&media.id, MediaChange::new().with_folder("clips")).await;
    assert_eq!(moved.unwrap_err().status(), Some(400));
    library.create_folder("clips").await.unwrap();
    library.create_folder("clips").await.unwrap();
    assert_eq!(library.create_folder("a/b").await.unwrap_err().status(), Some(400));
    let moved = library.update(&media.id, MediaChange::new().with_folder("clips")).await.unwrap();
    assert_eq!(moved.folder.as_deref(), Some("clips"));
    assert!(moved.modified_at > media.modified_at);
    let error = disk.bucket("other").put(upload("posters")).await.unwrap_err();
    assert!(error.to_string().contains("nor does any other"), "{error}");
    assert_eq!(files(&folder.path().join("media")).len(), 3);
}
