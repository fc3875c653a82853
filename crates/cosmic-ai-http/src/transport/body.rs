//! Reads bodies: as they come, under time limits, or whole, under a size limit as well.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cosmic_ai_core::{Error, ErrorKind, Outcome, TimeoutStage};
use futures_core::Stream;
use reqwest::Response;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Limits, broken, not_understood, timed_out};

/// Longer than any call, and short enough to be added to any moment.
const FOREVER: Duration = Duration::from_hours(365 * 24);

/// A body as it comes. Pulled: nothing is read that nobody asks for. Dropping it closes the connection.
pub(crate) struct BodyStream {
    body: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    limits: Limits,
    /// Set up at the first wait: what comes at once needs none.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Whether the alarm is set for the wait that is going on.
    waiting: bool,
    /// Whether the whole time had run out when the last part came.
    is_late: bool,
    /// How many bytes may still come.
    room: Option<usize>,
    /// How many bytes may come altogether.
    limit: usize,
}

impl BodyStream {
    pub(crate) fn new(response: Response, limits: Limits) -> Self {
        Self {
            body: Box::pin(response.bytes_stream()),
            limits,
            alarm: None,
            waiting: false,
            is_late: false,
            room: None,
            limit: 0,
        }
    }

    /// Bounds the whole body, after decompression.
    pub(crate) const fn with_limit(mut self, bytes: usize) -> Self {
        (self.room, self.limit) = (Some(bytes), bytes);
        self
    }

    /// A part of the body, unless it is beyond a limit. What comes at once never meets the alarm, so the clock is asked.
    fn within_limits(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        if self.is_late {
            return Err(self.run_out());
        }
        self.is_late = self.limits.left().is_zero();
        let Some(room) = &mut self.room else { return Ok(chunk) };
        let Some(left) = room.checked_sub(chunk.len()) else {
            let message = format!("a streamed answer of more than {} bytes", self.limit);
            return Err(Error::new(ErrorKind::Decode { message }, Outcome::UNKNOWN));
        };
        *room = left;
        Ok(chunk)
    }

    /// Which limit the alarm was set to.
    fn run_out(&self) -> Error {
        let idle = self.limits.stages.idle;
        let (stage, after) = if self.limits.left().is_zero() {
            (TimeoutStage::Total, self.limits.total)
        } else {
            (TimeoutStage::Idle, idle)
        };
        timed_out(stage, after, Outcome::UNKNOWN)
    }
}

/// When a wait that begins now is too long. A limit beyond what a clock can say is none.
fn next_alarm(limits: &Limits) -> Instant {
    // Asked once: where every fragment is waited for, the clock is among what costs most.
    let now = Instant::now();
    let left = limits.total.saturating_sub(now.saturating_duration_since(limits.started));
    now + limits.stages.idle.min(left).min(FOREVER)
}

impl Stream for BodyStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(chunk) = self.body.as_mut().poll_next(context) {
            self.waiting = false;
            return Poll::Ready(chunk.map(|chunk| self.within_limits(chunk.map_err(broken)?)));
        }
        let this = &mut *self;
        let alarm = match &mut this.alarm {
            Some(alarm) => {
                if !this.waiting {
                    alarm.as_mut().reset(next_alarm(&this.limits));
                }
                alarm
            }
            none => none.insert(Box::pin(sleep_until(next_alarm(&this.limits)))),
        };
        this.waiting = true;
        match alarm.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(this.run_out()))),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The whole body, `limit` bytes at most after decompression.
pub(crate) async fn read_whole(response: Response, limits: &Limits, limit: usize) -> Result<Bytes, Error> {
    match read_until(response, limits, limit).await {
        (body, None) => Ok(body),
        (_, Some(error)) => Err(error),
    }
}

/// As much of the body as came, `limit` bytes at most, and why the rest of it did not.
pub(crate) async fn read_until(response: Response, limits: &Limits, limit: usize) -> (Bytes, Option<Error>) {
    let status = response.status().as_u16();
    let mut body = BodyStream::new(response, *limits);
    let mut next = async || std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await;
    let too_large = || not_understood(format!("a body of more than {limit} bytes"), status, Outcome::UNKNOWN);

    // Most answers are one chunk, which needs no copy.
    let first = match next().await {
        None => return (Bytes::new(), None),
        Some(Err(error)) => return (Bytes::new(), Some(error.with_status(status))),
        Some(Ok(first)) if first.len() > limit => return (first.slice(..limit), Some(too_large())),
        Some(Ok(first)) => first,
    };
    let mut following = match next().await {
        None => return (first, None),
        Some(Err(error)) => return (first, Some(error.with_status(status))),
        Some(Ok(second)) => second,
    };
    let mut whole = BytesMut::with_capacity((first.len() + following.len()).min(limit));
    whole.extend_from_slice(&first);
    drop(first);
    loop {
        let room = limit - whole.len();
        whole.extend_from_slice(following.get(..room).unwrap_or(&following));
        if following.len() > room {
            return (whole.freeze(), Some(too_large()));
        }
        following = match next().await {
            None => return (whole.freeze(), None),
            Some(Err(error)) => return (whole.freeze(), Some(error.with_status(status))),
            Some(Ok(chunk)) => chunk,
        };
    }
}

#[cfg(test)]
mod tests;
