//! Ctrl-C: what became of the lines that were under way.

use std::time::Duration;

use cosmic_ai::pricing::ledger::{Entry, State};
use cosmic_ai::{Charge, Client, OperationId};

use super::earlier::Left;
use super::jobs::Job;
use super::send::Ended;
use super::tally::Tally;
use crate::failure::code;

/// How long an interrupted batch waits for its ledger.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A line that is under way, by what the ledger knows it.
#[derive(Debug, Clone)]
pub(super) struct UnderWay {
    pub(super) line: usize,
    operation: OperationId,
    leaves_medium: bool,
    /// What this run had left to do about it.
    left: Left,
}

impl UnderWay {
    pub(super) fn new(job: &Job, left: &Left, operation: OperationId) -> Self {
        Self { line: job.line, operation, leaves_medium: job.leaves_medium(), left: left.clone() }
    }
}

/// Counts the lines that were dropped as the ledger knows them, and says of each that may have been billed what it is called there.
pub(super) async fn account(client: &Client, dropped: &[UnderWay], tally: &mut Tally) -> Vec<String> {
    let entries = tokio::time::timeout(LAST_WORDS, entries(client, dropped)).await.ok().flatten();
    let mut words = Vec::new();
    for (place, dropped) in dropped.iter().enumerate() {
        let known = entries.as_ref().and_then(|entries| entries.get(place));
        let told = match known {
            None => Some((unknown(), "may have been billed: the ledger could not be asked".to_owned())),
            Some(entry) => of_entry(dropped, entry.as_ref()),
        };
        let Some((ended, said)) = told else {
            tally.not_begun += 1;
            continue;
        };
        tally.count(dropped.line, ended);
        words.push(format!("line {} {said} (operation {})", dropped.line, dropped.operation));
    }
    words
}

/// What the ledger knows of them, once all that dropping them has told it is written.
async fn entries(client: &Client, dropped: &[UnderWay]) -> Option<Vec<Option<Entry>>> {
    let ledger = client.meter()?.ledger();
    // What cannot be written now, the deadlines of the operations tell.
    let _ = ledger.flush().await;
    let mut entries = Vec::with_capacity(dropped.len());
    for dropped in dropped {
        entries.push(ledger.entry(&dropped.operation).await.ok()?);
    }
    Some(entries)
}

/// How a line ended, in words too; `None` if it was not begun.
fn of_entry(dropped: &UnderWay, entry: Option<&Entry>) -> Option<(Ended, String)> {
    let amount = |charge: Option<Charge>| {
        charge.map_or_else(|| "an unknown number of tokens".to_owned(), |charge| charge.to_string())
    };
    // What was settled before this run looked at it is no work of this run, and its medium was not found.
    let entry = entry.filter(|entry| !(matches!(dropped.left, Left::Unknown) && entry.state == State::Settled));
    Some(match (entry, entry.map(|entry| entry.state)) {
        (Some(entry), Some(State::Settled)) if dropped.leaves_medium => {
            (Ended::Done(entry.charge), format!("was made and charged {}", amount(entry.charge)))
        }
        (Some(entry), Some(State::Settled)) => {
            let said = format!("was charged {} for what had come, its answer is lost", amount(entry.charge));
            (Ended::Cut(entry.charge), said)
        }
        (Some(entry), Some(State::Sent | State::Unknown)) => {
            (unknown(), format!("may have been billed, {} stay held", amount(entry.held)))
        }
        _ if matches!(dropped.left, Left::All) => return None,
        _ => (unknown(), "was sent by an earlier run and may have been billed".to_owned()),
    })
}

const fn unknown() -> Ended {
    Ended::Failed { is_unknown: true, code: code::UNKNOWN }
}

#[cfg(test)]
mod tests {
    use cosmic_ai::pricing::ledger::{BodyHash, Kind};
    use cosmic_ai::{Outcome, Tokens};

    use super::*;

    #[test]
    fn a_line_counts_as_the_ledger_knows_it() {
        let charge = Charge::new(Tokens(1), Tokens(2));
        let check = |state: Option<State>, leaves_medium: bool, left: &Left, expected: [usize; 3]| {
            let operation = OperationId::mint();
            let entry = state.map(|state| {
                let mut entry = Entry::new(operation.clone(), Kind::Image, BodyHash::default());
                (entry.state, entry.charge) = (state, (state == State::Settled).then_some(charge));
                entry
            });
            let dropped = UnderWay { line: 1, operation, leaves_medium, left: left.clone() };
            let mut tally = Tally::default();
            match of_entry(&dropped, entry.as_ref()) {
                Some((ended, _)) => tally.count(1, ended),
                None => tally.not_begun += 1,
            }
            let told = [tally.done, tally.unknown, tally.not_begun];
            assert_eq!(told, expected, "{state:?} {leaves_medium} {left:?}");
            let is_of_this_run = state == Some(State::Settled) && !matches!(left, Left::Unknown);
            assert_eq!(tally.charge, if is_of_this_run { charge } else { Charge::ZERO });
            let outcome = match expected {
                [1, 0, 0] => Outcome::Billed { charge: Some(charge) },
                [0, 1, 0] => Outcome::UNKNOWN,
                _ => Outcome::NotSent,
            };
            assert_eq!(tally.outcome(), outcome);
        };
        let lefts = [Left::All, Left::Begun { mark: None }, Left::Unknown];
        for (leaves_medium, left) in lefts.iter().flat_map(|left| [(true, left), (false, left)]) {
            for state in [State::Sent, State::Unknown] {
                check(Some(state), leaves_medium, left, [0, 1, 0]);
            }
            // What this run never sent is not begun; what an earlier one sent this run has not found out about.
            for state in [None, Some(State::Reserved), Some(State::Released)] {
                let expected = if matches!(left, Left::All) { [0, 0, 1] } else { [0, 1, 0] };
                check(state, leaves_medium, left, expected);
            }
            // What was unknown before was settled by someone else, and its medium is not found.
            let is_made = leaves_medium && !matches!(left, Left::Unknown);
            check(Some(State::Settled), leaves_medium, left, if is_made { [1, 0, 0] } else { [0, 1, 0] });
        }
    }
}
