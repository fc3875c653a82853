//! Images, clips, extensions and speech.

use async_trait::async_trait;
use bytes::Bytes;
use cosmic_ai_core::{
    Call, Error, ExtensionRequest, ImageGenerator, ImageRequest, ImageResponse, RequestRef, SpeechGenerator,
    SpeechRequest, SpeechResponse, Usage, VideoGenerator, VideoRequest, VideoResponse,
};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tracing::Instrument as _;

use super::observe::Observer;
use super::{HttpBackend, body};
use crate::transport::Paid;

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ImageGenerator for HttpBackend {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        let mut request = self.accept(call, request)?.into_owned();
        request.metadata = self.marked(call, request.metadata.take());
        let body = body(&request)?;
        self.medium(call, &self.inner.urls.image, (&request).into(), body, |response: &ImageResponse| response.usage)
            .await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl VideoGenerator for HttpBackend {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        let mut request = self.accept(call, request)?.into_owned();
        request.metadata = self.marked(call, request.metadata.take());
        let body = body(&request)?;
        self.medium(call, &self.inner.urls.video, (&request).into(), body, |response: &VideoResponse| response.usage)
            .await
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        let mut request = self.accept(call, request)?.into_owned();
        request.metadata = self.marked(call, request.metadata.take());
        let body = body(&request)?;
        self.medium(call, &self.inner.urls.extend, (&request).into(), body, |response: &VideoResponse| response.usage)
            .await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl SpeechGenerator for HttpBackend {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        let mut request = self.accept(call, request)?.into_owned();
        request.metadata = self.marked(call, request.metadata.take());
        let body = body(&request)?;
        self.medium(call, &self.inner.urls.audio, (&request).into(), body, |response: &SpeechResponse| response.usage)
            .await
    }
}

impl HttpBackend {
    /// The metadata of a request with the operation's id, by which its medium is found should the answer be lost.
    fn marked(&self, call: &Call, metadata: Option<Value>) -> Option<Value> {
        let Some(key) = &self.inner.config.operation_key else { return metadata };
        let mut object = match metadata {
            Some(Value::Object(object)) => object,
            // Validation lets nothing else through.
            _ => Map::new(),
        };
        object.insert(key.clone(), call.operation_id().as_str().into());
        Some(Value::Object(object))
    }

    async fn medium<T: DeserializeOwned>(
        &self,
        call: &Call,
        url: &Url,
        request: RequestRef<'_>,
        body: Bytes,
        usage: impl FnOnce(&T) -> Option<Usage>,
    ) -> Result<T, Error> {
        let observer = Observer::start(&self.inner.config, call, request);
        let paid = Paid { call, modality: request.modality(), url, body };
        let answer = async {
            let received = self.inner.transport.exchange(&paid).await?;
            observer.answered(received.response.status().as_u16(), received.attempt);
            self.whole(&paid, received).await
        };
        let answer = answer.instrument(observer.span().clone()).await;
        observer.finish(answer, usage)
    }
}
