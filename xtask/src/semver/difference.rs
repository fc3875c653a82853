//! How a public API differs from its listing.

use std::collections::BTreeSet;
use std::fmt;

/// Lines of a listing that are gone, and lines that are new. A changed item is one of each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) removed: Vec<String>,
    pub(super) added: Vec<String>,
}

impl Difference {
    /// The order of lines is no part of what is promised.
    pub(super) fn between(committed: &str, current: &str) -> Self {
        let items = |listing: &'_ str| -> BTreeSet<String> {
            listing.lines().filter(|line| !line.starts_with("# ")).map(str::to_owned).collect()
        };
        let (committed, current) = (items(committed), items(current));
        Self {
            removed: committed.difference(&current).cloned().collect(),
            added: current.difference(&committed).cloned().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }

    pub(super) fn summary(&self) -> String {
        if self.is_empty() {
            return "as listed".to_owned();
        }
        format!("{} gone or changed, {} new", self.removed.len(), self.added.len())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.removed.iter().try_for_each(|line| writeln!(f, "  - {line}"))?;
        self.added.iter().try_for_each(|line| writeln!(f, "  + {line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "# Generated\npub mod a\npub fn a::one() -> u32\npub fn a::two()\n";

    #[test]
    fn what_is_listed_in_another_order_is_no_difference() {
        let current = "# Another head\npub fn a::two()\npub fn a::one() -> u32\npub mod a\n";
        assert!(Difference::between(LISTED, current).is_empty());
    }

    #[test]
    fn a_removal_a_change_and_an_addition_are_told_apart() {
        let current = LISTED.replace("-> u32", "-> u64").replace("pub fn a::two()", "pub fn a::three()");
        let difference = Difference::between(LISTED, &current);
        assert_eq!(difference.summary(), "2 gone or changed, 2 new");
        let lines =
            "  - pub fn a::one() -> u32\n  - pub fn a::two()\n  + pub fn a::one() -> u64\n  + pub fn a::three()\n";
        assert_eq!(difference.to_string(), lines);
    }

    #[test]
    fn a_crate_without_a_listing_is_new_as_a_whole() {
        let difference = Difference::between("", LISTED);
        assert_eq!((difference.removed.len(), difference.added.len()), (0, 3));
    }
}
