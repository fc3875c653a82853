//! A backend that does what a test says, and counts what it was asked.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use async_trait::async_trait;
use cosmic_ai_core::{
    Call, Error, ErrorKind, ExtensionRequest, ImageGenerator, ImageRequest, ImageResponse, Media, Outcome,
    SpeechGenerator, SpeechRequest, SpeechResponse, TextEvent, TextGenerator, TextRequest, TextResponse, TextStream,
    Usage, VideoGenerator, VideoRequest, VideoResponse,
};
use futures_core::Stream;

/// What the backend does with the next call; answers when nothing is left to do.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Answer,
    Fail(Outcome),
    /// Fails, after the medium was made all the same.
    FailHaving(Outcome, &'static str),
    Hang,
    /// Answers a text with this usage.
    AnswerWith(Usage),
    /// Streams these parts, and then this.
    Stream(Vec<&'static str>, StreamEnd),
}

#[derive(Debug, Clone)]
pub(crate) enum StreamEnd {
    /// Reports this usage before the last part, and ends without saying more of it.
    EndAfter(Usage),
    End(Option<Usage>),
    Fail(Outcome),
    Hang,
}

#[derive(Debug, Default)]
pub(crate) struct Backend {
    acts: Mutex<VecDeque<Act>>,
    sent: AtomicUsize,
}

impl Backend {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self { acts: Mutex::new(acts.into_iter().collect()), sent: AtomicUsize::new(0) }
    }

    /// How many calls it has seen.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    fn next(&self) -> Act {
        self.sent.fetch_add(1, Ordering::SeqCst);
        self.acts.lock().unwrap().pop_front().unwrap_or(Act::Answer)
    }

    async fn answer<T>(&self, answer: T) -> Result<T, Error> {
        match self.next() {
            Act::Fail(outcome) => Err(failure(outcome)),
            Act::FailHaving(outcome, medium) => Err(failure(outcome).with_media_id(medium.into())),
            Act::Hang => std::future::pending().await,
            Act::Answer | Act::AnswerWith(_) | Act::Stream(..) => Ok(answer),
        }
    }
}

pub(crate) fn failure(outcome: Outcome) -> Error {
    Error::new(ErrorKind::Backend { message: "as the test says".to_owned() }, outcome)
}

pub(crate) fn media(name: &str) -> Media {
    let mut media = Media::new(name, format!("https://cdn.example/{name}"), "image/png");
    media.alt_text = Some("the secret words".to_owned());
    media
}

#[async_trait]
impl TextGenerator for Backend {
    async fn generate_text(&self, _: &Call, _: &TextRequest) -> Result<TextResponse, Error> {
        let usage = match self.acts.lock().unwrap().front() {
            Some(Act::AnswerWith(usage)) => Some(*usage),
            _ => None,
        };
        if let Some(usage) = usage {
            return self.answer(TextResponse::new("the answer").with_usage(usage)).await;
        }
        self.answer(TextResponse::new("the answer").with_usage(Usage::new(10_u64, 20_u64))).await
    }

    async fn stream_text(&self, call: &Call, _: &TextRequest) -> Result<TextStream, Error> {
        let (parts, end) = match self.next() {
            Act::Stream(parts, end) => (parts, end),
            Act::Fail(outcome) | Act::FailHaving(outcome, _) => return Err(failure(outcome)),
            Act::Hang => std::future::pending().await,
            Act::Answer | Act::AnswerWith(_) => {
                (vec!["the ", "answer"], StreamEnd::End(Some(Usage::new(10_u64, 20_u64))))
            }
        };
        Ok(TextStream::new(call.operation_id(), Parts { parts: parts.into(), end: Some(end) }))
    }
}

struct Parts {
    parts: VecDeque<&'static str>,
    end: Option<StreamEnd>,
}

impl Stream for Parts {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(StreamEnd::EndAfter(usage)) = self.end.clone()
            && self.parts.len() == 1
        {
            self.end = Some(StreamEnd::End(None));
            return Poll::Ready(Some(Ok(TextEvent::Usage(usage))));
        }
        if let Some(part) = self.parts.pop_front() {
            return Poll::Ready(Some(Ok(TextEvent::Delta(part.to_owned()))));
        }
        match self.end.take() {
            Some(StreamEnd::End(usage)) => {
                let mut answer = TextResponse::default();
                answer.usage = usage;
                Poll::Ready(Some(Ok(TextEvent::End(answer))))
            }
            Some(StreamEnd::EndAfter(_)) | None => Poll::Ready(None),
            Some(StreamEnd::Fail(outcome)) => Poll::Ready(Some(Err(failure(outcome)))),
            Some(StreamEnd::Hang) => {
                self.end = Some(StreamEnd::Hang);
                Poll::Pending
            }
        }
    }
}

#[async_trait]
impl ImageGenerator for Backend {
    async fn generate_image(&self, _: &Call, _: &ImageRequest) -> Result<ImageResponse, Error> {
        self.answer(ImageResponse::new(media("image"))).await
    }
}

#[async_trait]
impl VideoGenerator for Backend {
    async fn generate_video(&self, _: &Call, _: &VideoRequest) -> Result<VideoResponse, Error> {
        self.answer(VideoResponse::new(media("clip")).with_usage(Usage::new(0_u64, 288_000_u64))).await
    }

    async fn extend_video(&self, _: &Call, _: &ExtensionRequest) -> Result<VideoResponse, Error> {
        self.answer(VideoResponse::new(media("longer")).with_usage(Usage::new(0_u64, 288_000_u64))).await
    }
}

#[async_trait]
impl SpeechGenerator for Backend {
    async fn generate_speech(&self, _: &Call, _: &SpeechRequest) -> Result<SpeechResponse, Error> {
        self.answer(SpeechResponse::new(media("speech")).with_usage(Usage::new(3_u64, 3_600_u64))).await
    }
}
