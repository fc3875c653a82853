//! A streamed answer that is written down when it ends, breaks or is dropped.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cosmic_ai_core::{Error, TextEvent, TextStream};
use futures_core::Stream;
use tokio::time::Instant;

use super::super::interaction::Event;
use super::tape::Slot;

/// The stream, with a look at each of its events.
pub(super) fn recorded(stream: TextStream, slot: Slot) -> TextStream {
    let id = stream.operation_id().clone();
    let last = slot.with_timing().then(Instant::now);
    TextStream::new(&id, Recorded { stream, slot: Some(slot), events: Vec::new(), text: String::new(), last })
}

struct Recorded {
    stream: TextStream,
    /// `None` once it is written.
    slot: Option<Slot>,
    events: Vec<Event>,
    /// The deltas so far.
    text: String,
    /// When the last event came, where that is kept.
    last: Option<Instant>,
}

impl Stream for Recorded {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.stream).poll_next(context));
        if let Some(item) = &item {
            let now = self.last.map(|_| Instant::now());
            let after = self.last.zip(now).map(|(last, now)| now - last);
            self.last = now;
            if let Ok(TextEvent::Delta(delta)) = item {
                self.text.push_str(delta);
            }
            let event = Event::recorded(item, &self.text, after);
            self.events.extend(event);
            if matches!(item, Ok(TextEvent::End(_)) | Err(_)) {
                self.write(false);
            }
        }
        Poll::Ready(item)
    }
}

impl Recorded {
    fn write(&mut self, dropped: bool) {
        if let Some(slot) = self.slot.take() {
            slot.streamed(std::mem::take(&mut self.events), dropped);
        }
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        self.write(true);
    }
}
