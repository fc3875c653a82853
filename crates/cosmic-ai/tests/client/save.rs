//! Saving: the whole file or nothing, and no trace of a try.

use std::error::Error as _;
use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use bytes::Bytes;
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    ByteStream, Client, Error, ErrorKind, Generators, ImageFormat, ImageRequest, Media, MediaId, MediaLibrary,
    MediaPage, MediaQuery, Outcome, Upload, VideoRequest,
};
use futures_core::Stream;
use tokio::sync::Notify;

/// A client, a medium and its bytes.
async fn drawn() -> (Client, Media, Bytes) {
    let mock = MockBackend::new();
    let client = Client::new(mock.clone());
    let request = ImageRequest::new("A lake").with_format(ImageFormat::Svg);
    let media = client.generate_image(request).await.unwrap().media;
    let bytes = mock.open(&media).await.unwrap().collect().await.unwrap();
    (client, media, bytes)
}

/// Everything in a folder, hidden files too.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[track_caller]
fn assert_file_error(error: &Error, media: &Media, path: &Path) {
    let ErrorKind::File { path: named, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!(named, &path.display().to_string());
    assert!(error.to_string().contains(&named.replace('\0', " ")), "{error}");
    assert_eq!(error.media_id(), Some(&media.id));
    assert_eq!(error.outcome(), Outcome::Refused);
    assert!(error.source().unwrap().is::<io::Error>(), "{error:?}");
}

#[tokio::test]
async fn the_file_has_exactly_the_bytes_of_the_medium() {
    let folder = tempfile::tempdir().unwrap();
    let mock = MockBackend::new();
    let client = Client::new(mock.clone());
    let clip = client.generate_video(VideoRequest::new("A kite")).await.unwrap().media;
    let path = folder.path().join("clip.mp4");
    client.save(&clip, &path).await.unwrap();
    let bytes = mock.open(&clip).await.unwrap().collect().await.unwrap();
    assert!(fs::read(&path).unwrap() == bytes, "other bytes");
    assert_eq!(names(folder.path()), ["clip.mp4"]);
}

#[tokio::test]
async fn an_existing_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (client, media, bytes) = drawn().await;
    let path = folder.path().join("лес и 雪.svg");
    fs::write(&path, vec![b'x'; bytes.len() * 2]).unwrap();
    client.save(&media, &path).await.unwrap();
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(names(folder.path()).len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_saved_file_has_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (client, media, _) = drawn().await;
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    // Created by the standard library under the same mask.
    fs::write(folder.path().join("usual"), "").unwrap();
    client.save(&media, folder.path().join("saved")).await.unwrap();
    assert_eq!(mode("saved"), mode("usual"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_replaced_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (client, media, bytes) = drawn().await;
    let path = folder.path().join("saved");
    for mode in [0o600, 0o640, 0o666, 0o755] {
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        client.save(&media, &path).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{mode:o}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_replaced_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (client, media, bytes) = drawn().await;
    let [target, link] = ["target", "link"].map(|name| folder.path().join(name));
    fs::write(&target, "precious").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    client.save(&media, &link).await.unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&link).unwrap(), bytes);
}

#[tokio::test]
async fn unwritable_places_are_errors_that_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name);
    fs::write(inside("file"), "kept").unwrap();
    fs::create_dir(inside("empty")).unwrap();
    fs::create_dir(inside("full")).unwrap();
    fs::write(inside("full/file"), "kept").unwrap();
    let (client, media, _) = drawn().await;
    let long_name = "a".repeat(300);
    for path in ["missing/a.svg", "file/a.svg", "empty", "full", "nul\0byte", &long_name, "file/", ".."] {
        let path = inside(path);
        let error = client.save(&media, &path).await.unwrap_err();
        assert_file_error(&error, &media, &path);
        assert_eq!(names(folder.path()), ["empty", "file", "full"], "{}", path.display());
        assert!(names(&inside("empty")).is_empty());
        assert_eq!(names(&inside("full")), ["file"]);
        assert_eq!(fs::read(inside("file")).unwrap(), b"kept");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn file_systems_that_take_no_files_are_errors() {
    let (client, media, _) = drawn().await;
    let path = Path::new("/proc/lake.svg");
    assert_file_error(&client.save(&media, path).await.unwrap_err(), &media, path);
}

/// A library with one file, which it delivers in a way of its own.
struct Deliverer<F>(F);

impl<F> std::fmt::Debug for Deliverer<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deliverer")
    }
}

#[async_trait]
impl<F: Fn() -> Result<ByteStream, Error> + Send + Sync> MediaLibrary for Deliverer<F> {
    async fn get(&self, _: &MediaId) -> Result<Media, Error> {
        unreachable!("saving needs the bytes alone")
    }

    async fn find(&self, _: &MediaQuery) -> Result<MediaPage, Error> {
        unreachable!("saving needs the bytes alone")
    }

    async fn open(&self, _: &Media) -> Result<ByteStream, Error> {
        (self.0)()
    }

    async fn put(&self, _: Upload) -> Result<Media, Error> {
        unreachable!("saving needs the bytes alone")
    }

    async fn delete(&self, _: &MediaId) -> Result<(), Error> {
        unreachable!("saving needs the bytes alone")
    }
}

fn client_over(deliver: impl Fn() -> Result<ByteStream, Error> + Send + Sync + 'static) -> (Client, Media) {
    let client = Client::new(Generators::new().with_library(Deliverer(deliver)));
    (client, Media::new("medium-1", "https://example.com/medium-1", "video/mp4"))
}

