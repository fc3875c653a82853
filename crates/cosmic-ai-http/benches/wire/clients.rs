//! The clients that are compared.

use std::pin::Pin;
use std::sync::Mutex;

use cosmic_ai_core::{Call, ModelId, TextEvent, TextGenerator as _, TextRequest, TextStream};
use cosmic_ai_http::{Environment, HttpBackend};
use eventsource_stream::{EventStream, Eventsource as _};
use futures_core::Stream;
use memchr::memmem;
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Result;

const PROMPT: &str = "Describe the coffee mug in the attached order for the catalogue of a small pottery: what it is \
    made of, how it is glazed and fired, how it feels in the hand, and for whom it is. Two paragraphs, no lists.";
const MODEL: &str = "claude-opus-4-8";
const MAX_TOKENS: u32 = 1_000;
const BUCKET: &str = "bench";
const KEY: &str = "the-write-key";

/// One who makes calls for text.
pub(crate) trait Client: Sized + 'static {
    /// A stream whose first fragment was received.
    type Open;

    fn new(base_url: &str) -> Result<Self>;
    /// Makes a call and gives the length of the text in bytes.
    async fn whole(&self) -> Result<usize>;
    /// Makes a call and gives each fragment.
    async fn stream(&self, fragment: impl FnMut(&str)) -> Result<()>;
    /// Makes a call and reads one fragment.
    async fn open(&self) -> Result<Self::Open>;
    /// All the fragments, as text.
    fn decoded(text: String) -> String {
        text
    }
}

/// This crate, as applications use it.
pub(crate) struct Ours(HttpBackend);

impl Ours {
    async fn begin(&self) -> Result<TextStream> {
        Ok(self.0.stream_text(&Call::new(), &request()).await?)
    }
}

fn request() -> TextRequest {
    TextRequest::new(PROMPT).with_model(ModelId::from_static(MODEL)).with_max_tokens(MAX_TOKENS)
}

impl Client for Ours {
    type Open = TextStream;

    fn new(base_url: &str) -> Result<Self> {
        let environment = Environment::custom(base_url, base_url);
        Ok(Self(HttpBackend::builder(BUCKET, KEY).with_environment(environment).build()?))
    }

    async fn whole(&self) -> Result<usize> {
        let answer = self.0.generate_text(&Call::new(), &request()).await?;
        assert!(answer.usage.is_some(), "the usage is missing");
        Ok(answer.text.len())
    }

    async fn stream(&self, mut fragment: impl FnMut(&str)) -> Result<()> {
        let mut stream = self.begin().await?;
        while let Some(event) = stream.next().await {
            if let TextEvent::Delta(text) = event? {
                fragment(&text);
            }
        }
        Ok(())
    }

    async fn open(&self) -> Result<TextStream> {
        let mut stream = self.begin().await?;
        assert!(matches!(stream.next().await, Some(Ok(TextEvent::Delta(_)))));
        Ok(stream)
    }
}

/// What one writes by hand with `reqwest`, `serde_json` and `eventsource-stream`. Its client is set up like ours.
pub(crate) struct Plain {
    client: reqwest::Client,
    url: String,
}

#[derive(Serialize)]
struct Body<'a> {
    prompt: &'a str,
    model: &'a str,
    max_tokens: u32,
    stream: bool,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
    usage: Usage,
}

#[derive(Deserialize)]
struct Said {
    text: Option<String>,
    token_count: Option<Usage>,
    event: Option<String>,
    error: Option<serde_json::Value>,
}

type Bytes = Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>>>>;

impl Plain {
    async fn send(&self, stream: bool) -> Result<reqwest::Response> {
        let body = Body { prompt: PROMPT, model: MODEL, max_tokens: MAX_TOKENS, stream };
        let body = serde_json::to_vec(&body)?;
        let request = self.client.post(&self.url).bearer_auth(KEY).header(CONTENT_TYPE, "application/json");
        Ok(request.body(body).send().await?.error_for_status()?)
    }

    async fn begin(&self) -> Result<EventStream<Bytes>> {
        let body: Bytes = Box::pin(self.send(true).await?.bytes_stream());
        Ok(body.eventsource())
    }
}

impl Client for Plain {
    type Open = EventStream<Bytes>;

    fn new(base_url: &str) -> Result<Self> {
        let client = HttpBackend::client_builder().user_agent("plain/1.0").build()?;
        Ok(Self { client, url: format!("{base_url}/buckets/{BUCKET}/ai/text") })
    }

