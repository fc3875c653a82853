//! A data file and where in it an error is.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Error, Result, anyhow};
use toml::Spanned;

use super::data::DataFile;

/// A data file with its path from the root, which errors name.
pub(super) struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(super) fn read(root: &Path, path: &str) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// Reads the keys. An unknown key, a missing one or one of a wrong type is an error.
    pub(super) fn parse(&self) -> Result<DataFile> {
        toml::from_str(&self.text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let line = self.line(&span);
            let written = self.text.lines().nth(line - 1).unwrap_or_default().trim();
            anyhow!("{}:{line}: {}: `{written}`", self.path, error.message())
        })
    }

    /// Where a value stands, as `path:line`.
    pub(super) fn place<T>(&self, place: &Spanned<T>) -> String {
        format!("{}:{}", self.path, self.line(&place.span()))
    }

    /// An error about the value of `key` at `place`.
    pub(super) fn error<T>(&self, place: &Spanned<T>, key: &str, message: impl std::fmt::Display) -> Error {
        anyhow!("{}: `{key}`: {message}", self.place(place))
    }

    /// The number of the line in which a span starts, from 1.
    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}
