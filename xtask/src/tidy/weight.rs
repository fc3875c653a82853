//! What a crate pulls in: how many crates, and none of those that its users were promised to be spared.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::finding::Finding;
use crate::program::Program;

/// Kinds of crates; a name that ends in `*` stands for all that start so.
const RUNTIME: &[&str] = &["tokio", "tokio-*", "async-std", "async-io", "async-executor", "smol"];
const HTTP: &[&str] = &["http", "http-*", "httparse", "hyper", "hyper-*", "reqwest*", "h2", "h3", "ureq*", "curl*"];
const TLS: &[&str] =
    &["rustls*", "webpki*", "native-tls", "openssl*", "boring*", "ring", "aws-lc-*", "schannel", "security-framework*"];
const SERVER: &[&str] = &["axum*", "tower", "tower-*", "actix-*", "warp", "rocket"];

/// A build whose tree is looked at.
struct Build {
    what: &'static str,
    arguments: &'static [&'static str],
    spared: &'static [&'static [&'static str]],
    /// The most crates that it may be made of, itself and proc macros counted.
    at_most: Option<usize>,
}

const BUILDS: [Build; 6] = [
    // An application with only core is core's tree and itself, so 50 crates leave 49 for core.
    Build { what: "cosmic-ai-core", arguments: &["-p", "cosmic-ai-core"], spared: &[], at_most: Some(49) },
    Build {
        what: "cosmic-ai-core with all features",
        arguments: &["-p", "cosmic-ai-core", "--all-features", "--target", "all"],
        spared: &[RUNTIME, HTTP, TLS, SERVER],
        at_most: None,
    },
    Build {
        what: "cosmic-ai with only the features mock, pricing",
        arguments: &["-p", "cosmic-ai", "--no-default-features", "--features", "mock,pricing", "--target", "all"],
        spared: &[HTTP, TLS, SERVER],
        at_most: None,
    },
    Build {
        what: "cosmic-ai-pricing",
        arguments: &["-p", "cosmic-ai-pricing", "--target", "all"],
        spared: &[RUNTIME, HTTP, TLS, SERVER],
        at_most: None,
    },
    Build {
        what: "cosmic-ai-pricing with the features sqlite, bpe",
        arguments: &["-p", "cosmic-ai-pricing", "--features", "sqlite,bpe", "--target", "all"],
        spared: &[RUNTIME, HTTP, TLS, SERVER],
        at_most: None,
    },
    Build {
        what: "cosmic-ai-mock with all features",
        arguments: &["-p", "cosmic-ai-mock", "--all-features", "--target", "all"],
        spared: &[HTTP, TLS, SERVER],
        at_most: None,
    },
];

/// Looks at every build, and prints its count.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for build in &BUILDS {
        let tree = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
        let text = Program::cargo(root).args(tree).args(build.arguments).text()?;
        let crates = unique(&text);
        if let Some(at_most) = build.at_most {
            println!("{}: {} crates with proc macros, at most {at_most}", build.what, crates.len());
        }
        findings.extend(of_build(build, &crates));
    }
    Ok(findings)
}

/// The crates of a tree, each once: name and version without path, `(proc-macro)` and `(*)`.
fn unique(tree: &str) -> BTreeSet<String> {
    let name_and_version = |line: &str| line.split(" (").next().unwrap_or_default().trim().to_owned();
    tree.lines().map(name_and_version).filter(|line| !line.is_empty()).collect()
}

fn of_build(build: &Build, crates: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = crates
        .iter()
        .filter(|one| is_spared(build, one.split(' ').next().unwrap_or_default()))
        .map(|one| {
            let what_to_do = "find who needs it with `cargo tree --invert`, and drop it or put it behind a feature";
            Finding::new(build.what, format!("it pulls in {one}"), what_to_do)
        })
        .collect();
    if let Some(at_most) = build.at_most.filter(|at_most| crates.len() > *at_most) {
        let wrong = format!("it is made of {} crates, more than {at_most}", crates.len());
        findings.push(Finding::new(build.what, wrong, "drop a dependency or one of its features"));
    }
    findings
}

fn is_spared(build: &Build, name: &str) -> bool {
    let matches = |pattern: &&str| pattern.strip_suffix('*').map_or(name == *pattern, |start| name.starts_with(start));
    build.spared.iter().any(|kind| kind.iter().any(matches))
}

#[cfg(test)]
mod tests {
    use super::super::finding::assert_findings;
    use super::*;

    const TREE: &str = "\
        app v0.1.0 (/home/app)\n\
        serde_derive v1.0.1 (proc-macro)\n\
        syn v3.0.9\n\
        tokio v1.54.0\n\
        rustls-webpki v0.103.1\n\
        http_client_like v1.0.0\n\
        syn v3.0.9 (*)\n\
        syn v2.0.1\n";

    fn build(spared: &'static [&'static [&'static str]], at_most: Option<usize>) -> Build {
        Build { what: "app", arguments: &[], spared, at_most }
    }

    #[test]
    fn crates_are_counted_once_per_version_and_with_the_root() {
        assert_eq!(unique(TREE).len(), 7);
    }

    #[test]
    fn a_spared_crate_is_found_by_name_and_by_start_of_name() {
        let advice = "find who needs it with `cargo tree --invert`, and drop it or put it behind a feature";
        assert_findings(
            of_build(&build(&[RUNTIME, HTTP, TLS, SERVER], None), &unique(TREE)),
            &[
                &format!("app: it pulls in rustls-webpki v0.103.1: {advice}"),
                &format!("app: it pulls in tokio v1.54.0: {advice}"),
            ],
        );
        assert_findings(of_build(&build(&[HTTP, SERVER], None), &unique(TREE)), &[]);
    }

    #[test]
    fn more_crates_than_allowed_are_found() {
        assert_findings(of_build(&build(&[], Some(7)), &unique(TREE)), &[]);
        assert_findings(
            of_build(&build(&[], Some(6)), &unique(TREE)),
            &["app: it is made of 7 crates, more than 6: drop a dependency or one of its features"],
        );
    }
}
