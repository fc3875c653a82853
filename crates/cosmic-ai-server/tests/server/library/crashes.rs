//! What a crash leaves at each step of storing and deleting, and what the next start makes of it.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cosmic_ai::{ByteStream, Media, MediaLibrary as _, MediaQuery, Upload};
use cosmic_ai_server::{FolderPolicy, Sweep};
use tempfile::TempDir;

use super::uploads::Paced;
use super::{ORIGIN, all_is_well, bytes, files, open, opened, put};

/// A folder with one medium `a.bin` of the bytes 1, 2, 3, closed.
async fn one() -> (TempDir, PathBuf, Media) {
    let folder = tempfile::tempdir().unwrap();
    let stored = put(&opened(folder.path()).bucket("shop"), "a.bin", vec![1, 2, 3]).await;
    let media = folder.path().join("media");
    (folder, media, stored)
}

/// Opens a folder that has something to mend; a second time there is nothing left to mend.
fn mended(folder: &Path) -> Sweep {
    let (disk, sweep) = open(folder);
    assert!(!sweep.is_clean());
    all_is_well(&disk);
    drop(disk);
    all_is_well(&opened(folder));
    sweep
}

async fn is_whole(folder: &Path, stored: &Media) {
    let library = opened(folder).bucket("shop");
    assert_eq!(library.get(&stored.id).await.unwrap(), *stored);
    assert_eq!(bytes(&library, stored).await, vec![1, 2, 3]);
}

async fn is_gone(folder: &Path, stored: &Media) {
    let library = opened(folder).bucket("shop");
    assert_eq!(library.get(&stored.id).await.unwrap_err().status(), Some(404));
    assert_eq!(library.find(&MediaQuery::all()).await.unwrap().total, 0);
}

#[tokio::test]
async fn before_the_row_a_part_is_removed() {
    let (folder, media, stored) = one().await;
    fs::write(media.join(".b.mp4.part"), b"the beginning").unwrap();
    let sweep = mended(folder.path());
    assert_eq!((sweep.media, sweep.unfinished.as_slice()), (1, &[".b.mp4.part".to_owned()][..]));
    assert_eq!(sweep.to_string(), "media library: 1 in order, 1 unfinished removed");
    assert_eq!(files(&media), ["a.bin"]);
    is_whole(folder.path(), &stored).await;
}

#[tokio::test]
async fn between_row_and_name_a_whole_part_gets_its_name() {
    let (folder, media, stored) = one().await;
    fs::rename(media.join("a.bin"), media.join(".a.bin.part")).unwrap();
    let sweep = mended(folder.path());
    assert_eq!((sweep.media, sweep.finished.as_slice()), (1, &[format!("{} (a.bin)", stored.id)][..]));
    is_whole(folder.path(), &stored).await;
}

#[tokio::test]
async fn a_part_with_other_bytes_is_not_taken_for_the_file() {
    for other in [&b"\x01\x02\x04"[..], b"\x01\x02"] {
        let (folder, media, stored) = one().await;
        fs::remove_file(media.join("a.bin")).unwrap();
        fs::write(media.join(".a.bin.part"), other).unwrap();
        let sweep = mended(folder.path());
        assert_eq!((sweep.media, sweep.lost.len(), sweep.unfinished.len()), (0, 1, 1));
        is_gone(folder.path(), &stored).await;
    }
}

#[tokio::test]
async fn a_part_beside_the_file_is_removed() {
    let (folder, media, stored) = one().await;
    fs::write(media.join(".a.bin.part"), [1, 2, 3]).unwrap();
    let sweep = mended(folder.path());
    assert_eq!((sweep.media, sweep.unfinished.len()), (1, 1));
    is_whole(folder.path(), &stored).await;
}

