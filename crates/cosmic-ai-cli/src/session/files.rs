//! The files of this machine that a call names: stored in the library before it is sent.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use cosmic_ai::{Client, Outcome, Upload};

use super::Session;
use crate::draft::Draft;
use crate::failure::{Failure, message_of};
use crate::interrupt::Progress;
use crate::target::content_type;

impl Session {
    /// Stores the files of this machine in the library, and puts their URLs into the request.
    pub(super) async fn upload(&self, client: &Client, draft: &mut Draft, progress: &Progress) -> Result<(), Failure> {
        let mut stored = Stored::default();
        for (path, placeholder) in std::mem::take(&mut draft.uploads) {
            let upload = upload_of(&path).await.map_err(|failure| stored.failed_at(&path, failure))?;
            let words = format!(
                " while {} was uploaded: it may have been stored, and the call was not sent{stored}",
                path.display()
            );
            progress.reached(words, Outcome::UNKNOWN);
            let media = client.upload(upload).await.map_err(|error| stored.failed_at(&path, error.into()))?;
            self.output.note(&format!("uploaded {} -> {} ({})", path.display(), media.url, media.id));
            draft.replace(&placeholder, &media.url);
            stored.0.push(format!("{} ({})", path.display(), media.id));
            progress.reached(format!(": the call was not sent{stored}"), Outcome::NotSent);
        }
        Ok(())
    }
}

/// The files that were stored for a call, for what is said if it is not sent.
#[derive(Default)]
struct Stored(Vec<String>);

impl Stored {
    /// The failure of the next one.
    fn failed_at(&self, path: &Path, failure: Failure) -> Failure {
        match failure {
            Failure::Call(error) => {
                let message =
                    format!("uploading {}: {}; the call was not sent{self}", path.display(), message_of(&error));
                Failure::Upload { error, message }
            }
            other => other,
        }
    }
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "; stored already: {}", self.0.join(", ")) }
    }
}

/// A file of this machine, to be stored.
pub(crate) async fn upload_of(path: &Path) -> Result<Upload, Failure> {
    if !path.is_file() {
        // A device would be read without end.
        let error = std::io::Error::from(if path.exists() { ErrorKind::InvalidInput } else { ErrorKind::NotFound });
        return Err(Failure::file(path.display(), "is no file", error));
    }
    let bytes = tokio::fs::read(path).await;
    let bytes = bytes.map_err(|error| Failure::file(path.display(), "cannot be read", error))?;
    let name = path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
    Ok(Upload::new(name, content_type(path), bytes))
}
