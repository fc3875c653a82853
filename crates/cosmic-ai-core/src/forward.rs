//! The traits through pointers: `&T`, `Box<T>` and `Arc<T>` do what `T` does.

use std::sync::Arc;

use async_trait::async_trait;

use crate::call::Call;
use crate::error::Error;
use crate::image::{ImageGenerator, ImageRequest, ImageResponse};
use crate::library::{ByteStream, MediaChange, MediaLibrary, MediaPage, MediaQuery, Upload};
use crate::media::{Media, MediaId};
use crate::speech::{SpeechGenerator, SpeechRequest, SpeechResponse};
use crate::text::{TextGenerator, TextRequest, TextResponse, TextStream};
use crate::video::{ExtensionRequest, VideoGenerator, VideoRequest, VideoResponse};

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: TextGenerator + ?Sized> TextGenerator for $pointer {
            async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
                (**self).generate_text(call, request).await
            }

            async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
                (**self).stream_text(call, request).await
            }
        }

        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: ImageGenerator + ?Sized> ImageGenerator for $pointer {
            async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
                (**self).generate_image(call, request).await
            }
        }

        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: VideoGenerator + ?Sized> VideoGenerator for $pointer {
            async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
                (**self).generate_video(call, request).await
            }

            async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
                (**self).extend_video(call, request).await
            }
        }

        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: SpeechGenerator + ?Sized> SpeechGenerator for $pointer {
            async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
                (**self).generate_speech(call, request).await
            }
        }

        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: MediaLibrary + ?Sized> MediaLibrary for $pointer {
            async fn get(&self, id: &MediaId) -> Result<Media, Error> {
                (**self).get(id).await
            }

            async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
                (**self).find(query).await
            }

            async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
                (**self).open(media).await
            }

            async fn put(&self, upload: Upload) -> Result<Media, Error> {
                (**self).put(upload).await
            }

            async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
                (**self).update(id, change).await
            }

            async fn delete(&self, id: &MediaId) -> Result<(), Error> {
                (**self).delete(id).await
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);
