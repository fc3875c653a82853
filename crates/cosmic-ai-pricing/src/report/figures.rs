//! The figures of a row: what its calls cost, what is open, and how near the estimates came.

use cosmic_ai_core::{Charge, Tokens};
use serde::{Deserialize, Serialize};

use crate::ledger::{Basis, Entry, Kind, LedgerError, State};

/// What calls cost together. Plans are no calls: only what they still hold is in [`held`](Self::held).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Figures {
    /// How many calls, whatever became of them. Calls that were summarised by pruning count each.
    pub calls: u64,
    /// How many are settled.
    pub settled: u64,
    /// How many are under way.
    pub open: u64,
    /// How many nobody knows of whether they were billed.
    pub unresolved: u64,
    /// How many are over without a charge.
    pub released: u64,
    /// What was charged, by pool. Calls of unknown charge add nothing: see [`uncharged`](Self::uncharged).
    pub charge: Charge,
    /// What was charged, both pools together.
    pub total: Tokens,
    /// What is still held, by pool: for calls under way and unresolved, and for the rest of plans.
    pub held: Charge,
    /// How many calls under way or unresolved hold nothing because no upper bound is known.
    pub unheld: u64,
    /// How many of the settled were settled by an estimate.
    pub estimated: u64,
    /// How many of the settled have a charge that nobody knows. It is not zero.
    pub uncharged: u64,
    /// What went over its hold.
    pub over_hold: OverHold,
    /// What was expected and what it came to.
    pub drift: Drift,
    /// What was held and what it came to.
    pub holds: Holds,
}

/// Calls that were charged more than was held for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OverHold {
    /// How many.
    pub calls: u64,
    /// By how much, by pool: a pool that kept within its hold makes up for nothing.
    pub by: Charge,
    /// How many settled calls were summarised by pruning, of which nobody can tell any more. They are not counted above.
    pub untold: u64,
}

/// Estimate against actual, over the settled calls that have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Drift {
    /// How many calls.
    pub calls: u64,
    /// What was expected, by pool.
    pub expected: Charge,
    /// What was charged, by pool.
    pub actual: Charge,
    /// What was charged for each thousand tokens expected, both pools together, rounded to the nearest: 1,000 is as
    /// expected, 1,250 a quarter more. `None` where nothing was expected.
    pub per_mille: Option<u64>,
}

/// Hold against actual, over the settled calls that have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Holds {
    /// How many calls.
    pub calls: u64,
    /// What was held, by pool.
    pub held: Charge,
    /// What was charged, by pool.
    pub actual: Charge,
    /// What was held and not charged, by pool: zero in a pool that was charged more than was held.
    pub in_vain: Charge,
}

impl Figures {
    /// Adds an entry. Fails where a sum is larger than a 64-bit number.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let is_call = entry.kind != Kind::Plan;
        let calls = if is_call { entry.calls } else { 0 };
        self.calls += calls;
        match entry.state {
            State::Settled => {
                self.settled += calls;
                self.settle(entry, calls)?;
            }
            State::Released => self.released += calls,
            State::Unknown => self.unresolved += calls,
            State::Reserved | State::Sent => self.open += calls,
        }
        let standing = entry.standing();
        self.held = sum(self.held, standing.held)?;
        self.charge = sum(self.charge, standing.spent)?;
        self.total = self.charge.input.checked_add(self.charge.output).ok_or(LedgerError::Overflow)?;
        let is_open = matches!(entry.state, State::Reserved | State::Sent | State::Unknown);
        if is_open && entry.held.is_none() {
            self.unheld += calls;
        }
        Ok(())
    }

    fn settle(&mut self, entry: &Entry, calls: u64) -> Result<(), LedgerError> {
        if entry.basis == Some(Basis::Estimated) {
            self.estimated += calls;
        }
        let Some(actual) = entry.charge else {
            self.uncharged += calls;
            return Ok(());
        };
        if let Some(expected) = entry.expected {
            let drift = &mut self.drift;
            drift.calls += calls;
            drift.expected = sum(drift.expected, expected)?;
            drift.actual = sum(drift.actual, actual)?;
            drift.per_mille = per_mille(drift.actual, drift.expected);
        }
        if let Some(held) = entry.held {
            let holds = &mut self.holds;
            holds.calls += calls;
            holds.held = sum(holds.held, held)?;
            holds.actual = sum(holds.actual, actual)?;
            holds.in_vain = beyond(holds.held, holds.actual);
            if calls > 1 {
                self.over_hold.untold += calls;
            } else if entry.is_over_hold() {
                self.over_hold.calls += calls;
                self.over_hold.by = sum(self.over_hold.by, beyond(actual, held))?;
            }
        }
        Ok(())
    }
}

fn sum(one: Charge, other: Charge) -> Result<Charge, LedgerError> {
    one.checked_add(other).ok_or(LedgerError::Overflow)
}

/// Pool by pool how much more one is than another.
fn beyond(one: Charge, other: Charge) -> Charge {
    let pool = |one: Tokens, other| one.checked_sub(other).unwrap_or(Tokens::ZERO);
    Charge::new(pool(one.input, other.input), pool(one.output, other.output))
}

/// For each thousand expected, rounded to the nearest, halves up.
fn per_mille(actual: Charge, expected: Charge) -> Option<u64> {
    let tokens = |charge: Charge| u128::from(charge.input.get()) + u128::from(charge.output.get());
    let (actual, expected) = (tokens(actual), tokens(expected));
    let ratio = (actual * 1_000 + expected / 2).checked_div(expected)?;
    u64::try_from(ratio).ok()
}
