//! `cargo xtask semver`: holds the public API of every published crate against the listing that is committed.
//!
//! A removed or changed item breaks programs, and so may an added one (a method that a trait requires); so every difference
//! fails until it is written into the listing, where a review sees it. In reading order: `rustdoc` has the crates
//! described, `listing` makes lines of it, `difference` compares.

mod difference;
mod listing;
mod rustdoc;

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::difference::Difference;
use crate::metadata::{Metadata, Package};
use crate::root::root;

/// Where the listings are, one for each crate.
const FOLDER: &str = "xtask/public-api";

/// A crate with what it offers, and what it is known to offer.
struct Offer {
    path: String,
    committed: String,
    current: String,
}

/// Shows how public APIs differ from their listings.
///
/// # Errors
///
/// When one differs, a crate does not build, or its description cannot be read.
pub(crate) fn check() -> Result<()> {
    let root = root()?;
    let mut differing = Vec::new();
    let (mut breaks, mut adds) = (0, 0);
    for offer in offers(&root)? {
        let difference = Difference::between(&offer.committed, &offer.current);
        println!("{}: {}", offer.path, difference.summary());
        if !difference.is_empty() {
            breaks += difference.removed.len();
            adds += difference.added.len();
            differing.push(format!("{}\n{difference}", offer.path));
        }
    }
    for path in orphans(&root)? {
        breaks += 1;
        differing.push(format!("{path}\nits crate is gone, or published no longer\n"));
    }
    if differing.is_empty() {
        return Ok(());
    }
    let what = match (breaks, adds) {
        (0, adds) => format!("public items that are in no listing: {adds}"),
        (breaks, _) => format!("public items that are gone or changed, which breaks those who use them: {breaks}"),
    };
    bail!(
        "{what}\n\n{}\nif that is meant, `cargo xtask semver --write` lists it, and a break is told first in CHANGELOG.md",
        differing.join("\n")
    )
}

/// Writes every listing that differs.
///
/// # Errors
///
/// When a crate does not build, its description cannot be read, or a listing cannot be written.
pub(crate) fn write() -> Result<()> {
    let root = root()?;
    for offer in offers(&root)? {
        if offer.committed != offer.current {
            let path = root.join(&offer.path);
            std::fs::create_dir_all(root.join(FOLDER)).with_context(|| format!("cannot make {FOLDER}"))?;
            std::fs::write(&path, &offer.current).with_context(|| format!("cannot write {}", offer.path))?;
            let difference = Difference::between(&offer.committed, &offer.current);
            println!("wrote {}: {}", offer.path, difference.summary());
        }
    }
    for path in orphans(&root)? {
        std::fs::remove_file(root.join(&path)).with_context(|| format!("cannot remove {path}"))?;
        println!("removed {path}");
    }
    Ok(())
}

fn offers(root: &Path) -> Result<Vec<Offer>> {
    let metadata = Metadata::read(root)?;
    let libraries = libraries(&metadata);
    let described = rustdoc::describe(root, &metadata, &libraries)?;
    let mut offers = Vec::new();
    for (name, json) in described {
        let path = format!("{FOLDER}/{name}.txt");
        let committed = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
        let features = metadata.packages.iter().find(|package| package.name == name).map(|package| &package.features);
        let current = listing::of(&json, features).with_context(|| format!("cannot list what {name} offers"))?;
        offers.push(Offer { path, committed, current });
    }
    Ok(offers)
}

/// Published packages that have a library, by the names of package and library.
fn libraries(metadata: &Metadata) -> Vec<(&str, String)> {
    let library = |package: &'_ Package| {
        let is_library = |kind: &String| kind == "lib" || kind == "proc-macro";
        let target = package.targets.iter().find(|target| target.kind.iter().any(is_library))?;
        Some(target.name.replace('-', "_"))
    };
    let published = metadata.packages.iter().filter(|package| package.is_published());
    published.filter_map(|package| Some((package.name.as_str(), library(package)?))).collect()
}

/// Listings that belong to no crate.
fn orphans(root: &Path) -> Result<Vec<String>> {
    let metadata = Metadata::read(root)?;
    let names: Vec<String> = libraries(&metadata).iter().map(|(name, _)| format!("{name}.txt")).collect();
    let Ok(folder) = std::fs::read_dir(root.join(FOLDER)) else { return Ok(Vec::new()) };
    let mut orphans = Vec::new();
    for file in folder {
        let name = file?.file_name().to_string_lossy().into_owned();
        if !names.contains(&name) {
            orphans.push(format!("{FOLDER}/{name}"));
        }
    }
    Ok(orphans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_libraries_are_listed_and_programs_are_not() {
        let metadata = r#"{"packages": [
            {"name": "a-core", "manifest_path": "", "targets": [{"name": "a-core", "kind": ["lib"]}]},
            {"name": "a-testkit", "manifest_path": "", "publish": [], "targets": [{"name": "a_testkit", "kind": ["lib"]}]},
            {"name": "a-cli", "manifest_path": "", "targets": [{"name": "a", "kind": ["bin"]}]}
        ]}"#;
        let metadata = Metadata::parse(metadata).unwrap();
        assert_eq!(libraries(&metadata), [("a-core", "a_core".to_owned())]);
    }
}
