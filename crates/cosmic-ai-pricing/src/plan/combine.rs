//! Changes of several items by which a plan would fit: the largest savings first, then as mild as they may be.

mod part;
mod relax;

use cosmic_ai_core::Charge;

use self::part::Part;
use super::Plan;
use super::change::PlanChange;
use super::estimate::PlanEstimate;
use super::room::Room;
use crate::estimate::Estimator;
use crate::suggest::SuggestedChange;

/// The shortest answers that texts are limited to: what is usual, and, if that does not do, any answer at all.
const SHORTEST_ANSWERS: [u32; 2] = [500, 1];

/// Changes that together make a plan fit that does not, in the order in which to apply them; empty if none do.
pub(super) fn combination(
    estimator: &Estimator<'_>,
    room: &Room<'_>,
    plan: &Plan,
    estimate: &PlanEstimate,
) -> Vec<PlanChange> {
    let found = SHORTEST_ANSWERS.into_iter().find_map(|shortest| {
        let parts = plan.items().iter().zip(&estimate.items).map(|(item, priced)| Part::new(item, &priced.estimate));
        let mut search = Search { estimator, room, shortest, parts: parts.collect(), changed: Vec::new() };
        search.shrink()?;
        search.relax();
        search.changes()
    });
    found.unwrap_or_default()
}

/// A plan on its way to fit.
struct Search<'s, 'p> {
    estimator: &'s Estimator<'s>,
    room: &'s Room<'s>,
    /// The least `max_tokens` that a text may be limited to.
    shortest: u32,
    parts: Vec<Part<'p>>,
    /// The parts that were changed, by their places, in the order of their first change.
    changed: Vec<usize>,
}

impl Search<'_, '_> {
    /// What all parts hold together. `None` where one has no bound and needs it, and for more than can be held.
    fn held(&self) -> Option<Charge> {
        self.parts.iter().try_fold(Charge::ZERO, |sum, part| match part.most {
            Some(most) => sum.checked_add(most),
            None => (!self.room.is_strict()).then_some(sum),
        })
    }

    fn fits(&self) -> bool {
        self.held().is_some_and(|held| self.room.admits(held))
    }

    /// Makes the change that saves most of what is short, until the plan fits. `None` if it never does.
    fn shrink(&mut self) -> Option<()> {
        let mut steps: Vec<Vec<(SuggestedChange, Charge)>> = self.parts.iter().map(|part| self.steps(part)).collect();
        while !self.fits() {
            let (place, change, most) = self.unbounded(&steps).or_else(|| self.largest_saving(&steps))?;
            let part = self.parts.get_mut(place)?;
            part.take(change, most);
            if !self.changed.contains(&place) {
                self.changed.push(place);
            }
            let next = self.parts.get(place).map(|part| self.steps(part))?;
            *steps.get_mut(place)? = next;
        }
        Some(())
    }

    /// What may be done about a part next, with what it holds then.
    fn steps(&self, part: &Part<'_>) -> Vec<(SuggestedChange, Charge)> {
        part.steps(self.estimator, self.shortest)
    }

    /// How the first part is bounded that has no bound and needs one: by a size, else by the cheapest model.
    fn unbounded(&self, steps: &[Vec<(SuggestedChange, Charge)>]) -> Option<(usize, SuggestedChange, Charge)> {
        let open = |part: &Part<'_>| part.most.is_none() && self.room.is_strict();
        let place = self.parts.iter().position(open)?;
        let key =
            |(change, most): &&(SuggestedChange, Charge)| (matches!(change, SuggestedChange::Model(_)), most.total());
        let (change, most) = steps.get(place)?.iter().min_by_key(key)?;
        Some((place, change.clone(), *most))
    }

    fn largest_saving(&self, steps: &[Vec<(SuggestedChange, Charge)>]) -> Option<(usize, SuggestedChange, Charge)> {
        let broken = self.room.broken(self.held()?)?;
        let taken = |charge| self.room.taken(broken, charge);
        let all = self.parts.iter().zip(steps).enumerate();
        let savings = all.flat_map(|(place, (part, steps))| {
            steps.iter().filter_map(move |(change, most)| {
                let saving = taken(part.most?).checked_sub(taken(*most)).filter(|saving| *saving > 0)?;
                Some((saving, place, change, *most))
            })
        });
        // Among equals the first.
        let best = savings.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map(|(_, place, change, most)| (place, change.clone(), most))
    }

    /// What was changed, if it fits, as suggestions in order.
    fn changes(&self) -> Option<Vec<PlanChange>> {
        let mut changes = Vec::new();
        for place in &self.changed {
            let part = self.parts.get(*place)?;
            let suggestions = part.suggestions(self.estimator)?;
            changes.extend(suggestions.into_iter().map(|suggestion| PlanChange::new(part.name(), suggestion)));
        }
        self.fits().then_some(changes)
    }
}
