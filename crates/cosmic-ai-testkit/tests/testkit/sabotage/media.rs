//! Broken images, clips and speech.

use async_trait::async_trait;
use cosmic_ai_core::{
    Call, Error, ExtensionRequest, ImageGenerator, ImageRequest, ImageResponse, ImageSize, Media, MediaId,
    OPERATION_ID_KEY, SpeechGenerator, SpeechRequest, SpeechResponse, Tokens, Usage, VideoGenerator, VideoRequest,
    VideoResponse, Voice,
};

use super::{Broken, Sabotage};

#[async_trait]
impl ImageGenerator for Broken {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        let _running = self.enter().await?;
        self.around(call)?;
        let mut request = request.clone();
        if self.is(Sabotage::MakesAnotherSize) && request.size == Some(ImageSize::SQUARE_512) {
            request.size = None;
        }
        if self.is(Sabotage::MakesAnotherFormat) {
            request.format = None;
        }
        let made = self.mock.generate_image(&self.call(call), &request).await;
        let mut response = made.map_err(|error| self.spoil(call, &error))?;
        self.spoil_media(&mut response.media);
        Ok(response)
    }
}

#[async_trait]
impl VideoGenerator for Broken {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        let _running = self.enter().await?;
        self.around(call)?;
        let made = self.mock.generate_video(&self.call(call), request).await;
        Ok(self.spoil_clip(made.map_err(|error| self.spoil(call, &error))?))
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        let _running = self.enter().await?;
        self.around(call)?;
        let made = self.mock.extend_video(&self.call(call), request).await;
        let mut response = made.map_err(|error| self.spoil(call, &error))?;
        match self.how {
            Sabotage::ExtendsWithoutSaying => response.is_extension = false,
            Sabotage::NamesAnotherSource => response.source_media_id = Some(response.media.id.clone()),
            _ => {}
        }
        Ok(self.spoil_clip(response))
    }
}

#[async_trait]
impl SpeechGenerator for Broken {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        let _running = self.enter().await?;
        self.around(call)?;
        let mut request = request.clone();
        if self.is(Sabotage::SpeaksWithAnotherVoice) && request.voice == Some(Voice::SAGE) {
            request.voice = None;
        }
        let made = self.mock.generate_speech(&self.call(call), &request).await;
        let mut response = made.map_err(|error| self.spoil(call, &error))?;
        response.usage = self.usage(response.usage);
        self.spoil_media(&mut response.media);
        Ok(response)
    }
}

impl Broken {
    fn spoil_clip(&self, mut response: VideoResponse) -> VideoResponse {
        response.usage = self.usage(response.usage);
        self.spoil_media(&mut response.media);
        response
    }

    fn usage(&self, usage: Option<Usage>) -> Option<Usage> {
        match self.how {
            Sabotage::LosesUsage => None,
            Sabotage::ChargesNothing => Some(Usage::new(Tokens::ZERO, Tokens::ZERO)),
            Sabotage::ChargesAnotherPrice => Some(Usage::new(Tokens::ZERO, 1_000_u32)),
            _ => usage,
        }
    }

    fn spoil_media(&self, media: &mut Media) {
        match self.how {
            Sabotage::OverwritesTheMedium => media.id = MediaId::from("the-only-one"),
            Sabotage::MixesUpMetadata => {
                // What one call in sixteen asked for, all get.
                if let Some(number) = media.metadata.get_mut("conformance").filter(|value| value.is_number()) {
                    *number = 3.into();
                }
            }
            Sabotage::ForgetsTheUsersMetadata => media.metadata.retain(|key, _| key == OPERATION_ID_KEY),
            _ => {}
        }
    }
}
