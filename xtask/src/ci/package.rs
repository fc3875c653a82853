//! Packs every crate that can be published as it would be uploaded, builds each from its package alone, and looks at
//! which files are inside.

use std::path::Path;

use anyhow::{Result, bail};

use crate::metadata::Metadata;
use crate::program::Program;

/// What every package holds beside its code.
const IN_EVERY: [&str; 4] = ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];
/// What single packages hold: the data that their generated code is made from.
const IN_SOME: [(&str, &[&str]); 1] = [(
    "cosmic-ai-core",
    &[
        "registry/tiers.toml",
        "registry/text.toml",
        "registry/image.toml",
        "registry/video.toml",
        "registry/speech.toml",
        "src/registry/generated.rs",
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
    // Together, because none can be found in the registry yet: cargo lets those packed in one go find each other.
    let packages = names.iter().flat_map(|name| ["--package", name]);
    Program::cargo(root).args(["package"]).args(packages).args(dirty).run()
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
    fn a_package_without_licence_or_data_is_found() {
        let list = "Cargo.toml\nLICENSE-APACHE\nREADME.md\nsrc/lib.rs\n";
        assert_eq!(missing("cosmic-ai-mock", list), ["cosmic-ai-mock: LICENSE-MIT"]);
        let core = missing("cosmic-ai-core", list);
        assert!(core.contains(&"cosmic-ai-core: registry/tiers.toml".to_owned()), "{core:?}");
    }
}
