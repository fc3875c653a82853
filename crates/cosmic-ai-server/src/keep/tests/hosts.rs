//! Which hosts are on the list, and that no other is spoken to.

use std::time::Duration;

use cosmic_ai_testkit::server::{FaultServer, Reply, Script};
use reqwest::Url;

use super::super::host::Host;
use super::{Keeper, Scene, config, medium};
use crate::config::KeepConfig;

#[test]
fn a_host_is_the_same_however_it_is_written_and_no_other_is() {
    let is_of = |host: &str, url: &str| Host::read(host).unwrap().is_of(&Url::parse(url).unwrap());
    for (host, url) in [
        ("cdn.example.com", "https://cdn.example.com/a"),
        ("CDN.example.com", "http://cdn.EXAMPLE.com:80/a"),
        ("cdn.example.com", "https://cdn.example.com:443/a"),
        ("cdn.example.com:443", "https://cdn.example.com/a"),
        ("cdn.example.com:80", "http://cdn.example.com/a"),
        ("cdn.example.com:80", "https://cdn.example.com:80/a"),
        ("cdn.example.com:8443", "https://cdn.example.com:8443/a"),
        ("127.0.0.1:8080", "http://2130706433:8080/a"),
        ("127.0.0.1", "http://0x7f.1/a"),
        ("[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080/a"),
        ("bücher.example", "https://xn--bcher-kva.example/a"),
    ] {
        assert!(is_of(host, url), "{host} is not of {url}");
    }
    for (host, url) in [
        ("cdn.example.com", "https://example.com/a"),
        ("example.com", "https://cdn.example.com/a"),
        ("cdn.example.com", "https://cdn.example.com.evil.test/a"),
        ("cdn.example.com", "https://cdn.example.com./a"),
        ("cdn.example.com", "https://cdn.example.com@evil.test/a"),
        ("cdn.example.com", "https://evil.test/cdn.example.com"),
        ("cdn.example.com", "https://cdn.example.com:8443/a"),
        ("cdn.example.com", "https://cdn.example.com:80/a"),
        ("cdn.example.com:8443", "https://cdn.example.com/a"),
        ("cdn.example.com:443", "http://cdn.example.com/a"),
        ("localhost", "http://127.0.0.1/a"),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/a"),
        ("127.0.0.1", "http://169.254.169.254/a"),
    ] {
        assert!(!is_of(host, url), "{host} is of {url}");
    }
}

#[test]
fn what_is_no_host_is_refused_at_the_start() {
    for host in
        ["", " ", "http://a.test", "a.test/", "a.test/b", "u@a.test", "a.test:", "a.test:http", "a.test?b", "*", "a b"]
    {
        let read = Keeper::new(&KeepConfig::from_hosts([host]));
        // A star is a name like any other, which no URL leads to.
        assert_eq!(read.is_err(), host != "*", "{host:?}: {read:?}");
    }
    assert!(Keeper::new(&KeepConfig::from_hosts([""; 0])).is_err());
    assert!(Keeper::new(&KeepConfig::from_hosts(["a.test"]).with_most_bytes(0)).is_err());
}

#[tokio::test]
async fn no_other_host_is_spoken_to() {
    let server = FaultServer::start(Script::new()).await;
    let port = server.address().port();
    let cases = [
        (vec!["127.0.0.1".to_owned()], format!("http://127.0.0.1:{port}/a"), "is not on the list"),
        (vec![format!("localhost:{port}")], format!("http://127.0.0.1:{port}/a"), "is not on the list"),
        (vec![format!("127.0.0.1:{port}")], format!("http://localhost:{port}/a"), "is not on the list"),
        (vec![format!("localhost:{port}")], format!("http://2130706433:{port}/a"), "is not on the list"),
        (vec![format!("127.0.0.1:{port}")], format!("http://[::ffff:7f00:1]:{port}/a"), "is not on the list"),
        (vec![format!("127.0.0.1:{port}")], format!("http://me:s3cret@127.0.0.1:{port}/a"), "a user or a password"),
        (vec![format!("127.0.0.1:{port}")], format!("http://me@127.0.0.1:{port}/a"), "a user or a password"),
        (vec![format!("127.0.0.1:{port}")], format!("ftp://127.0.0.1:{port}/a"), "neither http nor https"),
        (vec![format!("127.0.0.1:{port}")], "file:///etc/passwd".to_owned(), "neither http nor https"),
        (vec![format!("127.0.0.1:{port}")], "data:image/png;base64,AAAA".to_owned(), "neither http nor https"),
        (vec![format!("127.0.0.1:{port}")], "/media/a".to_owned(), "cannot be read"),
        (vec![format!("127.0.0.1:{port}")], String::new(), "cannot be read"),
    ];
    for (hosts, url, expected) in cases {
        let reason = Scene::of(&KeepConfig::from_hosts(hosts)).refused(medium(&url)).await;
        assert!(reason.contains(expected) && !reason.contains("s3cret"), "{url}: {reason}, not {expected}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_fault_does_not_name_the_url() {
    let server = FaultServer::start(Reply::new(200, "cut").truncated_after(1)).await;
    // The second is deaf to TLS.
    let scene = Scene::of(&config(&server).with_time(Duration::from_millis(300)));
    let cut = scene.refused(medium(format!("{}/a?signature=s3cret", server.url()))).await;
    let gone = scene.refused(medium(format!("{}/a?signature=s3cret", server.https_url()))).await;
    for reason in [cut, gone] {
        assert!(!reason.contains("s3cret") && !reason.contains("/a"), "{reason}");
    }
}
