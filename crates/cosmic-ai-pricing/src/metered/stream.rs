//! A streamed answer that is settled when it ends, breaks or is dropped.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cosmic_ai_core::{Call, Error, TextEvent, TextResponse, TextStream};
use futures_core::Stream;

use super::operation::Operation;

/// The stream of an operation, whose end comes after its charge is in the ledger.
pub(super) fn metered(stream: TextStream, operation: Box<Operation>) -> TextStream {
    let id = operation.id.clone();
    TextStream::new(&id, Metered { stream: Some((stream, operation)), settling: None })
}

/// An answer that was recorded, as a stream.
pub(super) fn recorded(call: &Call, answer: TextResponse) -> TextStream {
    TextStream::new(call.operation_id(), Recorded(Some(answer)))
}

type Item = Result<TextEvent, Error>;

struct Metered {
    /// `None` once the source has ended.
    stream: Option<(TextStream, Box<Operation>)>,
    /// The last item, after its charge is recorded.
    settling: Option<Pin<Box<dyn Future<Output = Item> + Send>>>,
}

impl Stream for Metered {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        if let Some((stream, _)) = &mut self.stream {
            let item = match ready!(Pin::new(stream).poll_next(context)) {
                Some(item @ (Ok(TextEvent::End(_)) | Err(_))) => item,
                // A stream says its end or an error before it has none left.
                other => return Poll::Ready(other),
            };
            if let Some((_, operation)) = self.stream.take() {
                self.settling = Some(Box::pin(settle(operation, item)));
            }
        }
        let Some(settling) = &mut self.settling else { return Poll::Ready(None) };
        let item = ready!(settling.as_mut().poll(context));
        self.settling = None;
        Poll::Ready(Some(item))
    }
}

async fn settle(mut operation: Box<Operation>, item: Item) -> Item {
    let next = match &item {
        Ok(TextEvent::End(answer)) => operation.settled(answer, || None),
        Ok(_) => return item,
        Err(error) => operation.failed(error),
    };
    operation.advance(next).await;
    item
}

impl Drop for Metered {
    fn drop(&mut self) {
        if let Some((stream, operation)) = &mut self.stream {
            operation.abandon(stream.text(), stream.usage());
        }
    }
}

impl fmt::Debug for Metered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered").field("stream", &self.stream).finish_non_exhaustive()
    }
}

struct Recorded(Option<TextResponse>);

impl Stream for Recorded {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        Poll::Ready(self.0.take().map(|answer| Ok(TextEvent::End(answer))))
    }
}
