//! The fit of a plan in words and as JSON.

use std::fmt;
use std::time::SystemTime;

use cosmic_ai_core::BudgetRefusal;
use serde::{Serialize, Serializer};

use super::super::change::PlanChange;
use super::super::estimate::PlanEstimate;
use super::PlanFit;
use crate::clock::rfc3339;

impl fmt::Display for PlanFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.estimate.total)?;
        match &self.refusal {
            None => f.write_str("\nfits"),
            Some(BudgetRefusal { budget, asked, left, .. }) => {
                write!(f, "\ndoes not fit: {asked}, {left} left of {budget}")?;
                advice(self).iter().try_for_each(|line| write!(f, "\n{line}"))
            }
        }
    }
}

/// Which items are open, and what would help, a line for each.
fn advice(fit: &PlanFit) -> Vec<String> {
    let PlanFit { estimate: PlanEstimate { unpriced, unbounded, .. }, changes, combination, .. } = fit;
    let mut lines = Vec::new();
    for (names, what) in [(unpriced, "of unknown price"), (unbounded, "without an upper bound")] {
        if !names.is_empty() {
            lines.push(format!("{what}: {}", names.join(", ")));
        }
    }
    let (changes, word) = if changes.is_empty() { (combination, "and") } else { (changes, "or") };
    if changes.is_empty() {
        lines.push("no change of model or size makes it fit".to_owned());
    }
    for (place, change) in changes.iter().enumerate() {
        lines.push(format!("{} {change}", if place == 0 { "would fit with" } else { word }));
    }
    lines
}

/// What a refused plan says beneath its refusal.
#[derive(Debug)]
pub(in crate::plan) struct Advice(String);

impl Advice {
    pub(in crate::plan) fn of(fit: &PlanFit) -> Self {
        Self(advice(fit).join("; "))
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Advice {}

/// A refusal, whose amounts are said in words as they may be tokens or money.
#[derive(Serialize)]
struct Refused<'f> {
    budget: &'f str,
    pool: String,
    asked: String,
    left: String,
    #[serde(with = "rfc3339::option")]
    renews_at: Option<SystemTime>,
}

#[derive(Serialize)]
struct Fit<'f> {
    fits: bool,
    estimate: &'f PlanEstimate,
    refusal: Option<Refused<'f>>,
    changes: &'f [PlanChange],
    combination: &'f [PlanChange],
}

impl Serialize for PlanFit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let refusal = self.refusal.as_ref().map(|refusal| Refused {
            budget: &refusal.budget,
            pool: refusal.pool.to_string(),
            asked: refusal.asked.to_string(),
            left: refusal.left.to_string(),
            renews_at: refusal.renews_at,
        });
        let (changes, combination) = (self.changes.as_slice(), self.combination.as_slice());
        Fit { fits: self.fits(), estimate: &self.estimate, refusal, changes, combination }.serialize(serializer)
    }
}
