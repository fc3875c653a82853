//! Saving media to files, whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cosmic_ai_core::{Error, ErrorKind, Media, MediaLibrary, Outcome};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::task::spawn_blocking;

pub(super) async fn save(library: &dyn MediaLibrary, media: &Media, path: &Path) -> Result<(), Error> {
    let with_id = |error: Error| error.with_media_id(media.id.clone());
    let failed = |message: &str, error: io::Error| {
        let kind = ErrorKind::File { path: path.display().to_string(), message: message.to_owned() };
        with_id(Error::new(kind, Outcome::Refused).with_source(error))
    };

    let folder = folder_of(path);
    // Before the bytes are fetched: an unwritable place costs no transfer.
    let there = path.to_owned();
    let temporary =
        blocking(move || create(&folder, &there)).await.map_err(|error| failed("cannot be created", error))?;
    let handle = temporary.as_file().try_clone().map_err(|error| failed("cannot be created", error))?;
    let mut file = tokio::fs::File::from_std(handle);

    let mut bytes = library.open(media).await.map_err(with_id)?;
    let mut received = 0;
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(with_id)?;
        received += chunk.len() as u64;
        file.write_all(&chunk).await.map_err(|error| failed("cannot be written", error))?;
    }
    if let Some(size) = media.size.filter(|&size| received < size) {
        let message = format!("the file ended after {received} of {size} bytes");
        return Err(with_id(Error::new(ErrorKind::Interrupted { message }, Outcome::Refused)));
    }
    file.flush().await.map_err(|error| failed("cannot be written", error))?;
    file.sync_all().await.map_err(|error| failed("cannot be synced", error))?;
    drop(file);

    let target = path.to_owned();
    blocking(move || rename(temporary, &target)).await.map_err(|error| failed("cannot take its name", error))
}

/// The folder that the file will be in; that of the process for a bare name.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// A temporary file that is removed unless it is renamed, with the permissions of the file whose place it is to take, else those of any
/// new file.
fn create(folder: &Path, target: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cosmic-ai-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A link is itself replaced, and has none.
        let replaced = fs::symlink_metadata(target).ok().filter(fs::Metadata::is_file);
        let kept = replaced.map(|file| fs::Permissions::from_mode(file.permissions().mode() & 0o777));
        // The process's mask takes away from this what it takes from every file.
        builder.permissions(kept.clone().unwrap_or_else(|| fs::Permissions::from_mode(0o666)));
        let made = builder.tempfile_in(folder)?;
        if let Some(kept) = kept {
            // What the mask took away. Some file systems change no permissions, which is no reason to lose what was paid for.
            let _ = made.as_file().set_permissions(kept);
        }
        Ok(made)
    }
    #[cfg(not(unix))]
    {
        let _ = target;
        builder.tempfile_in(folder)
    }
}

/// Gives the file its name, and asks for the name itself to be durable.
fn rename(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    temporary.persist(target).map_err(|error| error.error)?;
    if cfg!(unix) {
        // The file is there, whole and synced. That some file systems cannot sync a folder is no failure to save.
        let _ = fs::File::open(folder_of(target)).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Runs file work that may wait for the disk away from the runtime's own threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
