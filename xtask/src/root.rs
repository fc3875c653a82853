//! Where the workspace is.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of the workspace, one above that of xtask: where cargo runs us from, for a program that was copied elsewhere must not
/// change the workspace that it was built in.
pub(crate) fn root() -> Result<PathBuf> {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").context("run it as `cargo xtask …`")?;
    Ok(Path::new(&xtask).parent().context("xtask has no parent folder")?.to_path_buf())
}
