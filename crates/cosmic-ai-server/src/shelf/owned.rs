//! One bucket's part of a library that several buckets share, told by the slug that the server wrote beside each medium.

use std::sync::Arc;

use async_trait::async_trait;
use cosmic_ai::{
    ByteStream, Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, Upload,
};
use serde_json::{Map, Value};

use crate::library::not_found;
use crate::operation::BUCKET_KEY;

/// How many media the library is asked for at once.
const PAGE: u32 = 1_000;

/// The media of one bucket in a library of many. What another bucket has, and what nobody's slug stands beside, is not there.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    library: Arc<dyn MediaLibrary>,
    slug: String,
    /// Whether other buckets use the library too. If not, all that is in it is this one's, however it came there.
    is_shared: bool,
}

impl Owned {
    pub(crate) const fn new(library: Arc<dyn MediaLibrary>, slug: String, is_shared: bool) -> Self {
        Self { library, slug, is_shared }
    }

    fn has(&self, media: &Media) -> bool {
        !self.is_shared || media.metadata.get(BUCKET_KEY).and_then(Value::as_str) == Some(&self.slug)
    }

    fn mark(&self, metadata: &mut Map<String, Value>) {
        metadata.insert(BUCKET_KEY.to_owned(), Value::String(self.slug.clone()));
    }

    /// Looks before a change, if the medium may be another's.
    async fn check(&self, id: &MediaId) -> Result<(), Error> {
        if self.is_shared { self.get(id).await.map(drop) } else { Ok(()) }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl MediaLibrary for Owned {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        match self.library.get(id).await {
            Ok(media) if self.has(&media) => Ok(media),
            // In the same words: that another bucket has it is nobody's business.
            Ok(_) => Err(not_found(id)),
            Err(error) if self.is_shared && matches!(error.kind(), ErrorKind::NotFound(_)) => Err(not_found(id)),
            Err(error) => Err(error),
        }
    }

    /// No library can be relied on to search metadata, so all of a shared one is looked through.
    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        if !self.is_shared {
            return self.library.find(query).await;
        }
        let mut all = query.clone();
        (all.limit, all.skip) = (Some(PAGE), 0);
        let mut own = MediaPage::new(Vec::new(), 0);
        let most = query.limit.unwrap_or(PAGE) as usize;
        loop {
            let page = self.library.find(&all).await?;
            let count = u32::try_from(page.media.len()).unwrap_or(u32::MAX);
            all.skip = all.skip.saturating_add(count);
            for media in page.media.into_iter().filter(|media| self.has(media)) {
                if own.total >= u64::from(query.skip) && own.media.len() < most {
                    own.media.push(media);
                }
                own.total += 1;
            }
            if count == 0 || u64::from(all.skip) >= page.total {
                return Ok(own);
            }
        }
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.check(&media.id).await?;
        self.library.open(media).await
    }

    async fn put(&self, mut upload: Upload) -> Result<Media, Error> {
        self.mark(&mut upload.metadata);
        self.library.put(upload).await
    }

    async fn update(&self, id: &MediaId, mut change: MediaChange) -> Result<Media, Error> {
        self.check(id).await?;
        if let Some(metadata) = &mut change.metadata {
            self.mark(metadata);
        }
        self.library.update(id, change).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.check(id).await?;
        self.library.delete(id).await
    }
}
