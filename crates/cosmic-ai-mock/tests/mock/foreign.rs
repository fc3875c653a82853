//! The mock over a library of another making: it stores there, reads from there, and passes its errors on.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use cosmic_ai_core::{
    ByteStream, Call, Error, ErrorKind, ExtensionRequest, ImageGenerator, ImageRequest, ImageSize, Media, MediaId,
    MediaLibrary, MediaPage, MediaQuery, Outcome, Rejection, SpeechGenerator, SpeechRequest, Upload, VideoGenerator,
    VideoRequest,
};
use cosmic_ai_mock::MockBackend;

/// A library that numbers its files, writes down what is asked of it, and has room for three.
#[derive(Debug, Clone, Default)]
struct Shelf {
    files: Arc<Mutex<Vec<(Media, Bytes)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Shelf {
    fn note(&self, what: impl Into<String>) {
        self.asked.lock().unwrap().push(what.into());
    }

    fn find_by(&self, id: &MediaId) -> Result<(Media, Bytes), Error> {
        let files = self.files.lock().unwrap();
        files.iter().find(|(media, _)| media.id == *id).cloned().ok_or_else(|| {
            let rejection = Rejection::new("nothing on the shelf");
            Error::new(ErrorKind::NotFound(rejection), Outcome::Refused).with_status(404)
        })
    }
}

#[async_trait]
impl MediaLibrary for Shelf {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.note(format!("get {id}"));
        Ok(self.find_by(id)?.0)
    }

    async fn find(&self, _: &MediaQuery) -> Result<MediaPage, Error> {
        self.note("find");
        let files = self.files.lock().unwrap();
        let media: Vec<Media> = files.iter().rev().map(|(media, _)| media.clone()).collect();
        let total = media.len() as u64;
        Ok(MediaPage::new(media, total))
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.note(format!("open {}", media.id));
        Ok(self.find_by(&media.id)?.1.into())
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.note("put");
        let bytes = upload.body.collect().await?;
        let mut files = self.files.lock().unwrap();
        if files.len() == 3 {
            return Err(Error::new(ErrorKind::Refused(Rejection::new("the shelf is full")), Outcome::Refused));
        }
        let id = format!("shelf-{}", files.len() + 1);
        let mut media = Media::new(id.as_str(), format!("https://shelf.example/{id}"), upload.content_type);
        media.metadata = upload.metadata;
        media.folder = upload.folder;
        files.push((media.clone(), bytes));
        Ok(media)
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.note(format!("delete {id}"));
        let mut files = self.files.lock().unwrap();
        files.retain(|(media, _)| media.id != *id);
        Ok(())
    }
}

#[tokio::test]
async fn everything_goes_through_the_library_that_was_given() {
    let shelf = Shelf::default();
    let mock = MockBackend::builder().with_library(shelf.clone()).build();
    let draw = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_512).with_folder("covers");
    let image = mock.generate_image(&Call::new(), &draw).await.unwrap().media;
    assert_eq!((image.id.as_str(), image.url.as_str()), ("shelf-1", "https://shelf.example/shelf-1"));
    assert_eq!(image.folder.as_deref(), Some("covers"));
    let clip = mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap().media;
    let further = ExtensionRequest::new(&clip.id, "It lands");
    let further = mock.extend_video(&Call::new(), &further).await.unwrap();
    assert_eq!(further.source_media_id, Some(clip.id.clone()));

    let call = Call::new();
    let error = mock.generate_speech(&call, &SpeechRequest::new("Hello")).await.unwrap_err();
    assert_eq!(error.to_string(), "refused: the shelf is full");
    assert_eq!(error.operation_id(), Some(call.operation_id()));

    assert_eq!(mock.find(&MediaQuery::all()).await.unwrap().total, 3);
    assert!(mock.open(&clip).await.unwrap().collect().await.unwrap().len() > 1_000);
    mock.delete(&clip.id).await.unwrap();
    let asked = shelf.asked.lock().unwrap().join(", ");
    assert_eq!(asked, "put, put, get shelf-2, put, put, find, open shelf-2, delete shelf-2");
}

#[tokio::test]
async fn an_unknown_source_is_not_found_in_the_words_of_the_library() {
    let mock = MockBackend::builder().with_library(Shelf::default()).build();
    let call = Call::new();
    let error = mock.extend_video(&call, &ExtensionRequest::new("shelf-9", "On")).await.unwrap_err();
    assert_eq!(error.to_string(), "not found: nothing on the shelf");
    assert_eq!(error.operation_id(), Some(call.operation_id()));
}

#[tokio::test]
async fn a_library_may_be_shared_behind_a_pointer() {
    let shelf: Arc<dyn MediaLibrary> = Arc::new(Shelf::default());
    let mock = MockBackend::builder().with_library(shelf.clone()).build();
    let media = mock.generate_speech(&Call::new(), &SpeechRequest::new("Hello")).await.unwrap().media;
    assert_eq!(shelf.get(&media.id).await.unwrap(), media);
}
