//! Taking changes back as far as the plan still fits.

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{Charge, LargestFit, Multiplier, Request, Tokens};

use super::Search;
use super::part::Part;
use crate::suggest::SuggestedChange;

impl Search<'_, '_> {
    /// Makes every change as mild as it may be: those that are not needed go, models and sizes become the nearest to what
    /// was planned that fit, and answers share what is left then.
    pub(super) fn relax(&mut self) {
        // Those made last saved least, and are the likeliest to be needless.
        for place in self.changed.clone().into_iter().rev() {
            self.drop_needless(place);
            self.soften_model(place);
            self.soften_size(place);
        }
        self.soften_answers();
        let parts = &self.parts;
        let is_changed =
            |place: &usize| parts.get(*place).is_some_and(|part| part.model.is_some() || part.smaller.is_some());
        self.changed.retain(is_changed);
    }

    /// Replaces a part's changes, if the plan fits so and the part is valid so.
    fn try_out(&mut self, place: usize, change: impl FnOnce(&mut Part<'_>)) -> bool {
        let estimator = self.estimator;
        let Some(part) = self.parts.get_mut(place) else { return false };
        let before = (part.model.clone(), part.smaller, part.most);
        change(part);
        let estimate = estimator.estimate(&part.request());
        part.most = estimate.as_ref().ok().and_then(crate::estimate::Estimate::most);
        let fits = estimate.is_ok() && self.fits();
        if !fits && let Some(part) = self.parts.get_mut(place) {
            (part.model, part.smaller, part.most) = before;
        }
        fits
    }

    fn drop_needless(&mut self, place: usize) {
        self.try_out(place, |part| part.model = None);
        self.try_out(place, |part| part.smaller = None);
    }

    /// The dearest of the other models that fit is the one nearest to what was planned.
    fn soften_model(&mut self, place: usize) {
        let Some(part) = self.parts.get(place).filter(|part| part.model.is_some()) else { return };
        let mut models = part.models(self.estimator, &part.with(None, part.smaller));
        models.sort_by_key(|(_, most)| std::cmp::Reverse(most.total()));
        for (change, _) in models {
            let SuggestedChange::Model(model) = change else { continue };
            if self.try_out(place, |part| part.model = Some(model)) {
                return;
            }
        }
    }

    /// The largest size or duration that fits. Answers come later, all together.
    fn soften_size(&mut self, place: usize) {
        let Some(part) = self.parts.get(place) else { return };
        if !matches!(part.smaller, Some(LargestFit::Duration(_) | LargestFit::Size(_))) {
            return;
        }
        let Some(others) = self.held_by_others(place) else { return };
        let admits = |charge: Charge| others.checked_add(charge).is_some_and(|sum| self.room.admits(sum));
        if let Some(largest) = self.estimator.largest_that_fits(&part.request(), admits) {
            self.try_out(place, |part| part.smaller = Some(largest));
        }
    }

    fn held_by_others(&self, place: usize) -> Option<Charge> {
        let others = self.parts.iter().enumerate().filter(|(other, _)| *other != place);
        others.filter_map(|(_, part)| part.most).try_fold(Charge::ZERO, Charge::checked_add)
    }

    /// One `max_tokens` for all answers that are limited, the largest that fits.
    fn soften_answers(&mut self) {
        let answers: Vec<(usize, Answer)> =
            self.parts.iter().enumerate().filter_map(|(place, part)| Some((place, Answer::of(self, part)?))).collect();
        let (mut fitting, mut beyond) = (u64::from(self.shortest), u64::from(u32::MAX) + 1);
        while !answers.is_empty() && fitting + 1 < beyond {
            let middle = fitting + (beyond - fitting) / 2;
            if self.would_fit(&answers, middle) { fitting = middle } else { beyond = middle }
        }
        for (place, answer) in answers {
            let limited = u32::try_from(fitting).ok().filter(|most| answer.is_limited_by(u64::from(*most)));
            self.try_out(place, |part| part.smaller = limited.map(LargestFit::MaxTokens));
        }
    }

    /// Whether the plan fits with all these answers limited to `most` tokens.
    fn would_fit(&self, answers: &[(usize, Answer)], most: u64) -> bool {
        let is_answer = |place: usize| answers.iter().any(|(answer, _)| *answer == place);
        let rest =
            self.parts.iter().enumerate().filter(|(place, _)| !is_answer(*place)).filter_map(|(_, part)| part.most);
        let limited = answers.iter().map(|(_, answer)| answer.most(most));
        let sum = rest.map(Some).chain(limited).try_fold(Charge::ZERO, |sum, most| sum.checked_add(most?));
        sum.is_some_and(|sum| self.room.admits(sum))
    }
}

/// What a limited answer costs, as its limit grows.
struct Answer {
    input: Tokens,
    multiplier: Multiplier,
    /// What bounds the answer as it was planned.
    planned: Option<u64>,
}

impl Answer {
    fn of(search: &Search<'_, '_>, part: &Part<'_>) -> Option<Self> {
        let Some(LargestFit::MaxTokens(_)) = part.smaller else { return None };
        let planned = part.with(part.model.as_ref(), None);
        let model = search.estimator.registry.check(&planned).ok()??;
        let (Spec::Text(spec), Request::Text(request)) = (&model.spec, &planned) else { return None };
        let ceiling = spec.max_output.as_ref().map(|ceiling| ceiling.value.get());
        let planned = request.max_tokens.map(u64::from).or(ceiling);
        Some(Self { input: part.most?.input, multiplier: spec.tier.high, planned })
    }

    fn is_limited_by(&self, most: u64) -> bool {
        self.planned.is_none_or(|planned| most < planned)
    }

    fn most(&self, most: u64) -> Option<Charge> {
        let tokens = self.planned.map_or(most, |planned| planned.min(most));
        Some(Charge::new(self.input, self.multiplier.apply(Tokens(tokens))?))
    }
}
