//! The library of a replay: what it has answered so far, and what is uploaded.

use std::sync::PoisonError;

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, OPERATION_ID_KEY,
    OperationId, Outcome, Upload,
};
use serde_json::Value;

use super::super::interaction::{Kind, to_answer};
use super::super::upload;
use super::{Replay, unreadable};

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl MediaLibrary for Replay {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.inner.library.get(id).await
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        self.inner.library.find(query).await
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        let bytes = self.inner.library.open(media).await?;
        if self.inner.without_bytes.lock().unwrap_or_else(PoisonError::into_inner).contains(&media.id) {
            let message =
                format!("cassette {}: the bytes of medium {} were not recorded", self.inner.folder.display(), media.id);
            return Err(Error::new(ErrorKind::Backend { message }, Outcome::NotSent));
        }
        Ok(bytes)
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        let (upload, bytes) = upload::read(upload).await?;
        let id: Option<OperationId> =
            upload.metadata.get(OPERATION_ID_KEY).and_then(Value::as_str).and_then(|id| id.parse().ok());
        let described = self.as_written(upload::described(&upload, &bytes), id.as_ref());
        let taken = if self.inner.with_other_uploads {
            self.script().take_fitting(Kind::Put, &described)
        } else {
            let taken = self.script().take(Kind::Put, &described);
            Some(taken.map_err(|message| self.unfit(&message))?)
        };
        let Some(interaction) = taken else { return self.inner.library.put(upload).await };
        if let Some(error) = &interaction.error {
            return Err(
                to_answer::<super::super::failure::Failure>(error, id.as_ref()).map_or_else(unreadable, Error::from)
            );
        }
        let Some(answer) = &interaction.answer else { return std::future::pending().await };
        let media: Media = to_answer(answer, id.as_ref()).map_err(unreadable)?;
        self.keep(&media, interaction.file.as_deref());
        Ok(media)
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        self.inner.library.update(id, change).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.inner.library.delete(id).await
    }
}
