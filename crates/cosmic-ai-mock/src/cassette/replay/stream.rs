//! A recorded stream, as it came.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use cosmic_ai_core::{Call, Error, Progress, TextEvent, TextStream};
use futures_core::Stream;
use tokio::time::Sleep;

use super::super::interaction::Event;
use super::unreadable;

/// The events, for a call; `dropped` where their reader stopped in the middle.
pub(super) fn played(call: &Call, events: Vec<Event>, dropped: bool, with_timing: bool) -> TextStream {
    let played = Played {
        call: call.clone(),
        events: events.into_iter(),
        next: None,
        dropped,
        with_timing,
        started: Instant::now(),
    };
    TextStream::new(call.operation_id(), played)
}

struct Played {
    call: Call,
    events: std::vec::IntoIter<Event>,
    /// The event that is waited for.
    next: Option<(Event, Option<Pin<Box<Sleep>>>)>,
    dropped: bool,
    with_timing: bool,
    started: Instant,
}

impl Stream for Played {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.next.is_none() {
            let Some(event) = self.events.next() else {
                return if self.dropped { Poll::Pending } else { Poll::Ready(None) };
            };
            let pause = event.after_ms.filter(|&pause| self.with_timing && pause > 0).map(Duration::from_millis);
            let sleep = pause.map(|pause| Box::pin(tokio::time::sleep(pause)));
            self.next = Some((event, sleep));
        }
        if let Some((_, Some(sleep))) = &mut self.next {
            ready!(sleep.as_mut().poll(context));
        }
        let Some((event, _)) = self.next.take() else { return Poll::Ready(None) };
        let item = event.played(self.call.operation_id()).unwrap_or_else(|message| Err(unreadable(message)));
        if matches!(item, Ok(TextEvent::End(_))) {
            self.call.report(&Progress::Done { elapsed: self.started.elapsed() });
        }
        Poll::Ready(Some(item))
    }
}
