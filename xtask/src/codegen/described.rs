//! What is made of the types themselves: JSON Schemas of requests and answers, and the description of the server's API. A program
//! that links them all prints it; xtask links no crate of ours.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::output::Output;
use crate::program::Program;

const DOCUMENT: &str = "crates/cosmic-ai-server/openapi.json";
const SCHEMAS: &str = "crates/cosmic-ai-core/schemas";

/// The files as they are and as they should be, and those that should not be.
///
/// # Errors
///
/// When the core or the server does not compile.
pub(super) fn outputs(root: &Path) -> Result<Vec<Output>> {
    let printed = Program::cargo(root)
        .args(["run", "--quiet", "--package", "cosmic-ai-tests", "--features", "server", "--bin", "api-document"])
        .text()?;
    against(root, &printed)
}

/// The files under `root` against those that were printed: one JSON object of paths and texts.
pub(super) fn against(root: &Path, printed: &str) -> Result<Vec<Output>> {
    let mut wanted: BTreeMap<String, String> =
        serde_json::from_str(printed).context("what the types print is no object of paths and texts")?;
    let document = wanted.remove(DOCUMENT).with_context(|| format!("the types print no {DOCUMENT}"))?;
    // With none it would remove all that there are.
    if wanted.is_empty() {
        bail!("the types print no schemas");
    }
    if let Some(stray) = wanted.keys().find(|path| !is_schema(path)) {
        bail!("the types print {stray}, which is neither {DOCUMENT} nor in {SCHEMAS}");
    }
    let mut outputs = vec![output(root, DOCUMENT.to_owned(), Some(document))];
    for path in committed(root)? {
        if !wanted.contains_key(&path) {
            outputs.push(output(root, path, None));
        }
    }
    outputs.extend(wanted.into_iter().map(|(path, text)| output(root, path, Some(text))));
    Ok(outputs)
}

fn is_schema(path: &str) -> bool {
    let name = path.strip_prefix(SCHEMAS).and_then(|rest| rest.strip_prefix('/')?.strip_suffix(".json"));
    name.is_some_and(|name| !name.contains('/'))
}

/// The schemas that are there, as paths from the root.
fn committed(root: &Path) -> Result<Vec<String>> {
    let Ok(folder) = std::fs::read_dir(root.join(SCHEMAS)) else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in folder {
        let path = format!("{SCHEMAS}/{}", entry?.file_name().to_string_lossy());
        if is_schema(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn output(root: &Path, path: String, wanted: Option<String>) -> Output {
    let current = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
    Output { path, current, wanted }
}
