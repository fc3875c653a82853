//! Where bytes go on this machine: a file, whole or not at all; a device or pipe as it is; standard output.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cosmic_ai::{Client, Error, Media, OperationId, Outcome};
use tokio::io::AsyncWriteExt as _;

use crate::failure::{Failure, file_error};
use crate::output::{Output, Written};

/// Where the bytes of a medium go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To standard output.
    Output,
    /// To this file, which is replaced if it is there.
    File(PathBuf),
    /// To a device or a pipe, which must not be replaced by a file.
    Device(PathBuf),
    /// To a new file in this folder, by the medium's name.
    Named,
}

impl Target {
    /// What was asked for, if it can be written at all: better found out before anything is paid for.
    pub(crate) fn check(asked: Option<&Path>, output: Output) -> Result<Self, Failure> {
        match asked {
            Some(path) if is_output(path) && output.json => {
                Err(Failure::Usage("--json and `-o -` both want standard output: give a file".to_owned()))
            }
            Some(path) if is_output(path) && output.to_terminal => {
                Err(Failure::Usage("standard output is a terminal: give a file, or pipe it somewhere".to_owned()))
            }
            Some(path) if is_output(path) => Ok(Self::Output),
            Some(path) => Self::of_path(path),
            None => {
                writable(Path::new("."))?;
                Ok(Self::Named)
            }
        }
    }

    fn of_path(path: &Path) -> Result<Self, Failure> {
        let refused =
            |kind: io::ErrorKind| Err(Failure::file(path.display(), "cannot be written", io::Error::from(kind)));
        // What a name ends with is left out of a path that is taken apart, but means a folder.
        let asks_for_folder = path.as_os_str().as_encoded_bytes().last().is_some_and(|&byte| is_separator(byte));
        // Where a link leads, even to nowhere: the link itself is not replaced.
        let path = followed(path)?;
        match std::fs::metadata(&path) {
            Ok(found) if found.is_dir() => refused(io::ErrorKind::IsADirectory),
            Ok(found) if !found.is_file() => Ok(Self::Device(path)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // A name that is too long, for instance.
                Err(Failure::file(path.display(), "cannot be written", error))
            }
            _ if path.file_name().is_none() => refused(io::ErrorKind::InvalidInput),
            _ if asks_for_folder => refused(io::ErrorKind::NotADirectory),
            found => {
                if found.is_ok() {
                    replaceable(&path)?;
                }
                writable(folder_of(&path))?;
                Ok(Self::File(path))
            }
        }
    }

    /// Writes the bytes of a medium. The file that it is in then; `None` for standard output. Errors carry `paid`.
    pub(crate) async fn write(
        &self,
        client: &Client,
        media: &Media,
        paid: &Paid,
        output: Output,
    ) -> Result<Option<PathBuf>, Failure> {
        let path = match self {
            Self::Output => {
                self.copy(client, media, paid, output).await?;
                return Ok(None);
            }
            Self::Device(path) => {
                self.copy(client, media, paid, output).await?;
                return Ok(Some(path.clone()));
            }
            Self::Named => return save_named(client, media, paid).await.map(Some),
            Self::File(path) => path.clone(),
        };
        client.save(media, &path).await.map_err(|error| paid.tell(error))?;
        Ok(Some(path))
    }

    async fn copy(&self, client: &Client, media: &Media, paid: &Paid, output: Output) -> Result<(), Failure> {
        let Some(library) = &client.generators().library else { return Ok(()) };
        let failed = |path: &Path, error| {
            let error = file_error(path.display(), "cannot be written", error, paid.outcome);
            paid.tell(error.with_media_id(media.id.clone()))
        };
        let mut device = match self {
            Self::Device(path) => {
                let opened = tokio::fs::OpenOptions::new().write(true).open(path).await;
                Some((path, opened.map_err(|error| failed(path, error))?))
            }
            _ => None,
        };
        let with_id = |error: Error| paid.tell(error.with_media_id(media.id.clone()));
        let mut bytes = library.open(media).await.map_err(with_id)?;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(with_id)?;
            match &mut device {
                Some((path, device)) => device.write_all(&chunk).await.map_err(|error| failed(path, error))?,
                None => match output.raw(&chunk, paid.outcome) {
                    Ok(Written::Whole) => {}
                    Ok(Written::NobodyReads) => return Ok(()),
                    Err(Failure::Call(error)) => return Err(with_id(error)),
                    Err(other) => return Err(other),
                },
            }
        }
        if let Some((path, device)) = &mut device {
            device.flush().await.map_err(|error| failed(path, error))?;
        }
        Ok(())
    }
}

/// What had become of a call when its medium was to be written.
#[derive(Debug, Clone)]
pub(crate) struct Paid {
    pub(crate) operation: OperationId,
    /// What it was billed; [`Outcome::Refused`] for a look into the library, which costs nothing.
    pub(crate) outcome: Outcome,
}

