//! Has rustdoc describe crates as JSON.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::metadata::Metadata;
use crate::program::Program;

/// The format that the library we list with reads.
const FORMAT: u32 = 57;

/// A rustdoc that takes options which a stable toolchain takes only when told that it may. Told by the environment, cargo would
/// have all dependencies built anew as well.
fn describing(target: &Path) -> Result<PathBuf> {
    let program = target.join("rustdoc-json");
    std::fs::create_dir_all(target)?;
    std::fs::write(&program, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n")?;
    #[cfg(unix)]
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(program)
}

/// The one key of a description whose place never changes.
#[derive(Deserialize)]
struct Head {
    format_version: u32,
}

/// With which of their features libraries are described.
#[derive(Clone, Copy)]
pub(super) enum Features {
    All,
    Default,
    None,
}

impl Features {
    fn option(self) -> Option<&'static str> {
        match self {
            Self::All => Some("--all-features"),
            Self::Default => None,
            Self::None => Some("--no-default-features"),
        }
    }
}

/// Where a library is described.
pub(super) fn file(metadata: &Metadata, library: &str) -> PathBuf {
    Path::new(&metadata.target_directory).join("doc").join(format!("{library}.json"))
}

/// Has libraries described, each in its `file`, in which the next description of the same library stands as well.
pub(super) fn describe(
    root: &Path,
    metadata: &Metadata,
    libraries: &[(&str, String)],
    features: Features,
) -> Result<()> {
    // What is left there was described with other features, and is not to be taken for what is not written now.
    for (_, library) in libraries {
        let path = file(metadata, library);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    let packages = libraries.iter().flat_map(|(name, _)| ["--package", name]);
    let doc = Program::cargo(root).env("RUSTDOC", describing(Path::new(&metadata.target_directory))?);
    let doc = doc.env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    let doc = doc.args(["doc", "--quiet", "--lib", "--no-deps"]).args(features.option()).args(packages);
    doc.run()?;
    libraries.iter().try_for_each(|(_, library)| judge(&file(metadata, library)))
}

/// Whether a description is there, in the format that is read.
fn judge(path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let head: Head = serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
    if head.format_version != FORMAT {
        bail!(
            "this toolchain describes crates in format {}, and `public-api` in Cargo.toml reads {FORMAT}: \
             run this with Rust 1.95, or take the version of `public-api` that reads it",
            head.format_version
        );
    }
    Ok(())
}
