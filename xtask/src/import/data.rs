//! The data files: what they state, and their text for those who edit it.
//!
//! They are read as they are written, not through `codegen`, since an edit must keep every comment. `codegen` judges them.

mod known;

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use toml_edit::{DocumentMut, Table};

pub(super) use self::known::Known;

/// The data files, each with its path from the root.
#[derive(Clone)]
pub(super) struct Data {
    pub(super) files: Vec<File>,
}

#[derive(Clone)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) document: DocumentMut,
}

impl Data {
    pub(super) fn read(root: &Path, paths: &[String]) -> Result<Self> {
        let read = |path: &String| {
            let text = std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
            Ok((path.clone(), text))
        };
        Self::parse(paths.iter().map(read).collect::<Result<Vec<(String, String)>>>()?)
    }

    pub(super) fn parse(texts: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut files = Vec::new();
        for (path, text) in texts {
            let document = text.parse::<DocumentMut>().map_err(|error| anyhow!("{path}: {error}"))?;
            files.push(File { path, document });
        }
        Ok(Self { files })
    }

    /// What they state.
    pub(super) fn known(&self) -> Known {
        Known::of(self)
    }

    /// What the page is called as a source.
    pub(super) fn source(&self) -> String {
        let title = self.files.iter().find_map(|file| file.document.get("source")?.get("title")?.as_str());
        title.unwrap_or("the API's page").to_owned()
    }

    /// The rows of a section: `[[text]]`.
    pub(super) fn rows<'a>(&'a self, section: &'a str) -> impl Iterator<Item = &'a Table> {
        let arrays = self.files.iter().filter_map(move |file| file.document.get(section)?.as_array_of_tables());
        arrays.flat_map(|rows| rows.iter())
    }

    pub(super) fn rows_mut<'a>(&'a mut self, section: &'a str) -> impl Iterator<Item = &'a mut Table> {
        let arrays =
            self.files.iter_mut().filter_map(move |file| file.document.get_mut(section)?.as_array_of_tables_mut());
        arrays.flat_map(|rows| rows.iter_mut())
    }

    /// The row of a section whose `key` is `value`.
    pub(super) fn row_mut<'a>(&'a mut self, section: &'a str, key: &str, value: &str) -> Option<&'a mut Table> {
        self.rows_mut(section).find(|row| row.get(key).and_then(toml_edit::Item::as_str) == Some(value))
    }

    /// The texts, as they would be written.
    pub(super) fn texts(&self) -> Vec<(String, String)> {
        self.files.iter().map(|file| (file.path.clone(), file.document.to_string())).collect()
    }
}
