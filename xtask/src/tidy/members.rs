//! What the manifest of each member must hold, so that versions, lints and metadata stand in one place.

use anyhow::Result;
use toml::{Table, Value};

use super::finding::Finding;

/// Keys of `[package]` that come from the workspace.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];
/// Keys of `[package]` that every published crate writes itself.
const OWN: [&str; 2] = ["description", "readme"];
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// `path` is that of the manifest; crates in `crates/` are the published ones.
pub(super) fn check(path: &str, text: &str) -> Result<Vec<Finding>> {
    let manifest: Table = toml::from_str(text)?;
    let mut findings = Vec::new();
    let mut miss = |wrong: String, what_to_do: &str| findings.push(Finding::new(path, wrong, what_to_do));

    if !inherits(manifest.get("lints")) {
        miss("it does not take the workspace's lints".to_owned(), "write `[lints]` with `workspace = true`");
    }
    let package = manifest.get("package").and_then(Value::as_table).cloned().unwrap_or_default();
    for key in INHERITED.into_iter().filter(|key| !inherits(package.get(*key))) {
        miss(format!("its {key} is its own"), &format!("write `{key}.workspace = true`"));
    }
    if path.starts_with("crates/") {
        for key in OWN.into_iter().filter(|key| package.get(*key).and_then(Value::as_str).is_none_or(str::is_empty)) {
            miss(format!("it has no {key}"), &format!("write `{key} = \"…\"` under `[package]`"));
        }
        if package.get("metadata").and_then(|metadata| metadata.get("docs")?.get("rs")).is_none() {
            miss("it does not say how its documentation is built".to_owned(), "write `[package.metadata.docs.rs]`");
        }
    }
    for name in own_versions(&manifest) {
        miss(
            format!("`{name}` does not come from the workspace"),
            "declare it in the root's Cargo.toml and inherit it",
        );
    }
    Ok(findings)
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

/// Dependencies that are not inherited, those for some targets included.
fn own_versions(manifest: &Table) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = std::iter::once(manifest).chain(targets.filter_map(|(_, target)| target.as_table()));
    let sections = tables.flat_map(|table| DEPENDENCIES.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    sections.flatten().filter(|(_, value)| !inherits(Some(value))).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::assert_findings;
    use super::*;

    const GOOD: &str = r#"
        [package]
        name = "a"
        description = "A"
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        license.workspace = true
        readme = "README.md"
        [package.metadata.docs.rs]
        all-features = true
        [dependencies]
        serde.workspace = true
        tokio = { workspace = true, features = ["time"] }
        [lints]
        workspace = true
    "#;

    /// Checks the good manifest after replacing `from` with `to`.
    #[track_caller]
    fn check_with(from: &str, to: &str, expected: &[&str]) {
        assert!(GOOD.contains(from));
        assert_findings(check("crates/a/Cargo.toml", &GOOD.replace(from, to)).unwrap(), expected);
    }

    #[test]
    fn a_manifest_that_inherits_all_passes() {
        assert_findings(check("crates/a/Cargo.toml", GOOD).unwrap(), &[]);
    }

    #[test]
    fn what_is_not_inherited_is_found() {
        let lints =
            "crates/a/Cargo.toml: it does not take the workspace's lints: write `[lints]` with `workspace = true`";
        check_with("[lints]\n        workspace = true", "[lints.rust]\n unsafe_code = \"forbid\"", &[lints]);
        let edition = "crates/a/Cargo.toml: its edition is its own: write `edition.workspace = true`";
        check_with("edition.workspace = true", "edition = \"2024\"", &[edition]);
        let serde = "crates/a/Cargo.toml: `serde` does not come from the workspace: declare it in the root's Cargo.toml and inherit it";
        check_with("serde.workspace = true", "serde = \"1\"", &[serde]);
        check_with("[lints]", "[target.'cfg(unix)'.dev-dependencies]\nserde = \"1\"\n[lints]", &[serde]);
    }

    #[test]
    fn metadata_that_is_missing_is_found_in_published_crates_alone() {
        let description = "crates/a/Cargo.toml: it has no description: write `description = \"…\"` under `[package]`";
        check_with("description = \"A\"", "", &[description]);
        let readme = "crates/a/Cargo.toml: it has no readme: write `readme = \"…\"` under `[package]`";
        check_with("readme = \"README.md\"", "", &[readme]);
        let docs =
            "crates/a/Cargo.toml: it does not say how its documentation is built: write `[package.metadata.docs.rs]`";
        check_with("[package.metadata.docs.rs]", "[package.metadata.other]", &[docs]);
        let unpublished =
            GOOD.replace("readme = \"README.md\"", "").replace("[package.metadata.docs.rs]", "[package.x]");
        assert_findings(check("examples/Cargo.toml", &unpublished).unwrap(), &[]);
    }
}
