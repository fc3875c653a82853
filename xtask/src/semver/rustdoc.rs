//! Has rustdoc describe crates as JSON.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::metadata::Metadata;
use crate::program::Program;

/// The format that the library we list with reads.
const FORMAT: u32 = 57;

/// The one key of a description whose place never changes.
#[derive(Deserialize)]
struct Head {
    format_version: u32,
}

/// Describes libraries with all their features; hands back the name of each package with the file.
pub(super) fn describe(
    root: &Path,
    metadata: &Metadata,
    libraries: &[(&str, String)],
) -> Result<Vec<(String, PathBuf)>> {
    // In a folder of its own: the switch below would have everything else built anew, here and at the next command.
    let target = Path::new(&metadata.target_directory).join("semver");
    let packages = libraries.iter().flat_map(|(name, _)| ["--package", name]);
    // JSON is behind an option that a stable toolchain takes only when told that it may.
    let doc = Program::cargo(root).env("RUSTC_BOOTSTRAP", "1");
    let doc = doc.env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    let doc = doc.args(["doc", "--quiet", "--lib", "--no-deps", "--all-features"]).args(packages);
    doc.args(["--target-dir"]).args([&target]).run()?;

    let mut described = Vec::new();
    for (name, library) in libraries {
        let path = target.join("doc").join(format!("{library}.json"));
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let head: Head = serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
        if head.format_version != FORMAT {
            bail!(
                "this toolchain describes crates in format {}, and `public-api` in Cargo.toml reads {FORMAT}: \
                 run this with Rust 1.95, or take the version of `public-api` that reads it",
                head.format_version
            );
        }
        described.push(((*name).to_owned(), path));
    }
    Ok(described)
}