#[tokio::test]
async fn between_row_and_file_of_a_deletion_the_file_is_moved_away() {
    let (folder, media, stored) = one().await;
    opened(folder.path()).bucket("shop").delete(&stored.id).await.unwrap();
    fs::write(media.join("a.bin"), [1, 2, 3]).unwrap();
    let sweep = mended(folder.path());
    assert_eq!(sweep.orphans, ["a.bin"]);
    is_gone(folder.path(), &stored).await;
    // Another of the same name is kept beside it.
    fs::write(media.join("a.bin"), [4]).unwrap();
    assert_eq!(mended(folder.path()).orphans, ["a.bin"]);
    assert_eq!(files(&folder.path().join("orphans")).len(), 2);
    assert_eq!(fs::read(folder.path().join("orphans/a.bin")).unwrap(), [1, 2, 3]);
}

#[tokio::test]
async fn a_medium_whose_file_is_gone_is_told_and_taken_out() {
    let (folder, media, stored) = one().await;
    fs::remove_file(media.join("a.bin")).unwrap();
    assert_eq!(mended(folder.path()).lost, [format!("{} (a.bin)", stored.id)]);
    is_gone(folder.path(), &stored).await;
}

#[tokio::test]
async fn a_medium_whose_file_was_cut_is_told_and_its_file_moved_away() {
    let (folder, media, stored) = one().await;
    fs::write(media.join("a.bin"), [1, 2]).unwrap();
    assert_eq!(mended(folder.path()).damaged, [format!("{} (a.bin)", stored.id)]);
    assert_eq!(fs::read(folder.path().join("orphans/a.bin")).unwrap(), [1, 2]);
    is_gone(folder.path(), &stored).await;
}

#[tokio::test]
async fn bytes_that_changed_are_found_by_the_check() {
    let (folder, media, stored) = one().await;
    let disk = opened(folder.path());
    fs::write(media.join("a.bin"), [1, 2, 4]).unwrap();
    fs::write(media.join("b.bin"), [1]).unwrap();
    let wrong = disk.check().unwrap();
    assert_eq!(
        wrong,
        [format!("medium {} (a.bin) has other bytes", stored.id), "file b.bin is of no medium".to_owned()]
    );
    fs::write(media.join("a.bin"), [1]).unwrap();
    assert_eq!(disk.check().unwrap()[0], format!("medium {} (a.bin) has 1 bytes, not 3", stored.id));
    fs::remove_file(media.join("a.bin")).unwrap();
    assert_eq!(disk.check().unwrap()[0], format!("medium {} (a.bin) has no file", stored.id));
}

/// The data folder as it is at this moment, as a crash would leave it.
pub(crate) fn crashed(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("media")).unwrap();
    // The media first: what is stored meanwhile has no row in the older database, never the other way round.
    for beneath in ["", "media"] {
        for name in files(&folder.join(beneath)) {
            let from = folder.join(beneath).join(&name);
            if from.is_file() {
                fs::copy(from, copy.path().join(beneath).join(name)).unwrap();
            }
        }
    }
    copy
}

#[tokio::test]
async fn a_crash_while_bytes_come_loses_nothing_that_was_stored() {
    let (folder, media, stored) = one().await;
    let disk = opened(folder.path());
    let (body, come) = tokio::sync::mpsc::unbounded_channel();
    body.send(Bytes::from(vec![9; 400_000])).unwrap();
    let library = disk.bucket("shop");
    let coming = ByteStream::new(Paced(come));
    let task = tokio::spawn(async move { library.put(Upload::new("b.bin", "", coming)).await.unwrap() });
    while !fs::metadata(media.join(".b.bin.part")).is_ok_and(|part| part.len() == 400_000) {
        tokio::task::yield_now().await;
    }
    let copy = crashed(folder.path());
    let sweep = mended(copy.path());
    assert_eq!((sweep.media, sweep.unfinished.as_slice()), (1, &[".b.bin.part".to_owned()][..]));
    is_whole(copy.path(), &stored).await;
    drop(body);
    let second = task.await.unwrap();
    // Both are in what a crash leaves right after the answer, log of the database included.
    let copy = crashed(folder.path());
    let (found, sweep) = cosmic_ai_server::DiskLibrary::open(copy.path(), ORIGIN, FolderPolicy::OnFirstUse).unwrap();
    assert!(sweep.is_clean() && sweep.media == 2, "{sweep}");
    assert_eq!(bytes(&found.bucket("shop"), &second).await, vec![9; 400_000]);
}
