//! Bodies on their way out, with what is to last as long as they do.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use prometheus_client::metrics::counter::Counter;

/// A body that holds something until it is sent or given up, and may count its bytes.
pub(super) struct Outgoing<T> {
    body: Body,
    #[expect(dead_code, reason = "held for its drop")]
    held: T,
    bytes: Option<Counter>,
}

impl<T> Outgoing<T> {
    pub(super) const fn new(body: Body, held: T) -> Self {
        Self { body, held, bytes: None }
    }

    /// Counts its bytes as they go.
    pub(super) fn counted(mut self, bytes: Counter) -> Self {
        self.bytes = Some(bytes);
        self
    }
}

impl<T: Unpin> HttpBody for Outgoing<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let (Some(bytes), Poll::Ready(Some(Ok(frame)))) = (&self.bytes, &polled)
            && let Some(data) = frame.data_ref()
        {
            bytes.inc_by(data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
