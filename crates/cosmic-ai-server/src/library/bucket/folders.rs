//! Folders of a bucket: made on first use, or known beforehand.

use std::sync::Arc;

use cosmic_ai::{Error, Problem};
use rusqlite::{Connection, OptionalExtension as _};

use super::BucketLibrary;
use crate::library::failure::{self, unfit};
use crate::library::names;
use crate::nearest::nearest;

/// How many folders a refusal suggests.
const SUGGESTIONS: usize = 3;

impl BucketLibrary {
    /// Makes a folder, if it is not there. Only a library with strict folders needs that.
    ///
    /// # Errors
    /// When the name is none of a folder: 1 to 128 characters, without slashes, control characters, a leading dot, or spaces at
    /// its ends. When it cannot be written.
    pub async fn create_folder(&self, name: &str) -> Result<(), Error> {
        names::check_folder(name)?;
        let (slug, name) = (Arc::clone(&self.slug), name.to_owned());
        self.shared.writer.ask(move |connection| make(connection, &slug, &name)).await
    }

    /// Makes several folders, those that are not there.
    pub(crate) async fn create_folders(&self, names: &[String]) -> Result<(), Error> {
        for name in names {
            self.create_folder(name).await?;
        }
        Ok(())
    }

    /// Refuses a folder that nothing can be put into, before any bytes are taken in.
    pub(crate) async fn check_folder(&self, name: Option<&str>) -> Result<(), Error> {
        let Some(name) = name else { return Ok(()) };
        names::check_folder(name)?;
        if !self.shared.is_strict {
            return Ok(());
        }
        let (slug, name) = (Arc::clone(&self.slug), name.to_owned());
        self.shared.reader.ask(move |connection| expect(connection, &slug, &name)).await
    }
}

/// Notes that a folder is used; refuses it, if folders are strict and it is not there.
pub(super) fn used(connection: &Connection, slug: &str, name: Option<&str>, is_strict: bool) -> Result<(), Error> {
    match name {
        None => Ok(()),
        Some(name) if is_strict => expect(connection, slug, name),
        Some(name) => make(connection, slug, name),
    }
}

fn make(connection: &Connection, slug: &str, name: &str) -> Result<(), Error> {
    let made = connection.execute("INSERT OR IGNORE INTO folders (bucket, name) VALUES (?1, ?2)", [slug, name]);
    made.map(|_| ()).map_err(failure::database)
}

fn expect(connection: &Connection, slug: &str, name: &str) -> Result<(), Error> {
    let sql = "SELECT 1 FROM folders WHERE bucket = ?1 AND name = ?2";
    let found = connection.query_row(sql, [slug, name], |_| Ok(())).optional().map_err(failure::database)?;
    match found {
        Some(()) => Ok(()),
        None => Err(unfit(missing(name, known(connection, slug).map_err(failure::database)?))),
    }
}

fn known(connection: &Connection, slug: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM folders WHERE bucket = ?1 ORDER BY name LIMIT 1000")?;
    statement.query_map([slug], |row| row.get(0))?.collect()
}

fn missing(name: &str, mut known: Vec<String>) -> Problem {
    let likeness = |folder: &String| strsim::jaro_winkler(&folder.to_lowercase(), &name.to_lowercase());
    known.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    known.truncate(SUGGESTIONS);
    if known.is_empty() {
        return Problem::new("folder", "does not exist, nor does any other in this bucket (`folders` of the bucket in the server's configuration makes them)").given(name);
    }
    let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    Problem::new("folder", "does not exist (`folders` of the bucket in the server's configuration makes it)")
        .given(name)
        .allowed(known)
        .nearest(nearest)
}
