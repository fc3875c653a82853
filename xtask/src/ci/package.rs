//! Packs every crate that can be published as it would be uploaded, builds each from its package alone, and looks at
//! which files are inside.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::metadata::Metadata;
use crate::program::Program;

/// What every package holds beside its code.
const IN_EVERY: [&str; 4] = ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];
/// What single packages hold: the data that their generated code is made from, and what is for other languages.
const IN_SOME: [(&str, &[&str]); 1] = [(
    "cosmic-ai-core",
    &[
        "registry/tiers.toml",
        "registry/text.toml",
        "registry/image.toml",
        "registry/video.toml",
        "registry/speech.toml",
        "registry/decisions.toml",
        "src/registry/generated.rs",
        "schemas/done.json",
        "schemas/error.json",
        "schemas/extension-request.json",
        "schemas/image-request.json",
        "schemas/image-response.json",
        "schemas/media-change.json",
        "schemas/media-list.json",
        "schemas/media-query.json",
        "schemas/media.json",
        "schemas/message.json",
        "schemas/one-medium.json",
        "schemas/speech-request.json",
        "schemas/speech-response.json",
        "schemas/text-event.json",
        "schemas/text-request.json",
        "schemas/text-response.json",
        "schemas/usage.json",
        "schemas/video-request.json",
        "schemas/video-response.json",
    ],
)];

pub(super) fn run(root: &Path) -> Result<()> {
    // In a fresh clone nothing is uncommitted; at home this is run while one works.
    let dirty: &[&str] = if std::env::var_os("CI").is_some() { &[] } else { &["--allow-dirty"] };
    let metadata = Metadata::read(root)?;
    let published = metadata.packages.iter().filter(|package| package.is_published());
    let names: Vec<&str> = published.map(|package| package.name.as_str()).collect();
    let mut lacking = Vec::new();
    for name in &names {
        let list = Program::cargo(root).args(["package", "--list", "--package", name]).args(dirty).text()?;
        lacking.extend(missing(name, &list));
    }
    if !lacking.is_empty() {
        bail!("not all is in the packages:\n  {}", lacking.join("\n  "));
    }
    forget_earlier_packages(&names)?;
    // Together, because none can be found in the registry yet: cargo lets those packed in one go find each other.
    let packages = names.iter().flat_map(|name| ["--package", name]);
    let target = super::examples::empty_folder(root, "package")?;
    let package = Program::cargo(root).args(["package", "--target-dir"]).args([target]);
    package.args(packages).args(dirty).run()
}

/// Removes what cargo unpacked of our packages in an earlier run: it takes a version that it has unpacked once for
/// unchangeable, and would build today's facade on yesterday's core. The registry that cargo lays out for packages has no
/// host, so the names of its folders begin with a dash.
fn forget_earlier_packages(names: &[&str]) -> Result<()> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))) else { return Ok(()) };
    let Ok(registries) = std::fs::read_dir(home.join("registry/src")) else { return Ok(()) };
    for registry in registries {
        let registry = registry?;
        if !registry.file_name().to_string_lossy().starts_with('-') {
            continue;
        }
        for unpacked in std::fs::read_dir(registry.path())? {
            let unpacked = unpacked?;
            if is_of_ours(&unpacked.file_name().to_string_lossy(), names) {
                std::fs::remove_dir_all(unpacked.path())?;
            }
        }
    }
    Ok(())
}

/// Whether a folder such as `cosmic-ai-core-0.1.0` is one of ours.
fn is_of_ours(folder: &str, names: &[&str]) -> bool {
    let version = |name: &&str| folder.strip_prefix(*name).and_then(|rest| rest.strip_prefix('-'));
    names.iter().filter_map(version).any(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// What the package should hold and does not.
fn missing(name: &str, list: &str) -> Vec<String> {
    let some = IN_SOME.iter().filter(|(package, _)| *package == name).flat_map(|(_, files)| files.iter());
    let wanted = IN_EVERY.iter().chain(some);
    let lacks = wanted.filter(|file| !list.lines().any(|line| line == **file));
    lacks.map(|file| format!("{name}: {file}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacked_folders_are_told_apart_by_name_and_version() {
        let ours = ["cosmic-ai", "cosmic-ai-core"];
        let check = |folder: &str, expected: bool| assert_eq!(is_of_ours(folder, &ours), expected, "{folder}");
        check("cosmic-ai-0.1.0", true);
        check("cosmic-ai-core-0.1.0", true);
        check("cosmic-ai-corelib-0.1.0", false);
        check("serde-1.0.0", false);
    }

    #[test]
    fn a_package_without_licence_or_data_is_found() {
        let list = "Cargo.toml\nLICENSE-APACHE\nREADME.md\nsrc/lib.rs\n";
        assert_eq!(missing("cosmic-ai-mock", list), ["cosmic-ai-mock: LICENSE-MIT"]);
        let core = missing("cosmic-ai-core", list);
        assert!(core.contains(&"cosmic-ai-core: registry/tiers.toml".to_owned()), "{core:?}");
    }
}
