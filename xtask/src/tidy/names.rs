//! What files and folders may not be called.

use super::finding::Finding;
use super::tree::is_rust;

/// Names of drawers: they say where something was put, not what it is.
const DRAWERS: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "misc", "prelude"];

pub(super) fn check(path: &str) -> Option<Finding> {
    if !is_rust(path) {
        return None;
    }
    if path.rsplit('/').next() == Some("mod.rs") {
        let what_to_do = "name it after its folder and put it beside it (`foo.rs` and `foo/`)";
        return Some(Finding::new(path, "a file called mod.rs", what_to_do));
    }
    let drawer = path.split('/').map(|part| part.trim_end_matches(".rs")).find(|part| DRAWERS.contains(part))?;
    Some(Finding::new(path, format!("`{drawer}` is a drawer"), "name the concept that it holds"))
}

#[cfg(test)]
mod tests {
    use super::super::finding::assert_findings;
    use super::*;

    #[test]
    fn mod_rs_is_found() {
        let expected = "crates/a/src/b/mod.rs: a file called mod.rs: name it after its folder and put it beside it (`foo.rs` and `foo/`)";
        assert_findings(check("crates/a/src/b/mod.rs"), &[expected]);
        assert_findings(check("crates/a/src/b.rs"), &[]);
    }

    #[test]
    fn drawers_are_found_as_files_and_as_folders() {
        let advice = "name the concept that it holds";
        assert_findings(check("src/utils.rs"), &[&format!("src/utils.rs: `utils` is a drawer: {advice}")]);
        assert_findings(check("src/common/a.rs"), &[&format!("src/common/a.rs: `common` is a drawer: {advice}")]);
        assert_findings(check("src/commonplace.rs"), &[]);
        assert_findings(check("docs/common/a.md"), &[]);
    }
}
