//! Runs the examples under Node's own test runner, and counts how they ended.

use std::path::Path;

use anyhow::{Context, Result};

use super::trial::{BUCKET, READ_KEY, WRITE_KEY};
use super::workshop::Workshop;
use crate::program::Program;

/// How many examples ended how.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

/// Runs every example, and shows each.
///
/// # Errors
///
/// When Node cannot be started, or does not say how it went. An example that fails is no error here.
pub(super) fn run(workshop: &Workshop, environment: &[(&str, &str)]) -> Result<Tally> {
    let node = node(workshop, environment, WRITE_KEY);
    let shown = ["--test-reporter", "spec", "--test-reporter-destination", "stdout"];
    let counted = ["--test-reporter", "tap", "--test-reporter-destination", "examples.tap"];
    let node = node.args(["--test", "--test-concurrency", "4"]).args(shown).args(counted).args(workshop.examples()?);
    // Its status says only that something failed; what it was, it has shown.
    let ended = node.run();
    let tap = workshop.folder().join("examples.tap");
    let tally = std::fs::read_to_string(&tap).ok().and_then(|tap| Tally::read(&tap));
    match (tally, ended) {
        (Some(tally), Ok(())) => Ok(tally),
        (Some(tally), Err(_)) if tally.failed > 0 => Ok(tally),
        (_, ended) => ended.and_then(|()| Err(anyhow::anyhow!("{} does not say how it went", tap.display()))),
    }
}

/// Runs one example with a key, and shows nothing.
///
/// # Errors
///
/// As [`run`].
pub(super) fn run_quietly(
    workshop: &Workshop,
    environment: &[(&str, &str)],
    file: &str,
    write_key: &str,
) -> Result<Tally> {
    let mut node = node(workshop, environment, write_key).args(["--test", "--test-reporter", "tap", file]);
    let said = String::from_utf8_lossy(&node.output()?.stdout).into_owned();
    Tally::read(&said).with_context(|| format!("{file} does not say how it went: {said}"))
}

fn node(workshop: &Workshop, environment: &[(&str, &str)], write_key: &str) -> Program {
    let bucket = [("BUCKET_SLUG", BUCKET), ("BUCKET_READ_KEY", READ_KEY), ("BUCKET_WRITE_KEY", write_key)];
    let mut node = Program::new("node", workshop.folder());
    for (name, value) in environment.iter().copied().chain(bucket) {
        node = node.env(name, value);
    }
    let media: &Path = &workshop.media();
    node.env("MEDIA_FOLDER", media)
}

impl Tally {
    /// Reads the last lines of a report in the Test Anything Protocol. What was cancelled or left out failed.
    fn read(tap: &str) -> Option<Self> {
        let count =
            |what: &str| tap.lines().rev().find_map(|line| line.strip_prefix(what)?.trim().parse::<usize>().ok());
        let (all, passed) = (count("# tests ")?, count("# pass ")?);
        Some(Self { passed, failed: all.checked_sub(passed)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_pass_failed() {
        let tap = "ok 1 - a\n# tests 9\n# suites 0\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n";
        assert_eq!(Tally::read(tap), Some(Tally { passed: 5, failed: 4 }));
    }

    #[test]
    fn a_report_without_counts_says_nothing() {
        assert_eq!(Tally::read("TAP version 13\nok 1 - a\n"), None);
        assert_eq!(Tally::read("# tests 1\n# pass 2\n"), None);
    }
}
