//! `serve`: what it prints, what it refuses, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

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
    user.run(&["serve", "--backend", "http", "--addr", "127.0.0.1:0"]).assert_code(4);
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
