//! Uploads: side by side, broken off, given up, under names that are meant to harm.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use cosmic_ai::{ByteStream, Error, MediaLibrary as _, MediaQuery, Upload};
use futures_core::Stream;
use tokio::sync::mpsc;

use super::{all_is_well, bytes, files, opened, put};

/// A body that comes when the test says so.
pub(super) struct Paced(pub(super) mpsc::UnboundedReceiver<Bytes>);

impl Stream for Paced {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(Ok))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_at_once_are_all_stored_under_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let uploads: Vec<_> = (0..200_u8)
        .map(|number| {
            let library = disk.bucket(if number % 2 == 0 { "shop" } else { "other" });
            // Two of each name.
            let name = format!("photo-{}.bin", number / 2);
            tokio::spawn(async move {
                let media = put(&library, &name, vec![number; 10_000]).await;
                assert_eq!(bytes(&library, &media).await, vec![number; 10_000]);
                media
            })
        })
        .collect();
    let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for upload in uploads {
        let media = upload.await.unwrap();
        names.insert(media.name.unwrap());
        ids.insert(media.id);
    }
    assert_eq!((names.len(), ids.len()), (200, 200));
    assert!((0..100).all(|number| names.contains(&format!("photo-{number}.bin"))), "{names:?}");
    for bucket in ["shop", "other"] {
        let page = disk.bucket(bucket).find(&MediaQuery::all()).await.unwrap();
        let moments: Vec<_> = page.media.iter().map(|media| media.created_at.clone().unwrap()).collect();
        assert!(moments.len() == 100 && moments.is_sorted_by(|newer, older| newer > older), "{moments:?}");
    }
    all_is_well(&disk);
    drop(disk);
    assert_eq!(opened(folder.path()).check().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn one_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let media = folder.path().join("media");
    // In the head, after it, and after some of it is on the disk.
    for size in [0, 100, 10_000, 600_000] {
        let (body, come) = mpsc::unbounded_channel();
        body.send(Bytes::from(vec![1; size])).unwrap();
        let library = disk.bucket("shop");
        let upload = Upload::new("given-up.bin", "", ByteStream::new(Paced(come)));
        let task = tokio::spawn(async move { library.put(upload).await });
        if size >= 10_000 {
            while files(&media).is_empty() {
                tokio::task::yield_now().await;
            }
            assert_eq!(files(&media), [".given-up.bin.part"]);
        } else {
            tokio::task::yield_now().await;
        }
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        while !files(&media).is_empty() {
            tokio::task::yield_now().await;
        }
        drop(body);
    }
    assert_eq!(disk.bucket("shop").find(&MediaQuery::all()).await.unwrap().total, 0);
    all_is_well(&disk);
    // The name is free again.
    assert_eq!(put(&disk.bucket("shop"), "given-up.bin", vec![1]).await.name.as_deref(), Some("given-up.bin"));
}

#[tokio::test]
async fn hostile_names_stay_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let library = disk.bucket("shop");
    let names = [
        "../library.db",
        "..",
        "",
        "/etc/passwd",
        "a\0b",
        "..\\..\\x",
        "CON",
        "nul.txt",
        ".hidden",
        ".x.part",
        "a/b/c",
        "%2e%2e%2f",
        "猫",
        "-rf",
        "x\r\nset-cookie: a=b",
        "\u{202e}gnp.exe",
        "a b",
        &"x".repeat(10_000),
    ];
    for name in names {
        let media = put(&library, name, name.as_bytes().to_vec()).await;
        assert_eq!(media.original_name.as_deref(), Some(name));
        assert_eq!(bytes(&library, &media).await, name.as_bytes());
        let stored = media.name.unwrap();
        assert!(
            stored.len() <= 200 && stored.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
            "{stored}"
        );
    }
    assert_eq!(files(&folder.path().join("media")).len(), names.len());
    let beside: Vec<_> = files(folder.path()).into_iter().filter(|name| !name.starts_with("library.db")).collect();
    assert_eq!(beside, ["lock", "media"]);
    all_is_well(&disk);
}

#[tokio::test]
async fn the_earlier_name_of_a_deleted_file_may_be_taken_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = opened(folder.path());
    let library = disk.bucket("shop");
    for content in [1, 2] {
        let media = put(&library, "a.bin", vec![content]).await;
        assert_eq!(media.name.as_deref(), Some("a.bin"));
        assert_eq!(bytes(&library, &media).await, vec![content]);
        library.delete(&media.id).await.unwrap();
        assert_eq!(files(&folder.path().join("media")), Vec::<String>::new());
    }
}
