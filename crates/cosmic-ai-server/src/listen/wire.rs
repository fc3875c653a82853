//! The bytes of a connection, on their way to hyper and back. It keeps the time of heads, and replaces what hyper says by itself
//! of heads that it cannot read: a status without a body.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

/// How long a connection may be kept without a request. Longer than clients keep theirs, so that it is not closed just when a
/// request is on its way.
const IDLE: Duration = Duration::from_mins(2);

/// What the wire, the service and the task of one connection tell each other.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Requests that became calls of the service.
    begun: AtomicUsize,
    /// Those of them whose answers are written or given up.
    ended: AtomicUsize,
    /// The status to refuse with at the end; 0 is none.
    refusal: AtomicU16,
    /// Whether the last request was refused and had a body, of which nobody may have read the rest.
    left_body: AtomicBool,
    /// The stream, when hyper is done with it.
    stream: Mutex<Option<TcpStream>>,
}

/// A request under way, until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Shared>);

impl Shared {
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.begun.fetch_add(1, Relaxed);
        self.left_body.store(false, Relaxed);
        UnderWay(self.clone())
    }

    /// What the connection is to be refused with, though hyper is done with it.
    pub(super) fn refusal(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.refusal.load(Relaxed)).ok()
    }

    /// Whether there may be a rest of a body that nobody reads.
    pub(super) fn has_left_body(&self) -> bool {
        self.left_body.load(Relaxed)
    }

    pub(super) fn take_stream(&self) -> Option<TcpStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl UnderWay {
    /// Remembers that the request was refused, though it has a body.
    pub(super) fn leave_body(&self) {
        self.0.left_body.store(true, Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}

/// What the clock of a connection is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// Nothing: a request is under way.
    Off,
    /// The next request.
    Idle,
    /// The rest of a head.
    Head,
}

/// The bytes of a connection.
#[derive(Debug)]
pub(super) struct Wire {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    shared: Arc<Shared>,
    head_time: Duration,
    clock: Clock,
    alarm: Pin<Box<Sleep>>,
    /// How many requests had begun when the clock was last looked at.
    seen: usize,
    /// How many answers have gone out entirely.
    flushed: usize,
    is_http2: bool,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, shared: Arc<Shared>, head_time: Duration) -> Self {
        let alarm = Box::pin(tokio::time::sleep(head_time));
        // The first head has to come soon: a connection is made for a request.
        let (clock, seen, flushed) = (Clock::Idle, 0, 0);
        Self { stream: Some(stream), shared, head_time, clock, alarm, seen, flushed, is_http2: false }
    }

    fn set(&mut self, clock: Clock) {
        let time = match clock {
            Clock::Off => return self.clock = clock,
            Clock::Idle => IDLE,
            Clock::Head => self.head_time,
        };
        self.clock = clock;
        self.alarm.as_mut().reset(Instant::now() + time);
    }

    /// Whether a request is under way. The clock stands still then.
    fn is_busy(&mut self) -> bool {
        let begun = self.shared.begun.load(Relaxed);
        if self.seen != begun {
            self.seen = begun;
            self.clock = Clock::Off;
        }
        begun != self.shared.ended.load(Relaxed)
    }

    /// Whether what hyper writes now is a refusal of its own: the beginning of an answer that no request asked for.
    fn swallows(&mut self, first: &[u8]) -> bool {
        if self.is_http2 {
            return false;
        }
        if self.shared.refusal.load(Relaxed) != 0 {
            return true;
        }
        if self.flushed != self.shared.begun.load(Relaxed) {
            return false;
        }
        let Some(line) = first.strip_prefix(b"HTTP/1.") else {
            self.is_http2 = true;
            self.set(Clock::Idle);
            return false;
        };
        let digits = line.get(2..5).and_then(|digits| std::str::from_utf8(digits).ok());
        self.shared.refusal.store(digits.and_then(|digits| digits.parse().ok()).unwrap_or(400), Relaxed);
        true
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = this.stream()?.poll_read(context, buffer);
        if this.is_busy() {
            return polled;
        }
        match polled {
            Poll::Ready(_) => {
                // The rest of a body is no head.
                let is_head = !this.is_http2 && !this.shared.has_left_body();
                if is_head && buffer.filled().len() > before && this.clock != Clock::Head {
                    this.set(Clock::Head);
                }
                polled
            }
            Poll::Pending => {
                if this.clock == Clock::Off {
                    this.set(Clock::Idle);
                }
                ready!(this.alarm.as_mut().poll(context));
                if this.clock == Clock::Head {
                    this.shared.refusal.store(StatusCode::REQUEST_TIMEOUT.as_u16(), Relaxed);
                }
                // As if the other end had closed it.
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.swallows(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        this.stream()?.poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.swallows(slices.iter().find(|slice| !slice.is_empty()).map_or(&[], |slice| slice)) {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        this.stream()?.poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Called when hyper has nothing more to write: if no request is under way either, all answers are out.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let ended = this.shared.ended.load(Relaxed);
        if ended == this.shared.begun.load(Relaxed) {
            this.flushed = ended;
        }
        Poll::Ready(Ok(()))
    }

    /// Left to the task of the connection, which may have a refusal to write.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // A head that began and never became a request, and that hyper said nothing about.
        if !self.is_busy() && self.clock == Clock::Head && self.shared.refusal.load(Relaxed) == 0 {
            self.shared.refusal.store(StatusCode::BAD_REQUEST.as_u16(), Relaxed);
        }
        *self.shared.stream.lock().unwrap_or_else(PoisonError::into_inner) = self.stream.take();
    }
}
