//! Puts the library in order when it is opened: what a crash left, and what someone did to its files.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::intake::hexadecimal;
use super::row::size;
use super::{made, names, sync};

/// What the library found and put in order when it was opened. Media are told as `id (name)`, files by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Sweep {
    /// How many media are in order.
    pub media: u64,
    /// Media whose file was whole and lacked only its name, which it was given. Expected after a crash.
    pub finished: Vec<String>,
    /// Parts of files that were never stored: removed. Expected after a crash.
    pub unfinished: Vec<String>,
    /// Media whose file is gone: no longer in the library.
    pub lost: Vec<String>,
    /// Media whose file has another size than was stored: no longer in the library, their files among the orphans.
    pub damaged: Vec<String>,
    /// Files of no medium: moved to the folder `orphans` beside that of the media.
    pub orphans: Vec<String>,
}

impl Sweep {
    /// Whether there was nothing to put in order.
    pub fn is_clean(&self) -> bool {
        let Self { media: _, finished, unfinished, lost, damaged, orphans } = self;
        [finished, unfinished, lost, damaged, orphans].iter().all(|found| found.is_empty())
    }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "media library: {} in order", self.media)?;
        let found = [
            ("finished", &self.finished),
            ("unfinished removed", &self.unfinished),
            ("lost", &self.lost),
            ("damaged", &self.damaged),
            ("orphans moved away", &self.orphans),
        ];
        for (what, names) in found.iter().filter(|(_, names)| !names.is_empty()) {
            write!(f, ", {} {what}", names.len())?;
        }
        Ok(())
    }
}

/// What a row says of its file.
struct Told {
    number: i64,
    id: String,
    name: String,
    size: u64,
    hash: String,
}

/// Puts the library in order. Sizes are compared; bytes are read only of files in doubt.
pub(super) fn sweep(connection: &mut Connection, media: &Path, orphans: &Path) -> io::Result<Sweep> {
    let mut sweep = Sweep::default();
    let mut files = sizes(media)?;
    let mut gone = Vec::new();
    for row in told(connection).map_err(io::Error::other)? {
        let part = names::part(&row.name);
        let medium = format!("{} ({})", row.id, row.name);
        match (files.remove(&row.name), files.get(&part)) {
            (Some(size), _) if size == row.size => sweep.media += 1,
            (Some(_), _) => {
                moved(media, orphans, &row.name)?;
                gone.push(row.number);
                sweep.damaged.push(medium);
            }
            (None, Some(size)) if *size == row.size && hash(&media.join(&part))? == row.hash => {
                fs::rename(media.join(&part), media.join(&row.name))?;
                files.remove(&part);
                sweep.media += 1;
                sweep.finished.push(medium);
            }
            (None, _) => {
                gone.push(row.number);
                sweep.lost.push(medium);
            }
        }
    }
    for name in files.into_keys() {
        if names::of_part(&name).is_some() {
            fs::remove_file(media.join(&name))?;
            sweep.unfinished.push(name);
        } else {
            moved(media, orphans, &name)?;
            sweep.orphans.push(name);
        }
    }
    if !sweep.is_clean() {
        sync(media)?;
        // Their files are out of the way by now: a crash before this finds the same rows again.
        remove(connection, &gone).map_err(io::Error::other)?;
    }
    Ok(sweep)
}

/// The files in a folder with their sizes. What is no file is not ours.
pub(super) fn sizes(folder: &Path) -> io::Result<BTreeMap<String, u64>> {
    let mut sizes = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if let (true, Ok(name)) = (about.is_file(), entry.file_name().into_string()) {
            sizes.insert(name, about.len());
        }
    }
    Ok(sizes)
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn hash(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 256 << 10];
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

fn told(connection: &Connection) -> rusqlite::Result<Vec<Told>> {
    let mut statement = connection.prepare("SELECT number, id, name, size, hash FROM media ORDER BY number")?;
    let told = |row: &rusqlite::Row<'_>| {
        Ok(Told { number: row.get(0)?, id: row.get(1)?, name: row.get(2)?, size: size(row, 3)?, hash: row.get(4)? })
    };
    statement.query_map((), told)?.collect()
}

fn remove(connection: &mut Connection, numbers: &[i64]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for number in numbers {
        transaction.execute("DELETE FROM media WHERE number = ?1", [number])?;
    }
    transaction.commit()
}

/// Moves a file to the orphans, beside any other of its name.
fn moved(media: &Path, orphans: &Path, name: &str) -> io::Result<()> {
    made(orphans)?;
    let mut place = orphans.join(name);
    if place.symlink_metadata().is_ok() {
        place = orphans.join(format!("{}-{name}", Uuid::new_v4()));
    }
    fs::rename(media.join(name), place)
}
