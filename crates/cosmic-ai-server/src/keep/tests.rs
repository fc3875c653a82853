//! Copies over real connections: from where, how, and what is left of those that fail.

mod hosts;
mod redirects;
mod together;

use std::path::Path;
use std::time::Duration;

use cosmic_ai::{Media, MediaLibrary as _};
use cosmic_ai_testkit::server::{FaultServer, Framing, Reply, Script, Turn};
use tempfile::TempDir;

use super::{Keeper, NotKept};
use crate::config::KeepConfig;
use crate::library::{BucketLibrary, DiskLibrary, FolderPolicy};

/// A library in a folder that goes with it, and who makes copies into it.
struct Scene {
    keeper: Keeper,
    library: BucketLibrary,
    folder: TempDir,
}

impl Scene {
    fn of(config: &KeepConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (disk, _) = DiskLibrary::open(folder.path(), "http://gateway.test", FolderPolicy::OnFirstUse).unwrap();
        Self { keeper: Keeper::new(config).unwrap(), library: disk.bucket("shop"), folder }
    }

    fn from(server: &FaultServer) -> Self {
        Self::of(&config(server))
    }

    /// Why there is no copy. Then the medium is as it was, and nothing is on the disk.
    async fn refused(&self, media: Media) -> String {
        let NotKept(reason) = self.keeper.copy(&self.library, &media).await.unwrap_err();
        self.has_nothing(&media).await;
        reason
    }

    async fn has_nothing(&self, media: &Media) {
        self.library.get(&media.id).await.unwrap_err();
        assert_eq!(files(&self.folder.path().join("media")), Vec::<String>::new());
    }
}

fn config(server: &FaultServer) -> KeepConfig {
    KeepConfig::from_hosts([server.address().to_string()]).with_most_bytes(1_000)
}

fn medium(url: impl Into<String>) -> Media {
    let mut media = Media::new("m1", url, "image/svg+xml");
    media.name = Some("drawing.svg".to_owned());
    media
}

fn of_size(server: &FaultServer, size: u64) -> Media {
    let mut media = medium(format!("{}/a", server.url()));
    media.size = Some(size);
    media
}

fn files(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_copy_has_the_bytes_and_nothing_is_told_but_what_is_wanted() {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(1_000).collect();
    let server = FaultServer::start(Reply::new(200, bytes.clone())).await;
    let scene = Scene::from(&server);
    let mut media = of_size(&server, 1_000);
    media.url.push_str("?signature=s3cret");
    media.imgix_url = Some("https://images.test/a".to_owned());
    let kept = scene.keeper.keep(&scene.library, media.clone()).await;
    let copy = scene.library.get(&media.id).await.unwrap();
    assert_eq!(scene.library.open(&copy).await.unwrap().collect().await.unwrap(), bytes);
    assert_eq!((&kept.url, &kept.imgix_url), (&copy.url, &copy.imgix_url));
    assert!(kept.url.starts_with("http://gateway.test/media/"), "{}", kept.url);
    assert_eq!(kept.extra["origin_url"], media.url);
    // All else is as the service says it.
    let mut as_before = kept;
    (as_before.url, as_before.imgix_url) = (media.url.clone(), media.imgix_url.clone());
    as_before.extra.clear();
    assert_eq!(as_before, media);

    let [request] = server.requests().try_into().unwrap();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/a?signature=s3cret"));
    let mut told: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["accept", "accept-encoding", "host", "user-agent"]);
    assert_eq!(request.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn what_is_too_large_or_of_another_size_is_not_kept() {
    let body = |bytes: usize| Reply::new(200, vec![b'a'; bytes]);
    let chunked = |bytes: usize| body(bytes).in_pieces(300).framed(Framing::Chunked);
    let cases: [(Turn, Option<u64>, &str); 9] = [
        (body(1_001).into(), None, "it has more than 1000 bytes"),
        (Reply::huge(1 << 40), None, "it has more than 1000 bytes"),
        (chunked(1_100).into(), None, "more than 900 bytes came"),
        (body(20).into(), Some(1_001), "it has more than 1000 bytes"),
        (body(20).into(), Some(21), "it has 21 bytes, and its host gives 20"),
        (chunked(20).into(), Some(21), "20 of 21 bytes came"),
        (chunked(400).into(), Some(350), "more than 300 bytes came"),
        (body(20).framed(Framing::UntilClose).then_close().into(), Some(21), "20 of 21 bytes came"),
        (body(20).framed(Framing::UntilClose).then_close().into(), None, "nothing tells its end"),
    ];
    for (turn, size, expected) in cases {
        let server = FaultServer::start(Script::new().then(turn)).await;
        let mut media = of_size(&server, 0);
        media.size = size;
        let reason = Scene::from(&server).refused(media).await;
        assert!(reason.contains(expected), "{reason}, not {expected}");
    }
    let server = FaultServer::start(Script::new().then(chunked(1_000)).then(chunked(0))).await;
    let scene = Scene::from(&server);
    let media = medium(format!("{}/a", server.url()));
    assert_eq!(scene.keeper.copy(&scene.library, &media).await.unwrap().size, Some(1_000));
    assert_eq!(scene.keeper.copy(&scene.library, &media).await.unwrap().size, Some(0));
}

#[tokio::test]
async fn what_breaks_off_is_not_kept() {
    let body = || Reply::new(200, vec![b'a'; 900]).in_pieces(100);
    let cases: [Turn; 6] = [
        body().truncated_after(450).into(),
        body().reset_after(450).into(),
        body().framed(Framing::Chunked).truncated_after(450).into(),
        body().framed(Framing::UntilClose).truncated_after(450).into(),
        Turn::new().read_request().reset(),
        Turn::new().read_request().send("nonsense\r\n\r\n").close(),
    ];
    for turn in cases {
        let server = FaultServer::start(Script::new().then(turn)).await;
        Scene::from(&server).refused(of_size(&server, 900)).await;
    }
}

#[tokio::test]
async fn what_is_no_file_is_not_kept() {
    let cases = [
        (Reply::json(404, "{}"), "status 404"),
        (Reply::json(500, "{}"), "status 500"),
        (Reply::new(206, "half").header("content-range", "bytes 0-3/8"), "status 206"),
        (Reply::new(204, ""), "status 204"),
        (Reply::new(200, "packed").gzipped(), "encodes"),
        (Reply::gzip_bomb(1 << 30), "encodes"),
    ];
    for (reply, expected) in cases {
        let server = FaultServer::start(reply).await;
        let reason = Scene::from(&server).refused(medium(format!("{}/a", server.url()))).await;
        assert!(reason.contains(expected), "{reason}, not {expected}");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_and_costs_the_medium_nothing() {
    let stalled = || Reply::new(200, vec![b'a'; 900]).in_pieces(100).stalled_after(450);
    for turn in [stalled().into(), Turn::new().read_request().hold(), Turn::new().deaf()] {
        let server = FaultServer::start(Script::new().then(turn)).await;
        let scene = Scene::of(&config(&server).with_time(Duration::from_millis(300)));
        let media = of_size(&server, 900);
        assert_eq!(scene.keeper.keep(&scene.library, media.clone()).await, media);
        scene.has_nothing(&media).await;
    }
}
