//! A backend whose answers come at one numbered event a second, for as long as they are read.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai::{
    Call, Error, ErrorKind, Outcome, TextEvent, TextGenerator, TextRequest, TextResponse, TextStream, Tokens,
    Unsupported, Usage,
};
use futures_core::Stream;
use tokio::time::{Interval, interval};

/// Writes `0 `, `1 `, `2 ` and so on, one a second, as many as `max_tokens` says.
#[derive(Debug)]
pub(crate) struct Paced;

#[async_trait]
impl TextGenerator for Paced {
    async fn generate_text(&self, _: &Call, _: &TextRequest) -> Result<TextResponse, Error> {
        let unsupported = Unsupported::new("generate_text", "only streams");
        Err(Error::new(ErrorKind::Unsupported(unsupported), Outcome::Refused))
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let ticks = Ticks {
            interval: interval(Duration::from_secs(1)),
            next: 0,
            end: request.max_tokens.unwrap_or(1),
            is_over: false,
        };
        Ok(TextStream::new(call.operation_id(), ticks))
    }
}

struct Ticks {
    interval: Interval,
    next: u32,
    end: u32,
    is_over: bool,
}

impl Stream for Ticks {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if self.next == self.end {
            self.is_over = true;
            let usage = Usage::new(Tokens(10), Tokens(u64::from(self.end)));
            return Poll::Ready(Some(Ok(TextEvent::End(TextResponse::new("").with_usage(usage)))));
        }
        ready!(self.interval.poll_tick(context));
        let text = format!("{} ", self.next);
        self.next += 1;
        Poll::Ready(Some(Ok(TextEvent::Delta(text))))
    }
}
