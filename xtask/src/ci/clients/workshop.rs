//! The folder `target/clients`: the examples, the SDK that they import, and what comes of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::program::Program;

const INSTALL: &str = "apt-get update && apt-get install -y nodejs npm curl";
/// The first version of Node, major and minor, whose test runner can what is needed here.
const NODE: (u32, u32) = (18, 19);
/// No lock file: it would name hosts, and the one version that matters is exact.
const NPM: [&str; 5] = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
const SDK: &str = "@cosmicjs/sdk";

#[derive(Debug)]
pub(super) struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// Sets it up anew; only what npm installed stays, if it is what is asked for.
    ///
    /// # Errors
    ///
    /// When a program is missing or too old, or the SDK cannot be installed.
    pub(super) fn open(root: &Path) -> Result<Self> {
        for tool in ["curl", "npm"] {
            Program::new(tool, root).args(["--version"]).install(INSTALL).text()?;
        }
        let node = Program::new("node", root).args(["--version"]).install(INSTALL).text()?;
        if version(&node).is_none_or(|version| version < NODE) {
            bail!("Node is {}, but {}.{} or newer is needed", node.trim_end(), NODE.0, NODE.1);
        }
        let workshop = Self { folder: root.join("target/clients") };
        workshop.clear()?;
        copy(&root.join("tests/clients"), &workshop.folder)?;
        std::fs::create_dir_all(workshop.media())?;
        Program::new("npm", &workshop.folder).args(NPM).run()?;
        let asked = workshop.version("package.json", &format!("/dependencies/{}", SDK.replace('/', "~1")))?;
        let installed = workshop.version(&format!("node_modules/{SDK}/package.json"), "/version")?;
        if asked != installed {
            bail!("{SDK} {asked} is asked for, and {installed} is installed");
        }
        println!("  {SDK} {installed} under Node {}", node.trim_end());
        Ok(workshop)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where media are kept that are to be decoded.
    pub(super) fn media(&self) -> PathBuf {
        self.folder.join("media")
    }

    /// The examples, in the order of their names.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub(super) fn examples(&self) -> Result<Vec<String>> {
        let entries = std::fs::read_dir(self.folder.join("examples"))?;
        let mut names = Vec::new();
        for entry in entries {
            names.push(format!("examples/{}", entry?.file_name().to_string_lossy()));
        }
        names.sort();
        Ok(names)
    }

    fn clear(&self) -> Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            match path.file_name() {
                Some(name) if name == "node_modules" => Ok(()),
                _ if path.is_dir() => std::fs::remove_dir_all(&path),
                _ => std::fs::remove_file(&path),
            }
            .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(())
    }

    fn version(&self, file: &str, pointer: &str) -> Result<String> {
        let path = self.folder.join(file);
        let json = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let package: Value = serde_json::from_str(&json).with_context(|| format!("cannot read {}", path.display()))?;
        let version = package.pointer(pointer).and_then(Value::as_str);
        version.map(str::to_owned).with_context(|| format!("{} has no {pointer}", path.display()))
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let is_folder = entry.file_type()?.is_dir();
        // Left by someone who ran npm there.
        if entry.file_name() == "node_modules" {
            continue;
        }
        if is_folder {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The 20 and 19 of `v20.19.2`.
fn version(node: &str) -> Option<(u32, u32)> {
    let mut numbers = node.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read() {
        assert_eq!(version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(version("20.19.2"), None);
    }
}
