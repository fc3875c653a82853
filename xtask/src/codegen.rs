//! `cargo xtask codegen`: from the registry's data files to the code and the tables made of them, and from the types
//! themselves to JSON Schemas and the description of the server's API.
//!
//! In reading order: `source` reads a file and says where in it an error is, `data` and `value` are its keys,
//! `resolve` fills in defaults and refuses what cannot be, `registry` is the outcome, `check` looks at all models
//! together, `emit_rust` and `emit_tables` write, the one with `emit_entry` and the other with `words`, `splice` puts
//! tables between markers, `output` compares. `described` is apart from all that: it needs code that compiles, which the data files
//! may have to be made into first.

mod check;
mod data;
mod described;
mod emit_entry;
mod emit_rust;
mod emit_tables;
mod output;
mod registry;
mod resolve;
mod resolve_media;
mod source;
mod splice;
#[cfg(test)]
mod tests;
mod value;
mod words;

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::output::Output;
use self::registry::Registry;
use self::source::SourceFile;
use crate::root::root;

const DATA: &str = "crates/cosmic-ai-core/registry";
const GENERATED: &str = "crates/cosmic-ai-core/src/registry/generated.rs";
const ALL_MODELS: &str = "docs/models.md";
const README: &str = "README.md";
/// The data files in the order of the registry: models stand in the order of these files and within them.
const FILES: [&str; 5] = ["tiers.toml", "text.toml", "image.toml", "video.toml", "speech.toml"];

/// Writes every generated file that is stale.
///
/// # Errors
///
/// When the data is wrong, a file cannot be read or written, markers are missing, or the server does not compile.
pub(crate) fn write() -> Result<()> {
    let root = root()?;
    for output in outputs(&root)? {
        output.write(&root)?;
    }
    for output in described::outputs(&root)? {
        output.write(&root)?;
    }
    Ok(())
}

/// The paths of the data files from the root.
pub(crate) fn data_files() -> Vec<String> {
    FILES.iter().map(|name| data_file(name)).collect()
}

/// The path of a file that stands with the data files.
pub(crate) fn data_file(name: &str) -> String {
    format!("{DATA}/{name}")
}

/// Whether the texts of the data files would make a registry.
///
/// # Errors
///
/// What is wrong with them, with file, line and key.
pub(crate) fn judge(texts: &[(String, String)]) -> Result<()> {
    let files: Vec<SourceFile> = texts.iter().map(|(path, text)| SourceFile::new(path, text)).collect();
    load(&files).map(|_| ())
}

/// Shows how generated files differ from what would be written.
///
/// # Errors
///
/// When a file is stale, missing or made of nothing, and for all reasons of [`write()`].
pub(crate) fn check() -> Result<()> {
    checked(&root()?, described::outputs)
}

/// As [`check()`], under any root and whatever the types print.
fn checked(root: &Path, described: impl Fn(&Path) -> Result<Vec<Output>>) -> Result<()> {
    let mut stale: Vec<String> = outputs(root)?.iter().filter_map(Output::difference).collect();
    // Code made of stale data may not compile, and would describe another API.
    if stale.is_empty() {
        stale.extend(described(root)?.iter().filter_map(Output::difference));
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!("generated files are stale; run `cargo xtask codegen`\n{}", stale.join("\n"))
}

fn outputs(root: &Path) -> Result<Vec<Output>> {
    let files = FILES
        .iter()
        .map(|name| SourceFile::read(root, &format!("{DATA}/{name}")))
        .collect::<Result<Vec<SourceFile>>>()?;
    let registry = load(&files)?;

    let code = output::rustfmt(root, &emit_rust::code(&registry))?;
    let current = std::fs::read_to_string(root.join(GENERATED)).unwrap_or_default();
    let code = Output { path: GENERATED.to_owned(), current, wanted: Some(code) };
    let all = spliced(root, ALL_MODELS, &emit_tables::all(&registry))?;
    let overview = spliced(root, README, &emit_tables::overview(&registry))?;
    Ok(vec![code, all, overview])
}

/// The registry that the data files describe, every default filled in and everything checked.
fn load(files: &[SourceFile]) -> Result<Registry> {
    let registry = resolve::registry(files)?;
    check::all(&registry)?;
    Ok(registry)
}

fn spliced(root: &Path, path: &str, tables: &str) -> Result<Output> {
    let current = std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
    let wanted = splice::between_markers(&current, tables).with_context(|| path.to_owned())?;
    Ok(Output { path: path.to_owned(), current, wanted: Some(wanted) })
}
