//! Sends files. How long that takes depends on their size, so it is progress that is timed.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{ByteStream, Error, TimeoutStage};
use futures_core::Stream;
use reqwest::Request;
use tokio::time::{Instant, timeout};

use super::wire::late;
use crate::backend::HttpBackend;

/// How much is handed over at once, in bytes: a file that is in memory whole would otherwise be handed over before it is
/// sent.
const PART: usize = 64 << 10;

/// How far a file has been handed over to the connection.
#[derive(Debug, Default)]
pub(super) struct Watch {
    parts: AtomicU64,
    ended: AtomicBool,
}

impl Watch {
    /// The bytes, and what tells how far they are.
    pub(super) fn of(bytes: ByteStream) -> (Watched, Arc<Self>) {
        let watch = Arc::new(Self::default());
        (Watched { bytes, rest: Bytes::new(), watch: Arc::clone(&watch) }, watch)
    }
}

/// Bytes that are watched.
pub(super) struct Watched {
    bytes: ByteStream,
    /// What was had but not yet handed over.
    rest: Bytes,
    watch: Arc<Watch>,
}

impl Stream for Watched {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.bytes).poll_next(context)) {
                Some(Ok(bytes)) => self.rest = bytes,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    self.watch.ended.store(true, Ordering::Relaxed);
                    return Poll::Ready(None);
                }
            }
        }
        self.watch.parts.fetch_add(1, Ordering::Relaxed);
        let part = self.rest.len().min(PART);
        Poll::Ready(Some(Ok(self.rest.split_to(part))))
    }
}

impl HttpBackend {
    /// Sends a file and reads the answer. The wait for the answer counts from when the whole file was handed over; until
    /// then the file must get on.
    pub(super) async fn transferred(&self, request: Request, watch: &Watch) -> Result<(u16, Bytes), Error> {
        let limits = self.transfer_limits();
        let request = self.with_headers(request)?;
        let mut sent = std::pin::pin!(self.inner.transport.client.execute(request));
        let seen = || (watch.parts.load(Ordering::Relaxed), watch.ended.load(Ordering::Relaxed));
        let (mut before, mut since) = (seen(), Instant::now());
        let response = loop {
            let (stage, limit) = match before {
                (_, true) => (TimeoutStage::FirstByte, limits.stages.first_byte),
                // The connection may have to be made first.
                (0, false) => (TimeoutStage::Idle, limits.stages.idle.saturating_add(limits.stages.connect)),
                (_, false) => (TimeoutStage::Idle, limits.stages.idle),
            };
            let left = limit.saturating_sub(since.elapsed()).min(limits.left());
            if left.is_zero() {
                return Err(late(&limits, stage, limit));
            }
            // In steps, as progress moves the end of the wait.
            if let Ok(response) = timeout(left.min(step(limit)), sent.as_mut()).await {
                break response;
            }
            let now = seen();
            if now != before {
                (before, since) = (now, Instant::now());
            }
        };
        self.succeeded(self.reply(response, &limits).await?)
    }
}

/// How often a wait of `limit` looks for progress.
fn step(limit: Duration) -> Duration {
    (limit / 8).clamp(Duration::from_millis(1), Duration::from_secs(1))
}
