//! The text files of the repository: what git tracks, and what it would if it were added.

use std::path::Path;

use anyhow::Result;

use crate::program::Program;

pub(super) struct TextFile {
    /// The path from the root, with `/` between folders.
    pub(super) path: String,
    pub(super) text: String,
}

pub(super) fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Files that are no UTF-8 text, and those deleted but not yet committed, are left out.
pub(super) fn files(root: &Path) -> Result<Vec<TextFile>> {
    let listing = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let paths = Program::new("git", root).args(listing).text()?;
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        Some(TextFile { path: path.to_owned(), text })
    };
    Ok(paths.split('\0').filter(|path| !path.is_empty()).filter_map(read).collect())
}