    async fn whole(&self) -> Result<usize> {
        let answer: Answer = serde_json::from_slice(&self.send(false).await?.bytes().await?)?;
        assert!(answer.usage.input_tokens + answer.usage.output_tokens > 0, "the usage is missing");
        Ok(answer.text.len())
    }

    async fn stream(&self, mut fragment: impl FnMut(&str)) -> Result<()> {
        let mut events = self.begin().await?;
        while let Some(event) = next(&mut events).await {
            let event: Said = serde_json::from_str(&event?.data)?;
            if let Some(text) = event.text {
                fragment(&text);
            }
            if event.error.is_some() {
                return Err("an error within the stream".into());
            }
            assert!(event.token_count.is_none_or(|usage| usage.output_tokens > 0), "the usage is missing");
            assert!(event.event.is_none_or(|event| event == "end"), "an event that was not sent");
        }
        Ok(())
    }

    async fn open(&self) -> Result<Self::Open> {
        let mut events = self.begin().await?;
        assert!(matches!(next(&mut events).await, Some(Ok(_))));
        Ok(events)
    }
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

/// The limit: a socket, a request made beforehand, and a search for bytes. It takes for granted what this server sends.
pub(crate) struct Limit {
    address: String,
    path: String,
    idle: Mutex<Vec<TcpStream>>,
}

impl Limit {
    /// Sends the request over a kept connection.
    async fn send(&self, stream: bool) -> Result<TcpStream> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut socket = match idle {
            Some(socket) => socket,
            None => TcpStream::connect(&self.address).await?,
        };
        socket.set_nodelay(true)?;
        socket.write_all(self.request(stream).as_bytes()).await?;
        Ok(socket)
    }

    fn request(&self, stream: bool) -> String {
        let body = format!(r#"{{"prompt":"{PROMPT}","model":"{MODEL}","max_tokens":{MAX_TOKENS},"stream":{stream}}}"#);
        let Self { address, path, .. } = self;
        let length = body.len();
        format!("POST /{path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n{body}")
    }

    fn keep(&self, socket: TcpStream) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(socket);
        }
    }
}

/// The text between the quotes, which this server ends with `"}` or `",`.
fn quoted(bytes: &[u8]) -> Option<(&str, usize)> {
    const BEGIN: &[u8] = br#"{"text":""#;
    let begin = memmem::find(bytes, BEGIN)? + BEGIN.len();
    let length = memchr::memchr(b'"', bytes.get(begin..)?)?;
    let text = std::str::from_utf8(bytes.get(begin..begin + length)?).ok()?;
    Some((text, begin + length))
}

impl Client for Limit {
    type Open = TcpStream;

    fn new(base_url: &str) -> Result<Self> {
        let rest = base_url.strip_prefix("http://").ok_or("no http")?;
        let (address, path) = rest.split_once('/').ok_or("no path")?;
        let path = format!("{path}/buckets/{BUCKET}/ai/text");
        Ok(Self { address: address.to_owned(), path, idle: Mutex::default() })
    }

    async fn whole(&self) -> Result<usize> {
        let mut socket = self.send(false).await?;
        let mut received = Vec::with_capacity(4096);
        while !received.ends_with(b"}}") {
            if socket.read_buf(&mut received).await? == 0 {
                return Err("the connection ended".into());
            }
        }
        self.keep(socket);
        Ok(quoted(&received).map_or(0, |(text, _)| text.len()))
    }

    async fn stream(&self, mut fragment: impl FnMut(&str)) -> Result<()> {
        let mut socket = self.send(true).await?;
        let mut received = Vec::with_capacity(32 << 10);
        loop {
            if socket.read_buf(&mut received).await? == 0 {
                return Err("the connection ended".into());
            }
            let mut used = 0;
            while let Some((text, end)) = quoted(received.get(used..).unwrap_or_default()) {
                fragment(text);
                used += end;
            }
            if received.ends_with(b"\n0\r\n\r\n") {
                self.keep(socket);
                return Ok(());
            }
            received.drain(..used);
        }
    }

    async fn open(&self) -> Result<TcpStream> {
        let mut socket = self.send(true).await?;
        let mut received = Vec::with_capacity(4096);
        while quoted(&received).is_none() {
            socket.read_buf(&mut received).await?;
        }
        Ok(socket)
    }

    fn decoded(text: String) -> String {
        text.replace("\\n", "\n")
    }
}
