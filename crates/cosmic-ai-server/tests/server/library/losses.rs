//! Media whose files are gone: few are told of and come back with their files, of many somebody has to say that they are lost.

use std::fs;
use std::path::PathBuf;

use cosmic_ai::{Media, MediaLibrary as _, MediaQuery};
use cosmic_ai_server::{DiskLibrary, FolderPolicy};
use tempfile::TempDir;

use super::{ORIGIN, all_is_well, bytes, open, opened, put};

/// A closed folder with some media, and that of their files.
async fn some(count: u8) -> (TempDir, PathBuf, Vec<Media>) {
    let folder = tempfile::tempdir().unwrap();
    let library = opened(folder.path()).bucket("shop");
    let mut stored = Vec::new();
    for number in 0..count {
        stored.push(put(&library, &format!("n{number}.bin"), vec![number; 3]).await);
    }
    let media = folder.path().join("media");
    (folder, media, stored)
}

fn refused(folder: &TempDir) -> String {
    DiskLibrary::open(folder.path(), ORIGIN, FolderPolicy::OnFirstUse).unwrap_err().to_string()
}

#[tokio::test]
async fn a_file_that_is_back_brings_its_medium_back() {
    let (folder, media, stored) = some(3).await;
    let (path, elsewhere) = (media.join("n1.bin"), folder.path().join("elsewhere"));
    fs::rename(&path, &elsewhere).unwrap();
    let (disk, sweep) = open(folder.path());
    assert_eq!((sweep.media, sweep.lost.len(), sweep.missing), (2, 1, 0));
    // Meanwhile it is not there, and its place in the order of storing may be another's.
    assert_eq!(disk.bucket("shop").get(&stored[1].id).await.unwrap_err().status(), Some(404));
    put(&disk.bucket("shop"), "n1.bin", vec![9]).await;
    all_is_well(&disk);
    drop(disk);
    let (disk, sweep) = open(folder.path());
    assert_eq!(sweep.to_string(), "media library: 3 in order, 1 still missing");
    assert!(sweep.is_clean());
    drop(disk);

    // Another file of its name and size is none of it.
    fs::write(&path, [7; 3]).unwrap();
    let (disk, sweep) = open(folder.path());
    assert_eq!((sweep.orphans.as_slice(), sweep.missing, sweep.returned.len()), (&["n1.bin".to_owned()][..], 1, 0));
    drop(disk);
    fs::rename(&elsewhere, &path).unwrap();
    let (disk, sweep) = open(folder.path());
    assert_eq!(sweep.to_string(), "media library: 4 in order, 1 returned");
    assert_eq!(sweep.returned, [format!("{} (n1.bin)", stored[1].id)]);
    let library = disk.bucket("shop");
    assert_eq!(library.get(&stored[1].id).await.unwrap(), stored[1]);
    assert_eq!(bytes(&library, &stored[1]).await, vec![1; 3]);
    assert_eq!(library.find(&MediaQuery::all()).await.unwrap().total, 4);
    all_is_well(&disk);
    drop((disk, library));
    assert_eq!(open(folder.path()).1.to_string(), "media library: 4 in order");
}

#[tokio::test]
async fn a_damaged_file_that_is_restored_brings_its_medium_back() {
    let (folder, media, stored) = some(1).await;
    fs::write(media.join("n0.bin"), [0]).unwrap();
    assert_eq!(open(folder.path()).1.damaged.len(), 1);
    fs::write(media.join("n0.bin"), [0; 3]).unwrap();
    let (disk, sweep) = open(folder.path());
    assert_eq!((sweep.media, sweep.returned.len()), (1, 1));
    assert_eq!(disk.bucket("shop").get(&stored[0].id).await.unwrap(), stored[0]);
}

#[tokio::test]
async fn a_media_folder_that_is_not_there_loses_nothing() {
    for count in [1, 5] {
        let (folder, media, stored) = some(count).await;
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(&media, &elsewhere).unwrap();
        let message = refused(&folder);
        assert!(message.contains(&format!("{count} of {count} media have no file")), "{message}");
        assert!(message.contains("accept-losses") && !media.exists(), "{message}");
        fs::rename(&elsewhere, &media).unwrap();
        let disk = opened(folder.path());
        for medium in &stored {
            assert_eq!(disk.bucket("shop").get(&medium.id).await.unwrap(), *medium);
        }
    }
}

#[tokio::test]
async fn most_media_are_only_lost_if_someone_says_so() {
    let (folder, media, stored) = some(5).await;
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    for name in ["n0.bin", "n1.bin", "n2.bin"] {
        fs::rename(media.join(name), elsewhere.join(name)).unwrap();
    }
    assert!(refused(&folder).contains("3 of 5 media have no file"));
    let acceptance = folder.path().join("accept-losses");
    fs::write(&acceptance, b"").unwrap();
    let (disk, sweep) = open(folder.path());
    assert_eq!((sweep.media, sweep.lost.len()), (2, 3));
    assert!(!acceptance.exists(), "said for once");
    all_is_well(&disk);
    drop(disk);
    assert_eq!(opened(folder.path()).bucket("shop").find(&MediaQuery::all()).await.unwrap().total, 2);
    // Even these come back.
    for name in ["n0.bin", "n1.bin", "n2.bin"] {
        fs::rename(elsewhere.join(name), media.join(name)).unwrap();
    }
    let (disk, sweep) = open(folder.path());
    assert_eq!((sweep.media, sweep.returned.len()), (5, 3));
    assert_eq!(disk.bucket("shop").get(&stored[0].id).await.unwrap(), stored[0]);
}

#[tokio::test]
async fn a_library_of_the_first_schema_is_taken_over() {
    let (folder, media, stored) = some(2).await;
    let database = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    database.execute_batch("DROP TABLE lost; DROP TABLE names; PRAGMA user_version = 1").unwrap();
    drop(database);
    let disk = opened(folder.path());
    let library = disk.bucket("shop");
    library.delete(&stored[0].id).await.unwrap();
    assert_ne!(put(&library, "n0.bin", vec![5]).await.name.as_deref(), Some("n0.bin"));
    drop((disk, library));
    fs::remove_file(media.join("n1.bin")).unwrap();
    assert_eq!(open(folder.path()).1.lost.len(), 1);
}
