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

/// What is added to each text of a request.
const FRAMING_TOKENS: u64 = 2;
/// How many letters of a word one token holds.
const WORD_LETTERS: u64 = 6;

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
        let started = Instant::now();
        let (draft, end) = self.answer(call, request)?;
        let answer = Answer { draft, given: 0, usage: end.usage, end: Some(end), call: call.clone(), started };
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

/// What a request is charged for: its texts, and the framing of each.
fn input_tokens(request: &TextRequest) -> u64 {
    request.texts().map(|text| count_tokens(text) + FRAMING_TOKENS).sum()
}

/// How many tokens a text has, about as models count: common words are one, long ones more, marks and digits one each.
fn count_tokens(text: &str) -> u64 {
    let (mut tokens, mut quarters, mut word) = (0, 0, 0_u64);
    for character in text.chars() {
        word = if character.is_ascii_alphabetic() { word + 1 } else { 0 };
        match character.len_utf8() as u64 {
            1 if word > 0 => tokens += u64::from(word % WORD_LETTERS == 1),
            1 => tokens += u64::from(character != ' '),
            4 => tokens += 2,
            bytes => quarters += bytes,
        }
    }
    tokens + u64::div_ceil(quarters, 4)
}

/// An answer that is handed over a few words at a time: text, then usage, then the end.
struct Answer {
    draft: Draft,
    given: usize,
    usage: Option<Usage>,
    end: Option<TextResponse>,
    call: Call,
    started: Instant,
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
        Poll::Ready(self.end.take().map(|end| {
            self.call.report(&Progress::Done { elapsed: self.started.elapsed() });
            Ok(TextEvent::End(end))
        }))
    }
}
