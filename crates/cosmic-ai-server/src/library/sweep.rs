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
use super::{MEDIA, ORPHANS, made, names, sync};

/// A file in the data folder that says: open it though most media are missing. It is removed when that was done.
const ACCEPTANCE: &str = "accept-losses";
/// From how many missing media on someone is to say so first, if they are more than half.
const FEW: usize = 3;

/// What the library found and put in order when it was opened. Media are told as `id (name)`, files by their names.
///
/// Media whose files are gone or of another size are no longer in the library, and are in it again when it is opened with
/// their files back in their places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Sweep {
    /// How many media are in order.
    pub media: u64,
    /// Media whose file was whole and lacked only its name, which it was given. Expected after a crash.
    pub finished: Vec<String>,
    /// Parts of files that were never stored: removed. Expected after a crash.
    pub unfinished: Vec<String>,
    /// Media whose file is gone.
    pub lost: Vec<String>,
    /// Media whose file has another size than was stored. It is among the orphans.
    pub damaged: Vec<String>,
    /// Media that were lost or damaged, and whose file is back.
    pub returned: Vec<String>,
    /// How many media were lost or damaged earlier and are not back.
    pub missing: u64,
    /// Files of no medium: moved to the folder `orphans` beside that of the media.
    pub orphans: Vec<String>,
}

impl Sweep {
    /// Whether there was nothing to put in order.
    pub fn is_clean(&self) -> bool {
        let Self { media: _, finished, unfinished, lost, damaged, returned, missing: _, orphans } = self;
        [finished, unfinished, lost, damaged, returned, orphans].iter().all(|found| found.is_empty())
    }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "media library: {} in order", self.media)?;
        let count = |names: &Vec<String>| names.len() as u64;
        let found = [
            ("finished", count(&self.finished)),
            ("unfinished removed", count(&self.unfinished)),
            ("lost", count(&self.lost)),
            ("damaged", count(&self.damaged)),
            ("returned", count(&self.returned)),
            ("still missing", self.missing),
            ("orphans moved away", count(&self.orphans)),
        ];
        for (what, count) in found.iter().filter(|(_, count)| *count > 0) {
            write!(f, ", {count} {what}")?;
        }
        Ok(())
    }
}

/// What a row says of its file.
struct Told {
    /// Its place in the table that it is in.
    number: i64,
    is_lost: bool,
    id: String,
    name: String,
    size: u64,
    hash: String,
}

/// Puts the library in a data folder in order. Sizes are compared; bytes are read only of files in doubt.
pub(super) fn sweep(connection: &mut Connection, data: &Path) -> io::Result<Sweep> {
    let (media, orphans, acceptance) = (&data.join(MEDIA), &data.join(ORPHANS), data.join(ACCEPTANCE));
    let mut sweep = Sweep::default();
    let rows = told(connection).map_err(io::Error::other)?;
    let has_folder = media.is_dir();
    let mut files = if has_folder { sizes(media)? } else { BTreeMap::new() };
    if !acceptance.exists() {
        refuse_losses(data, has_folder, &rows, &files)?;
    }
    made(media)?;
    let (mut gone, mut back) = (Vec::new(), Vec::new());
    for row in rows {
        let part = names::part(&row.name);
        let medium = format!("{} ({})", row.id, row.name);
        // Whoever put a file back may have put another there.
        let is_his = |path: &str| Ok::<_, io::Error>(hash(&media.join(path))? == row.hash);
        match (files.get(&row.name), files.get(&part)) {
            (Some(size), _) if *size == row.size && (!row.is_lost || is_his(&row.name)?) => {
                files.remove(&row.name);
                sweep.media += 1;
                if row.is_lost {
                    back.push(row.number);
                    sweep.returned.push(medium);
                }
            }
            (None, Some(size)) if *size == row.size && is_his(&part)? => {
                fs::rename(media.join(&part), media.join(&row.name))?;
                files.remove(&part);
                sweep.media += 1;
                if row.is_lost {
                    back.push(row.number);
                }
                sweep.finished.push(medium);
            }
            // Any file in its place is of nobody.
            _ if row.is_lost => sweep.missing += 1,
            (Some(_), _) => {
                files.remove(&row.name);
                moved(media, orphans, &row.name)?;
                gone.push(row.number);
                sweep.damaged.push(medium);
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
        put(connection, &gone, &back).map_err(io::Error::other)?;
    }
    match fs::remove_file(acceptance) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(sweep),
    }
}

/// Refuses a folder most of whose media are missing: rather a volume is not there than someone deleted so many files.
fn refuse_losses(data: &Path, has_folder: bool, rows: &[Told], files: &BTreeMap<String, u64>) -> io::Result<()> {
    let rows: Vec<_> = rows.iter().filter(|row| !row.is_lost).collect();
    let is_missing = |row: &&&Told| !files.contains_key(&row.name) && !files.contains_key(&names::part(&row.name));
    let missing = rows.iter().filter(is_missing).count();
    let is_much = missing >= FEW && missing * 2 > rows.len();
    if missing == 0 || (has_folder && !is_much) {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{missing} of {} media have no file in {}: put the files back, for instance by mounting their volume; or, to go on \
         without these media until their files are back, make an empty file {}",
        rows.len(),
        data.join(MEDIA).display(),
        data.join(ACCEPTANCE).display()
    )))
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
    let sql = "SELECT rowid, false, id, name, size, hash FROM media UNION ALL SELECT rowid, true, id, name, size, hash FROM lost";
    let told = |row: &rusqlite::Row<'_>| {
        Ok(Told {
            number: row.get(0)?,
            is_lost: row.get(1)?,
            id: row.get(2)?,
            name: row.get(3)?,
            size: size(row, 4)?,
            hash: row.get(5)?,
        })
    };
    connection.prepare(sql)?.query_map((), told)?.collect()
}

/// Puts rows that are gone to those that are lost, and those that are back among the media again.
fn put(connection: &mut Connection, gone: &[i64], back: &[i64]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for number in gone {
        transaction.execute("INSERT INTO lost SELECT * FROM media WHERE number = ?1", [number])?;
        transaction.execute("DELETE FROM media WHERE number = ?1", [number])?;
    }
    for number in back {
        // Its own number may be another's by now: it gets a new one.
        transaction.execute("UPDATE lost SET number = NULL WHERE rowid = ?1", [number])?;
        transaction.execute("INSERT INTO media SELECT * FROM lost WHERE rowid = ?1", [number])?;
        transaction.execute("DELETE FROM lost WHERE rowid = ?1", [number])?;
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
