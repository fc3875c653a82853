//! Redirects: followed within the list, each checked before it is followed.

use cosmic_ai_testkit::server::{FaultServer, Reply, Script};

use reqwest::Url;

use super::super::fetch::is_downgrade;
use super::{KeepConfig, Scene, medium};

fn to(location: &str) -> Reply {
    Reply::redirect(302, location)
}

#[test]
fn tls_is_not_left() {
    let [secure, plain] = ["https://a.test/", "http://a.test/"].map(|url| Url::parse(url).unwrap());
    assert!(is_downgrade(&secure, &plain));
    assert!(!is_downgrade(&plain, &secure) && !is_downgrade(&secure, &secure) && !is_downgrade(&plain, &plain));
}

#[tokio::test]
async fn five_redirects_are_followed_and_no_sixth() {
    for (redirects, is_kept) in [(5, true), (6, false)] {
        let script = Script::new().then_times(redirects, to("b?n=1")).then(Reply::new(200, "<svg/>"));
        let server = FaultServer::start(script).await;
        let scene = Scene::from(&server);
        let media = medium(format!("{}/folder/a", server.url()));
        let kept = scene.keeper.keep(&scene.library, media.clone()).await;
        assert_eq!(kept.url != media.url, is_kept, "{redirects}: {kept:?}");
        assert_eq!(server.requests().len(), 6);
        assert_eq!(server.requests()[1].target, "/folder/b?n=1");
        if is_kept {
            // The origin is what the service names, wherever it leads to.
            assert_eq!(kept.extra["origin_url"], media.url);
        } else {
            scene.has_nothing(&media).await;
        }
    }
}

#[tokio::test]
async fn every_kind_of_redirect_is_followed_to_another_host_of_the_list() {
    for status in [301, 302, 303, 307, 308] {
        let target = FaultServer::start(Reply::new(200, "<svg/>")).await;
        let server = FaultServer::start(Reply::redirect(status, format!("{}/b", target.url()))).await;
        let hosts = [&server, &target].map(|server| server.address().to_string());
        let scene = Scene::of(&KeepConfig::from_hosts(hosts));
        let media = medium(format!("{}/a", server.url()));
        let kept = scene.keeper.keep(&scene.library, media.clone()).await;
        assert_ne!(kept.url, media.url, "{status}");
        let [request] = target.requests().try_into().unwrap();
        assert_eq!((request.method.as_str(), request.header("referer")), ("GET", None));
    }
}

#[tokio::test]
async fn no_redirect_leads_off_the_list() {
    let target = FaultServer::start(Script::new()).await;
    let port = target.address().port();
    for location in [
        format!("http://127.0.0.1:{port}/b"),
        format!("//127.0.0.1:{port}/b"),
        format!("http://localhost:{port}/b"),
        format!("http://2130706433:{port}/b"),
        format!("https://127.0.0.1:{port}/b"),
    ] {
        let server = FaultServer::start(to(&location)).await;
        let reason = Scene::from(&server).refused(medium(format!("{}/a", server.url()))).await;
        assert!(reason.contains("is not on the list"), "{location}: {reason}");
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_no_file_is_not_followed() {
    let server_of = async |reply: Reply| {
        let server = FaultServer::start(reply).await;
        let reason = Scene::from(&server).refused(medium(format!("{}/a", server.url()))).await;
        (reason, server.requests().len())
    };
    for (reply, expected) in [
        (to("file:///etc/passwd"), "neither http nor https"),
        (to("ftp://127.0.0.1/b"), "neither http nor https"),
        (to("http://"), "leads nowhere"),
        (Reply::new(302, ""), "leads nowhere"),
        (Reply::new(304, ""), "leads nowhere"),
        (Reply::new(300, ""), "leads nowhere"),
    ] {
        let (reason, requests) = server_of(reply).await;
        assert!(reason.contains(expected), "{reason}, not {expected}");
        assert_eq!(requests, 1);
    }
    let server = FaultServer::start(Script::new()).await;
    let with_user = format!("http://me:s3cret@{}/b", server.address());
    let first = FaultServer::start(to(&with_user)).await;
    let hosts = [&server, &first].map(|server| server.address().to_string());
    let reason = Scene::of(&KeepConfig::from_hosts(hosts)).refused(medium(format!("{}/a", first.url()))).await;
    assert!(reason.contains("a user or a password") && !reason.contains("s3cret"), "{reason}");
    assert_eq!(server.connections(), 0);
}
