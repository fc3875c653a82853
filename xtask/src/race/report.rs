//! What a race has left, and whether that is as it should be.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::options::Options;

/// What the audit says.
#[derive(Debug, Deserialize)]
pub(crate) struct Audit {
    admitted: u64,
    refused: u64,
    failed: u64,
    parts: u64,
    overspend: u64,
    leaked: u64,
    lost: u64,
    drift: u64,
    killed: u64,
    spent: u64,
    /// By commands of the ledger.
    waits: BTreeMap<String, Waits>,
}

#[derive(Debug, Deserialize)]
struct Waits {
    count: u64,
    p50: u64,
    p99: u64,
    max: u64,
}

/// What was seen along the way.
#[derive(Debug, Deserialize)]
pub(super) struct Watch {
    looks: u64,
    most_over: u64,
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(super) audit: Audit,
    pub(super) seen: Watch,
    pub(super) took: Duration,
    /// `None` where the disk is not ours to write to.
    pub(super) sync: Option<Duration>,
}

impl Report {
    /// What is beside the point, or behind it.
    pub(super) fn lines(&self) -> Vec<String> {
        let Audit { killed, parts, failed, spent, .. } = &self.audit;
        let waits = self.audit.waits.iter().map(|(command, waits)| {
            let Waits { count, p50, p99, max } = waits;
            let [p50, p99, max] = [p50, p99, max].map(|micros| millis(*micros));
            format!(
                "  waits of {} x {command}: median {p50} ms, 99 of 100 within {p99} ms, longest {max} ms",
                thousands(*count)
            )
        });
        let mut lines: Vec<String> = waits.collect();
        lines.push(format!(
            "  {killed} processes were killed and replaced; {} parts of plans; {failed} operations failed by the ledger; {} tokens spent; {:.1} s; \
             looked at {} times",
            thousands(*parts),
            thousands(*spent),
            self.took.as_secs_f64(),
            thousands(self.seen.looks)
        ));
        lines.push(match self.sync {
            Some(sync) => {
                format!("  a synced write of 4 KiB to the same disk: median {:.2} ms", sync.as_secs_f64() * 1e3)
            }
            None => "  the disk is that of a server that was given: not measured".to_owned(),
        });
        lines
    }

    pub(super) fn line(&self, options: &Options) -> String {
        let Audit { admitted, refused, leaked, drift, .. } = &self.audit;
        let longest = self.audit.waits.values().map(|waits| waits.max).max().unwrap_or_default();
        format!(
            "race {}: {} processes, {} reservations: admitted {}, refused {}, overspend {}, leaked holds {}, drift {}, \
             {} calls/s, longest wait {} ms",
            options.ledger,
            options.processes,
            thousands(options.reservations),
            thousands(*admitted),
            thousands(*refused),
            thousands(self.overspend()),
            thousands(*leaked),
            thousands(*drift),
            thousands(self.calls_per_second()),
            longest.div_ceil(1_000)
        )
    }

    /// What is not as it should be.
    pub(crate) fn faults(&self) -> Vec<String> {
        let counts = [
            (self.overspend(), "tokens of overspend"),
            (self.audit.leaked, "leaked holds"),
            (self.audit.drift, "totals that drift"),
            (self.audit.lost, "operations that are not as their callers were told"),
        ];
        counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", thousands(*count)))
            .collect()
    }

    fn overspend(&self) -> u64 {
        self.audit.overspend.max(self.seen.most_over)
    }

    fn calls_per_second(&self) -> u64 {
        let millis = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX).max(1);
        self.audit.admitted * 1_000 / millis
    }
}

fn millis(micros: u64) -> String {
    format!("{}.{}", micros / 1_000, micros % 1_000 / 100)
}

/// A number with commas.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::LedgerKind;

    fn report(audit: Audit, most_over: u64) -> Report {
        Report { audit, seen: Watch { looks: 9, most_over }, took: Duration::from_millis(1_500), sync: None }
    }

    fn audit() -> Audit {
        let json = r#"{"admitted": 3412, "refused": 1588, "failed": 0, "parts": 20, "overspend": 0, "leaked": 0, "lost": 0,
            "drift": 0, "killed": 3, "spent": 1, "waits": {"admit": {"count": 2, "p50": 800, "p99": 900, "max": 86100}}}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_last_line_says_what_the_race_is_about() {
        let options = Options::new(LedgerKind::Sqlite);
        assert_eq!(
            report(audit(), 0).line(&options),
            "race sqlite: 8 processes, 5,000 reservations: admitted 3,412, refused 1,588, overspend 0, leaked holds 0, \
             drift 0, 2,274 calls/s, longest wait 87 ms"
        );
        assert!(report(audit(), 0).faults().is_empty());
    }

    #[test]
    fn what_was_exceeded_along_the_way_is_overspend_too() {
        assert_eq!(report(audit(), 1_000).faults(), ["1,000 tokens of overspend"]);
        let all = Audit { overspend: 1, leaked: 2, drift: 3, lost: 4, ..audit() };
        assert_eq!(report(all, 0).faults().len(), 4);
    }
}
