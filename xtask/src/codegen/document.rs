//! The description of the server's API. It is made of the server's own types, so a program that links the server prints it;
//! xtask links no crate of ours.

use std::path::Path;

use anyhow::Result;

use super::output::Output;
use crate::program::Program;

const DOCUMENT: &str = "crates/cosmic-ai-server/openapi.json";

/// The document as it is and as it should be.
///
/// # Errors
///
/// When the server does not compile.
pub(super) fn output(root: &Path) -> Result<Output> {
    let printed = Program::cargo(root)
        .args(["run", "--quiet", "--package", "cosmic-ai-tests", "--features", "server", "--bin", "api-document"])
        .text()?;
    let current = std::fs::read_to_string(root.join(DOCUMENT)).unwrap_or_default();
    Ok(Output { path: DOCUMENT, current, wanted: printed })
}
