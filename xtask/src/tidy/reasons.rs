//! Every external dependency in the workspace's manifest says why it is there.

use super::finding::Finding;

pub(super) fn check(manifest: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut is_dependencies = false;
    let mut above = "";
    for (number, line) in (1..).zip(manifest.lines().map(str::trim)) {
        if line.starts_with('[') {
            is_dependencies = line.starts_with("[workspace.dependencies]");
        } else if is_dependencies && is_unexplained(line, above) {
            let name = line.split('=').next().unwrap_or_default().trim();
            let place = format!("Cargo.toml:{number}");
            let what_to_do = "write after `#` on its line what it is for and why this one";
            findings.push(Finding::new(place, format!("`{name}` has no reason"), what_to_do));
        }
        above = line;
    }
    findings
}

/// Our own crates (`path`) need no reason. A comment over a whole group is none: it must stand on the line of the
/// dependency, or directly above it as the reason of that one alone, which starts with its name.
fn is_unexplained(line: &str, above: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else { return false };
    let name = name.trim();
    let is_own = value.contains("path =") || value.contains("path=");
    let above_names_it = above.trim_start_matches(['#', ' ', '`']).starts_with(name) && above.starts_with('#');
    !line.starts_with('#') && !is_own && !after_hash(value) && !above_names_it
}

/// Whether a comment with words follows. No value of ours has a `#` within quotes.
fn after_hash(value: &str) -> bool {
    value.split_once('#').is_some_and(|(_, comment)| !comment.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::finding::assert_findings;
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[workspace.package]\nversion = \"1\"\n\n[workspace.dependencies]\n# Core.\nbytes = \"1\" # chunks\nserde = { version = \"1\" }\ntoml = \"1\" #\n\n[profile.dev]\ndebug = 1\n";
        let advice = "write after `#` on its line what it is for and why this one";
        assert_findings(
            check(manifest),
            &[
                &format!("Cargo.toml:7: `serde` has no reason: {advice}"),
                &format!("Cargo.toml:8: `toml` has no reason: {advice}"),
            ],
        );
    }

    #[test]
    fn the_comment_of_a_group_is_no_reason_but_a_line_above_that_names_the_crate_is() {
        let group = "[workspace.dependencies]\n# Core: light.\nbytes = \"1\"\n";
        let advice = "write after `#` on its line what it is for and why this one";
        assert_findings(check(group), &[&format!("Cargo.toml:3: `bytes` has no reason: {advice}")]);
        assert_findings(check("[workspace.dependencies]\n# bytes: chunks\nbytes = \"1\"\n"), &[]);
    }

    #[test]
    fn our_own_crates_need_none() {
        assert_findings(check("[workspace.dependencies]\na = { path = \"crates/a\", version = \"1\" }\n"), &[]);
    }
}
