//! Runs every example as the README tells people to, and looks at what the quickstart leaves.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::metadata::{Metadata, Target};
use crate::program::Program;

/// What the quickstart writes into its folder.
const QUICKSTART_FILES: [&str; 5] = ["summary.txt", "cover.png", "clip.mp4", "clip-extended.mp4", "narration.mp3"];

pub(super) fn run(root: &Path) -> Result<()> {
    let metadata = Metadata::read(root)?;
    let package =
        metadata.packages.iter().find(|package| package.name == "examples").context("no package `examples`")?;
    let is_example = |target: &&Target| target.kind.iter().any(|kind| kind == "example");
    let examples: Vec<&Target> = package.targets.iter().filter(is_example).collect();
    if !examples.iter().any(|example| example.name == "quickstart") {
        bail!("there is no example `quickstart`");
    }
    for example in examples {
        if example.name == "quickstart" {
            quickstart(root)?;
            continue;
        }
        // In a folder of its own, for what it saves. Those that speak HTTP take their backend from the environment: here
        // the mock, as the README says.
        let folder = empty_folder(root, &example.name)?;
        let run =
            Program::cargo(&folder).env("COSMIC_BACKEND", "mock").args(["run", "--quiet", "--example", &example.name]);
        let run = run.args(["--features", &example.required_features.join(",")]);
        // It would serve until it is told to stop.
        let words: &[&str] = if example.name == "local_server" { &["--", "data", "127.0.0.1:0", "--try"] } else { &[] };
        run.args(words).run()?;
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
