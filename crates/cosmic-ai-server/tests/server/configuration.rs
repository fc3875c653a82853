//! Configuration files: what they say, and what is said of those that cannot be served.

mod documented;

use std::time::Duration;

use cosmic_ai_server::{Backend, Config, LedgerPlace, Server};
use serde_json::json;

use crate::fixture::{Fixture, READ_KEY, WRITE_KEY};

const BUCKET: &str =
    "[[bucket]]\nslug = \"shop\"\nwrite_key = \"a-write-key-of-the-shop\"\nread_key = \"a-read-key-of-the-shop\"\n";

/// The hashes of nothing, and of `local-write-key`.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const LOCAL: &str = "8c4bedb9ba76484d1bbe4694958e2c3af99d49238aa462ddc06af5b39808679a";

#[test]
fn nothing_at_all_is_the_defaults_beside_the_file() {
    let config = Config::from_toml("", "/etc/cosmic/server.toml").unwrap();
    assert_eq!(config.address.to_string(), "127.0.0.1:4010");
    assert_eq!(config.data.to_str(), Some("/etc/cosmic/cosmic-data"));
    assert!(matches!(config.ledger, LedgerPlace::DataFolder));
    assert!(config.buckets.is_empty());
}

#[test]
fn every_limit_has_its_key() {
    let text = r#"
        [limits]
        head_bytes = "16 KiB"
        head_time = "5s"
        json_bytes = 1000
        decoded_bytes = "2 MB"
        upload_bytes = "1 GiB"
        body_idle = "1500ms"
        body_time = "2m"
        connections = 11
        calls = 12
        queue = 0
        queue_time = "3s"
        call_time = "2h"
        keep_alive = "4s"
        grace = "0s"
    "#;
    let limits = Config::from_toml(text, "server.toml").unwrap().limits;
    assert_eq!((limits.head_bytes, limits.json_bytes, limits.decoded_bytes), (16 << 10, 1_000, 2_000_000));
    assert_eq!((limits.upload_bytes, limits.connections, limits.calls, limits.queue), (1 << 30, 11, 12, 0));
    assert_eq!((limits.head_time, limits.body_idle), (Duration::from_secs(5), Duration::from_millis(1500)));
    assert_eq!((limits.body_time, limits.call_time), (Duration::from_mins(2), Duration::from_hours(2)));
    assert_eq!((limits.queue_time, limits.keep_alive), (Duration::from_secs(3), Duration::from_secs(4)));
    assert_eq!(limits.grace, Duration::ZERO);
}

#[test]
fn a_ledger_is_one_of_its_places() {
    let place = |text: &str| Config::from_toml(&format!("ledger = {text:?}"), "/srv/server.toml").unwrap().ledger;
    assert!(matches!(place("memory"), LedgerPlace::Memory));
    assert!(
        matches!(place("shared/spend.db"), LedgerPlace::Sqlite(path) if path.to_str() == Some("/srv/shared/spend.db"))
    );
    assert!(matches!(place("/var/spend.db"), LedgerPlace::Sqlite(path) if path.to_str() == Some("/var/spend.db")));
    let shared = place("postgres://someone:canary-of-the-ledger@db/spend");
    assert!(matches!(shared, LedgerPlace::Postgres(_)));
    assert!(!format!("{shared:?}").contains("canary"), "{shared:?}");
}

