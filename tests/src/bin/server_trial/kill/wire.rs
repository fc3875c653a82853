//! Calls to the server and what comes of them. A server that is gone is told from one that answers nonsense: the connection fails
//! ([`is_gone`]), or a whole answer is not what it should be.

use anyhow::{Context as _, Error, Result, bail, ensure};
use reqwest::{Client, RequestBuilder};
use serde_json::{Map, Value};

use super::journal::Asked;
use super::upload;

const WRITE_KEY: &str = "trial-write-key";

/// A server as its clients see it.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    client: Client,
    address: String,
}

impl Wire {
    pub(crate) fn to(address: &str) -> Result<Self> {
        Ok(Self { client: Client::builder().no_proxy().build()?, address: address.to_owned() })
    }

    /// Has something generated. The answer of a stream is what it says of its usage.
    pub(crate) async fn ask(&self, Asked { route, body }: &Asked, key: Option<&str>) -> Result<(u16, Value)> {
        let request = self.client.post(self.bucket(&format!("ai/{route}")));
        let mut request = request.header("content-type", "application/json").body(body.to_string());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        answer(request).await.with_context(|| format!("{route} {body}"))
    }

    pub(crate) async fn upload(&self, number: u64) -> Result<(u16, Value)> {
        answer(self.client.post(self.bucket("media")).multipart(upload::form(number))).await.context("an upload")
    }

    pub(crate) async fn delete(&self, id: &str) -> Result<(u16, Value)> {
        answer(self.client.delete(self.bucket(&format!("media/{id}")))).await.context("a deletion")
    }

    /// What the server says of a medium.
    pub(crate) async fn medium(&self, id: &str) -> Result<(u16, Value)> {
        answer(self.client.get(self.bucket(&format!("media/{id}?read_key=trial-read-key")))).await.context("a medium")
    }

    /// The bytes of a file.
    pub(crate) async fn file(&self, name: &str) -> Result<(u16, Vec<u8>)> {
        let response = self.client.get(format!("http://{}/media/{name}", self.address)).send().await?;
        Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
    }

    fn bucket(&self, path: &str) -> String {
        format!("http://{}/v3/buckets/trial/{path}", self.address)
    }
}

/// Whether a call failed because its connection did.
pub(crate) fn is_gone(error: &Error) -> bool {
    error.is::<reqwest::Error>()
}

async fn answer(request: RequestBuilder) -> Result<(u16, Value)> {
    let response = request.bearer_auth(WRITE_KEY).send().await?;
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let is_streamed = content_type.is_some_and(|content_type| content_type.starts_with("text/event-stream"));
    let bytes = response.bytes().await?;
    let said = || format!("{status} with {}", String::from_utf8_lossy(&bytes));
    if is_streamed {
        let text = std::str::from_utf8(&bytes).with_context(said)?;
        return Ok((status, streamed(text).with_context(said)?));
    }
    Ok((status, serde_json::from_slice(&bytes).with_context(said)?))
}

/// What a stream says of its usage. It has an end and no error.
fn streamed(text: &str) -> Result<Value> {
    let mut answer = Map::new();
    let mut is_ended = false;
    for data in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
        let mut event: Value = serde_json::from_str(data)?;
        if let Some(error) = event.get("error") {
            bail!("a stream with an error event: {error}");
        }
        if let Some(usage) = event.get_mut("token_count") {
            answer.insert("usage".to_owned(), usage.take());
        }
        is_ended |= event.get("event").and_then(Value::as_str) == Some("end");
    }
    ensure!(is_ended, "a stream without an end");
    Ok(Value::Object(answer))
}
