//! Where a ledger is: its file, made if it is not there, and those beside it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::super::LedgerError;

/// Makes the file of a ledger, for the user alone, unless it is there. Never its folder: a path with a slip, or a disk that is
/// not mounted, would otherwise be a new ledger with all of its budgets empty. Its path without links, so that everyone
/// queues at the same place.
pub(super) fn made(path: &Path) -> io::Result<PathBuf> {
    // Never opens a file that is there: closing it again would take away the locks that SQLite has on it in this process.
    match for_the_user_alone().write(true).create_new(true).open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let path = fs::canonicalize(path)?;
    if path.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { Ok(path) }
}

#[cfg(unix)]
fn for_the_user_alone() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn for_the_user_alone() -> OpenOptions {
    OpenOptions::new()
}

/// A file beside the ledger that whoever may write the ledger may lock.
pub(super) fn beside(path: &Path, suffix: &str) -> io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    let lock = match for_the_user_alone().read(true).write(true).create_new(true).open(&name) {
        Ok(lock) => {
            lock.set_permissions(fs::metadata(path)?.permissions())?;
            lock
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            OpenOptions::new().read(true).write(true).open(&name)?
        }
        Err(error) => return Err(error),
    };
    Ok(lock)
}

/// A failure of the file system, with the file that it is about.
pub(super) fn unreachable(path: &Path, error: &io::Error) -> LedgerError {
    LedgerError::unavailable(format!("`{}`: {error}", path.display()))
}
