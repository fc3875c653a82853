//! HTTP/2 frame by frame: as much as it takes to count requests and to answer them wrongly.

use std::collections::VecDeque;

use super::request::{HttpVersion, SeenRequest};
use super::script::Step;
use crate::wire::{Left, Wire};

/// What a client begins with.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const END_STREAM: u8 = 0x1;
const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;

/// The error codes of HTTP/2 that matter to clients (RFC 9113, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum H2Error {
    /// Nothing is wrong: the server is shutting down.
    NoError,
    /// The other side broke the protocol.
    ProtocolError,
    /// The server failed.
    InternalError,
    /// The request was not looked at and may be sent again.
    RefusedStream,
    /// Nobody wants the answer any more.
    Cancel,
    /// The client asks too much.
    EnhanceYourCalm,
}

impl H2Error {
    const fn code(self) -> u32 {
        match self {
            Self::NoError => 0,
            Self::ProtocolError => 1,
            Self::InternalError => 2,
            Self::RefusedStream => 7,
            Self::Cancel => 8,
            Self::EnhanceYourCalm => 11,
        }
    }
}

/// Which request a connection that goes away says it took last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastStream {
    /// None at all: every request on it may be sent again.
    None,
    /// The one read last.
    Current,
}

/// A connection that speaks HTTP/2.
#[derive(Debug)]
pub(super) struct Session {
    /// Requests that no turn has read yet.
    waiting: VecDeque<Stream>,
    /// The request read last.
    current: Stream,
    /// Requests whose end has not come, and the current one.
    open: Vec<Stream>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Stream {
    id: u32,
    /// Its place in the log.
    place: usize,
}

impl Session {
    /// Reads the client's preface and sends the server's.
    pub(super) async fn begin(wire: &mut Wire) -> Result<Self, Left> {
        wire.receive_at_least(PREFACE.len()).await?;
        wire.skip(PREFACE.len());
        wire.send(&frame(SETTINGS, 0, 0, &[])).await?;
        Ok(Self { waiting: VecDeque::new(), current: Stream::default(), open: Vec::new() })
    }

    /// Waits until there is a request that no turn has read.
    pub(super) async fn wait_for_request(&mut self, wire: &mut Wire) -> Result<(), Left> {
        loop {
            self.take_frames(wire).await?;
            if !self.waiting.is_empty() {
                return Ok(());
            }
            wire.receive().await?;
        }
    }

    /// Makes the next request the current one.
    pub(super) async fn next_request(&mut self, wire: &mut Wire) -> Result<(), Left> {
        self.wait_for_request(wire).await?;
        self.current = self.waiting.pop_front().unwrap_or_default();
        Ok(())
    }

    /// Reads the current request to its end.
    pub(super) async fn finish_request(&mut self, wire: &mut Wire) -> Result<(), Left> {
        loop {
            self.take_frames(wire).await?;
            if !self.open.iter().any(|stream| stream.id == self.current.id) {
                return Ok(());
            }
            wire.receive().await?;
        }
    }

    /// Waits for `event` and meanwhile does what the protocol asks for.
    pub(super) async fn watch(&mut self, wire: &mut Wire, event: impl Future<Output = ()>) -> Result<(), Left> {
        tokio::pin!(event);
        loop {
            self.take_frames(wire).await?;
            tokio::select! {
                biased;
                () = &mut event => return Ok(()),
                more = wire.receive() => more?,
            }
        }
    }

    /// Sends the frame that a step stands for.
    pub(super) async fn send(&mut self, wire: &mut Wire, step: Step) -> Result<(), Left> {
        let id = self.current.id;
        let end = |is_last| if is_last { END_STREAM } else { 0 };
        let bytes = match step {
            Step::H2Head { status, headers, is_last } => {
                frame(HEADERS, END_HEADERS | end(is_last), id, &head(status, &headers))
            }
            Step::H2Data { bytes, is_last } => {
                // 16,384 bytes are what every client takes in one frame.
                let mut parts: Vec<&[u8]> = bytes.chunks(16_384).collect();
                if parts.is_empty() {
                    parts.push(&[]);
                }
                let last = parts.len() - 1;
                let frames = parts.iter().enumerate();
                frames.flat_map(|(place, part)| frame(DATA, end(is_last && place == last), id, part)).collect()
            }
            Step::H2ResetStream(error) => frame(RST_STREAM, 0, id, &error.code().to_be_bytes()),
            Step::H2GoAway(error, last) => {
                let last = if last == LastStream::Current { id } else { 0 };
                frame(GOAWAY, 0, 0, &[last.to_be_bytes(), error.code().to_be_bytes()].concat())
            }
            _ => return Ok(()),
        };
        wire.send(&bytes).await
    }

