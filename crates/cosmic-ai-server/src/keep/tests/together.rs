//! Several copies of the same medium at once.

use std::time::Duration;

use cosmic_ai::MediaLibrary as _;
use cosmic_ai_testkit::server::{FaultServer, Reply, Script, Turn};

use super::{Scene, config, files, of_size};

fn whole() -> Reply {
    Reply::new(200, vec![b'a'; 900])
}

#[tokio::test]
async fn who_comes_while_a_copy_is_made_gets_that_one() {
    let server = FaultServer::start(Script::new().then_times(3, whole())).await;
    let scene = Scene::from(&server);
    let media = of_size(&server, 900);
    let keep = || scene.keeper.keep(&scene.library, media.clone());
    let (first, second) = tokio::join!(keep(), keep());
    // And who comes later with what it knew before.
    let later = keep().await;
    let copy = scene.library.get(&media.id).await.unwrap();
    for kept in [first, second, later] {
        assert_eq!((&kept.url, &kept.extra["origin_url"]), (&copy.url, &media.url.clone().into()));
    }
    assert_eq!(server.requests().len(), 1);
    assert_eq!(files(&scene.folder.path().join("media")).len(), 1);
    assert!(scene.keeper.turns.is_empty());
}

#[tokio::test]
async fn where_a_copy_fails_the_next_one_is_tried() {
    let server = FaultServer::start(Script::new().then(Reply::json(500, "{}")).then(whole())).await;
    let scene = Scene::from(&server);
    let media = of_size(&server, 900);
    let keep = || scene.keeper.keep(&scene.library, media.clone());
    let (first, second) = tokio::join!(keep(), keep());
    let kept = [first, second].into_iter().filter(|kept| kept.extra.contains_key("origin_url"));
    assert_eq!(kept.count(), 1);
    assert_eq!(server.requests().len(), 2);
    assert!(scene.keeper.turns.is_empty());
}

#[tokio::test]
async fn who_waits_waits_no_longer_than_a_copy_may_take() {
    let server = FaultServer::start(Script::new().then_times(2, Turn::new().read_request().hold())).await;
    let scene = Scene::of(&config(&server).with_time(Duration::from_millis(300)));
    let media = of_size(&server, 900);
    let keep = || scene.keeper.keep(&scene.library, media.clone());
    assert_eq!(tokio::join!(keep(), keep()), (media.clone(), media));
    assert!(scene.keeper.turns.is_empty());
}
