//! The media library on disk.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai::{ByteStream, Error, Media, MediaId, MediaLibrary, MediaPage, MediaQuery, Upload};

/// Keeps media of all buckets in a folder: files under names of its choosing, all else in SQLite.
#[derive(Debug, Clone)]
pub struct DiskLibrary;

/// What a sweep found.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Sweep;

/// A file to be served.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) path: PathBuf,
    pub(crate) content_type: String,
    pub(crate) size: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub(crate) hash: String,
    pub(crate) stored_at: SystemTime,
    pub(crate) original_name: Option<String>,
}

/// Which media a list asks for. What it compares is what the API shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// Fields with their values, such as `folder`, `type` or `metadata.campaign`.
    pub(crate) query: serde_json::Map<String, serde_json::Value>,
    pub(crate) limit: u32,
    pub(crate) skip: u32,
    pub(crate) sort: Sort,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    #[default]
    NewestFirst,
    OldestFirst,
    LastModifiedFirst,
    FirstModifiedFirst,
    Random,
}

impl DiskLibrary {
    /// Opens the library in a folder, which is made if it is not there, and sweeps it.
    pub fn open(_folder: &Path, _origin: &str, _strict_folders: bool) -> io::Result<(Self, Sweep)> {
        Ok((Self, Sweep))
    }

    /// The id of the data folder, minted when it was made.
    pub(crate) fn id(&self) -> &str {
        ""
    }

    /// The part of a bucket.
    pub fn bucket(&self, _slug: &str) -> BucketLibrary {
        BucketLibrary
    }

    /// The file of a name, of whatever bucket.
    pub(crate) async fn file(&self, _name: &str) -> Result<Option<StoredFile>, Error> {
        Ok(None)
    }
}

/// The media of one bucket.
#[derive(Debug, Clone)]
pub struct BucketLibrary;

#[async_trait]
impl MediaLibrary for BucketLibrary {
    async fn get(&self, _id: &MediaId) -> Result<Media, Error> {
        todo!()
    }
    async fn find(&self, _query: &MediaQuery) -> Result<MediaPage, Error> {
        todo!()
    }
    async fn open(&self, _media: &Media) -> Result<ByteStream, Error> {
        todo!()
    }
    async fn put(&self, _upload: Upload) -> Result<Media, Error> {
        todo!()
    }
    async fn delete(&self, _id: &MediaId) -> Result<(), Error> {
        todo!()
    }
}