#[test]
fn what_cannot_be_served_is_named_by_file_line_and_key() {
    let bucket = |rest: &str| format!("{BUCKET}{rest}");
    let table: &[(String, &[&str])] = &[
        ("adress = \"127.0.0.1:1\"".into(), &["server.toml, line 1", "adress", "did you mean `address`?"]),
        ("\n\naddress = \"localhost\"".into(), &["line 3", "address"]),
        ("address = 4010".into(), &["line 1", "address"]),
        ("zebra = 1".into(), &["zebra", "known are address, data"]),
        ("[limits]\njson_byte = 1".into(), &["line 2", "limits.json_byte", "`json_bytes`"]),
        ("[limits]\njson_bytes = \"4 MiBs\"".into(), &["line 2", "limits.json_bytes", "4 MiB"]),
        ("[limits]\njson_bytes = -1".into(), &["line 2", "limits.json_bytes"]),
        ("[limits]\nhead_time = 5".into(), &["line 2", "limits.head_time", "30s"]),
        ("[limits]\ncalls = 0".into(), &["server.toml", "limits.calls", "at least 1"]),
        ("[limits]\nhead_time = \"25h\"".into(), &["limits.head_time", "24 h"]),
        ("[limits]\nbody_idle = \"0s\"".into(), &["limits.body_idle"]),
        ("cors_origins = [\"localhost:3000\"]".into(), &["cors_origins", "localhost:3000"]),
        ("cors_origins = [\"http://localhost:3000/\"]".into(), &["cors_origins"]),
        ("cors_origins = [\"http://user@localhost\"]".into(), &["cors_origins"]),
        ("public_url = \"media.example.com\"".into(), &["public_url"]),
        ("public_url = \"ftp://media.example.com\"".into(), &["public_url"]),
        ("public_url = \"https://media.example.com/?a=b\"".into(), &["public_url"]),
        ("bucket = 3".into(), &["line 1", "bucket"]),
        ("[bucket]\nslug = \"a\"".into(), &["bucket", "[[…]]"]),
        ("[[bucket]]\nwrite_key = \"a-write-key-of-the-shop\"".into(), &["line 1", "bucket[0].slug", "is required"]),
        (
            "[[bucket]]\nslug = \"a\"\nread_key = \"a-read-key-of-the-shop\"".into(),
            &["bucket[0].write_key", "is required"],
        ),
        (bucket("write_key_env = \"X\""), &["line 5", "bucket[0].write_key", "give one of"]),
        (
            "data = \"a\"\nmetrics_key = \"a-metrics-key-of-some-length\"\n\nmetrics_key_env = \"X\"".into(),
            &["line 4", "metrics_key: give one of metrics_key, metrics_key_sha256 and metrics_key_env"],
        ),
        ("metrics_key_env = \"X\"\nmetrics_key_sha256 = \"a\"".into(), &["line 2", "metrics_key: give one of"]),
        (
            bucket("[[bucket]]\nslug = \"b\"\nwrite_key = \"canary\"\nread_key = \"x\""),
            &["line 7", "bucket[1].write_key", "16"],
        ),
        (bucket("rate = { per_minute = 0 }"), &["line 5", "bucket[0].rate.per_minute"]),
        (bucket("rate = { per_hour = 1 }"), &["bucket[0].rate.per_hour", "per_minute"]),
        (
            bucket("[[bucket.budget]]\nperiod = \"week\"\ntotal = 1"),
            &["line 6", "bucket[0].budget[0].period", "`month`"],
        ),
        (bucket("[[bucket.budget]]\nperiod = \"day\""), &["line 5", "bucket[0].budget[0].total", "is required"]),
        (bucket("[[bucket.budget]]\nperiod = \"day\"\ntotal = -1"), &["bucket[0].budget[0].total"]),
        (
            bucket("[[bucket.budget]]\nperiod = \"day\"\ntotal = 1\nscope = \"each bucket\""),
            &["bucket[0].budget[0].scope"],
        ),
        ("[[budget]]\nperiod = \"month\"\nfrom_day = 32\ntotal = 1".into(), &["budget[0].from_day", "1 to 31"]),
        ("[[budget]]\nperiod = \"day\"\nfrom_day = 3\ntotal = 1".into(), &["budget[0].from_day", "months"]),
        (
            "[[budget]]\nperiod = \"day\"\ntime_zone = \"Mars/North\"\ntotal = 1".into(),
            &["budget[0].time_zone", "Mars/North"],
        ),
        ("[keep]\nhosts = []".into(), &["keep.hosts"]),
        ("[keep]\nhosts = [\"http://cdn/\"]".into(), &["keep.hosts"]),
        ("ledger_env = \"COSMIC_AI_TEST_NOT_SET\"".into(), &["line 1", "ledger_env", "is not in the environment"]),
        ("ledger = \"memory\"\nledger_env = \"X\"".into(), &["line 1", "ledger", "give one of"]),
        ("a = \n".into(), &["line 1"]),
        ("data = \"a\"\ndata = \"b\"".into(), &["line 2"]),
        ("address = \"localhost:4021\"".into(), &["line 1", "address", "such as \"127.0.0.1:4010\""]),
        ("address = 4021".into(), &["line 1", "address", "such as \"127.0.0.1:4010\""]),
        (bucket("rate = 120"), &["line 5", "bucket[0].rate", "{ per_minute = 120 }"]),
        ("[[budget]]\nperiod = \"day\"\ntotal = \"5M\"".into(), &["budget[0].total", "such as 5_000_000"]),
        ("ledger = \"foo://canary\"".into(), &["line 1", "ledger", "postgres://"]),
        (format!("{BUCKET}{BUCKET}"), &["bucket[1].slug", "another bucket shop"]),
        (bucket("").replace("\"shop\"", "\"my shop\""), &["bucket[0].slug", "1 to 64"]),
        (
            bucket("").replace("write_key = \"a-write-key-of-the-shop\"", &format!("write_key_sha256 = \"{NOTHING}\"")),
            &["bucket[0].write_key", "nothing"],
        ),
        (
            format!("address = \"0.0.0.0:4010\"\n{BUCKET}")
                .replace("write_key = \"a-write-key-of-the-shop\"", &format!("write_key_sha256 = \"{LOCAL}\"")),
            &["0.0.0.0:4010", "known to everyone"],
        ),
        (bucket("").replace("a-write-key-of-the-shop", "a-read-key-of-the-shop"), &["bucket[0].read_key", "the same"]),
        (
            bucket("").replace("write_key = \"a", "write_key_sha256 = \"a"),
            &["line 3", "bucket[0].write_key_sha256", "64"],
        ),
    ];
    for (text, parts) in table {
        let error = Config::from_toml(text, "server.toml").expect_err(text).message;
        for part in *parts {
            assert!(error.contains(part), "{text}\n{error}\nhas no {part:?}");
        }
        assert!(error.contains("server.toml") && !error.contains('\n'), "{text}\n{error}");
    }
}

