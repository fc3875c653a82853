//! What is wrong with a cassette.

use std::fmt;
use std::path::{Path, PathBuf};

use cosmic_ai_core::{Error, ErrorKind, Outcome};

/// A cassette that cannot be read or written: which file, where in it, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cassette {}: {place}: {message}", file.display())]
#[non_exhaustive]
pub struct CassetteError {
    /// The file: the cassette itself, or one of its media.
    pub file: PathBuf,
    /// Where in the file, such as `line 3, column 7`, `version` or `interactions[2].answer`; `(file)` for all of it.
    pub place: String,
    /// What is wrong there.
    pub message: String,
}

impl CassetteError {
    pub(super) fn new(file: &Path, place: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { file: file.to_owned(), place: place.into(), message: format!("{message}") }
    }

    /// The file as a whole cannot be read or written.
    pub(super) fn of_file(file: &Path, message: impl fmt::Display) -> Self {
        Self::new(file, "(file)", message)
    }

    /// All of them as the first, whose message goes on with the others.
    pub(super) fn all(faults: Vec<Self>) -> Option<Self> {
        let mut faults = faults.into_iter();
        let mut first = faults.next()?;
        for other in faults {
            first.message = format!("{}; and {other}", first.message);
        }
        Some(first)
    }
}

/// For tests that return the error of a call: [`ErrorKind::File`], not sent.
impl From<CassetteError> for Error {
    fn from(error: CassetteError) -> Self {
        let path = error.file.display().to_string();
        let message = format!("{}: {}", error.place, error.message);
        Self::new(ErrorKind::File { path, message }, Outcome::NotSent)
    }
}
