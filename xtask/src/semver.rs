//! `cargo xtask semver`: holds the public API of every published crate against the listing that is committed.
//!
//! A removed or changed item breaks programs, and so may an added one (a method that a trait requires); so every difference
//! fails until it is written into the listing, where a review sees it. In reading order: `rustdoc` has the crates
//! described with all their features and with fewer, `listing` makes lines of it, `difference` compares.

mod difference;
mod listing;
mod rustdoc;

use std::path::Path;

use anyhow::{Context, Error, Result, bail};

use self::difference::Difference;
use self::listing::{Listing, Smaller};
use self::rustdoc::Features;
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
    checked(&root()?)
}

/// As [`check()`], of any workspace.
fn checked(root: &Path) -> Result<()> {
    let mut differing = Vec::new();
    let (mut breaks, mut adds) = (0, 0);
    for offer in offers(root)? {
        let difference = Difference::between(&offer.committed, &offer.current);
        println!("{}: {}", offer.path, difference.summary());
        if !difference.is_empty() {
            breaks += difference.removed.len();
            adds += difference.added.len();
            differing.push(format!("{}\n{difference}", offer.path));
        }
    }
    for path in orphans(root)? {
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
    written(&root()?)
}

/// As [`write()`], in any workspace.
fn written(root: &Path) -> Result<()> {
    for offer in offers(root)? {
        if offer.committed != offer.current {
            let path = root.join(&offer.path);
            std::fs::create_dir_all(root.join(FOLDER)).with_context(|| format!("cannot make {FOLDER}"))?;
            std::fs::write(&path, &offer.current).with_context(|| format!("cannot write {}", offer.path))?;
            let difference = Difference::between(&offer.committed, &offer.current);
            println!("wrote {}: {}", offer.path, difference.summary());
        }
    }
    for path in orphans(root)? {
        std::fs::remove_file(root.join(&path)).with_context(|| format!("cannot remove {path}"))?;
        println!("removed {path}");
    }
    Ok(())
}

fn offers(root: &Path) -> Result<Vec<Offer>> {
    let metadata = Metadata::read(root)?;
    let libraries = libraries(&metadata);
    let mut offers = Vec::new();
    // One run describes all of them, since no crate gets more features by another that has all of its own.
    rustdoc::describe(root, &metadata, &libraries, Features::All)?;
    let described: Vec<Listing> =
        libraries.iter().map(|library| listed(&metadata, library)).collect::<Result<Vec<Listing>>>()?;
    for (library, all) in libraries.iter().zip(described) {
        let (name, _) = library;
        let path = format!("{FOLDER}/{name}.txt");
        let committed = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
        let features = metadata.packages.iter().find(|package| package.name == *name).map(|package| &package.features);
        let features = features.filter(|features| !features.is_empty());
        let smaller = features.map(|features| {
            let default = alone(root, &metadata, library, Features::Default)?;
            let by_default = features.get("default").is_some_and(|default| !default.is_empty());
            let none = by_default.then(|| alone(root, &metadata, library, Features::None)).transpose()?;
            Ok::<Smaller, Error>(Smaller { default, none })
        });
        let current = all.text(features, smaller.transpose()?.as_ref());
        offers.push(Offer { path, committed, current });
    }
    Ok(offers)
}

/// What a library offers with fewer features. Described beside others it would get those that they ask of it.
fn alone(root: &Path, metadata: &Metadata, library: &(&str, String), features: Features) -> Result<Listing> {
    rustdoc::describe(root, metadata, std::slice::from_ref(library), features)?;
    listed(metadata, library)
}

/// What the library offers that was described last.
fn listed(metadata: &Metadata, (name, library): &(&str, String)) -> Result<Listing> {
    Listing::of(&rustdoc::file(metadata, library)).with_context(|| format!("cannot list what {name} offers"))
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
mod tests;
