//! The bytes of a connection, on their way to hyper and back. It keeps the time of heads, and replaces what hyper says by itself
//! of heads that it cannot read: a status without a body.

mod shared;

use std::io;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

pub(super) use self::shared::{Shared, UnderWay};

/// How long a connection may be kept without a request. Longer than clients keep theirs, so that it is not closed just when a
/// request is on its way.
const IDLE: Duration = Duration::from_mins(2);

/// How long the other end may take nothing of an answer. One that never reads would keep its turn for ever.
const STALL: Duration = Duration::from_mins(1);

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
    /// Set while the other end takes nothing.
    stall: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, shared: Arc<Shared>, head_time: Duration) -> Self {
        let alarm = Box::pin(tokio::time::sleep(head_time));
        // The first head has to come soon: a connection is made for a request.
        let (clock, seen, flushed) = (Clock::Idle, 0, 0);
        Self { stream: Some(stream), shared, head_time, clock, alarm, seen, flushed, is_http2: false, stall: None }
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

    /// Gives up when nothing is taken for too long.
    fn moving(&mut self, polled: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if polled.is_ready() {
            self.stall = None;
            return polled;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALL)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
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
        let polled = this.stream()?.poll_write(context, bytes);
        this.moving(polled, context)
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
        let polled = this.stream()?.poll_write_vectored(context, slices);
        this.moving(polled, context)
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_end_that_takes_nothing_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let shared = Arc::new(Shared::default());
        let _under_way = shared.begin();
        let mut wire = Wire::new(stream, shared, Duration::from_secs(10));
        let bytes = vec![0; 1 << 20];
        let error = loop {
            if let Err(error) = wire.write_all(&bytes).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
