//! A body on its way in: limited in size, in its pauses and in its slowness, and never read far ahead of what is understood of it. What is left of
//! one that is refused is read and thrown away for a while: closing at once would have the system send a reset, which can
//! overtake the refusal.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep};

use crate::error::ApiError;

/// How many bytes may come without any of them being understood: the head of a part that never ends, say.
const AHEAD: u64 = 1 << 20;

/// How many bytes a second a body has to come with, on average from its first minute on. A pause alone would let it come byte by
/// byte for years.
const RATE: u64 = 1 << 10;
const START: Duration = Duration::from_mins(1);
/// How long a body may come without a key, however fast it began.
const KEYLESS_TIME: Duration = Duration::from_mins(10);

/// How much, and for how long, is read of what is refused.
const LEFT_BYTES: usize = 64 << 20;
const LEFT_TIME: Duration = Duration::from_secs(2);

/// A body on its way in.
pub(super) struct Incoming {
    /// `None` once it has ended.
    body: Option<BodyDataStream>,
    idle: Duration,
    begun: Instant,
    pause: Pin<Box<Sleep>>,
    left: u64,
    most: u64,
    watch: Watch,
    /// Whether a piece was just given. The parser takes all that is ready, so it is told to wait and look at it first.
    has_given: bool,
}

/// What the reader of a body knows of its course.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Course>>);

#[derive(Debug, Default)]
struct Course {
    /// Bytes since the parser last understood something.
    ahead: u64,
    /// Whether its sender has shown a key.
    is_known: bool,
    fault: Option<Fault>,
}

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    TooLarge { most: u64 },
    TooSlow,
    Keyless,
    NotUnderstood,
    Broken,
}

impl Incoming {
    /// A body of at most `most` bytes, with no pause longer than `idle`, and not too slow on the whole.
    pub(super) fn new(body: Body, most: u64, idle: Duration) -> (Self, Watch) {
        let watch = Watch::default();
        let pause = Box::pin(tokio::time::sleep(idle));
        let body = Some(body.into_data_stream());
        (
            Self { body, idle, begun: Instant::now(), pause, left: most, most, watch: watch.clone(), has_given: false },
            watch,
        )
    }

    fn fail(&self, fault: Fault) -> Poll<Option<io::Result<Bytes>>> {
        self.watch.with(|course| course.fault = Some(fault));
        Poll::Ready(Some(Err(io::Error::other("the body cannot be read on"))))
    }
}

impl Stream for Incoming {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.has_given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let Poll::Ready(next) = Pin::new(body).poll_next(context) else {
            ready!(self.pause.as_mut().poll(context));
            return self.fail(Fault::TooSlow);
        };
        let bytes = match next {
            None => {
                self.body = None;
                return Poll::Ready(None);
            }
            Some(Err(_)) => {
                self.body = None;
                return self.fail(Fault::Broken);
            }
            Some(Ok(bytes)) => bytes,
        };
        let length = bytes.len() as u64;
        let Some(left) = self.left.checked_sub(length) else {
            return self.fail(Fault::TooLarge { most: self.most });
        };
        self.left = left;
        let elapsed = self.begun.elapsed();
        if elapsed > START && (self.most - left) / RATE < elapsed.as_secs() {
            return self.fail(Fault::TooSlow);
        }
        let (ahead, is_known) = self.watch.with(|course| {
            course.ahead += length;
            (course.ahead, course.is_known)
        });
        if elapsed > KEYLESS_TIME && !is_known {
            return self.fail(Fault::Keyless);
        }
        if ahead > AHEAD.max(length) {
            return self.fail(Fault::NotUnderstood);
        }
        let again = Instant::now() + self.idle;
        self.pause.as_mut().reset(again);
        self.has_given = true;
        Poll::Ready(Some(Ok(bytes)))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(body) = self.body.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(tokio::time::timeout(LEFT_TIME, read_off(body)));
        }
    }
}

/// Reads what is left of a body. The refusal is sent meanwhile.
async fn read_off(mut body: BodyDataStream) {
    let mut left = LEFT_BYTES;
    while let Some(Ok(bytes)) = std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
        let Some(less) = left.checked_sub(bytes.len()) else { return };
        left = less;
    }
}

impl Watch {
    /// Something was understood.
    pub(super) fn understood(&self) {
        self.with(|course| course.ahead = 0);
    }

    /// Its sender has shown a key, and may take as long as there is.
    pub(super) fn known(&self) {
        self.with(|course| course.is_known = true);
    }

    /// The refusal of a body that the parser does not get on with, which says so in `words`.
    pub(super) fn refusal(&self, words: &str) -> ApiError {
        match self.with(|course| course.fault) {
            Some(Fault::TooLarge { most }) => too_large(most),
            Some(Fault::TooSlow) => ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body paused for too long, or came too slowly; send it again",
            ),
            Some(Fault::Keyless) => {
                let message = "the key did not come in time; send it first, as `Authorization: Bearer …`";
                ApiError::new(StatusCode::REQUEST_TIMEOUT, message)
            }
            Some(Fault::NotUnderstood) => {
                ApiError::bad_request("the body is not multipart: a part has no end of its head")
            }
            Some(Fault::Broken) => ApiError::bad_request("the body ends before its end, or is wrongly framed"),
            None => ApiError::bad_request(format!("the body is not multipart as it says: {words}")),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Course) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The refusal of a body of more bytes than are allowed.
pub(super) fn too_large(most: u64) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {most} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a body whose pieces come every ten seconds, and tells how many were read.
    async fn read(piece: usize, pieces: usize, has_key: bool) -> Result<usize, ApiError> {
        let (sender, receiver) = tokio::sync::mpsc::channel::<io::Result<Bytes>>(1);
        tokio::spawn(async move {
            for _ in 0..pieces {
                tokio::time::sleep(Duration::from_secs(10)).await;
                let _ = sender.send(Ok(Bytes::from(vec![0; piece]))).await;
            }
        });
        let body = Body::from_stream(Pieces(receiver));
        let (mut incoming, watch) = Incoming::new(body, 1 << 30, Duration::from_secs(20));
        if has_key {
            watch.known();
        }
        let mut count = 0;
        while let Some(piece) = std::future::poll_fn(|context| Pin::new(&mut incoming).poll_next(context)).await {
            piece.map_err(|_| watch.refusal(""))?;
            watch.understood();
            count += 1;
        }
        Ok(count)
    }

    struct Pieces(tokio::sync::mpsc::Receiver<io::Result<Bytes>>);

    impl Stream for Pieces {
        type Item = io::Result<Bytes>;

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0.poll_recv(context)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_pauses_for_long_has_to_come_all_the_same() {
        assert_eq!(read(11 << 10, 100, true).await.unwrap(), 100);
        // Whatever is over within a minute may be as slow as it likes.
        assert_eq!(read(1, 6, false).await.unwrap(), 6);
        let refusal = read(9 << 10, 100, true).await.unwrap_err();
        assert_eq!(refusal.to_value()["status"], 408, "{refusal:?}");
        let refusal = read(1 << 20, 100, false).await.unwrap_err();
        assert!(refusal.message().contains("the key did not come in time"), "{refusal:?}");
    }
}