/// Gives what it holds, then waits for ever, having said so; or ends, if there is no one to tell.
struct Parts {
    parts: std::vec::IntoIter<Result<Bytes, Error>>,
    stalled: Option<Arc<Notify>>,
}

impl Stream for Parts {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match (self.parts.next(), &self.stalled) {
            (Some(part), _) => Poll::Ready(Some(part)),
            (None, None) => Poll::Ready(None),
            (None, Some(stalled)) => {
                stalled.notify_one();
                Poll::Pending
            }
        }
    }
}

fn parts(parts: Vec<Result<Bytes, Error>>, stalled: Option<Arc<Notify>>) -> ByteStream {
    ByteStream::new(Parts { parts: parts.into_iter(), stalled })
}

fn megabyte() -> Bytes {
    vec![7; 1 << 20].into()
}

fn broken() -> Error {
    Error::new(ErrorKind::Interrupted { message: "cable pulled".to_owned() }, Outcome::Refused)
}

#[tokio::test]
async fn bytes_that_come_in_parts_are_saved_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let deliver = || {
        let several = ["a", "", "bc", "d"].map(|part| Ok(Bytes::from_static(part.as_bytes())));
        Ok(parts(several.into(), None))
    };
    let (client, media) = client_over(deliver);
    let path = folder.path().join("file");
    client.save(&media, &path).await.unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"abcd");
}

#[tokio::test]
async fn bytes_that_break_off_leave_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (client, media) = client_over(|| Ok(parts(vec![Ok(megabyte()), Err(broken())], None)));
    let path = folder.path().join("clip.mp4");
    let error = client.save(&media, &path).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Interrupted { .. }), "{error:?}");
    assert_eq!(error.media_id(), Some(&media.id));
    assert!(names(folder.path()).is_empty());

    fs::write(&path, "older").unwrap();
    client.save(&media, &path).await.unwrap_err();
    assert_eq!(names(folder.path()), ["clip.mp4"]);
    assert_eq!(fs::read(&path).unwrap(), b"older");
}

#[tokio::test]
async fn fewer_bytes_than_the_medium_has_are_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let (client, mut media) = client_over(|| Ok(parts(vec![Ok(megabyte())], None)));
    media.size = Some((1 << 20) + 1);
    let error = client.save(&media, folder.path().join("clip.mp4")).await.unwrap_err();
    assert!(error.to_string().contains("1048576 of 1048577 bytes"), "{error}");
    assert_eq!(error.media_id(), Some(&media.id));
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_medium_that_is_gone_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "older").unwrap();
    let media = Media::new("gone", "https://example.com/gone", "image/png");
    let error = Client::new(MockBackend::new()).save(&media, &path).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");
    assert_eq!((error.media_id(), error.status()), (Some(&media.id), Some(404)));
    assert_eq!(names(folder.path()), ["file"]);
    assert_eq!(fs::read(&path).unwrap(), b"older");
}

#[tokio::test]
async fn no_bytes_are_fetched_for_an_unwritable_place() {
    let (client, media) = client_over(|| panic!("the bytes were asked for"));
    let path = Path::new("no-such-folder/file");
    assert_file_error(&client.save(&media, path).await.unwrap_err(), &media, path);
}

#[tokio::test]
async fn dropping_the_future_amid_the_bytes_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let stalled = Arc::new(Notify::new());
    let notify = stalled.clone();
    let (client, media) = client_over(move || Ok(parts(vec![Ok(megabyte()), Ok(megabyte())], Some(notify.clone()))));
    tokio::select! {
        saved = client.save(&media, folder.path().join("clip.mp4")) => panic!("a stream without end gave {saved:?}"),
        () = stalled.notified() => {}
    }
    assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
}

#[test]
fn dropping_the_future_at_any_moment_leaves_the_whole_file_or_nothing() {
    for polls in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (client, media) = client_over(|| Ok(parts(vec![Ok(megabyte()), Ok(megabyte())], None)));
        runtime.block_on(async {
            let mut save = Box::pin(client.save(&media, &path));
            for _ in 0..polls {
                if save.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                // The file work is done elsewhere: give it time, however little.
                std::thread::yield_now();
                tokio::task::yield_now().await;
            }
        });
        // Waits for the file work that has begun.
        drop(runtime);
        match names(folder.path()).as_slice() {
            [] => {}
            [name] if name == "clip.mp4" => assert_eq!(fs::metadata(&path).unwrap().len(), 2 << 20),
            other => panic!("after {polls} polls there is {other:?}"),
        }
    }
}

#[tokio::test]
async fn saves_to_one_place_at_once_leave_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let tasks: Vec<_> = (0..8_u8)
        .map(|number| {
            let path = path.clone();
            tokio::spawn(async move {
                let bytes = Bytes::from(vec![number; 300_000]);
                let (client, media) = client_over(move || Ok(bytes.clone().into()));
                client.save(&media, path).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let saved = fs::read(&path).unwrap();
    assert_eq!(saved, vec![saved[0]; 300_000]);
    assert_eq!(names(folder.path()), ["file"]);
}

#[tokio::test]
async fn a_bare_name_is_saved_in_the_folder_of_the_process() {
    let (client, media, bytes) = drawn().await;
    let name = format!("saved-by-a-test-{}.svg", std::process::id());
    client.save(&media, &name).await.unwrap();
    let saved = fs::read(&name).unwrap();
    fs::remove_file(&name).unwrap();
    assert_eq!(saved, bytes);
}