#[test]
fn keys_show_in_no_error_and_no_debug() {
    let texts = [
        "[[bucket]]\nslug = \"a\"\nwrite_key = [\"canary-7f3a-canary\"]",
        "[[bucket]]\nslug = \"a\"\nwrite_key = \"canary 7f3a canary canary\"\nread_key = \"x\"",
        "[[bucket]]\nslug = \"a\"\nwrite_key_sha256 = \"canary-7f3a-canary\"\nread_key = \"x\"",
        "[[bucket]]\nslug = \"a\"\nwrite_key = \"canary-7f3a-canary",
        "[[bucket]]\nslug = \"a\"\nwrite_key = \"canary-7f3a-canary\"\nwrite_key_env = \"B\"",
        "ledger = \"postgres://canary@db/\"\nledger_env = \"X\"",
    ];
    for text in texts {
        let error = Config::from_toml(text, "server.toml").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{text}\n{error}");
    }
    let text = BUCKET.replace("a-write", "canary-write");
    let config = Config::from_toml(&text, "server.toml").unwrap();
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
}

#[tokio::test]
async fn a_server_serves_what_its_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let hash = "1cf4c7a1ae5b5c5a2cf0e0b4b8ebfcd2a1f8bd7ee0a8e5dd5bf6a0fcd1b6ae34";
    let text = format!(
        "address = \"127.0.0.1:0\"\ndata = \"here\"\n{BUCKET}rate = {{ per_minute = 1 }}\n\
         [[bucket]]\nslug = \"other\"\nwrite_key_sha256 = \"{hash}\"\nread_key = \"the-read-key-of-the-other\""
    );
    let file = folder.path().join("server.toml");
    let config = Config::from_toml(&text, file.to_str().unwrap()).unwrap();
    let server = Server::start(config, Backend::mock()).await.unwrap();
    assert!(folder.path().join("here/spend.db").exists());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = |slug: &str, key: &str| {
        let body = json!({ "prompt": "Name a colour", "max_tokens": 5, "write_key": key }).to_string();
        let url = format!("{}/buckets/{slug}/ai/text", server.base_url());
        let request = client.post(url).header("content-type", "application/json").body(body);
        async move { request.send().await.unwrap() }
    };
    // Only calls with the right key count.
    for key in ["a-wrong-key-of-the-shop", "a-wrong-key-of-the-shop"] {
        assert_eq!(ask("shop", key).await.status(), 401);
    }
    assert_eq!(ask("shop", "a-write-key-of-the-shop").await.status(), 200);
    let late = ask("shop", "a-write-key-of-the-shop").await;
    assert_eq!(late.status(), 429);
    let pause: u64 = late.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&pause), "{pause}");
    assert_eq!(ask("other", "a-write-key-of-the-shop").await.status(), 401);
    assert_eq!(ask("other", "the-read-key-of-the-other").await.status(), 403);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn strict_folders_are_those_that_the_configuration_makes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    let text = format!("address = \"127.0.0.1:0\"\nstrict_folders = true\n{BUCKET}folders = [\"drawn\", \"spoken\"]");
    let start = async || {
        let config = Config::from_toml(&text, file.to_str().unwrap()).unwrap();
        Server::start(config, Backend::mock()).await.unwrap()
    };
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    // A second start finds them there.
    for _ in 0..2 {
        let server = start().await;
        let ask = async |folder: &str| {
            let call = client.post(format!("{}/buckets/shop/ai/image", server.base_url()));
            let call = call.bearer_auth("a-write-key-of-the-shop").header("content-type", "application/json");
            let body = json!({ "prompt": "A kite", "folder": folder }).to_string();
            crate::fixture::answer(call.body(body).send().await.unwrap()).await
        };
        let (status, made) = ask("drawn").await;
        assert_eq!((status, &made["media"]["folder"]), (200, &json!("drawn")), "{made}");
        let (status, refusal) = ask("drawm").await;
        assert_eq!((status, &refusal["problems"][0]["nearest"]), (400, &json!("drawn")), "{refusal}");
        assert!(
            refusal["message"].as_str().unwrap().contains("`folders` of the bucket in the server's configuration"),
            "{refusal}"
        );
        server.stop().await.unwrap();
    }
    let wrong = Config::from_toml(&format!("{BUCKET}folders = [\"a/b\"]"), "server.toml").unwrap_err().to_string();
    assert!(wrong.contains("bucket[0].folders: ") && wrong.contains("slashes"), "{wrong}");
}

#[tokio::test]
async fn keys_show_in_no_answer_and_no_metric() {
    let fixture = Fixture::start().await;
    let path = "/v3/buckets/shop/ai/text";
    for body in [
        json!({ "write_key": WRITE_KEY, "prompt": 1 }),
        json!({ "write_key": WRITE_KEY, "max_tokens": "many", "prompt": "a" }),
        json!({ "write_key": [WRITE_KEY], "prompt": "a" }),
        json!({ "write_key": "canary-of-a-wrong-key", "prompt": "a" }),
    ] {
        let request = fixture.request(reqwest::Method::POST, path).header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        assert!(response.status().is_client_error());
        let text = response.text().await.unwrap();
        assert!(!text.contains(WRITE_KEY) && !text.contains("canary"), "{text}");
    }
    let metrics = fixture.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("cosmic_ai_requests_total"), "{metrics}");
    assert!(!metrics.contains(WRITE_KEY) && !metrics.contains(READ_KEY) && !metrics.contains("canary"), "{metrics}");
    fixture.server.stop().await.unwrap();
}
