//! Scripts: what a server does, turn by turn and step by step.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::gate::Gate;
use super::http2::{H2Error, LastStream};
use super::reply::{Reply, Sse};
use crate::http1;

/// What a server does: turns, each taken once, in order.
#[derive(Debug, Clone, Default)]
pub struct Script(VecDeque<Turn>);

impl Script {
    /// A script without turns: every request is unexpected.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a turn.
    #[must_use]
    pub fn then(mut self, turn: impl Into<Turn>) -> Self {
        self.0.push_back(turn.into());
        self
    }

    /// Adds the same turn so many times.
    #[must_use]
    pub fn then_times(mut self, count: usize, turn: impl Into<Turn>) -> Self {
        self.0.extend(std::iter::repeat_n(turn.into(), count));
        self
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_remaining(self) -> Remaining {
        Remaining(Mutex::new(self.0))
    }
}

impl<T: Into<Turn>, const N: usize> From<[T; N]> for Script {
    fn from(turns: [T; N]) -> Self {
        Self(turns.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Turn>> From<Vec<T>> for Script {
    fn from(turns: Vec<T>) -> Self {
        Self(turns.into_iter().map(Into::into).collect())
    }
}

impl From<Turn> for Script {
    fn from(turn: Turn) -> Self {
        Self::new().then(turn)
    }
}

impl From<Reply> for Script {
    fn from(reply: Reply) -> Self {
        Self::new().then(reply)
    }
}

impl From<Sse> for Script {
    fn from(events: Sse) -> Self {
        Self::new().then(events)
    }
}

/// The turns of a script that are still to be taken.
#[derive(Debug)]
pub(super) struct Remaining(Mutex<VecDeque<Turn>>);

impl Remaining {
    pub(super) fn take(&self) -> Option<Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Whether the next turn is taken without waiting for a request.
    pub(super) fn begins_at_once(&self) -> bool {
        let turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = turns.front().and_then(|turn| turn.0.first());
        first.is_some_and(|first| !matches!(first, Step::ReadHead | Step::ReadRequest))
    }
}

/// What a server does in its turn, step by step. After the last step it closes the connection.
///
/// A client that leaves ends the turn at any step but [`deaf`](Self::deaf), and is counted as a
/// [hang-up](super::FaultServer::hang_ups).
#[derive(Debug, Clone, Default)]
pub struct Turn(pub(super) Vec<Step>);

#[derive(Debug, Clone)]
pub(super) enum Step {
    ReadHead,
    ReadRequest,
    Send(Bytes),
    Fill { byte: u8, count: u64 },
    Pause(Duration),
    Hold,
    Gate(Gate),
    Deaf,
    Reset,
    Close,
    KeepAlive,
    H2Head { status: u16, headers: Vec<(String, String)>, is_last: bool },
    H2Data { bytes: Bytes, is_last: bool },
    H2ResetStream(H2Error),
    H2GoAway(H2Error, LastStream),
}

impl Turn {
    /// A turn without steps: it closes the connection as soon as a client connects.
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(super) fn step(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// Reads the head of a request and leaves its body.
    #[must_use]
    pub fn read_head(self) -> Self {
        self.step(Step::ReadHead)
    }

    /// Reads a whole request.
    #[must_use]
    pub fn read_request(self) -> Self {
        self.step(Step::ReadRequest)
    }

    /// Sends bytes as they are, in a write of their own.
    #[must_use]
    pub fn send(self, bytes: impl Into<Bytes>) -> Self {
        self.step(Step::Send(bytes.into()))
    }

    /// Sends one chunk of a chunked body.
    #[must_use]
    pub fn send_chunk(self, bytes: impl AsRef<[u8]>) -> Self {
        self.send(http1::chunk(bytes.as_ref()))
    }

    /// Ends a chunked body.
    #[must_use]
    pub fn end_chunks(self) -> Self {
        self.send_chunk(b"")
    }

    /// Sends the same byte so many times.
    #[must_use]
    pub fn fill(self, byte: u8, count: u64) -> Self {
        self.step(Step::Fill { byte, count })
    }

    /// Waits a while.
    #[must_use]
    pub fn pause(self, duration: Duration) -> Self {
        self.step(Step::Pause(duration))
    }

    /// Does nothing more until the client leaves or the server is dropped.
    #[must_use]
    pub fn hold(self) -> Self {
        self.step(Step::Hold)
    }

    /// Waits until the test opens the gate.
    #[must_use]
    pub fn wait_for(self, gate: &Gate) -> Self {
        self.step(Step::Gate(gate.clone()))
    }

    /// Reads and writes nothing more until the server is dropped. Does not notice that the client leaves.
    #[must_use]
    pub fn deaf(self) -> Self {
        self.step(Step::Deaf)
    }

    /// Resets the connection (RST). What the client has not read by then, it may lose: let it read with a
    /// [gate](Self::wait_for) if that matters.
    #[must_use]
    pub fn reset(self) -> Self {
        self.step(Step::Reset)
    }

    /// Closes the connection (FIN).
    #[must_use]
    pub fn close(self) -> Self {
        self.step(Step::Close)
    }

    /// Keeps the connection: its next request takes the next turn.
    #[must_use]
    pub fn keep_alive(self) -> Self {
        self.step(Step::KeepAlive)
    }

    /// HTTP/2: the head of an answer to the request read last. Its body follows.
    #[must_use]
    pub fn h2_head(self, status: u16, headers: &[(&str, &str)]) -> Self {
        self.step(h2_head(status, headers, false))
    }

    /// HTTP/2: a part of the body.
    #[must_use]
    pub fn h2_data(self, bytes: impl Into<Bytes>) -> Self {
        self.step(Step::H2Data { bytes: bytes.into(), is_last: false })
    }

    /// HTTP/2: a whole JSON answer to the next request, after which the connection is kept. At most 65,535 bytes, as
    /// the client's flow control is not looked at.
    #[must_use]
    pub fn h2_json(status: u16, body: impl AsRef<str>) -> Self {
        let bytes = Bytes::from(body.as_ref().to_owned());
        Self::new()
            .read_request()
            .h2_head(status, &[("content-type", "application/json")])
            .step(Step::H2Data { bytes, is_last: true })
            .keep_alive()
    }

    /// HTTP/2: resets the stream of the request read last.
    #[must_use]
    pub fn h2_reset_stream(self, error: H2Error) -> Self {
        self.step(Step::H2ResetStream(error))
    }

    /// HTTP/2: says that the connection takes no more requests, and which was the last one taken.
    #[must_use]
    pub fn h2_go_away(self, error: H2Error, last: LastStream) -> Self {
        self.step(Step::H2GoAway(error, last))
    }
}

fn h2_head(status: u16, headers: &[(&str, &str)], is_last: bool) -> Step {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Step::H2Head { status, headers, is_last }
}
