//! Clippy over all targets, and over the facade with each set of features that users are told of: a feature that only
//! compiles together with another is found here.

use std::path::Path;

use anyhow::Result;

use crate::program::Program;

/// Sets of features of the facade, beside its default ones.
const FEATURE_SETS: [&[&str]; 9] = [
    &["--no-default-features"],
    &["--no-default-features", "--features", "http"],
    &["--no-default-features", "--features", "mock"],
    &["--no-default-features", "--features", "pricing"],
    &["--no-default-features", "--features", "mock,pricing"],
    &["--no-default-features", "--features", "mock,sqlite"],
    &["--no-default-features", "--features", "mock,postgres"],
    &["--no-default-features", "--features", "bpe"],
    &["--all-features"],
];

pub(super) fn run(root: &Path) -> Result<()> {
    clippy(root, &["--workspace", "--all-targets"])?;
    // Targets that only a harness or the tests of the ledgers build.
    clippy(
        root,
        &["--package", "cosmic-ai-pricing", "--package", "cosmic-ai-tests", "--all-targets", "--all-features"],
    )?;
    for set in FEATURE_SETS {
        clippy(root, &[&["--package", "cosmic-ai", "--all-targets"], set].concat())?;
    }
    Ok(())
}

fn clippy(root: &Path, arguments: &[&str]) -> Result<()> {
    Program::cargo(root).args(["clippy"]).args(arguments).args(["--", "-D", "warnings"]).run()
}
