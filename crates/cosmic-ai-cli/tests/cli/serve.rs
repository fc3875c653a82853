//! `serve`: what it prints, what it refuses, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::rig::{Serving, User, finish, signal};

#[test]
fn it_says_where_it_listens_and_what_to_set_and_ends_when_told() {
    for name in ["INT", "TERM"] {
        let user = User::new();
        let mut child = user.start(&["serve", "--addr", "127.0.0.1:0"]);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert!(first.starts_with("listening on http://127.0.0.1:"), "{first}");
        let said: Vec<String> = lines
            .by_ref()
            .take_while(|line| line.as_ref().is_ok_and(|line| !line.starts_with("Ctrl-C")))
            .map(Result::unwrap)
            .collect();
        for expected in
            ["COSMIC_BASE_URL=http://127.0.0.1:", "COSMIC_BUCKET_SLUG=local-bucket", "COSMIC_WRITE_KEY=local-write-key"]
        {
            assert!(said.iter().any(|line| line.contains(expected)), "{expected}: {said:?}");
        }
        signal(&child, name);
        finish(child).ok().says("stopped");
    }
}

#[test]
fn requests_are_logged_without_keys_on_standard_error() {
    let user = User::new();
    let mut child = user.start(&["serve", "--addr", "127.0.0.1:0"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.trim_start_matches("listening on http://").trim_end_matches("/v3").to_owned();
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    let path = "/v3/buckets/local-bucket/media?read_key=local-read-key";
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    signal(&child, "INT");
    let run = finish(child).ok().says("/v3/buckets/{slug}/media").says("404");
    assert!(!run.err.contains("local-read-key"), "{run:?}");
}

#[test]
fn keys_of_ones_own_are_shown_to_nobody() {
    let user = User::new()
        .with("COSMIC_SERVE_WRITE_KEY", "canary-write-key-0123456789")
        .with("COSMIC_SERVE_READ_KEY", "canary-read-key-0123456789");
    let mut child = user.start(&["serve", "--addr", "127.0.0.1:0", "--bucket", "my-shop", "--budget", "1000"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said: Vec<String> = lines
        .by_ref()
        .take_while(|line| line.as_ref().is_ok_and(|line| !line.starts_with("Ctrl-C")))
        .map(Result::unwrap)
        .collect();
    assert!(said.iter().any(|line| line.contains("COSMIC_BUCKET_SLUG=my-shop")), "{said:?}");
    signal(&child, "INT");
    let run = finish(child).ok();
    assert!(!said.join("\n").contains("canary") && !run.err.contains("canary"), "{said:?} {run:?}");
}

#[test]
fn what_would_be_open_to_strangers_is_refused() {
    let user = User::new();
    user.run(&["serve", "--addr", "0.0.0.0:0"]).assert_code(4).says("loopback");
    user.run(&["serve", "--bucket", "my-shop"]).assert_code(2).says("COSMIC_SERVE_WRITE_KEY");
    for user in
        [user, User::of_service("http://127.0.0.1:9/v3", "bucket", "write", "read").with("COSMIC_BACKEND", "http")]
    {
        let run = user.run(&["serve", "--backend", "http", "--addr", "127.0.0.1:0"]).assert_code(4);
        let run = run.says("COSMIC_SERVE_WRITE_KEY").says("COSMIC_SERVE_READ_KEY").says("--backend mock");
        assert!(!run.err.contains("Backend::"), "{run:?}");
    }
}

#[test]
fn a_rehearsal_refuses_what_a_start_would() {
    let user = User::new();
    let own = || User::new().with("COSMIC_SERVE_WRITE_KEY", "a-write-key").with("COSMIC_SERVE_READ_KEY", "a-read-key");
    let same = User::new().with("COSMIC_SERVE_WRITE_KEY", "one-key").with("COSMIC_SERVE_READ_KEY", "one-key");
    let check = |user: &User, arguments: &[&str], expected: &str| {
        for more in [&["--dry-run"][..], &[]] {
            user.run(&[&["serve"], arguments, more].concat()).assert_code(4).says(expected);
        }
    };
    check(&user, &["--addr", "0.0.0.0:1"], "loopback");
    check(&user, &["--addr", "192.0.2.1:1"], "loopback");
    check(&user, &["--backend", "http"], "COSMIC_SERVE_WRITE_KEY");
    check(&same, &["--addr", "127.0.0.1:0"], "read_key");
    check(&own(), &["--bucket", "my shop", "--addr", "127.0.0.1:0"], "slug");
    user.run(&["serve", "--dry-run"]).ok().shows("local-bucket").shows("127.0.0.1:4010");
    own().run(&["serve", "--dry-run", "--bucket", "my-shop", "--addr", "192.0.2.1:1"]).ok().shows("my-shop");
    assert!(!user.home(".local").exists());
}

#[test]
fn an_empty_key_is_one_that_is_not_set() {
    for empty in ["", " "] {
        let user = User::new().with("COSMIC_SERVE_WRITE_KEY", empty).with("COSMIC_SERVE_READ_KEY", empty);
        user.run(&["serve", "--dry-run"]).ok().shows("local-bucket");
        let user = user.with("COSMIC_SERVE_READ_KEY", "a-read-key");
        user.run(&["serve", "--dry-run"]).assert_code(2).says("COSMIC_SERVE_WRITE_KEY");
    }
}

#[test]
fn it_hears_while_it_starts() {
    for name in ["INT", "TERM"] {
        // A database that takes the connection and never says a word.
        let database = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let ledger = format!("postgres://team@{}/spend", database.local_addr().unwrap());
        let user = User::new();
        let child = user.start(&["serve", "--addr", "127.0.0.1:0", "--data", "data", "--ledger", &ledger]);
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(database.accept()));
        let connection = receiver.recv_timeout(Duration::from_mins(1)).unwrap().unwrap();
        signal(&child, name);
        let run = finish(child).assert_code(130).says("interrupted while it started");
        assert_eq!(run.out, "");
        drop(connection);
    }
}

/// An address between a client and a server, at which the first call is passed on and its answer lost.
fn losing_one_answer(server: &str) -> String {
    let server = server.trim_start_matches("http://").trim_end_matches("/v3").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v3", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut behind = TcpStream::connect(server).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), behind.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        behind.read_exact(&mut [0]).unwrap();
        let _ = client.shutdown(std::net::Shutdown::Both);
        let _ = client.read(&mut [0]);
    });
    url
}

#[test]
fn clips_batches_the_library_and_what_was_lost_go_through_it() {
    let user = User::new();
    let server = Serving::start(&user, &[]);
    let client = server.client();
    let clip = client.run(&["video", "Waves", "--duration", "4", "-o", "a.mp4", "--yes", "--json"]).ok().json();
    let id = clip["media"]["id"].as_str().unwrap();
    let longer = client.run(&["extend", id, "The tide turns", "-o", "b.mp4", "--yes", "--json"]).ok().json();
    assert_eq!(longer["charge"]["total_tokens"], 288_000);
    let longer = longer["media"]["id"].as_str().unwrap();
    client.run(&["extend", "no-such-clip", "a", "-o", "c.mp4", "--yes"]).assert_code(3);

    let jobs = [
        r#"{"kind":"text","prompt":"Hello","max_tokens":9}"#.to_owned(),
        r#"{"kind":"speech","prompt":"Good morning."}"#.to_owned(),
        format!(r#"{{"kind":"extend","media_id":"{longer}","prompt":"The moon rises"}}"#),
    ];
    client.write("jobs.jsonl", jobs.join("\n"));
    let done = client.run(&["batch", "jobs.jsonl", "--yes", "--json"]).ok().json();
    assert_eq!((&done["lines"], &done["done"]), (&3.into(), &3.into()), "{done}");

    let listed = client.run(&["media", "list", "--json"]).ok().json();
    assert_eq!(listed["total"], 4, "{listed}");
    client.run(&["media", "get", longer, "-o", "again.mp4"]).ok();
    assert_eq!(std::fs::read(client.path("again.mp4")).unwrap(), std::fs::read(client.path("b.mp4")).unwrap());
    client.run(&["media", "delete", longer, "--yes"]).ok();
    client.run(&["media", "get", longer, "-o", "gone.mp4"]).assert_code(3);
    assert_eq!(client.run(&["media", "list", "--json"]).ok().json()["total"], 3);

    let losing = losing_one_answer(server.base_url());
    let error = client.run(&["image", "A lake", "-o", "a.png", "--base-url", &losing, "--json"]).assert_code(7).error();
    assert_eq!(error["outcome"], "unknown", "{error}");
    let found = client.run(&["unresolved", "find", "--json"]).ok().json();
    let lookup = &found["lookups"][0];
    assert_eq!((&lookup["operation_id"], &lookup["state"]), (&error["operation_id"], &"settled".into()), "{found}");
    client.run(&["media", "get", lookup["media"][0]["id"].as_str().unwrap(), "-o", "a.png"]).ok();
    assert!(std::fs::read(client.path("a.png")).unwrap().starts_with(b"\x89PNG"));
    server.stop();
}

#[test]
fn a_configuration_file_says_the_same() {
    let user = User::new();
    user.write(
        "server.toml",
        "address = \"127.0.0.1:0\"\ndata = \"here\"\n[[bucket]]\nslug = \"my-shop\"\nwrite_key = \"a-write-key-0123456789\"\nread_key = \"a-read-key-0123456789\"\n",
    );
    let mut child = user.start(&["serve", "--config", "server.toml", "--json"]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(said["bucket"], "my-shop");
    assert!(user.path("here").exists());
    let client = User::of_service(
        said["base_url"].as_str().unwrap(),
        "my-shop",
        "a-write-key-0123456789",
        "a-read-key-0123456789",
    );
    client.run(&["text", "Hello", "--max-tokens", "9"]).ok();
    client.run(&["doctor"]).ok().shows("ok   media library");
    signal(&child, "TERM");
    finish(child).ok();
    user.write("server.toml", "adress = \"127.0.0.1:0\"\n");
    user.run(&["serve", "--config", "server.toml"]).assert_code(4).says("server.toml").says("address");
    user.run(&["serve", "--config", "none.toml"]).assert_code(1);
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    User::new().run(&["serve", "--addr", &address]).assert_code(1).says("cannot listen").says("--addr 127.0.0.1:0");
}

#[test]
fn what_is_wrong_with_its_configuration_is_said_once() {
    let run = User::new().run(&["serve", "--addr", "0.0.0.0:0"]).assert_code(4).says("loopback");
    assert_eq!(run.err.matches("configuration: ").count(), 1, "{run:?}");
    assert_eq!(run.err.matches("loopback").count(), 1, "{run:?}");
}

#[test]
fn its_ledger_lies_where_it_is_told_and_folders_may_be_strict() {
    let user = User::new().with("COSMIC_LEDGER", "calls-from-here.db");
    let server = Serving::start(&user, &["--data", "data", "--ledger", "shared.db", "--strict-folders"]);
    let client = server.client();
    client.run(&["image", "A kite", "-o", "a.png", "--folder", "nobody-made-it"]).assert_code(3).says("folder");
    client.run(&["image", "A kite", "-o", "a.png"]).ok();
    server.stop();
    assert!(user.path("shared.db").exists() && !user.path("data/spend.db").exists());
    assert!(!user.path("calls-from-here.db").exists());
    user.run(&["usage", "--ledger", "shared.db"]).ok().shows("32,160");

    let run = user.run(&["serve", "--ledger", "mysql://team:canary@db/spend"]).assert_code(4).says("--ledger");
    assert!(!run.err.contains("canary"), "{run:?}");
}
