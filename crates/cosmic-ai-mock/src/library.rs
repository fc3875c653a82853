//! A media library in memory.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use cosmic_ai_core::{
    ByteStream, Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, OPERATION_ID_KEY,
    Outcome, Rejection, Upload,
};
use serde_json::Value;

use crate::generate::seed::{Sequence, hash};

/// Where files are said to be. The host is reserved: nothing is ever there.
const BASE_URL: &str = "https://media.mock.invalid";
/// 2026-01-01T00:00:00Z in seconds since 1970: the first moment of a library without a clock.
const FIRST_MOMENT: u64 = 1_767_225_600;
/// How many files a query without a limit answers, as of the API.
const DEFAULT_LIMIT: u32 = 1_000;

/// Keeps media in memory. Clones share their content.
///
/// Without a [clock](Self::with_clock) its time is made up, so that tests are repeatable: the first file is stored at
/// the beginning of 2026, each further one, and each change, a second later.
#[derive(Clone)]
pub struct MemoryLibrary {
    files: Arc<Mutex<Files>>,
    clock: Option<Arc<dyn Fn() -> SystemTime + Send + Sync>>,
    base_url: String,
    bucket: String,
}

#[derive(Default)]
struct Files {
    /// Oldest first.
    stored: Vec<(Media, Bytes)>,
    /// How many were ever stored or changed.
    count: u64,
}

impl MemoryLibrary {
    /// An empty library.
    pub fn new() -> Self {
        Self { files: Arc::default(), clock: None, base_url: BASE_URL.to_owned(), bucket: "mock-bucket".to_owned() }
    }

    /// Takes the time that files are stored at from `clock`.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sets what URLs of files begin with, id and name following; the default is a reserved host where nothing is.
    #[must_use]
    pub fn with_base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self { base_url: base_url.trim_end_matches('/').to_owned(), ..self }
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files().stored.len()
    }

    /// Whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps a medium as it is, its id included, in the place of any of that id.
    pub(crate) fn keep(&self, media: Media, bytes: Bytes) {
        let mut files = self.files();
        files.stored.retain(|(stored, _)| stored.id != media.id);
        files.count += 1;
        files.stored.push((media, bytes));
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        // A panic elsewhere cannot have left half a file: pushing is the only change.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the file that is the `count`th is stored.
    fn moment(&self, count: u64) -> String {
        let time = match &self.clock {
            Some(clock) => clock(),
            None => SystemTime::UNIX_EPOCH + Duration::from_secs(FIRST_MOMENT + count),
        };
        written(jiff::Timestamp::try_from(time).unwrap_or_default())
    }

    /// When a file is changed that is the `count`th to come or change. Made-up time goes on from the file's own, which a cassette
    /// may have brought along from another library.
    fn change_of(&self, media: &Media, count: u64) -> String {
        let moment = self.moment(count);
        let before = media.modified_at.as_deref().and_then(|before| before.parse::<jiff::Timestamp>().ok());
        let after = before.and_then(|before| before.checked_add(Duration::from_secs(1)).ok()).map(written);
        match after {
            Some(after) if self.clock.is_none() => moment.max(after),
            _ => moment,
        }
    }
}

impl Default for MemoryLibrary {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLibrary").field("files", &self.len()).finish_non_exhaustive()
    }
}

#[async_trait]
impl MediaLibrary for MemoryLibrary {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        let found = self.files().stored.iter().find(|(media, _)| media.id == *id).map(|(media, _)| media.clone());
        found.ok_or_else(|| not_found(id))
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let files = self.files();
        let matching = || files.stored.iter().rev().map(|(media, _)| media).filter(|media| matches(media, query));
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT) as usize;
        let media = matching().skip(query.skip as usize).take(limit).cloned().collect();
        Ok(MediaPage::new(media, matching().count() as u64))
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        let files = self.files();
        let bytes = files.stored.iter().find(|(stored, _)| stored.id == media.id).map(|(_, bytes)| bytes.clone());
        bytes.map(ByteStream::from).ok_or_else(|| not_found(&media.id))
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        let bytes = upload.body.collect().await?;
        let mut files = self.files();
        let seed = hash(upload.name.as_bytes());
        let mut id = new_id(seed);
        // Names are the caller's and may come twice; ids may not.
        for again in 1.. {
            if !files.stored.iter().any(|(media, _)| media.id == id) {
                break;
            }
            id = new_id(seed.wrapping_add(again));
        }
        // The id keeps apart what has the same name.
        let url = format!("{}/{id}/{}", self.base_url, percent_encoded(&upload.name));
        let mut media = Media::new(id, url, upload.content_type);
        let moment = self.moment(files.count);
        media.imgix_url = Some(media.url.clone());
        media.size = Some(bytes.len() as u64);
        media.bucket = Some(self.bucket.clone());
        media.created_at = Some(moment.clone());
        media.modified_at = Some(moment);
        media.folder = upload.folder;
        media.alt_text = upload.alt_text;
        media.metadata = upload.metadata;
        (media.width, media.height) = upload.dimensions.unzip();
        media.original_name = Some(upload.original_name.unwrap_or_else(|| upload.name.clone()));
        media.name = Some(upload.name);
        files.count += 1;
        files.stored.push((media.clone(), bytes));
        Ok(media)
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        let mut files = self.files();
        let count = files.count;
        let stored = files.stored.iter_mut().map(|(media, _)| media).find(|media| media.id == *id);
        let media = stored.ok_or_else(|| not_found(id))?;
        change.apply(media);
        media.modified_at = Some(self.change_of(media, count));
        let changed = media.clone();
        files.count += 1;
        Ok(changed)
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        let mut files = self.files();
        let position = files.stored.iter().position(|(media, _)| media.id == *id).ok_or_else(|| not_found(id))?;
        files.stored.remove(position);
        Ok(())
    }
}

/// A moment as the API writes it.
fn written(moment: jiff::Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn matches(media: &Media, query: &MediaQuery) -> bool {
    let folder = query.folder.as_ref().is_none_or(|folder| media.folder.as_ref() == Some(folder));
    let made_by = media.metadata.get(OPERATION_ID_KEY).and_then(Value::as_str);
    folder && query.operation.as_ref().is_none_or(|operation| made_by == Some(operation.as_str()))
}

/// A name as one segment of a URL's path.
fn percent_encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// 24 hexadecimal digits, as ids of the API look.
fn new_id(seed: u64) -> MediaId {
    let mut sequence = Sequence::new(seed);
    MediaId::from(format!("{:016x}{:08x}", sequence.next(), sequence.next() >> 32))
}

fn not_found(id: &MediaId) -> Error {
    let rejection = Rejection::new(format!("no media with the id {id}"));
    Error::new(ErrorKind::NotFound(rejection), Outcome::Refused).with_status(404)
}
