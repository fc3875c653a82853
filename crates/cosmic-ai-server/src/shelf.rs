//! Where a bucket's media are: in the server's own library, or in that of the backend.

use std::sync::Arc;

use cosmic_ai::{Error, Media, MediaId, MediaLibrary};

use crate::library::{BucketLibrary, Listing};

/// Where a bucket's media are.
#[derive(Debug, Clone)]
pub(crate) enum Shelf {
    /// On this server's disk.
    Disk(BucketLibrary),
    /// Where the backend keeps them.
    Elsewhere(Arc<dyn MediaLibrary>),
}

/// Some of the media that match.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Listed {
    pub(crate) media: Vec<Media>,
    pub(crate) total: u64,
}

impl Shelf {
    /// The library, whichever it is.
    pub(crate) fn library(&self) -> &dyn MediaLibrary {
        match self {
            Self::Disk(library) => library,
            Self::Elsewhere(library) => &**library,
        }
    }

    /// One medium, as the API shows it.
    pub(crate) async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.library().get(id).await
    }

    /// Some of the media, as the API shows them.
    pub(crate) async fn list(&self, _listing: &Listing) -> Result<Listed, Error> {
        Ok(Listed::default())
    }
}
