//! A recorded stream, as it came.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use cosmic_ai_core::{Call, Error, Progress, TextEvent, TextStream};
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::super::interaction::Event;
use super::limit::Limit;
use super::unreadable;

/// The events, for a call; `dropped` where their reader stopped in the middle.
pub(super) fn played(call: &Call, limit: Limit, events: Vec<Event>, dropped: bool, with_timing: bool) -> TextStream {
    let played = Played {
        call: call.clone(),
        events: events.into_iter().peekable(),
        due: None,
        sleep: None,
        dropped,
        with_timing,
        limit,
        is_over: false,
    };
    TextStream::new(call.operation_id(), played)
}

struct Played {
    call: Call,
    events: std::iter::Peekable<std::vec::IntoIter<Event>>,
    /// When the next event comes, once it is waited for.
    due: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
    dropped: bool,
    with_timing: bool,
    limit: Limit,
    /// Whether the time limit has run out.
    is_over: bool,
}

/// What the stream does now.
enum Next {
    Event(Event),
    /// Nothing before then; `None` is never.
    Wait(Option<Instant>),
    End,
}

impl Played {
    fn next(&mut self) -> Next {
        let Some(event) = self.events.peek() else {
            return if self.dropped { Next::Wait(None) } else { Next::End };
        };
        let pause = event.after_ms.filter(|&pause| self.with_timing && pause > 0).map(Duration::from_millis);
        if let Some(pause) = pause {
            let now = Instant::now();
            let due = match self.due {
                Some(due) => Some(due),
                None => now.checked_add(pause),
            };
            self.due = due;
            if due.is_none_or(|due| due > now) {
                return Next::Wait(due);
            }
        }
        self.due = None;
        self.events.next().map_or(Next::End, Next::Event)
    }
}

impl Stream for Played {
    type Item = Result<TextEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.is_over {
            return Poll::Ready(None);
        }
        loop {
            if let Some(sleep) = &mut this.sleep {
                ready!(sleep.as_mut().poll(context));
                this.sleep = None;
            }
            match this.next() {
                Next::Event(event) => {
                    let item =
                        event.played(this.call.operation_id()).unwrap_or_else(|message| Err(unreadable(message)));
                    if matches!(item, Ok(TextEvent::End(_))) {
                        this.call.report(&Progress::Done { elapsed: this.limit.elapsed() });
                    }
                    return Poll::Ready(Some(item));
                }
                Next::End => return Poll::Ready(None),
                // What is there at once is given at once: only waiting can take too long.
                Next::Wait(_) if this.limit.is_over() => {
                    this.is_over = true;
                    return Poll::Ready(Some(Err(this.limit.error(&this.call))));
                }
                Next::Wait(due) => match due.into_iter().chain(this.limit.deadline()).min() {
                    Some(until) => this.sleep = Some(Box::pin(sleep_until(until))),
                    None => return Poll::Pending,
                },
            }
        }
    }
}
