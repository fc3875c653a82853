//! Text of the mock, whole and streamed.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use async_trait::async_trait;
use cosmic_ai_core::{
    Call, Error, Modality, Progress, TextEvent, TextGenerator, TextRequest, TextResponse, TextStream, Usage,
};
use futures_core::Stream;

use super::MockBackend;
use crate::generate::text::{Draft, write};

#[async_trait]
impl TextGenerator for MockBackend {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let started = Instant::now();
        let (draft, mut response) = self.answer(call, request)?;
        response.text = draft.into_text();
        call.report(&Progress::Done { elapsed: started.elapsed() });
        Ok(response)
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let (draft, end) = self.answer(call, request)?;
        let answer = Answer { draft, given: 0, usage: end.usage, end: Some(end) };
        Ok(TextStream::new(call.operation_id(), answer))
    }
}

impl MockBackend {
    /// The answer to a request, and its response without the text.
    fn answer(&self, call: &Call, request: &TextRequest) -> Result<(Draft, TextResponse), Error> {
        let request = self.accept(call, request)?;
        call.report(&Progress::Sending { attempt: 1 });
        let draft = write(request.texts(), self.seed_of("text", &*request), request.max_tokens);
        let usage = Usage::new(input_tokens(&request), draft.tokens());
        let default = || self.inner.registry.default_model(Modality::Text).map(|model| model.id.clone());
        let mut end = TextResponse::default().with_usage(usage);
        end.model = request.model.clone().or_else(default);
        Ok((draft, end))
    }
}

/// A token every four bytes, and at least one: about what models report for prose.
fn input_tokens(request: &TextRequest) -> u64 {
    let bytes: usize = request.texts().map(str::len).sum();
    bytes.div_ceil(4).max(1) as u64
}

/// An answer that is handed over a few words at a time: text, then usage, then the end.
struct Answer {
    draft: Draft,
    given: usize,
    usage: Option<Usage>,
    end: Option<TextResponse>,
}

impl Stream for Answer {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let fragment = self.draft.fragment_after(self.given).to_owned();
        if !fragment.is_empty() {
            self.given += fragment.len();
            return Poll::Ready(Some(Ok(TextEvent::Delta(fragment))));
        }
        if let Some(usage) = self.usage.take() {
            return Poll::Ready(Some(Ok(TextEvent::Usage(usage))));
        }
        Poll::Ready(self.end.take().map(|end| Ok(TextEvent::End(end))))
    }
}
