//! At which calls faults strike.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cosmic_ai_core::{Charge, Error, Outcome};

use super::{Effect, Fault};
use crate::generate::seed::{Sequence, hash};
use crate::script::{Asked, When};

/// At which of the calls that it is for a fault strikes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    Always,
    Nth(u64),
    Every(u64),
    /// Where the first 53 bits of a random number are below the threshold.
    Chance {
        threshold: u64,
        seed: u64,
    },
}

/// How many numbers there are that a `f64` holds without a gap.
const CHANCES: u64 = 1 << 53;

impl Turn {
    pub(super) fn chance(probability: f64, seed: u64) -> Self {
        // Whole, not negative and within 53 bits by the clamp; what is not a number is never.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let threshold = (probability.clamp(0.0, 1.0) * CHANCES as f64) as u64;
        Self::Chance { threshold, seed }
    }

    /// Whether it is the turn of the `count`th call, from 1.
    fn is_at(self, count: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(nth) => count == nth,
            Self::Every(calls) => calls > 0 && count.is_multiple_of(calls),
            Self::Chance { threshold, seed } => {
                let mut sequence = Sequence::new(hash(&[seed.to_le_bytes(), count.to_le_bytes()].concat()));
                sequence.next() >> 11 < threshold
            }
        }
    }
}

/// The faults of a mock.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    plans: Mutex<Vec<Plan>>,
}

#[derive(Debug, Clone)]
struct Plan {
    when: When,
    fault: Fault,
    /// How many calls it was for so far.
    count: u64,
}

/// A fault that strikes a call, with the error that it then is.
#[derive(Debug)]
pub(crate) struct Struck {
    pub(crate) fault: Fault,
    /// `None` of faults that are no errors.
    pub(crate) error: Option<Error>,
}

impl Struck {
    /// What it bills of a call for which `delivered` would be.
    pub(crate) fn charge(&self, delivered: Option<Charge>) -> Option<Charge> {
        self.error.as_ref().map_or(delivered, |error| charge_of(error, delivered))
    }
}

/// What a call with an error bills, of which `delivered` would be: the caller is never told another charge than is
/// deducted. An error that is billed without saying how much is billed for what was delivered, and `None` of nothing.
pub(crate) fn charge_of(error: &Error, delivered: Option<Charge>) -> Option<Charge> {
    match error.outcome() {
        Outcome::Billed { charge } => charge.or_else(|| delivered.filter(|delivered| *delivered != Charge::ZERO)),
        _ => delivered,
    }
}

impl Clone for Faults {
    fn clone(&self) -> Self {
        Self { plans: Mutex::new(self.plans().clone()) }
    }
}

impl Faults {
    pub(crate) fn add(&self, when: When, fault: Fault) {
        self.plans().push(Plan { when, fault, count: 0 });
    }

    /// The first fault whose turn it is. All that are for the call count it.
    pub(crate) fn strike(&self, asked: &Asked<'_>) -> Option<Struck> {
        let mut struck = None;
        for plan in self.plans().iter_mut().filter(|plan| plan.when.matches(asked)) {
            plan.count += 1;
            if struck.is_none() && plan.fault.turn.is_at(plan.count) {
                struck = Some(plan.fault.clone());
            }
        }
        let fault = struck?;
        let error = match &fault.effect {
            Effect::Error(make) => Some(make(asked)),
            _ => None,
        };
        Some(Struck { fault, error })
    }

    fn plans(&self) -> MutexGuard<'_, Vec<Plan>> {
        // A predicate that panics leaves every count right but its own.
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
