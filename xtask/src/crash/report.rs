//! What the kills have left, and whether that is as it should be.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::race::{Options, thousands};

/// What the ledger and the log say at the end.
#[derive(Debug, Deserialize)]
pub(super) struct Verdict {
    resent: u64,
    lost: u64,
    drift: u64,
    entries: u64,
    open: u64,
    sent: u64,
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(super) verdict: Verdict,
    pub(super) operations: u64,
    pub(super) at_edges: BTreeMap<&'static str, u64>,
    pub(super) at_random: u64,
    /// As the processes saw it that came after a kill.
    pub(super) drift: u64,
    pub(super) took: Duration,
}

impl Report {
    pub(super) fn lines(&self) -> Vec<String> {
        let Verdict { entries, open, sent, .. } = &self.verdict;
        let edges = self.at_edges.iter().map(|(name, kills)| format!("  {kills:>4} x {name}"));
        let sums = format!(
            "  {} operations, {} sent; {} entries, {} of them open as they were when their process was killed; {:.1} s",
            thousands(self.operations),
            thousands(*sent),
            thousands(*entries),
            thousands(*open),
            self.took.as_secs_f64()
        );
        edges.chain([sums]).collect()
    }

    pub(super) fn line(&self, options: &Options) -> String {
        let at_edges: u64 = self.at_edges.values().sum();
        let reached = self.at_edges.values().filter(|kills| **kills > 0).count();
        format!(
            "crash {}: {} kills ({} at random, {} at {reached} edges): re-sent {}, lost {}, drift {}",
            options.ledger,
            self.at_random + at_edges,
            self.at_random,
            at_edges,
            thousands(self.verdict.resent),
            thousands(self.verdict.lost),
            thousands(self.drift())
        )
    }

    /// What is not as it should be.
    pub(crate) fn faults(&self, options: &Options) -> Vec<String> {
        let counts = [
            (self.verdict.resent, "operations that were sent again"),
            (self.verdict.lost, "operations that were lost"),
            (self.drift(), "totals that drift"),
        ];
        let counts =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", thousands(*count)));
        let kills = self.at_random + self.at_edges.values().sum::<u64>();
        let missing = (kills < options.kills).then(|| format!("only {kills} of {} kills", options.kills));
        let is_enough = options.kills >= self.at_edges.len() as u64;
        let unreached = self.at_edges.iter().filter(|(_, kills)| is_enough && **kills == 0);
        counts.chain(missing).chain(unreached.map(|(name, _)| format!("{name} was not reached"))).collect()
    }

    fn drift(&self) -> u64 {
        self.drift + self.verdict.drift
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::LedgerKind;

    fn report(resent: u64, at_edge: u64) -> Report {
        Report {
            verdict: Verdict { resent, lost: 0, drift: 0, entries: 9, open: 1, sent: 8 },
            operations: 9,
            at_edges: BTreeMap::from([("ledger/begun", at_edge)]),
            at_random: 10,
            drift: 0,
            took: Duration::from_secs(1),
        }
    }

    #[test]
    fn the_last_line_says_what_was_killed_and_what_was_left() {
        let line = report(0, 10).line(&Options::new(LedgerKind::Postgres));
        assert_eq!(line, "crash postgres: 20 kills (10 at random, 10 at 1 edges): re-sent 0, lost 0, drift 0");
        assert!(report(0, 10).faults(&Options::new(LedgerKind::Postgres)).is_empty());
    }

    #[test]
    fn what_was_sent_again_and_an_edge_that_was_not_reached_are_faults() {
        let options = Options::new(LedgerKind::Sqlite);
        assert_eq!(report(1, 10).faults(&options), ["1 operations that were sent again"]);
        assert_eq!(report(0, 0).faults(&options), ["only 10 of 20 kills", "ledger/begun was not reached"]);
    }
}
