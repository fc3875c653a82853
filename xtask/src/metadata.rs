//! What `cargo metadata` says of the crates of the workspace; only the keys that are looked at.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::program::Program;

#[derive(Deserialize)]
pub(crate) struct Metadata {
    /// Where cargo builds, whatever the environment says.
    #[serde(default)]
    pub(crate) target_directory: String,
    pub(crate) packages: Vec<Package>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: String,
    /// The registries it may be published to: `None` is any, an empty list none.
    #[serde(default)]
    pub(crate) publish: Option<Vec<String>>,
    /// What each feature switches on.
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` is a normal dependency; else `build` or `dev`.
    #[serde(default)]
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    #[serde(default, rename = "required-features")]
    pub(crate) required_features: Vec<String>,
}

impl Metadata {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let json =
            Program::cargo(root).args(["metadata", "--format-version", "1", "--no-deps", "--all-features"]).text()?;
        Self::parse(&json)
    }

    pub(crate) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("cannot read what `cargo metadata` wrote")
    }

    /// The manifests of all members, as paths from the root.
    pub(crate) fn members(&self, root: &Path) -> Vec<String> {
        let below = |package: &Package| {
            let path = Path::new(&package.manifest_path);
            path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
        };
        self.packages.iter().map(below).collect()
    }
}

impl Package {
    pub(crate) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }
}
