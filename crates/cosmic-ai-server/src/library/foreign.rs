//! Tells a folder of something else, whose files are none of the library's business.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use super::{LOCK, MEDIA, database};

/// What volumes have from the beginning.
const OF_VOLUMES: [&str; 2] = ["lost+found", ".DS_Store"];
/// What the name of the ledger begins with, whose log may lie beside it.
const LEDGER: &str = "spend.db";

/// Refuses a folder that has files but no library, unless they are what a server has beside one.
pub(super) fn refuse(data: &Path) -> io::Result<()> {
    if data.join(database::FILE).exists() {
        return Ok(());
    }
    for entry in fs::read_dir(data)? {
        let name = entry?.file_name();
        if !is_known(&data.join(&name), &name)? {
            return Err(io::Error::other(format!(
                "{} has no media library, but other files such as {}: choose an empty folder, or one that is not there yet",
                data.display(),
                name.display()
            )));
        }
    }
    Ok(())
}

fn is_known(path: &Path, name: &OsStr) -> io::Result<bool> {
    let Some(name) = name.to_str() else { return Ok(false) };
    if name == MEDIA {
        return Ok(path.is_dir() && fs::read_dir(path)?.next().is_none());
    }
    let is_configuration = path.extension().is_some_and(|extension| extension == "toml");
    Ok(name == LOCK || name.starts_with(LEDGER) || is_configuration || OF_VOLUMES.contains(&name))
}
