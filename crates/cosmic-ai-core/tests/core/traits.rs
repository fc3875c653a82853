//! The traits stay object-safe, and pointers do what they point to.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cosmic_ai_core::{
    Call, Error, ExtensionRequest, Generators, ImageGenerator, ImageRequest, ImageResponse, Media, MediaLibrary,
    SpeechGenerator, SpeechRequest, SpeechResponse, TextGenerator, TextRequest, TextResponse, TextStream,
    VideoGenerator, VideoRequest, VideoResponse,
};

const fn shared<T: Debug + Send + Sync + ?Sized>() {}
const fn owned<T: Debug + Send + 'static>() {}

/// Compiles only as long as every trait can be had behind a pointer and shared between threads.
#[test]
fn every_trait_is_object_safe_and_shared_between_threads() {
    shared::<dyn TextGenerator>();
    shared::<dyn ImageGenerator>();
    shared::<dyn VideoGenerator>();
    shared::<dyn SpeechGenerator>();
    shared::<dyn MediaLibrary>();
    shared::<Generators>();
    owned::<TextStream>();
    owned::<cosmic_ai_core::ByteStream>();
    owned::<Error>();
    shared::<Error>();
    shared::<Call>();
    let backend = Arc::new(Recorder::default());
    let _: (Arc<dyn TextGenerator>, Arc<dyn ImageGenerator>) = (backend.clone(), backend.clone());
    let _: (Arc<dyn VideoGenerator>, Arc<dyn SpeechGenerator>) = (backend.clone(), backend);
}

/// Answers with next to nothing and notes what it was asked.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<(&'static str, String)>>);

impl Recorder {
    fn note(&self, call: &Call, name: &'static str) {
        self.0.lock().unwrap().push((name, call.operation_id().to_string()));
    }
}

fn media() -> Media {
    Media::new("id", "https://example.com/a", "image/png")
}

#[async_trait]
impl TextGenerator for Recorder {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        self.note(call, "generate_text");
        Ok(TextResponse::new(request.prompt.clone().unwrap_or_default()))
    }

    async fn stream_text(&self, call: &Call, _: &TextRequest) -> Result<TextStream, Error> {
        self.note(call, "stream_text");
        Ok(TextStream::new(call.operation_id(), tokio_stream::empty()))
    }
}

#[async_trait]
impl ImageGenerator for Recorder {
    async fn generate_image(&self, call: &Call, _: &ImageRequest) -> Result<ImageResponse, Error> {
        self.note(call, "generate_image");
        Ok(ImageResponse::new(media()))
    }
}

#[async_trait]
impl VideoGenerator for Recorder {
    async fn generate_video(&self, call: &Call, _: &VideoRequest) -> Result<VideoResponse, Error> {
        self.note(call, "generate_video");
        Ok(VideoResponse::new(media()))
    }

    async fn extend_video(&self, call: &Call, _: &ExtensionRequest) -> Result<VideoResponse, Error> {
        self.note(call, "extend_video");
        Ok(VideoResponse::new(media()))
    }
}

#[async_trait]
impl SpeechGenerator for Recorder {
    async fn generate_speech(&self, call: &Call, _: &SpeechRequest) -> Result<SpeechResponse, Error> {
        self.note(call, "generate_speech");
        Ok(SpeechResponse::new(media()))
    }
}

async fn use_all<T>(backend: T)
where
    T: TextGenerator + ImageGenerator + VideoGenerator + SpeechGenerator,
{
    let call = Call::of("job-1".parse().unwrap());
    let text = backend.generate_text(&call, &TextRequest::new("as asked")).await.unwrap();
    assert_eq!(text.text, "as asked");
    backend.stream_text(&call, &TextRequest::new("x")).await.unwrap();
    backend.generate_image(&call, &ImageRequest::new("x")).await.unwrap();
    backend.generate_video(&call, &VideoRequest::new("x")).await.unwrap();
    backend.extend_video(&call, &ExtensionRequest::new("id", "x")).await.unwrap();
    backend.generate_speech(&call, &SpeechRequest::new("x")).await.unwrap();
}

#[tokio::test]
async fn pointers_pass_every_call_on() {
    let names = ["generate_text", "stream_text", "generate_image", "generate_video", "extend_video", "generate_speech"];
    let expected = names.map(|name| (name, "job-1".to_owned()));
    let check = |recorder: &Recorder| assert_eq!(recorder.0.lock().unwrap().as_slice(), expected);

    let recorder = Recorder::default();
    use_all(&recorder).await;
    check(&recorder);
    let recorder = Arc::new(Recorder::default());
    use_all(Arc::clone(&recorder)).await;
    check(&recorder);
    let recorder = Box::new(Recorder::default());
    use_all(&recorder).await;
    check(&recorder);
    // A pointer to a trait object is a generator, too, and may itself fill a slot.
    let object: Box<dyn TextGenerator> = Box::new(Recorder::default());
    let generators = Generators::new().with_text(object);
    let text = generators.text.as_ref().unwrap().generate_text(&Call::new(), &TextRequest::new("through")).await;
    assert_eq!(text.unwrap().text, "through");
    assert!(generators.image.is_none() && generators.library.is_none());
}

#[test]
fn a_call_reports_to_the_one_who_watches_and_shows_no_closure() {
    let seen = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&seen);
    let call = Call::new().with_label("project", "spring").with_progress(move |_| *counter.lock().unwrap() += 1);
    call.report(&cosmic_ai_core::Progress::Sending { attempt: 1 });
    call.clone().report(&cosmic_ai_core::Progress::Sending { attempt: 2 });
    assert_eq!(*seen.lock().unwrap(), 2);
    assert!(format!("{call:?}").contains("progress: true"));
    assert_ne!(Call::new().operation_id(), Call::new().operation_id());
}
