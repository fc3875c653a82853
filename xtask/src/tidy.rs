//! `cargo xtask tidy`: rules of the house that no compiler checks.
//!
//! In reading order: `finding` is what a check says, `tree` the files that checks look at.
//! Then the checks: `floors` (who may depend on whom), `weight` (what a crate pulls in), `heads`, `names` and `words`
//! (the files), `members` and `reasons` (the manifests).

mod finding;
mod floors;
mod heads;
mod members;
mod names;
mod reasons;
mod tree;
mod weight;
mod words;

use anyhow::{Context, Result, bail};

use self::finding::Finding;

use crate::metadata::Metadata;
use crate::root::root;

/// Runs every check and prints all that they find.
///
/// # Errors
///
/// When a check finds something, or the files or the crates cannot be read.
pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let files = tree::files(&root)?;
    let metadata = Metadata::read(&root)?;
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).context("cannot read Cargo.toml")?;

    let mut findings: Vec<Finding> = Vec::new();
    for file in &files {
        findings.extend(names::check(&file.path));
        findings.extend(heads::check(&file.path, &file.text));
        findings.extend(words::check(&file.path, &file.text));
    }
    for member in metadata.members(&root) {
        let text = std::fs::read_to_string(root.join(&member)).with_context(|| format!("cannot read {member}"))?;
        findings.extend(members::check(&member, &text).with_context(|| member.clone())?);
    }
    findings.extend(reasons::check(&manifest));
    findings.extend(floors::check(&metadata));
    findings.extend(weight::check(&root)?);

    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files and {} crates looked at, nothing found", files.len(), metadata.packages.len());
            Ok(())
        }
        1 => bail!("tidy found one thing"),
        many => bail!("tidy found {many} things"),
    }
}
