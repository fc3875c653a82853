//! A server in a folder of its own, and how it is asked.

use std::path::Path;

use cosmic_ai_server::{Backend, BucketConfig, Config, Server};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) const BUCKET: &str = "shop";
pub(crate) const WRITE_KEY: &str = "write-key-of-the-shop";
pub(crate) const READ_KEY: &str = "read-key-of-the-shop";

/// A server in a folder that goes with it.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) client: Client,
    folder: TempDir,
}

/// A configuration in a folder, with the bucket `shop`, at a free port.
pub(crate) fn config(folder: &Path) -> Config {
    Config::new(folder)
        .with_address(([127, 0, 0, 1], 0).into())
        .with_bucket(BucketConfig::new(BUCKET, WRITE_KEY, READ_KEY))
}

impl Fixture {
    /// The mock behind the bucket `shop`.
    pub(crate) async fn start() -> Self {
        Self::with(Backend::mock(), |config| config).await
    }

    /// A backend of one's own, and a configuration that is changed first.
    pub(crate) async fn with(backend: Backend, change: impl FnOnce(Config) -> Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(change(config(folder.path())), backend).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { server, client, folder }
    }

    /// The same folder under a new server, with another backend and configuration.
    pub(crate) async fn restarted(self, backend: Backend, change: impl FnOnce(Config) -> Config) -> Self {
        let Self { server, client, folder } = self;
        server.stop().await.unwrap();
        let server = Server::start(change(config(folder.path())), backend).await.unwrap();
        Self { server, client, folder }
    }

    /// A server of the mock on a folder that is there.
    pub(crate) async fn in_folder(folder: TempDir, backend: Backend) -> Self {
        let server = Server::start(config(folder.path()), backend).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { server, client, folder }
    }

    /// The server, and the folder that outlives it.
    pub(crate) fn into_parts(self) -> (Server, TempDir) {
        (self.server, self.folder)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A request to a path from the root on, without a key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.server.address()))
    }

    /// A call of the bucket with its write key: `ai/text`.
    pub(crate) fn call(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, &format!("/v3/buckets/{BUCKET}/{path}"))
            .bearer_auth(WRITE_KEY)
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// The answer to a call, with its status.
    pub(crate) async fn ask(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.call(path, body).send().await.unwrap()).await
    }

    /// The media list of the bucket by a query string such as `limit=2`.
    pub(crate) async fn list(&self, query: &str) -> (u16, Value) {
        let path = format!("/v3/buckets/{BUCKET}/media?read_key={READ_KEY}&{query}");
        answer(self.request(Method::GET, &path).send().await.unwrap()).await
    }

    /// What comes back for bytes on a raw connection, until the server closes it.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        // The server may answer and close before it has read all.
        let _ = stream.write_all(bytes).await;
        let mut answered = Vec::new();
        let _ = stream.read_to_end(&mut answered).await;
        String::from_utf8_lossy(&answered).into_owned()
    }
}

/// Status and JSON of an answer. Every answer of the API is JSON.
pub(crate) async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let body = response.bytes().await.unwrap();
    assert_eq!(kind.as_deref(), Some("application/json"), "{status}: {}", String::from_utf8_lossy(&body));
    (status, serde_json::from_slice(&body).unwrap())
}
