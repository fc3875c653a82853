//! The media of one bucket: stored, found, opened, changed, deleted.

mod folders;
mod store;

use std::io::ErrorKind as Io;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use cosmic_ai::{ByteStream, Error, Folder, Media, MediaChange, MediaId, MediaLibrary, MediaPage, MediaQuery, Upload};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::intake::{Intake, hexadecimal};
use super::row::Row;
use super::selection::{Order, Selection};
use super::{Shared, failure, names};

/// How many media a query without a limit answers, as of the API.
const DEFAULT_LIMIT: u32 = 1_000;
/// How many bytes are read at once.
const READ_BYTES: usize = 64 << 10;
/// How many digits of a hash make an id of a bucket, as ids of the API look.
const ID_DIGITS: usize = 24;

/// Adds to a change what stays of the metadata that there are.
pub(crate) type Keeping = fn(MediaChange, &Map<String, Value>) -> MediaChange;

/// The media of one bucket. Clones share them.
#[derive(Debug, Clone)]
pub struct BucketLibrary {
    pub(super) shared: Arc<Shared>,
    pub(super) slug: Arc<str>,
    /// How media name it.
    pub(super) id: Arc<str>,
}

impl BucketLibrary {
    pub(super) fn of(shared: Arc<Shared>, slug: &str) -> Self {
        let digits: String = hexadecimal(&Sha256::digest(slug)).chars().take(ID_DIGITS).collect();
        Self { shared, slug: slug.into(), id: digits.into() }
    }

    /// A row as a medium.
    pub(super) fn media(&self, row: Row) -> Media {
        row.into_media(&self.shared.origin, &self.id)
    }

    /// Keeps a copy of a medium that lives elsewhere, under its own id and in the place of any older copy. Answers the copy, with
    /// the URL of the original as `origin_url` beside its own.
    ///
    /// # Errors
    /// When it has more than `most_bytes` or its bytes break off, and an older copy stays; when it cannot be written.
    pub(crate) async fn keep(&self, media: Media, body: ByteStream, most_bytes: u64) -> Result<Media, Error> {
        self.keep_copy(media, body, most_bytes).await
    }

    /// Makes a change; `keeping` adds to it what stays of the metadata that there are at that moment.
    pub(crate) async fn change(&self, id: &MediaId, change: MediaChange, keeping: Keeping) -> Result<Media, Error> {
        let folder = match &change.folder {
            Some(Folder::Named(folder)) if !folder.is_empty() => Some(folder.clone()),
            _ => None,
        };
        self.check_folder(folder.as_deref()).await?;
        let (slug, wanted, is_strict) = (Arc::clone(&self.slug), id.clone(), self.shared.is_strict);
        let write = move |connection: &mut rusqlite::Connection| {
            let transaction = connection.transaction().map_err(failure::database)?;
            let row = Row::of_id(&transaction, &slug, wanted.as_str()).map_err(failure::database)?;
            let Some(mut row) = row else { return Ok(None) };
            row.change(keeping(change, &row.metadata));
            row.folder = row.folder.filter(|folder| !folder.is_empty());
            folders::used(&transaction, &slug, folder.as_deref(), is_strict)?;
            row.modified = moment(&transaction, &slug).map_err(failure::database)?;
            row.update(&transaction).map_err(failure::database)?;
            transaction.commit().map_err(failure::database)?;
            Ok(Some(row))
        };
        let row = self.shared.writer.ask(write).await?;
        row.map(|row| self.media(row)).ok_or_else(|| failure::not_found(id))
    }

    async fn row(&self, id: &MediaId) -> Result<Row, Error> {
        let (slug, wanted) = (Arc::clone(&self.slug), id.clone());
        let read = move |connection: &mut _| Row::of_id(connection, &slug, wanted.as_str()).map_err(failure::database);
        self.shared.reader.ask(read).await?.ok_or_else(|| failure::not_found(id))
    }
}

#[async_trait]
impl MediaLibrary for BucketLibrary {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.row(id).await.map(|row| self.media(row))
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let selection = Selection::of_query(&self.slug, query);
        let (limit, skip) = (query.limit.unwrap_or(DEFAULT_LIMIT), query.skip);
        let read = move |connection: &mut rusqlite::Connection| {
            // As of one moment.
            let connection = connection.transaction().map_err(failure::database)?;
            let rows = selection.rows(&connection, Order::NEWEST_FIRST, limit, skip).map_err(failure::database)?;
            Ok((rows, selection.count(&connection).map_err(failure::database)?))
        };
        let (rows, total) = self.shared.reader.ask(read).await?;
        Ok(MediaPage::new(rows.into_iter().map(|row| self.media(row)).collect(), total))
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        let row = self.row(&media.id).await?;
        let (name, part) = (self.shared.media.join(&row.name), self.shared.media.join(names::part(&row.name)));
        // Between its row and its name there is an instant, which may end between the first two attempts.
        for path in [&name, &part, &name] {
            match File::open(path).await {
                Ok(file) => {
                    let path = path.clone();
                    let failed = move |error| failure::file(&path)(error);
                    return Ok(ByteStream::new(Failing {
                        bytes: ReaderStream::with_capacity(file, READ_BYTES),
                        failed,
                    }));
                }
                Err(error) if error.kind() == Io::NotFound => {}
                Err(error) => return Err(failure::file(path)(error)),
            }
        }
        Err(failure::not_found(&media.id))
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.store(upload).await
    }

    async fn update(&self, id: &MediaId, change: MediaChange) -> Result<Media, Error> {
        self.change(id, change, |change, _| change).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        let (slug, wanted, media) = (Arc::clone(&self.slug), id.clone(), Arc::clone(&self.shared.media));
        // To its end, whoever waits.
        let write = move |connection: &mut rusqlite::Connection| {
            let deleted = Row::delete(connection, &slug, wanted.as_str()).map_err(failure::database)?;
            deleted.map(|name| store::remove(&media, &name)).transpose()
        };
        self.shared.writer.ask(write).await?.ok_or_else(|| failure::not_found(id))
    }
}

/// The bytes of a file, whose faults are those of a library.
struct Failing<F> {
    bytes: ReaderStream<File>,
    failed: F,
}

impl<F: Fn(std::io::Error) -> Error + Unpin> futures_core::Stream for Failing<F> {
    type Item = Result<bytes::Bytes, Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let polled = std::pin::Pin::new(&mut self.bytes).poll_next(context);
        polled.map(|chunk| chunk.map(|chunk| chunk.map_err(|error| (self.failed)(error))))
    }
}

/// Now, in milliseconds since 1970, but later than all before in a bucket, also when the clock does not say so: the order of
/// storing and changing is that of the moments.
fn moment(connection: &rusqlite::Connection, slug: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT max((SELECT max(created) FROM media WHERE bucket = ?1), (SELECT max(modified) FROM media WHERE bucket = ?1))";
    let latest: Option<i64> = connection.query_row(sql, [slug], |row| row.get(0))?;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Ok(now.max(latest.map_or(0, |latest| latest.saturating_add(1))))
}
