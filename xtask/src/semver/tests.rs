//! Tests of listings: which crates have one, and what fails against it, on a small workspace of a test's own.

use std::path::PathBuf;

use super::*;

const MANIFEST: &str = "\
[package]
name = \"a-listed-crate\"
version = \"0.1.0\"
edition = \"2024\"

[features]
default = [\"usual\"]
usual = []
more = []

[workspace]
";
const CODE: &str = "\
//! A crate.
/// Always there.
pub fn one() {}
/// Always there as well.
pub fn two() {}
/// There by default.
#[cfg(feature = \"usual\")]
pub fn three() {}
/// There when asked for.
#[cfg(feature = \"more\")]
pub fn four() {}
";
const LISTING: &str = "xtask/public-api/a-listed-crate.txt";

/// A workspace of one crate, removed with it.
struct Workspace(PathBuf);

impl Workspace {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("semver-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("src")).unwrap();
        std::fs::write(path.join("Cargo.toml"), MANIFEST).unwrap();
        std::fs::write(path.join("src/lib.rs"), CODE).unwrap();
        Self(path)
    }

    fn listing(&self) -> String {
        std::fs::read_to_string(self.0.join(LISTING)).unwrap()
    }

    fn change_code(&self, from: &str, to: &str) {
        assert!(CODE.contains(from), "{from} is not in the code");
        std::fs::write(self.0.join("src/lib.rs"), CODE.replacen(from, to, 1)).unwrap();
    }

    fn check(&self) -> String {
        checked(&self.0).err().map_or_else(|| "no error".to_owned(), |error| format!("{error:#}"))
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

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

/// One workspace for all of it: each description takes its time.
#[test]
fn what_is_gone_or_new_or_moved_behind_a_feature_fails_and_is_named() {
    let workspace = Workspace::new("check");
    written(&workspace.0).unwrap();
    let listing = workspace.listing();
    for line in [
        "feature default = [\"usual\"]",
        "pub fn a_listed_crate::one()",
        "pub fn a_listed_crate::three() // default features",
        "pub fn a_listed_crate::four() // more features",
    ] {
        assert!(listing.lines().any(|listed| listed == line), "{line} is not in\n{listing}");
    }
    assert_eq!(workspace.check(), "no error");

    let one = "pub fn a_listed_crate::one()";
    for (from, to, new) in [
        ("pub fn one", "#[cfg(feature = \"more\")]\npub fn one", format!("{one} // more features")),
        ("pub fn one()", "pub fn one(_: u8)", "pub fn a_listed_crate::one(u8)".to_owned()),
    ] {
        workspace.change_code(from, to);
        let error = workspace.check();
        assert!(
            error.starts_with("public items that are gone or changed, which breaks those who use them: 1"),
            "{error}"
        );
        assert!(error.contains(&format!("\n{LISTING}\n  - {one}\n  + {new}\n")), "{to}: {error}");
        assert_eq!(workspace.listing(), listing, "a check writes nothing");
    }

    std::fs::write(workspace.0.join("xtask/public-api/a-former-crate.txt"), "pub mod a_former_crate\n").unwrap();
    let error = workspace.check();
    assert!(error.contains("xtask/public-api/a-former-crate.txt\nits crate is gone"), "{error}");
}
