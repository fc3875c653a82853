//! Mocks of every trait for [`mockall`](https://docs.rs/mockall), with the feature `mockall`.
//!
//! # Which stand-in for which test
//! | You test | Take |
//! |---|---|
//! | what your program does with answers, media and bills | [`MockBackend`](crate::MockBackend) as it is: no set-up, real files |
//! | what it does when a service refuses, stalls or breaks off | `MockBackend` with a script: the README of this crate shows it |
//! | that it calls what it should, how often, in which order and with what | a mock of this module |
//! | that it still understands what a service really said | a [cassette](crate::cassette) |
//! | one rule of your own, such as "every second call fails" | a fake: a type of yours that implements the trait |
//!
//! # A mock
//! It knows only what a test expects of it and panics at any other call. Use it where the calls themselves are the matter.
//!
//! ```
//! use cosmic_ai_core::{Call, Error, Outcome, ErrorKind, Rejection, TextGenerator, TextRequest, TextResponse};
//! use cosmic_ai_mock::mocks::MockTextGenerator;
//!
//! /// The program under test: asks again, once, if it is told to wait.
//! async fn headline(text: &dyn TextGenerator, article: &str) -> Result<String, Error> {
//!     let request = TextRequest::new(format!("A headline for: {article}")).with_max_tokens(20);
//!     let answer = match text.generate_text(&Call::new(), &request).await {
//!         Err(error) if error.is_resendable() => text.generate_text(&Call::new(), &request).await?,
//!         answer => answer?,
//!     };
//!     Ok(answer.text)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let mut mock = MockTextGenerator::new();
//! let mut order = mockall::Sequence::new();
//! mock.expect_generate_text()
//!     .times(1)
//!     .in_sequence(&mut order)
//!     .returning(|_, _| Err(Error::new(ErrorKind::RateLimited(Rejection::new("slow down")), Outcome::Refused)));
//! mock.expect_generate_text()
//!     .withf(|_, request| request.max_tokens == Some(20))
//!     .times(1)
//!     .in_sequence(&mut order)
//!     .returning(|_, _| Ok(TextResponse::new("Tide comes in")));
//! assert_eq!(headline(&mock, "The tide came in.").await.unwrap(), "Tide comes in");
//! # }
//! ```
//!
//! # A fake of your own
//! No crate, no feature: the traits are small. Use it where several tests share a behaviour that takes a line to say.
//!
//! ```
//! use async_trait::async_trait;
//! use cosmic_ai_core::{Call, Error, TextGenerator, TextRequest, TextResponse, TextStream};
//!
//! #[derive(Debug)]
//! struct Echo;
//!
//! #[async_trait]
//! impl TextGenerator for Echo {
//!     async fn generate_text(&self, _: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
//!         Ok(TextResponse::new(request.texts().collect::<String>()))
//!     }
//!
//!     async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
//!         let answer = self.generate_text(call, request).await?;
//!         // An end that brings the whole text is preceded by it as a delta.
//!         let events = tokio_stream::once(Ok(cosmic_ai_core::TextEvent::End(answer)));
//!         Ok(TextStream::new(call.operation_id(), events))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let request = TextRequest::new("Hello");
//! assert_eq!(Echo.stream_text(&Call::new(), &request).await.unwrap().collect().await.unwrap().text, "Hello");
//! # }
//! ```

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Call, Error, ExtensionRequest, ImageGenerator, ImageRequest, ImageResponse, Media, MediaChange,
    MediaId, MediaLibrary, MediaPage, MediaQuery, SpeechGenerator, SpeechRequest, SpeechResponse, TextGenerator,
    TextRequest, TextResponse, TextStream, Upload, VideoGenerator, VideoRequest, VideoResponse,
};
use mockall::mock;

mock! {
    /// A [`TextGenerator`] of expectations.
    #[derive(Debug)]
    pub TextGenerator {}

    #[async_trait]
    impl TextGenerator for TextGenerator {
        async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error>;
        async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error>;
    }
}

mock! {
    /// An [`ImageGenerator`] of expectations.
    #[derive(Debug)]
    pub ImageGenerator {}

    #[async_trait]
    impl ImageGenerator for ImageGenerator {
        async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error>;
    }
}

mock! {
    /// A [`VideoGenerator`] of expectations.
    #[derive(Debug)]
    pub VideoGenerator {}

    #[async_trait]
    impl VideoGenerator for VideoGenerator {
        async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error>;
        async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error>;
    }
}

mock! {
    /// A [`SpeechGenerator`] of expectations.
    #[derive(Debug)]
    pub SpeechGenerator {}

    #[async_trait]
    impl SpeechGenerator for SpeechGenerator {
        async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error>;
    }
}

mock! {
    /// A [`MediaLibrary`] of expectations.
    #[derive(Debug)]
    pub MediaLibrary {}

    #[async_trait]
    impl MediaLibrary for MediaLibrary {
        async fn get(&self, id: &MediaId) -> Result<Media, Error>;
        async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error>;
        async fn open(&self, media: &Media) -> Result<ByteStream, Error>;
        async fn put(&self, upload: Upload) -> Result<Media, Error>;
        async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error>;
        async fn delete(&self, id: &MediaId) -> Result<(), Error>;
    }
}
