//! Taking in the bytes of a file: into a part, which is gone unless it is kept, and hashed on the way.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cosmic_ai::{ByteStream, Error};
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::row::Row;
use super::worker::Worker;
use super::{failure, kind, names};

/// How many bytes are written at once, if they come in small chunks.
const WRITE_BYTES: usize = 256 << 10;

/// What is to be taken in.
#[derive(Debug)]
pub(super) struct Intake {
    /// What to call it, as far as that can be.
    pub(super) name: String,
    /// The type that it is said to be of.
    pub(super) declared: String,
    pub(super) body: ByteStream,
    pub(super) most_bytes: u64,
}

/// A file that came whole and is on the disk, under the name of a part.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) part: Part,
    pub(super) size: u64,
    pub(super) hash: String,
    pub(super) content_type: String,
    /// Of pictures, as far as they say.
    pub(super) dimensions: Option<(u32, u32)>,
}

/// A part of a file: removed when it is dropped, unless it is kept.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    path: PathBuf,
    is_kept: bool,
}

impl Part {
    /// From now on it stays: its row is written.
    pub(super) const fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A part that is being written. The file is closed before the part is removed, as Windows wants it.
struct Writing {
    file: File,
    part: Part,
    hash: Sha256,
    size: u64,
}

impl Writing {
    fn write(mut self, chunks: &[Bytes]) -> Result<Self, Error> {
        for chunk in chunks {
            self.file.write_all(chunk).map_err(failure::file(&self.part.path))?;
            self.hash.update(chunk);
            self.size += chunk.len() as u64;
        }
        Ok(self)
    }

    fn finish(self, content_type: String) -> Result<Received, Error> {
        self.file.sync_all().map_err(failure::file(&self.part.path))?;
        let is_picture = content_type.starts_with("image/");
        let size = is_picture.then(|| imagesize::size(&self.part.path).ok()).flatten();
        let dimensions = size.and_then(|size| Some((size.width.try_into().ok()?, size.height.try_into().ok()?)));
        let hash = hexadecimal(&self.hash.finalize());
        Ok(Received { part: self.part, size: self.size, hash, content_type, dimensions })
    }
}

/// Takes a file in. Whatever fails, and if this is dropped, nothing is left of it.
pub(super) async fn receive(folder: &Arc<Path>, reader: &Worker, intake: Intake) -> Result<Received, Error> {
    let Intake { name, declared, mut body, most_bytes } = intake;
    let mut chunks = Vec::new();
    let (mut held, mut all) = (0, 0_u64);
    let mut writing: Option<(Writing, String)> = None;
    loop {
        let chunk = body.next().await.transpose()?;
        let is_end = chunk.is_none();
        if let Some(chunk) = chunk {
            all += chunk.len() as u64;
            if all > most_bytes {
                return Err(failure::too_large(most_bytes));
            }
            held += chunk.len();
            chunks.push(chunk);
        }
        // The first bytes say of what type it is, and so what it may be called.
        if writing.is_none() && (is_end || held >= kind::HEAD_BYTES) {
            let content_type = kind::of(&head(&chunks), &declared);
            writing = Some((claim(folder, reader, names::safe(&name, &content_type)).await?, content_type));
        }
        if let Some((part, content_type)) = writing.take_if(|_| is_end || held >= WRITE_BYTES) {
            let chunks = std::mem::take(&mut chunks);
            held = 0;
            if is_end {
                return blocking(move || part.write(&chunks)?.finish(content_type)).await;
            }
            writing = Some((blocking(move || part.write(&chunks)).await?, content_type));
        }
    }
}

/// Work that blocks. What it answers to nobody is dropped.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.map_err(|_| failure::ended())?
}

/// Begins a part whose name nobody has: this one, if it is free.
async fn claim(folder: &Arc<Path>, reader: &Worker, mut name: String) -> Result<Writing, Error> {
    loop {
        let (folder, wanted) = (Arc::clone(folder), name.clone());
        if let Some(writing) = blocking(move || begin(&folder, wanted)).await? {
            let wanted = name.clone();
            let row =
                reader.ask(move |connection| Row::of_name(connection, &wanted).map_err(failure::database)).await?;
            if row.is_none() {
                return Ok(writing);
            }
        }
        name = names::another(&name);
    }
}

/// Begins a part, unless its name is taken. Who has the part has the name, so that none is given twice.
fn begin(folder: &Path, name: String) -> Result<Option<Writing>, Error> {
    let path = folder.join(names::part(&name));
    let file = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(failure::file(&path)(error)),
    };
    let is_taken = folder.join(&name).symlink_metadata().is_ok();
    let part = Part { name, path, is_kept: false };
    Ok((!is_taken).then(|| Writing { file, part, hash: Sha256::new(), size: 0 }))
}

/// The first bytes, as many as their type hangs on.
fn head(chunks: &[Bytes]) -> Vec<u8> {
    chunks.iter().flatten().copied().take(kind::HEAD_BYTES).collect()
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
