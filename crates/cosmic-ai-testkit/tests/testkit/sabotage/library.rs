//! A broken library.

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, Outcome, Rejection,
    Unsupported, Upload,
};

use super::{Broken, Sabotage};

#[async_trait]
impl MediaLibrary for Broken {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.mock.get(id).await.map_err(|error| self.spoil_library(error))
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let mut query = query.clone();
        match self.how {
            Sabotage::IgnoresLimits => (query.limit, query.skip) = (None, 0),
            Sabotage::FindsEverything => query.operation = None,
            Sabotage::IgnoresFolders => query.folder = None,
            _ => {}
        }
        let page = self.mock.find(&query).await?;
        if self.how == Sabotage::FailsWhenNothingIsFound && page.media.is_empty() {
            return Err(Error::new(ErrorKind::NotFound(Rejection::new("nothing found")), Outcome::Refused));
        }
        Ok(page)
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        let bytes = self.mock.open(media).await?.collect().await?;
        let end = if self.how == Sabotage::CutsFiles { bytes.len() - 1 } else { bytes.len() };
        Ok(bytes.slice(..end).into())
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        let mut upload = upload;
        if matches!(self.how, Sabotage::KeepsBrokenUploads | Sabotage::StoresTheFirstPiece) {
            let mut bytes = Vec::new();
            while let Some(piece) = upload.body.next().await {
                match piece {
                    Ok(piece) => bytes.extend_from_slice(&piece),
                    Err(_) if self.how == Sabotage::KeepsBrokenUploads => break,
                    Err(error) => return Err(error),
                }
                if self.how == Sabotage::StoresTheFirstPiece && bytes.len() < 60_000 {
                    // A later piece may still break off.
                    let first = bytes.len();
                    while let Some(piece) = upload.body.next().await {
                        piece?;
                    }
                    bytes.truncate(first);
                }
            }
            upload.body = bytes.into();
        }
        self.mock.put(upload).await
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        let mut change = change;
        let before = self.get(id).await?;
        match self.how {
            Sabotage::ForgetsChanges => {
                let mut media = before;
                change.apply(&mut media);
                return Ok(media);
            }
            Sabotage::ClearsWhatIsNotNamed => change.metadata = Some(change.metadata.unwrap_or_default()),
            Sabotage::MergesMetadata => {
                if let Some(metadata) = change.metadata.take() {
                    let mut merged = before.metadata;
                    merged.extend(metadata);
                    change.metadata = Some(merged);
                }
            }
            Sabotage::StaysInItsFolder => change.folder = None,
            Sabotage::KeepsTheMoment => {
                let mut media = self.mock.update(id, change).await?;
                media.modified_at.clone_from(&media.created_at);
                return Ok(media);
            }
            Sabotage::ChangesNothing => {
                let unsupported = Unsupported::new("update", "this library changes nothing");
                return Err(Error::new(ErrorKind::Unsupported(unsupported), Outcome::NotSent));
            }
            _ => {}
        }
        self.mock.update(id, change).await.map_err(|error| self.spoil_library(error))
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        if self.how == Sabotage::KeepsWhatWasDeleted {
            return self.get(id).await.map(|_| ());
        }
        self.mock.delete(id).await.map_err(|error| self.spoil_library(error))
    }
}

impl Broken {
    fn spoil_library(&self, error: Error) -> Error {
        if self.how == Sabotage::LibraryErrorsMayBeBilled {
            return Error::new(error.kind().clone(), Outcome::UNKNOWN);
        }
        error
    }
}
