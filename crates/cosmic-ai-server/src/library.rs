//! The media library on disk: files under names of the server's choosing, all else in SQLite.
//!
//! In reading order: [`DiskLibrary`] has the folder and its lock; `bucket` is what a bucket sees of it; a file comes in through
//! `intake`, which names it by `names` and types it by `kind`; `row` is what is known of it, in the `database` that `worker`s
//! write and read; `listing` answers questions, by a `selection` of SQLite's and a `scan` with a `matcher` for the rest; `foreign`
//! tells folders of something else, `sweep` puts in order what a crash left, and `check` proves that nothing is left to do.
//!
//! A file is written to a part, synced, its row committed, the part renamed, the folder synced, and only then is it stored. So
//! at every moment a row has its file or the whole part of it, and all else is rubbish that nobody was told of.

mod bucket;
mod check;
mod database;
mod failure;
mod foreign;
mod intake;
mod kind;
mod listing;
mod matcher;
mod names;
mod row;
mod scan;
mod selection;
mod sweep;
#[cfg(test)]
mod tests;
mod worker;

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cosmic_ai::Error;

pub use self::bucket::BucketLibrary;
pub(crate) use self::bucket::Keeping;
pub(crate) use self::failure::not_found;
pub(crate) use self::intake::hexadecimal;
pub(crate) use self::listing::{Listing, Sort};
pub(crate) use self::matcher::Matcher;
pub(crate) use self::names::check_folder;
use self::row::Row;
pub(crate) use self::scan::Scan;
pub use self::sweep::Sweep;
use self::worker::Worker;

/// Held as long as a server has the data folder.
const LOCK: &str = "lock";
/// Where files are in the data folder.
const MEDIA: &str = "media";
/// Where files without a row are moved to.
const ORPHANS: &str = "orphans";

/// Keeps media of all buckets in a folder: files under names of its choosing, all else in SQLite.
///
/// Clones share the folder. As long as any of them is there, or a [`BucketLibrary`] of it, nobody else can open it.
#[derive(Debug, Clone)]
pub struct DiskLibrary {
    shared: Arc<Shared>,
}

/// What the parts of a library share. In the order in which it is dropped: the lock goes when nobody writes any more.
#[derive(Debug)]
struct Shared {
    writer: Worker,
    reader: Worker,
    /// For lists that take long, behind which nobody else is to wait.
    scanner: Worker,
    id: String,
    data: PathBuf,
    media: Arc<Path>,
    origin: Arc<str>,
    is_strict: bool,
    #[expect(dead_code, reason = "held for its drop")]
    lock: File,
}

/// What becomes of a medium that is to be put into a folder that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FolderPolicy {
    /// The folder is made.
    #[default]
    OnFirstUse,
    /// It is refused, as the real service does: [`BucketConfig::with_folder`](crate::BucketConfig::with_folder) and
    /// [`BucketLibrary::create_folder`] make folders.
    Strict,
}

/// A file to be served.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) path: PathBuf,
    pub(crate) content_type: String,
    pub(crate) size: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub(crate) hash: String,
    pub(crate) stored_at: SystemTime,
    pub(crate) original_name: String,
}

impl DiskLibrary {
    /// Opens the library in a folder, which is made, for the user alone, if it is not there, and sweeps it. URLs of media begin
    /// with `origin`, such as `http://127.0.0.1:4010`. `folders` says what becomes of folders that are not there. Blocks: a moment for each ten
    /// thousand files.
    ///
    /// # Errors
    /// When the folder cannot be written; when another server has it ([`ResourceBusy`](io::ErrorKind::ResourceBusy)); when it has
    /// files of something else and no library; when its database is none of a library or one of a later version; when most of
    /// its media are missing (the message says what to do then).
    pub fn open(folder: &Path, origin: &str, folders: FolderPolicy) -> io::Result<(Self, Sweep)> {
        made(folder)?;
        // What is served is found by its path, wherever the process goes.
        let data = fs::canonicalize(folder)?;
        foreign::refuse(&data)?;
        let lock = locked(&data.join(LOCK))?;
        let media: Arc<Path> = data.join(MEDIA).into();
        let database = data.join(database::FILE);
        let mut connection = database::to_write(&database)?;
        sync(&data)?;
        let id = database::id(&connection)?;
        let sweep = sweep::sweep(&mut connection, &data)?;
        let shared = Shared {
            writer: Worker::start("library writer", connection)?,
            reader: Worker::start("library reader", database::to_read(&database)?)?,
            scanner: Worker::start("library scanner", database::to_read(&database)?)?,
            id,
            data,
            media,
            origin: origin.trim_end_matches('/').into(),
            is_strict: folders == FolderPolicy::Strict,
            lock,
        };
        Ok((Self { shared: Arc::new(shared) }, sweep))
    }

    /// The id of the data folder, minted when it was made: a UUID.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The part of a bucket.
    pub fn bucket(&self, slug: &str) -> BucketLibrary {
        BucketLibrary::of(Arc::clone(&self.shared), slug)
    }

    /// The file of a name, of whatever bucket.
    pub(crate) async fn file(&self, name: &str) -> Result<Option<StoredFile>, Error> {
        let wanted = name.to_owned();
        let read = move |connection: &mut _| Row::of_name(connection, &wanted).map_err(failure::database);
        let Some(row) = self.shared.reader.ask(read).await? else { return Ok(None) };
        let path = self.shared.media.join(&row.name);
        let part = self.shared.media.join(names::part(&row.name));
        // Between its row and its name there is an instant.
        let path = intake::blocking(move || Ok(if !path.is_file() && part.is_file() { part } else { path })).await?;
        Ok(Some(StoredFile {
            path,
            content_type: row.content_type,
            size: row.size,
            hash: row.hash,
            stored_at: SystemTime::UNIX_EPOCH + Duration::from_millis(row.created.try_into().unwrap_or_default()),
            original_name: row.original_name,
        }))
    }

    /// Compares the database with the files, byte by byte: every row has its file with the right size and hash, every file has
    /// its row. Answers what is wrong, nothing if all is well. To be asked while nothing is being stored or deleted. Blocks as
    /// long as reading all files takes.
    ///
    /// # Errors
    /// When the database or the folder cannot be read.
    pub fn check(&self) -> io::Result<Vec<String>> {
        check::check(&self.shared.data.join(database::FILE), &self.shared.media)
    }
}

/// Makes a folder that is not there, for the user alone.
fn made(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Locks a file for as long as it is open.
fn locked(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another server is at work on this data folder"))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Writes down what a folder holds: a file that was renamed has its new name also after the power has failed.
fn sync(folder: &Path) -> io::Result<()> {
    // Windows opens no folders, and writes names down by itself.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
