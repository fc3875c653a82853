//! Proves that database and files say the same.

use std::io;
use std::path::Path;

use super::database;
use super::row::Row;
use super::sweep::{hash, sizes};

/// What is wrong, in words.
pub(super) fn check(path: &Path, media: &Path) -> io::Result<Vec<String>> {
    let rows = rows(path)?;
    let mut files = sizes(media)?;
    let mut wrong = Vec::new();
    for row in rows {
        let medium = format!("medium {} ({})", row.id, row.name);
        match files.remove(&row.name) {
            None => wrong.push(format!("{medium} has no file")),
            Some(size) if size != row.size => wrong.push(format!("{medium} has {size} bytes, not {}", row.size)),
            Some(_) if hash(&media.join(&row.name))? != row.hash => wrong.push(format!("{medium} has other bytes")),
            Some(_) => {}
        }
    }
    wrong.extend(files.into_keys().map(|name| format!("file {name} is of no medium")));
    Ok(wrong)
}

fn rows(path: &Path) -> io::Result<Vec<Row>> {
    let connection = database::to_read(path)?;
    let sql = format!("SELECT {} FROM media ORDER BY number", super::row::COLUMNS);
    let read = || connection.prepare(&sql)?.query_map((), Row::read)?.collect::<rusqlite::Result<_>>();
    read().map_err(io::Error::other)
}
