//! A streamed answer that is settled when it ends, breaks or is dropped.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cosmic_ai_core::{Call, Error, TextEvent, TextResponse, TextStream, Usage};
use futures_core::Stream;

use super::operation::Operation;

/// The stream of an operation, whose end comes after its charge is in the ledger.
pub(super) fn metered(stream: TextStream, operation: Box<Operation>) -> TextStream {
    let id = operation.id.clone();
    TextStream::new(&id, Settled { stream: Some((stream, operation)), outdated: None, settling: None })
}

/// An answer that was recorded, as a stream.
pub(super) fn recorded(call: &Call, answer: TextResponse) -> TextStream {
    TextStream::new(call.operation_id(), Recorded(Some(answer)))
}

type Item = Result<TextEvent, Error>;

struct Settled {
    /// `None` once the source has ended.
    stream: Option<(TextStream, Box<Operation>)>,
    /// The usage that was reported last, if words came after it: then it is not of the whole answer.
    outdated: Option<Usage>,
    /// The last item, after its charge is recorded.
    settling: Option<Pin<Box<dyn Future<Output = Item> + Send>>>,
}

impl Stream for Settled {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        if let Some((stream, _)) = &mut this.stream {
            let item = ready!(Pin::new(&mut *stream).poll_next(context));
            let item = match item {
                Some(item @ (Ok(TextEvent::End(_)) | Err(_))) => item,
                Some(Ok(event)) => {
                    let says_usage = matches!(event, TextEvent::Usage(_));
                    this.outdated = if says_usage { None } else { stream.usage() };
                    return Poll::Ready(Some(Ok(event)));
                }
                // A stream says its end or an error before it has none left.
                None => return Poll::Ready(None),
            };
            if let Some((_, operation)) = this.stream.take() {
                this.settling = Some(Box::pin(settle(operation, item, this.outdated)));
            }
        }
        let Some(settling) = &mut this.settling else { return Poll::Ready(None) };
        let item = ready!(settling.as_mut().poll(context));
        this.settling = None;
        Poll::Ready(Some(item))
    }
}

async fn settle(mut operation: Box<Operation>, item: Item, outdated: Option<Usage>) -> Item {
    let next = match &item {
        Ok(TextEvent::End(answer)) if answer.usage.is_some() && answer.usage == outdated => {
            operation.ended_unreported(answer)
        }
        Ok(TextEvent::End(answer)) => operation.settled(answer, || None),
        Ok(_) => return item,
        Err(error) => operation.failed(error),
    };
    operation.advance(next).await;
    item
}

impl Drop for Settled {
    fn drop(&mut self) {
        if let Some((stream, operation)) = &mut self.stream {
            operation.abandon(stream.text(), stream.usage());
        }
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settled").field("stream", &self.stream).finish_non_exhaustive()
    }
}

struct Recorded(Option<TextResponse>);

impl Stream for Recorded {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        Poll::Ready(self.0.take().map(|answer| Ok(TextEvent::End(answer))))
    }
}
