//! Runs the command line on a file system without room, which takes a namespace of its own.

use std::path::Path;

use anyhow::Result;

use crate::program::Program;

/// What the command line's tests need of a machine. All at once, so that they are built once.
pub(super) const FEATURES: &str = "postgres-tests,namespace-tests";

pub(super) fn run(root: &Path) -> Result<()> {
    let install = "it needs user namespaces: as root, or with `sysctl kernel.unprivileged_userns_clone=1`";
    Program::new("unshare", root).install(install).args(["--user", "--map-root-user", "--mount", "true"]).run()?;
    let tests = ["test", "--package", "cosmic-ai-cli", "--features", FEATURES, "--test", "cli", "--", "full_disk"];
    Program::cargo(root).args(tests).run()
}
