//! Broken text.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use async_trait::async_trait;
use cosmic_ai_core::{
    Call, Error, ErrorKind, OperationId, Outcome, Registry, Rejection, TextEvent, TextGenerator, TextRequest,
    TextResponse, TextStream, Usage,
};
use futures_core::Stream;

use super::{Broken, Sabotage, State};

#[async_trait]
impl TextGenerator for Broken {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let _running = self.enter().await?;
        self.around(call)?;
        let mut answer = match self.mock.generate_text(call, &self.asked(request)).await {
            Ok(answer) => answer,
            Err(_) if self.is(Sabotage::AnswersInvalidRequests) => TextResponse::new("As you like"),
            Err(error) => return Err(self.spoil(call, &error)),
        };
        match self.how {
            Sabotage::AnswersNothing => answer.text.clear(),
            Sabotage::LosesUsage => answer.usage = None,
            Sabotage::AnswersWithAFieldTwice => {
                answer.extra.insert("text".to_owned(), "again".into());
            }
            Sabotage::CountsTooMuch => {
                answer.usage = answer.usage.map(|usage| Usage::new(1_000_000_u32, usage.output_tokens));
            }
            Sabotage::MixesUpAnswers if self.state.running.load(Ordering::SeqCst) > 1 => {
                "What another one asked for".clone_into(&mut answer.text);
            }
            _ => {}
        }
        Ok(answer)
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let _running = self.enter().await?;
        if self.is(Sabotage::AnswersInvalidRequests) && Registry::built_in().check(request).is_err() {
            return self.stream_text(call, &TextRequest::new("Anything")).await;
        }
        let stream = self.mock.stream_text(call, &self.asked(request)).await;
        let source = stream.map_err(|error| self.spoil(call, &error))?;
        let own = OperationId::mint();
        let id = if self.is(Sabotage::StreamNamesAnotherOperation) { &own } else { call.operation_id() };
        let events = Spoilt { source, how: self.how, held: None, is_over: false, state: self.state.clone() };
        Ok(TextStream::new(id, events))
    }
}

impl Broken {
    fn asked(&self, request: &TextRequest) -> TextRequest {
        let mut request = request.clone();
        if self.is(Sabotage::IgnoresMaxTokens) && request.max_tokens != Some(0) {
            request.max_tokens = None;
        }
        request
    }

    /// Blocks, or refuses, where that is the fault.
    pub(super) async fn enter(&self) -> Result<Running, Error> {
        if self.state.is_blocked.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let running = Running(self.state.clone());
        if self.state.running.fetch_add(1, Ordering::SeqCst) >= 4 && self.is(Sabotage::AllowsFourAtOnce) {
            return Err(Error::new(ErrorKind::Server(Rejection::new("too many at once")), Outcome::UNKNOWN));
        }
        tokio::task::yield_now().await;
        Ok(running)
    }
}

pub(super) struct Running(Arc<State>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Spoilt {
    source: TextStream,
    how: Sabotage,
    /// The last fragment, until it is clear that another one follows.
    held: Option<String>,
    is_over: bool,
    state: Arc<State>,
}

impl Stream for Spoilt {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Poll::Ready(item) = Pin::new(&mut self.source).poll_next(context) else { return Poll::Pending };
            let event = match (item, self.how) {
                (Some(Ok(TextEvent::Delta(text))), Sabotage::DropsTheLastFragment) => match self.held.replace(text) {
                    Some(earlier) => TextEvent::Delta(earlier),
                    None => continue,
                },
                (Some(Ok(TextEvent::Usage(_))), Sabotage::StreamLosesUsage) => continue,
                (Some(Ok(TextEvent::End(mut end))), Sabotage::StreamLosesUsage) => {
                    end.usage = None;
                    TextEvent::End(end)
                }
                (Some(Ok(TextEvent::End(_))), Sabotage::StreamNeverEnds) => return Poll::Pending,
                (item, _) => {
                    self.is_over |= matches!(&item, Some(Ok(TextEvent::End(_))) | None);
                    return Poll::Ready(item);
                }
            };
            return Poll::Ready(Some(Ok(event)));
        }
    }
}

impl Drop for Spoilt {
    fn drop(&mut self) {
        if self.how == Sabotage::BlocksAfterADroppedStream && !self.is_over {
            self.state.is_blocked.store(true, Ordering::SeqCst);
        }
    }
}
