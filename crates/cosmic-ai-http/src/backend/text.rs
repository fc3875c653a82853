//! Text, whole and streamed.

use async_trait::async_trait;
use cosmic_ai_core::{
    Call, Error, Message, Modality, ModelId, TextEvent, TextGenerator, TextRequest, TextResponse, TextStream,
};
use serde::Serialize;
use tracing::Instrument as _;

use super::generate::Head;
use super::observe::{Observed, Observer};
use super::{HttpBackend, body};
use crate::stream::TextEvents;
use crate::transport::{BodyStream, Paid};

/// A request for text as it goes over the wire: the request and whether to stream.
#[derive(Serialize)]
struct TextBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<&'a [Message]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a ModelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_url: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

impl<'a> TextBody<'a> {
    fn of(request: &'a TextRequest, stream: bool) -> Self {
        Self {
            prompt: request.prompt.as_deref(),
            messages: request.messages.as_deref(),
            model: request.model.as_ref(),
            max_tokens: request.max_tokens,
            media_url: request.media_url.as_deref(),
            stream,
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl TextGenerator for HttpBackend {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let request = self.accept(call, request)?;
        let observer = Observer::start(&self.inner.config, call, (&*request).into());
        let span = observer.span().clone();
        let paid = Paid {
            call,
            modality: Modality::Text,
            url: &self.inner.urls.text,
            body: body(&TextBody::of(&request, false))?,
        };
        let answer = async {
            let received = self.inner.transport.exchange(&paid).await?;
            observer.answered(received.response.status().as_u16(), received.attempt);
            self.whole::<TextResponse>(&paid, received).await
        };
        let answer = answer.instrument(span).await;
        observer.finish(answer, |response| response.usage)
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let request = self.accept(call, request)?;
        let observer = Observer::start(&self.inner.config, call, (&*request).into());
        let paid = Paid {
            call,
            modality: Modality::Text,
            url: &self.inner.urls.text,
            body: body(&TextBody::of(&request, true))?,
        };
        let mut received = match self.inner.transport.exchange(&paid).instrument(observer.span().clone()).await {
            Ok(received) => received,
            Err(error) => return observer.finish(Err(error), |_: &TextStream| None),
        };
        observer.answered(received.response.status().as_u16(), received.attempt);
        let head = Head::of(&mut received.response, Modality::Text);
        if head.is_stream() {
            let body = BodyStream::new(received.response, received.limits).with_limit(self.inner.config.body_limit);
            let events = TextEvents::new(body, self.inner.config.event_limit);
            let watched = Observed::new(events, observer, received.permit);
            return Ok(TextStream::new(call.operation_id(), watched));
        }
        // A service that does not stream answers whole, and an error may come as a success.
        let answer = head.read::<TextResponse>(received.response, &received.limits, &self.inner.config).await;
        let answer = observer
            .finish(answer.map_err(|error| error.with_operation_id(call.operation_id())), |answer| answer.usage)?;
        let delta = Some(TextEvent::Delta(answer.text.clone())).filter(|_| !answer.text.is_empty());
        let events = delta.into_iter().chain([TextEvent::End(answer)]).map(Ok);
        Ok(TextStream::new(call.operation_id(), super::generate::Ready(events)))
    }
}
