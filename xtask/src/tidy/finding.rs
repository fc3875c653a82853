//! What a check says: where, what is wrong there, and what to do about it.

use std::fmt;

#[derive(Debug)]
pub(super) struct Finding {
    place: String,
    wrong: String,
    what_to_do: String,
}

impl Finding {
    pub(super) fn new(place: impl Into<String>, wrong: impl Into<String>, what_to_do: impl Into<String>) -> Self {
        Self { place: place.into(), wrong: wrong.into(), what_to_do: what_to_do.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.wrong, self.what_to_do)
    }
}

/// Compares findings with the lines that a test expects.
#[cfg(test)]
#[track_caller]
pub(super) fn assert_findings(findings: impl IntoIterator<Item = Finding>, expected: &[&str]) {
    let lines: Vec<String> = findings.into_iter().map(|finding| finding.to_string()).collect();
    assert_eq!(lines, expected);
}