impl Paid {
    /// A failure to save, which tells nothing of the money by itself.
    fn tell(&self, error: Error) -> Failure {
        let error = if self.outcome.may_be_billed() { error.with_operation_id(&self.operation) } else { error };
        error.with_outcome(self.outcome).into()
    }
}

/// Whether a path is standard output by another name: opened anew, it would be written from its start.
fn is_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].into_iter().any(|name| path.as_os_str() == name)
}

const fn is_separator(byte: u8) -> bool {
    byte == b'/' || (cfg!(windows) && byte == b'\\')
}

/// Where a path leads through links, of which the last may lead to what is not there yet.
fn followed(path: &Path) -> Result<PathBuf, Failure> {
    let mut path = path.to_owned();
    if path.exists() {
        // What the system shows of an open pipe as a link leads nowhere, though it can be opened.
        return Ok(path.canonicalize().unwrap_or(path));
    }
    // As many links as the system itself follows.
    for _ in 0..40 {
        let Ok(next) = std::fs::read_link(&path) else {
            return Ok(path.canonicalize().unwrap_or(path));
        };
        path = folder_of(&path).join(next);
    }
    let error = io::Error::other("too many links");
    Err(Failure::file(path.display(), "cannot be written", error))
}

/// Saves a medium under a name of this folder that is free, even if others take names at the same time.
async fn save_named(client: &Client, media: &Media, paid: &Paid) -> Result<PathBuf, Failure> {
    let failed = |error: io::Error| {
        let error = file_error(".", "cannot be written to", error, paid.outcome);
        paid.tell(error.with_media_id(media.id.clone()))
    };
    // The file has no name that anyone looks for until it is whole.
    let mut saved = new_file(Path::new(".")).map_err(failed)?.into_temp_path();
    client.save(media, &saved).await.map_err(|error| paid.tell(error))?;
    for name in names(media, &paid.operation) {
        match saved.persist_noclobber(&name) {
            Ok(()) => return Ok(name),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => saved = error.path,
            Err(error) => return Err(failed(error.error)),
        }
    }
    Err(failed(io::Error::from(io::ErrorKind::AlreadyExists)))
}

/// A file that nobody knows yet, with the permissions of any new file: what is saved in its place keeps them.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cosmic-ai-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The process's mask takes away from this what it takes from every file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Names for a medium in this folder, the best first: its own, made harmless, or that of the operation; then with a number.
fn names(media: &Media, operation: &OperationId) -> impl Iterator<Item = PathBuf> {
    let name = media.name.as_deref().map(harmless).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| format!("{}.{}", harmless(operation.as_str()), extension(&media.content_type)));
    let path = PathBuf::from(&name);
    let (stem, end) = name
        .rsplit_once('.')
        .map_or_else(|| (name.clone(), String::new()), |(stem, end)| (stem.to_owned(), format!(".{end}")));
    let others = (2_u32..).map(move |count| PathBuf::from(format!("{stem}-{count}{end}")));
    std::iter::once(path).chain(others)
}

/// A name from elsewhere as a file of this folder: no folders, no hidden files, nothing that a shell reads.
fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().map(|character| match character {
        '.' | '-' | '_' => character,
        other if other.is_alphanumeric() => other,
        _ => '_',
    });
    kept.collect::<String>().trim_start_matches(['.', '-']).chars().take(120).collect()
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file that is there may be written over. It is replaced by its folder's leave, but whoever took its own away meant it to
/// stay; also where the system lets this user write everything.
fn replaceable(path: &Path) -> Result<(), Failure> {
    let opened = std::fs::OpenOptions::new().write(true).open(path).and_then(|file| file.metadata());
    let checked = opened.and_then(|found| {
        if found.permissions().readonly() { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    });
    checked.map_err(|error| Failure::file(path.display(), "cannot be written", error))
}

/// Whether files can be made in a folder: one is, and removed at once.
fn writable(folder: &Path) -> Result<(), Failure> {
    let made = tempfile::Builder::new().prefix(".cosmic-ai-").tempfile_in(folder);
    made.map(drop).map_err(|error| Failure::file(folder.display(), "cannot be written to", error))
}

/// Writes a small file whole or not at all, and makes its folder.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The media type of a file, by its name. The library may know better.
pub(crate) fn content_type(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "txt" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// What the name of a file of this type ends with.
fn extension(content_type: &str) -> &'static str {
    match content_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        "video/mp4" => "mp4",
        "audio/mpeg" => "mp3",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_elsewhere_stay_in_this_folder() {
        assert_eq!(harmless("veo-1.mp4"), "veo-1.mp4");
        assert_eq!(harmless("../../etc/passwd"), "passwd");
        assert_eq!(harmless("..\\..\\x.exe"), "x.exe");
        assert_eq!(harmless(".bashrc"), "bashrc");
        assert_eq!(harmless("-rf"), "rf");
        assert_eq!(harmless("a;b$(c)\u{1b}[31m.png"), "a_b__c___31m.png");
        assert_eq!(harmless(".."), "");
    }

    #[test]
    fn a_small_file_is_written_with_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.toml");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
    }
}