    /// Takes all whole frames that have been received.
    async fn take_frames(&mut self, wire: &mut Wire) -> Result<(), Left> {
        while let [a, b, c, kind, flags, i, d, e, n, ..] = *wire.received() {
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            if wire.received().len() < 9 + length {
                break;
            }
            wire.skip(9);
            let payload = wire.take(length);
            let id = u32::from_be_bytes([i & 0x7f, d, e, n]);
            self.take_frame(wire, kind, flags, id, &payload).await?;
        }
        Ok(())
    }

    async fn take_frame(&mut self, wire: &mut Wire, kind: u8, flags: u8, id: u32, payload: &[u8]) -> Result<(), Left> {
        match kind {
            HEADERS => {
                let stream = Stream { id, place: wire.log().request(unread(wire.number())) };
                self.waiting.push_back(stream);
                self.open.push(stream);
            }
            DATA => {
                let padding = if flags & PADDED == 0 { 0 } else { payload.first().map_or(0, |pad| usize::from(*pad)) };
                let start = usize::from(flags & PADDED != 0);
                let body = payload.get(start..payload.len().saturating_sub(padding)).unwrap_or_default();
                if let Some(stream) = self.open.iter().find(|stream| stream.id == id) {
                    wire.log().body(stream.place, body);
                }
                if let (false, Ok(length)) = (payload.is_empty(), u32::try_from(payload.len())) {
                    let more = length.to_be_bytes();
                    wire.send(&[frame(WINDOW_UPDATE, 0, 0, &more), frame(WINDOW_UPDATE, 0, id, &more)].concat())
                        .await?;
                }
            }
            RST_STREAM => {
                self.open.retain(|stream| stream.id != id);
                wire.log().hung_up();
            }
            SETTINGS if flags & ACK == 0 => wire.send(&frame(SETTINGS, ACK, 0, &[])).await?,
            PING if flags & ACK == 0 => wire.send(&frame(PING, ACK, 0, payload)).await?,
            _ => {}
        }
        if matches!(kind, HEADERS | DATA)
            && flags & END_STREAM != 0
            && let Some(at) = self.open.iter().position(|stream| stream.id == id)
        {
            wire.log().completed(self.open.swap_remove(at).place);
        }
        Ok(())
    }
}

/// A request whose head is not decoded.
fn unread(connection: usize) -> SeenRequest {
    SeenRequest {
        method: String::new(),
        target: String::new(),
        headers: Vec::new(),
        body: Vec::new(),
        connection,
        version: HttpVersion::Http2,
        is_complete: false,
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    let [_, a, b, c] = length;
    [&[a, b, c, kind, flags], stream.to_be_bytes().as_slice(), payload].concat()
}

/// A head in HPACK, every field as a literal that is not indexed (RFC 7541, section 6.2.2).
fn head(status: u16, headers: &[(String, String)]) -> Vec<u8> {
    // 8 is the place of `:status` in the static table.
    let mut block = vec![0x08];
    text(&mut block, &status.to_string());
    for (name, value) in headers {
        block.push(0x00);
        text(&mut block, &name.to_ascii_lowercase());
        text(&mut block, value);
    }
    block
}

/// A text without Huffman code, after its length as an integer with a prefix of 7 bits.
fn text(block: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    if length < 127 {
        block.extend(u8::try_from(length));
    } else {
        block.push(127);
        length -= 127;
        while length >= 128 {
            block.extend(u8::try_from(length % 128 + 128));
            length /= 128;
        }
        block.extend(u8::try_from(length));
    }
    block.extend_from_slice(text.as_bytes());
}
