//! The service's library as a gateway shows it: what the gateway has copies of is there, with the URLs of the copies.

use std::sync::Arc;

use async_trait::async_trait;
use cosmic_ai::{
    ByteStream, Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, Upload,
};

use super::with_copy;
use crate::library::BucketLibrary;

/// The service's library, which says what there is, and the copies of a bucket, which say where.
#[derive(Debug, Clone)]
pub(crate) struct Copied {
    library: Arc<dyn MediaLibrary>,
    copies: BucketLibrary,
}

impl Copied {
    pub(crate) const fn new(library: Arc<dyn MediaLibrary>, copies: BucketLibrary) -> Self {
        Self { library, copies }
    }

    /// The medium with the URLs of its copy, if there is one.
    async fn shown(&self, media: Media) -> Media {
        match self.copies.get(&media.id).await {
            Ok(copy) => with_copy(media, copy),
            Err(error) => {
                if !is_missing(&error) {
                    tracing::warn!(%error, "copies cannot be looked for: media are shown where the service has them");
                }
                media
            }
        }
    }

    /// Whether there is any copy, as far as that can be known at once.
    async fn has_some(&self) -> bool {
        self.copies.find(&MediaQuery::all().with_limit(1)).await.map_or(true, |page| page.total > 0)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl MediaLibrary for Copied {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        let media = self.library.get(id).await?;
        Ok(self.shown(media).await)
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let mut page = self.library.find(query).await?;
        if self.has_some().await {
            let mut media = Vec::with_capacity(page.media.len());
            for medium in page.media {
                media.push(self.shown(medium).await);
            }
            page.media = media;
        }
        Ok(page)
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        match self.copies.get(&media.id).await {
            Ok(copy) => self.copies.open(&copy).await,
            Err(_) => self.library.open(media).await,
        }
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.library.put(upload).await
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        let media = self.library.update(id, change).await?;
        Ok(self.shown(media).await)
    }

    /// Deletes what the service has and the copy. What only the copy was left of is deleted too.
    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        let deleted = self.library.delete(id).await;
        match &deleted {
            Err(error) if !is_missing(error) => return deleted,
            _ => {}
        }
        match self.copies.delete(id).await {
            Ok(()) => Ok(()),
            Err(error) if is_missing(&error) => deleted,
            Err(error) => {
                tracing::warn!(%error, media = ?id.as_str(), "the copy of a medium that is deleted is still here");
                deleted
            }
        }
    }
}

pub(super) fn is_missing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound(_))
}
