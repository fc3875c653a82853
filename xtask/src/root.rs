//! Where the workspace is.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of the workspace, one above that of xtask.
pub(crate) fn root() -> Result<PathBuf> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(xtask.parent().context("xtask has no parent folder")?.to_path_buf())
}
