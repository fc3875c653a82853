//! Which of our own crates may depend on which: five floors, every arrow pointing down.
//!
//! Dependencies of tests do not count: they are not in what a user builds.

use super::finding::Finding;
use crate::metadata::{Metadata, Package};

const CORE: &str = "cosmic-ai-core";
const PRICING: &str = "cosmic-ai-pricing";
const HTTP: &str = "cosmic-ai-http";
const MOCK: &str = "cosmic-ai-mock";
const TESTKIT: &str = "cosmic-ai-testkit";
const FACADE: &str = "cosmic-ai";
const SERVER: &str = "cosmic-ai-server";
const CLI: &str = "cosmic-ai-cli";

/// Each crate with those that it may depend on, from the bottom to the top; also crates that are still to come.
const FLOORS: [(&str, &[&str]); 11] = [
    (CORE, &[]),
    (PRICING, &[CORE]),
    (HTTP, &[CORE]),
    (MOCK, &[CORE]),
    (TESTKIT, &[CORE, PRICING]),
    (FACADE, &[CORE, PRICING, HTTP, MOCK]),
    (SERVER, &[CORE, PRICING, HTTP, MOCK, FACADE]),
    (CLI, &[FACADE, SERVER]),
    // Unpublished. The project's own commands must be able to mend generated code that does not compile.
    ("xtask", &[]),
    ("examples", &[CORE, PRICING, HTTP, MOCK, FACADE, SERVER]),
    ("cosmic-ai-tests", &[CORE, PRICING, HTTP, MOCK, TESTKIT, FACADE, SERVER, CLI]),
];

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    metadata.packages.iter().flat_map(|package| of_package(package, &ours)).collect()
}

fn of_package(package: &Package, ours: &[&str]) -> Vec<Finding> {
    let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == package.name) else {
        let what_to_do = "add it to the table in xtask/src/tidy/floors.rs";
        return vec![Finding::new(&package.name, "this crate stands on no floor", what_to_do)];
    };
    let built = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    let arrows = built.map(|dependency| dependency.name.as_str()).filter(|name| ours.contains(name));
    arrows.filter(|name| !allowed.contains(name)).map(|name| not_down(&package.name, name, allowed)).collect()
}

fn not_down(from: &str, to: &str, allowed: &[&str]) -> Finding {
    let allowed = if allowed.is_empty() { "none of our crates".to_owned() } else { allowed.join(", ") };
    let what_to_do = format!("move what it needs down a floor; it may depend on: {allowed}");
    Finding::new(format!("crate {from}"), format!("it depends on {to}"), what_to_do)
}

#[cfg(test)]
mod tests {
    use super::super::finding::assert_findings;
    use super::*;

    #[track_caller]
    fn check_packages(packages: &str, expected: &[&str]) {
        let metadata = Metadata::parse(&format!(r#"{{"packages": [{packages}]}}"#)).unwrap();
        assert_findings(check(&metadata), expected);
    }

    const CORE_PACKAGE: &str =
        r#"{"name": "cosmic-ai-core", "manifest_path": "", "dependencies": [{"name": "serde"}]}"#;

    #[test]
    fn arrows_that_point_down_pass() {
        let mock = r#"{"name": "cosmic-ai-mock", "manifest_path": "", "dependencies": [{"name": "cosmic-ai-core"}]}"#;
        check_packages(&format!("{CORE_PACKAGE}, {mock}"), &[]);
    }

    #[test]
    fn an_arrow_to_the_side_is_found_in_normal_and_build_dependencies() {
        for kind in ["null", r#""build""#] {
            let mock = format!(
                r#"{{"name": "cosmic-ai-mock", "manifest_path": "", "dependencies": [{{"name": "cosmic-ai-http", "kind": {kind}}}]}}"#
            );
            let http = r#"{"name": "cosmic-ai-http", "manifest_path": ""}"#;
            let expected = "crate cosmic-ai-mock: it depends on cosmic-ai-http: move what it needs down a floor; it may depend on: cosmic-ai-core";
            check_packages(&format!("{http}, {mock}"), &[expected]);
        }
    }

    #[test]
    fn an_arrow_up_from_core_is_found() {
        let core = r#"{"name": "cosmic-ai-core", "manifest_path": "", "dependencies": [{"name": "cosmic-ai"}]}"#;
        let facade = r#"{"name": "cosmic-ai", "manifest_path": ""}"#;
        let expected = "crate cosmic-ai-core: it depends on cosmic-ai: move what it needs down a floor; it may depend on: none of our crates";
        check_packages(&format!("{core}, {facade}"), &[expected]);
    }

    #[test]
    fn dependencies_of_tests_are_free() {
        let core = r#"{"name": "cosmic-ai-core", "manifest_path": "", "dependencies": [{"name": "cosmic-ai", "kind": "dev"}]}"#;
        check_packages(&format!(r#"{core}, {{"name": "cosmic-ai", "manifest_path": ""}}"#), &[]);
    }

    #[test]
    fn a_crate_that_is_in_no_row_is_found() {
        check_packages(
            r#"{"name": "cosmic-ai-more", "manifest_path": ""}"#,
            &["cosmic-ai-more: this crate stands on no floor: add it to the table in xtask/src/tidy/floors.rs"],
        );
    }
}
