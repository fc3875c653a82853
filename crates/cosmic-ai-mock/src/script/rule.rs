//! A rule, and how often it was used.

use std::collections::BTreeSet;

use super::answer::Answer;
use super::step::Step;
use super::when::When;

/// A rule and how often it was used.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) when: When,
    pub(super) answer: Answer,
    /// How many uses were begun with.
    begun: u64,
    /// Which of them were given back, by their count from 0. The next calls have them, so that none of a sequence is left
    /// out where calls overlap.
    returned: BTreeSet<u64>,
}

/// A use of a rule by a call, to be given back if the call gets nothing by it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    /// Which rule.
    pub(super) place: usize,
    /// Which of its uses, from 0.
    pub(super) count: u64,
    /// The rule that was used before, where they are in order.
    pub(super) before: usize,
}

impl Rule {
    pub(super) const fn new(when: When, answer: Answer) -> Self {
        Self { when, answer, begun: 0, returned: BTreeSet::new() }
    }

    /// How often it was used.
    pub(super) fn used(&self) -> u64 {
        self.begun.saturating_sub(self.returned.len() as u64)
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.answer.limit().is_some_and(|limit| self.used() >= limit)
    }

    /// Whether it was not used as often as it says, or not at all.
    pub(super) fn is_unmet(&self) -> bool {
        self.used() < self.answer.limit().unwrap_or(1)
    }

    /// Uses it once: which use that is, and its answer.
    pub(super) fn take(&mut self) -> Option<(u64, Step)> {
        let count = self.returned.pop_first().unwrap_or_else(|| {
            self.begun += 1;
            self.begun - 1
        });
        Some((count, self.answer.step(count)?.clone()))
    }

    /// Takes a use back.
    pub(super) fn give_back(&mut self, count: u64) {
        self.returned.insert(count);
    }

    /// Such as `text containing "mug" (used 1 of 2 times)`.
    pub(super) fn state(&self) -> String {
        match self.answer.limit() {
            Some(limit) => format!("{} (used {} of {limit} times)", self.when, self.used()),
            None => format!("{} (used {} times)", self.when, self.used()),
        }
    }
}
