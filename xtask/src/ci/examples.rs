//! Runs every example as the README tells people to, and looks at what the quickstart leaves.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::metadata::Metadata;
use crate::program::Program;

/// What the quickstart writes into its folder.
const QUICKSTART_FILES: [&str; 5] = ["summary.txt", "cover.png", "clip.mp4", "clip-extended.mp4", "narration.mp3"];

pub(super) fn run(root: &Path) -> Result<()> {
    let metadata = Metadata::read(root)?;
    let package =
        metadata.packages.iter().find(|package| package.name == "examples").context("no package `examples`")?;
    let examples = package.targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "example"));
    let names: Vec<&str> = examples.map(|target| target.name.as_str()).collect();
    if !names.contains(&"quickstart") {
        bail!("there is no example `quickstart`");
    }
    for name in names {
        if name == "quickstart" {
            quickstart(root)?;
        } else {
            Program::cargo(root).args(["run", "--quiet", "--example", name]).run()?;
        }
    }
    Ok(())
}

/// Runs the quickstart into an empty folder below `target` and hands back that folder, with every file in it.
pub(super) fn quickstart(root: &Path) -> Result<PathBuf> {
    let folder = empty_folder(root, "quickstart")?;
    Program::cargo(root).args(["run", "--quiet", "--example", "quickstart", "--", "--out"]).args([&folder]).run()?;
    for name in QUICKSTART_FILES {
        let length = std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
        if length == 0 {
            bail!("the quickstart left no {name}, or an empty one, in {}", folder.display());
        }
    }
    Ok(folder)
}

/// A new folder `target/ci/NAME`, so that what a failed check looked at can be looked at again.
pub(super) fn empty_folder(root: &Path, name: &str) -> Result<PathBuf> {
    let folder = root.join("target/ci").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
