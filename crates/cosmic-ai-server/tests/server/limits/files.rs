//! A process that may open few files: connections do not take the last of them.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use cosmic_ai_server::{Backend, Server};
use reqwest::Client;
use serde_json::json;
use tokio::net::TcpStream;

use crate::fixture::{BUCKET, READ_KEY, WRITE_KEY, answer, config};

/// Says to this program that it is the server.
const IS_SERVER: &str = "COSMIC_AI_TEST_SERVER_OF_FEW_FILES";
const NAME: &str = "limits::files::connections_leave_the_files_that_calls_need";

/// Serves until nobody holds the other end of its input any more.
async fn serve() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(config(folder.path()), Backend::mock()).await.unwrap();
    println!("\nserving {}", server.address());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn connections_leave_the_files_that_calls_need() {
    if std::env::var_os(IS_SERVER).is_some() {
        return serve().await;
    }
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 128; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(IS_SERVER, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| line.unwrap().strip_prefix("serving ").map(str::to_owned)).unwrap();

    let client = Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
    let ready = async || client.get(format!("http://{address}/readyz")).send().await.unwrap();
    // This connection has its place, and is used for all that is asked below.
    assert_eq!(ready().await.bytes().await.unwrap(), &br#"{"status":"ready"}"#[..]);
    let mut idle = Vec::new();
    for _ in 0..150 {
        idle.push(TcpStream::connect(&address).await.unwrap());
    }
    for count in 0..5 {
        let call = client.post(format!("http://{address}/v3/buckets/{BUCKET}/ai/image")).bearer_auth(WRITE_KEY);
        let call = call.header("content-type", "application/json");
        let made = call.body(json!({ "prompt": format!("Kite {count}") }).to_string()).send().await.unwrap();
        let (status, made) = answer(made).await;
        assert_eq!(status, 200, "{made}");
    }
    let ready = ready().await;
    assert_eq!(ready.status(), 200, "{}", ready.text().await.unwrap());
    let list = client.get(format!("http://{address}/v3/buckets/{BUCKET}/media?read_key={READ_KEY}&limit=1"));
    assert_eq!(answer(list.send().await.unwrap()).await.1["total"], 5);
    drop(idle);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
