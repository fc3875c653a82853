//! Storing a file: its bytes, then its row, then its name.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use cosmic_ai::{ByteStream, Error, Media, Upload};
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::{BucketLibrary, Intake, folders, moment};
use crate::keep::ORIGIN_URL;
use crate::library::intake::{Received, receive};
use crate::library::row::Row;
use crate::library::{failure, names, sync};

impl BucketLibrary {
    pub(super) async fn store(&self, upload: Upload) -> Result<Media, Error> {
        let folder = upload.folder.filter(|folder| !folder.is_empty());
        self.check_folder(folder.as_deref()).await?;
        let original_name = upload.original_name.unwrap_or_else(|| upload.name.clone());
        let intake =
            Intake { name: upload.name, declared: upload.content_type, body: upload.body, most_bytes: u64::MAX };
        let received = receive(&self.shared.media, &self.shared.reader, intake).await?;
        let mut row = row_of(&received, new_id(), original_name);
        row.folder = folder;
        (row.width, row.height) = upload.dimensions.or(received.dimensions).unzip();
        row.alt_text = upload.alt_text.filter(|text| !text.is_empty());
        row.metadata = upload.metadata;
        commit(self, row, received, self.shared.is_strict).await
    }

    pub(super) async fn keep_copy(&self, media: Media, body: ByteStream, most_bytes: u64) -> Result<Media, Error> {
        let name = media.name.clone().unwrap_or_else(|| media.id.to_string());
        let intake = Intake { name, declared: media.content_type.clone(), body, most_bytes };
        let received = receive(&self.shared.media, &self.shared.reader, intake).await?;
        let original_name = media.original_name.or(media.name).unwrap_or_else(|| received.part.name.clone());
        let mut row = row_of(&received, media.id.to_string(), original_name);
        // When it was made, as far as that is in the past: what is stored here later is newer.
        row.created = millis(media.created_at.as_deref()).unwrap_or(i64::MAX);
        row.modified = millis(media.modified_at.as_deref()).unwrap_or(i64::MAX);
        row.folder = media.folder;
        let said = media.width.zip(media.height);
        (row.width, row.height) = said.or(received.dimensions).unzip();
        row.alt_text = media.alt_text;
        row.metadata = media.metadata;
        row.extra = media.extra;
        (row.created_by, row.modified_by) = (media.created_by, media.modified_by);
        row.extra.insert(ORIGIN_URL.to_owned(), Value::String(media.url));
        // Where folders are strict is where it lives.
        commit(self, row, received, false).await
    }
}

/// Writes the row of a file that came whole, and gives it its name. In one turn, so that to all others who write both are done;
/// and to its end, whoever waits.
async fn commit(library: &BucketLibrary, row: Row, mut received: Received, is_strict: bool) -> Result<Media, Error> {
    let (slug, media) = (Arc::clone(&library.slug), Arc::clone(&library.shared.media));
    let write = move |connection: &mut Connection| {
        let (row, older) = written(connection, &slug, row, is_strict)?;
        // From here on it is the row's: a crash leaves the part, and the sweep gives it its name.
        received.part.keep();
        if let Err(error) = named(&media, &row.name) {
            // If this fails too, the next sweep finds it.
            let _ = Row::delete(connection, &slug, &row.id);
            let _ = remove(&media, &row.name);
            return Err(error);
        }
        if let Some(older) = older {
            // A file without a row is moved away by the next sweep.
            let _ = remove(&media, &older);
        }
        Ok(row)
    };
    library.shared.writer.ask(write).await.map(|row| library.media(row))
}

/// Gives a part its name, also after the power has failed.
fn named(media: &Path, name: &str) -> Result<(), Error> {
    let path = media.join(name);
    fs::rename(media.join(names::part(name)), &path).and_then(|()| sync(media)).map_err(failure::file(&path))
}

/// Writes a row, in the place of any of its id; answers the name of that one's file.
fn written(
    connection: &mut Connection,
    slug: &str,
    mut row: Row,
    is_strict: bool,
) -> Result<(Row, Option<String>), Error> {
    let transaction = connection.transaction().map_err(failure::database)?;
    folders::used(&transaction, slug, row.folder.as_deref(), is_strict)?;
    let older = Row::delete(&transaction, slug, &row.id).map_err(failure::database)?;
    let lost = "DELETE FROM lost WHERE bucket = ?1 AND id = ?2";
    transaction.execute(lost, [slug, &row.id]).map_err(failure::database)?;
    let moment = moment(&transaction, slug).map_err(failure::database)?;
    row.created = row.created.min(moment);
    row.modified = row.modified.min(moment);
    row.insert(&transaction, slug).map_err(failure::database)?;
    row.number = transaction.last_insert_rowid();
    transaction.commit().map_err(failure::database)?;
    Ok((row, older))
}

/// A row of what was received, from now on.
fn row_of(received: &Received, id: String, original_name: String) -> Row {
    Row {
        number: 0,
        id,
        name: received.part.name.clone(),
        original_name,
        size: received.size,
        hash: received.hash.clone(),
        content_type: received.content_type.clone(),
        created: i64::MAX,
        modified: i64::MAX,
        folder: None,
        width: None,
        height: None,
        alt_text: None,
        created_by: None,
        modified_by: None,
        metadata: serde_json::Map::new(),
        extra: serde_json::Map::new(),
    }
}

/// Removes the file of a row that is gone, or else the part of it. If there is neither, that is no fault.
pub(super) fn remove(folder: &Path, name: &str) -> Result<(), Error> {
    for path in [folder.join(name), folder.join(names::part(name))] {
        match fs::remove_file(&path) {
            // A part that is there beside a file is of someone who tries the same name.
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failure::file(&path)(error)),
        }
    }
    Ok(())
}

/// 24 random hexadecimal digits, as ids of the API look.
fn new_id() -> String {
    // All of a UUID is random but two digits in its middle.
    let digits = Uuid::new_v4().simple().to_string();
    format!("{}{}", digits.get(..12).unwrap_or_default(), digits.get(20..).unwrap_or_default())
}

fn millis(moment: Option<&str>) -> Option<i64> {
    let moment: jiff::Timestamp = moment?.parse().ok()?;
    Some(moment.as_millisecond())
}
