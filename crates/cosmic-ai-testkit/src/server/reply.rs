//! Replies: answers of HTTP/1.1, whole or with faults.

mod gzip;
mod sse;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::gate::Gate;
use super::script::{Step, Turn};
use crate::http1;

pub use self::sse::{LineEnd, Sse, Writes};

/// An answer to one whole request. Without faults it keeps the connection.
///
/// As a turn, it reads the request first.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    /// Each is a write of its own, and a chunk of its own.
    body: Vec<Bytes>,
    framing: Framing,
    claimed_length: Option<u64>,
    /// What happens after so many bytes of the body, in order.
    stops: VecDeque<(usize, Step)>,
    ending: Step,
}

/// How a client learns where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By `content-length`.
    Length,
    /// By chunks.
    Chunked,
    /// By the end of the connection.
    UntilClose,
}

impl Reply {
    /// An answer with this body and no content type.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: vec![body.into()],
            framing: Framing::Length,
            claimed_length: None,
            stops: VecDeque::new(),
            ending: Step::KeepAlive,
        }
    }

    /// A JSON answer: a `serde_json::Value`, or JSON as text.
    #[expect(clippy::needless_pass_by_value, reason = "a literal is nicer to pass than a reference to one")]
    pub fn json(status: u16, body: impl ToString) -> Self {
        Self::new(status, body.to_string()).header("content-type", "application/json")
    }

    /// A page, as a proxy puts in place of an answer.
    pub fn html(status: u16, page: impl Into<String>) -> Self {
        Self::new(status, page.into()).header("content-type", "text/html; charset=utf-8")
    }

    /// A redirect.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        Self::new(status, Bytes::new()).header("location", location)
    }

    /// A stream of events, each given as its data: one line, or several with `\n` between them.
    pub fn sse<D: Into<String>>(events: impl IntoIterator<Item = D>) -> Sse {
        Sse::new(events)
    }

    /// A stream as the API writes it: fragments of text, the usage (input and output tokens), the end.
    pub fn text_stream<'t>(fragments: impl IntoIterator<Item = &'t str>, usage: (u64, u64)) -> Sse {
        Sse::of_text(fragments, usage)
    }

    /// A valid JSON answer `{"text":"aaa…"}` of exactly so many bytes (11 at least), made as it is sent.
    pub fn huge(bytes: u64) -> Turn {
        const AROUND: (&str, &str) = (r#"{"text":""#, r#""}"#);
        let length = bytes.to_string();
        let head = http1::head(200, [("content-type", "application/json"), ("content-length", &length)]);
        let fill = bytes.saturating_sub((AROUND.0.len() + AROUND.1.len()) as u64);
        Turn::new().read_request().send(head + AROUND.0).fill(b'a', fill).send(AROUND.1).keep_alive()
    }

    /// A small answer that unpacks to `{"text":"aaa…"}` of about so many bytes, in whole MiB.
    pub fn gzip_bomb(unpacked_bytes: u64) -> Self {
        let mut reply = Self::json(200, "").header("content-encoding", "gzip");
        reply.body = gzip::bomb(unpacked_bytes);
        reply
    }

    /// Packs the body.
    #[must_use]
    pub fn gzipped(mut self) -> Self {
        self.body = vec![gzip::pack(&self.body.concat())];
        self.header("content-encoding", "gzip")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets how the end of the body is told; by length, if not set.
    #[must_use]
    pub fn framed(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sends the body in pieces of so many bytes, each a write and a chunk of its own.
    #[must_use]
    pub fn in_pieces(mut self, bytes: usize) -> Self {
        let body = Bytes::from(self.body.concat());
        self.body = body.chunks(bytes.max(1)).map(|piece| body.slice_ref(piece)).collect();
        self
    }

    /// Claims another length than the body has, and closes the connection after the body.
    #[must_use]
    pub fn wrong_content_length(mut self, bytes: u64) -> Self {
        self.claimed_length = Some(bytes);
        self.then_close()
    }

    /// Closes the connection (FIN) after so many bytes of the body.
    #[must_use]
    pub fn truncated_after(self, bytes: usize) -> Self {
        self.stop(bytes, Step::Close)
    }

    /// Resets the connection (RST) after so many bytes of the body.
    #[must_use]
    pub fn reset_after(self, bytes: usize) -> Self {
        self.stop(bytes, Step::Reset)
    }

    /// Sends nothing more after so many bytes of the body.
    #[must_use]
    pub fn stalled_after(self, bytes: usize) -> Self {
        self.stop(bytes, Step::Hold)
    }

    /// Waits a while after so many bytes of the body, then goes on.
    #[must_use]
    pub fn paused_after(self, bytes: usize, duration: Duration) -> Self {
        self.stop(bytes, Step::Pause(duration))
    }

    /// Waits after so many bytes of the body until the test opens the gate, then goes on. Before another stop at the
    /// same place it makes sure that the client has read what came before it.
    #[must_use]
    pub fn gated_after(self, bytes: usize, gate: &Gate) -> Self {
        self.stop(bytes, Step::Gate(gate.clone()))
    }

    /// Closes the connection after the answer, without having said so.
    #[must_use]
    pub fn then_close(mut self) -> Self {
        self.ending = Step::Close;
        self
    }

    /// Resets the connection after the answer.
    #[must_use]
    pub fn then_reset(mut self) -> Self {
        self.ending = Step::Reset;
        self
    }

    /// Keeps the connection open after the answer but never reads from it again as a server.
    #[must_use]
    pub fn then_hold(mut self) -> Self {
        self.ending = Step::Hold;
        self
    }

    /// Waits for the gate after the answer, then closes the connection: a client that pooled it holds a stale one.
    #[must_use]
    pub fn then_close_at(mut self, gate: &Gate) -> Self {
        self.ending = Step::Gate(gate.clone());
        self
    }

    fn stop(mut self, bytes: usize, step: Step) -> Self {
        let place = self.stops.iter().position(|(other, _)| *other > bytes).unwrap_or(self.stops.len());
        self.stops.insert(place, (bytes, step));
        self
    }

    fn head(&self) -> String {
        let length: u64 = self.body.iter().map(|part| part.len() as u64).sum();
        let length = self.claimed_length.unwrap_or(length).to_string();
        let framing = match self.framing {
            Framing::Length => ("content-length", length.as_str()),
            Framing::Chunked => ("transfer-encoding", "chunked"),
            Framing::UntilClose => ("connection", "close"),
        };
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        http1::head(self.status, headers.chain([framing]))
    }

    fn piece(&self, bytes: Bytes) -> Option<Step> {
        let bytes = match self.framing {
            _ if bytes.is_empty() => return None,
            Framing::Chunked => http1::chunk(&bytes).into(),
            Framing::Length | Framing::UntilClose => bytes,
        };
        Some(Step::Send(bytes))
    }
}

impl From<Reply> for Turn {
    fn from(mut reply: Reply) -> Self {
        let mut turn = Self::new().read_request().send(reply.head());
        let mut stops = std::mem::take(&mut reply.stops);
        let mut sent = 0;
        for mut part in std::mem::take(&mut reply.body) {
            while let Some((after, step)) = stops.pop_front_if(|(after, _)| *after <= sent + part.len()) {
                // Stops are sorted: this one is not before what has been sent.
                let piece = part.split_to(after.saturating_sub(sent));
                sent += piece.len();
                turn.0.extend(reply.piece(piece));
                turn.0.push(step);
            }
            sent += part.len();
            turn.0.extend(reply.piece(part));
        }
        turn.0.extend(stops.into_iter().map(|(_, step)| step));
        let keeps = matches!(reply.ending, Step::KeepAlive);
        match reply.framing {
            Framing::Chunked => turn.end_chunks().step(reply.ending),
            Framing::UntilClose if keeps => turn.close(),
            Framing::UntilClose | Framing::Length => turn.step(reply.ending),
        }
    }
}
