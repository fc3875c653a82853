//! Reads bodies: as they come, under time limits, or whole, under a size limit as well.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cosmic_ai_core::{Error, Outcome, TimeoutStage};
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
}

impl BodyStream {
    pub(crate) fn new(response: Response, limits: Limits) -> Self {
        Self { body: Box::pin(response.bytes_stream()), limits, alarm: None, waiting: false }
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
            return Poll::Ready(chunk.map(|chunk| chunk.map_err(broken)));
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
    let status = response.status().as_u16();
    let mut body = BodyStream::new(response, *limits);
    let mut next = async || std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await;
    let too_large = || not_understood(format!("a body of more than {limit} bytes"), status, Outcome::UNKNOWN);
    let with_status = |error: Error| error.with_status(status);

    // Most answers are one chunk, which needs no copy.
    let Some(first) = next().await.transpose().map_err(with_status)? else { return Ok(Bytes::new()) };
    let Some(second) = next().await.transpose().map_err(with_status)? else {
        return if first.len() > limit { Err(too_large()) } else { Ok(first) };
    };
    let mut whole = BytesMut::with_capacity((first.len() + second.len()).min(limit));
    let mut chunk = Some(first);
    let mut following = Some(second);
    while let Some(bytes) = chunk {
        if whole.len() + bytes.len() > limit {
            return Err(too_large());
        }
        whole.extend_from_slice(&bytes);
        chunk = match following.take() {
            Some(following) => Some(following),
            None => next().await.transpose().map_err(with_status)?,
        };
    }
    Ok(whole.freeze())
}
