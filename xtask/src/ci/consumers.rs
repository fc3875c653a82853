//! Programs that use our crates as a stranger would: in workspaces of their own, with the features they ask for.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::program::Program;

const CONSUMERS: &str = "tests/consumers";

/// Runs every program in the folder. To save time they share the target folder of our own workspace, and start from its
/// versions (cargo drops from the copied Cargo.lock what they do not need).
pub(super) fn run(root: &Path) -> Result<()> {
    let mut manifests = Vec::new();
    for entry in std::fs::read_dir(root.join(CONSUMERS)).with_context(|| format!("cannot read {CONSUMERS}"))? {
        let manifest = entry?.path().join("Cargo.toml");
        if manifest.is_file() {
            manifests.push(manifest);
        }
    }
    if manifests.is_empty() {
        bail!("{CONSUMERS} has no program");
    }
    manifests.sort();
    for manifest in &manifests {
        let lock = manifest.with_file_name("Cargo.lock");
        std::fs::copy(root.join("Cargo.lock"), &lock).with_context(|| format!("cannot write {}", lock.display()))?;
        let target = root.join("target");
        let consumer = Program::cargo(root).env("CARGO_TARGET_DIR", target).args(["run", "--quiet", "--manifest-path"]);
        consumer.args([manifest]).run()?;
    }
    Ok(())
}
