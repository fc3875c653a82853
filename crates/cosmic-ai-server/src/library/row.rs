//! A row of the library: how it is written, read, and shown as a medium.

use cosmic_ai::{Media, MediaChange, OPERATION_ID_KEY};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde_json::{Map, Value};

use crate::operation::CLIENTS_KEY;

/// The columns that [`Row::read`] reads, in its order.
pub(super) const COLUMNS: &str = "number, id, name, original_name, size, hash, type, created, modified, folder, width, height, \
                                  alt_text, created_by, modified_by, metadata, extra";

/// What the library knows of a file.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its place in the order of storing; 0 before it is written.
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) original_name: String,
    pub(super) size: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub(super) hash: String,
    pub(super) content_type: String,
    /// In milliseconds since 1970.
    pub(super) created: i64,
    /// In milliseconds since 1970.
    pub(super) modified: i64,
    pub(super) folder: Option<String>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) alt_text: Option<String>,
    /// Who a service elsewhere says that it is of; nobody is known by a name here.
    pub(super) created_by: Option<String>,
    pub(super) modified_by: Option<String>,
    pub(super) metadata: Map<String, Value>,
    pub(super) extra: Map<String, Value>,
}

impl Row {
    pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
            original_name: row.get(3)?,
            size: size(row, 4)?,
            hash: row.get(5)?,
            content_type: row.get(6)?,
            created: row.get(7)?,
            modified: row.get(8)?,
            folder: row.get(9)?,
            width: row.get(10)?,
            height: row.get(11)?,
            alt_text: row.get(12)?,
            created_by: row.get(13)?,
            modified_by: row.get(14)?,
            metadata: object(row, 15)?,
            extra: object(row, 16)?,
        })
    }

    pub(super) fn of_id(connection: &Connection, bucket: &str, id: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM media WHERE bucket = ?1 AND id = ?2");
        connection.prepare(&sql)?.query_row([bucket, id], Self::read).optional()
    }

    /// The row of a file, of whatever bucket.
    pub(super) fn of_name(connection: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM media WHERE name = ?1");
        connection.prepare(&sql)?.query_row([name], Self::read).optional()
    }

    /// Writes a new row.
    pub(super) fn insert(&self, connection: &Connection, bucket: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO media (bucket, id, name, original_name, size, hash, type, created, modified, folder, width, height, \
                   alt_text, created_by, modified_by, operation, clients_operation, metadata, extra) VALUES (:bucket, :id, :name, :original_name, :size, \
                   :hash, :type, :created, :modified, :folder, :width, :height, :alt_text, :created_by, :modified_by, :operation, \
                   :clients_operation, :metadata, :extra)";
        connection
            .prepare(sql)?
            .execute(named_params! {
                ":bucket": bucket,
                ":id": self.id,
                ":name": self.name,
                ":original_name": self.original_name,
                ":size": i64::try_from(self.size).unwrap_or(i64::MAX),
                ":hash": self.hash,
                ":type": self.content_type,
                ":created": self.created,
                ":modified": self.modified,
                ":folder": self.folder,
                ":width": self.width,
                ":height": self.height,
                ":alt_text": self.alt_text,
                ":created_by": self.created_by,
                ":modified_by": self.modified_by,
                ":operation": self.text_of(OPERATION_ID_KEY),
                ":clients_operation": self.text_of(CLIENTS_KEY),
                ":metadata": written(&self.metadata),
                ":extra": written(&self.extra),
            })
            .map(|_| ())
    }

    /// Writes what a change may have changed.
    pub(super) fn update(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE media SET folder = :folder, alt_text = :alt_text, metadata = :metadata, operation = :operation, \
                   clients_operation = :clients_operation, modified = :modified WHERE number = :number";
        connection
            .prepare(sql)?
            .execute(named_params! {
                ":folder": self.folder,
                ":alt_text": self.alt_text,
                ":metadata": written(&self.metadata),
                ":operation": self.text_of(OPERATION_ID_KEY),
                ":clients_operation": self.text_of(CLIENTS_KEY),
                ":modified": self.modified,
                ":number": self.number,
            })
            .map(|_| ())
    }

    /// Removes a row; answers the name of its file, if there was one.
    pub(super) fn delete(connection: &Connection, bucket: &str, id: &str) -> rusqlite::Result<Option<String>> {
        let sql = "DELETE FROM media WHERE bucket = ?1 AND id = ?2 RETURNING name";
        connection.prepare(sql)?.query_row([bucket, id], |row| row.get(0)).optional()
    }

    /// Makes a change in it.
    pub(super) fn change(&mut self, change: MediaChange) {
        let mut media = Media::new("", "", "");
        media.folder = self.folder.take();
        media.alt_text = self.alt_text.take();
        media.metadata = std::mem::take(&mut self.metadata);
        change.apply(&mut media);
        (self.folder, self.alt_text, self.metadata) = (media.folder, media.alt_text, media.metadata);
    }

    fn text_of(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).and_then(Value::as_str)
    }

    /// The medium, with a URL that begins with `origin`.
    pub(super) fn into_media(self, origin: &str, bucket: &str) -> Media {
        // The server chose the name, so that it is the same in a URL.
        let url = format!("{origin}/media/{}", self.name);
        let mut media = Media::new(self.id, url.clone(), self.content_type);
        media.imgix_url = Some(url);
        media.name = Some(self.name);
        media.original_name = Some(self.original_name);
        media.size = Some(self.size);
        media.bucket = Some(bucket.to_owned());
        media.created_at = Some(stamp(self.created));
        media.modified_at = Some(stamp(self.modified));
        media.folder = self.folder;
        media.width = self.width;
        media.height = self.height;
        media.alt_text = self.alt_text;
        media.metadata = self.metadata;
        media.created_by = self.created_by;
        media.modified_by = self.modified_by;
        media.extra = self.extra;
        media
    }
}

/// A moment as the service writes it: `2026-01-02T03:04:05.678Z`.
pub(super) fn stamp(millis: i64) -> String {
    let moment = Timestamp::from_millisecond(millis).unwrap_or_default();
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A number that is not negative, which SQLite has no type for.
pub(super) fn size(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let size: i64 = row.get(column)?;
    u64::try_from(size).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, size))
}

fn object(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Map<String, Value>> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

fn written(object: &Map<String, Value>) -> String {
    // Only a map with keys that are no text could fail.
    serde_json::to_string(object).unwrap_or_else(|_| "{}".to_owned())
}
