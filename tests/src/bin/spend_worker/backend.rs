//! A backend that answers at once as its operation is meant to go, and tells the journal before it does.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use cosmic_ai::{
    Call, Error, ErrorKind, ImageGenerator, ImageRequest, ImageResponse, Media, Outcome, TextEvent, TextGenerator,
    TextRequest, TextResponse, TextStream, Usage,
};
use cosmic_ai_pricing::ledger::failpoint::reached;
use futures_core::Stream;
use tokio::sync::Notify;

use crate::journal::{Journal, verb};
use crate::plot::{Deed, Operation};

/// The backend of one operation.
#[derive(Debug)]
pub(crate) struct Backend {
    operation: Operation,
    journal: Arc<Journal>,
    /// Whether what is sent has to be on the disk before it is answered.
    is_durable: bool,
    /// Whether it never answers.
    hangs: bool,
    /// Told when the request has arrived.
    pub(crate) arrived: Notify,
}

impl Backend {
    pub(crate) fn new(operation: &Operation, journal: &Arc<Journal>, is_durable: bool) -> Self {
        let hangs = matches!(operation.deed, Deed::DroppedEarly | Deed::DroppedText | Deed::DroppedImage);
        Self { operation: operation.clone(), journal: journal.clone(), is_durable, hangs, arrived: Notify::new() }
    }

    pub(crate) const fn hanging(mut self) -> Self {
        self.hangs = true;
        self
    }

    async fn begin(&self, call: &Call) -> Result<(), Error> {
        if self.is_durable {
            self.journal.tell_durably(verb::SENT, call.operation_id());
        } else {
            self.journal.tell(verb::SENT, call.operation_id());
        }
        reached(if call.parent().is_some() { "worker/part-sent" } else { "worker/sent" });
        self.arrived.notify_one();
        for _ in 0..self.operation.dice {
            tokio::task::yield_now().await;
        }
        if self.hangs {
            std::future::pending::<()>().await;
        }
        match self.operation.deed {
            Deed::Refused => {
                self.journal.tell(verb::REFUSED, call.operation_id());
                reached("worker/refused");
                Err(failure(Outcome::Refused))
            }
            Deed::LostText | Deed::LostImage | Deed::FoundImage => Err(failure(Outcome::UNKNOWN)),
            _ => {
                reached("worker/answered");
                Ok(())
            }
        }
    }

    fn usage(&self) -> Usage {
        Usage::new(1_u64, u64::from(self.operation.used))
    }
}

fn failure(outcome: Outcome) -> Error {
    Error::new(ErrorKind::Backend { message: "as it was meant to go".to_owned() }, outcome)
}

#[async_trait]
impl TextGenerator for Backend {
    async fn generate_text(&self, call: &Call, _: &TextRequest) -> Result<TextResponse, Error> {
        self.begin(call).await?;
        Ok(TextResponse::new("words").with_usage(self.usage()))
    }

    async fn stream_text(&self, call: &Call, _: &TextRequest) -> Result<TextStream, Error> {
        self.begin(call).await?;
        let mut answer = TextResponse::default();
        answer.usage = Some(self.usage());
        let end = if self.operation.deed == Deed::BrokenStream {
            Err(failure(Outcome::UNKNOWN))
        } else {
            Ok(TextEvent::End(answer))
        };
        let parts = ["some ", "words ", "and ", "more"].map(|part| Ok(TextEvent::Delta(part.to_owned())));
        let events = parts.into_iter().chain([end]).collect();
        Ok(TextStream::new(call.operation_id(), Parts { events, pauses: false }))
    }
}

#[async_trait]
impl ImageGenerator for Backend {
    async fn generate_image(&self, call: &Call, _: &ImageRequest) -> Result<ImageResponse, Error> {
        self.begin(call).await?;
        let id = call.operation_id().as_str();
        Ok(ImageResponse::new(Media::new(id, format!("https://cdn.example/{id}"), "image/png")))
    }
}

/// A stream that lets others go first before each of its parts.
struct Parts {
    events: VecDeque<Result<TextEvent, Error>>,
    pauses: bool,
}

impl Stream for Parts {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pauses = !self.pauses;
        if self.pauses {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.events.len() == 3 {
            reached("worker/streaming");
        }
        Poll::Ready(self.events.pop_front())
    }
}
