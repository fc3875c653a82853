//! One item of a plan on its way to fit: which model and which size it has by now.

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{Charge, LargestFit, Model, ModelId, Request};

use super::super::PlanItem;
use super::super::change::apply;
use crate::estimate::{Estimate, Estimator};
use crate::suggest::{SuggestedChange, Suggestion};

/// An item, changed at most once in its model and once in its size.
pub(super) struct Part<'p> {
    item: &'p PlanItem,
    own_model: &'p ModelId,
    pub(super) model: Option<ModelId>,
    pub(super) smaller: Option<LargestFit>,
    /// What it costs at most, so changed.
    pub(super) most: Option<Charge>,
}

impl<'p> Part<'p> {
    pub(super) fn new(item: &'p PlanItem, own: &'p Estimate) -> Self {
        Self { item, own_model: &own.model, model: None, smaller: None, most: own.most() }
    }

    pub(super) fn name(&self) -> &str {
        &self.item.name
    }

    /// The request with another model and size.
    pub(super) fn with(&self, model: Option<&ModelId>, smaller: Option<LargestFit>) -> Request {
        let mut request = self.item.request.clone();
        if let Some(model) = model {
            apply(&mut request, &SuggestedChange::Model(model.clone()));
        }
        if let Some(smaller) = smaller {
            apply(&mut request, &SuggestedChange::Smaller(smaller));
        }
        request
    }

    /// The request as it is by now.
    pub(super) fn request(&self) -> Request {
        self.with(self.model.as_ref(), self.smaller)
    }

    pub(super) fn take(&mut self, change: SuggestedChange, most: Charge) {
        self.most = Some(most);
        match change {
            SuggestedChange::Model(model) => self.model = Some(model),
            SuggestedChange::Smaller(smaller) => self.smaller = Some(smaller),
        }
    }

    /// The changes that are still open to it, with what it costs at most then.
    pub(super) fn steps(&self, estimator: &Estimator<'_>, shortest: u32) -> Vec<(SuggestedChange, Charge)> {
        let request = self.request();
        let most = |request: &Request| estimator.estimate(request).ok()?.most();
        let mut steps = Vec::new();
        if self.smaller.is_none()
            && let Some(smaller) = smallest(estimator, &request, shortest)
            && let Some(most) = most(&self.with(self.model.as_ref(), Some(smaller)))
        {
            steps.push((SuggestedChange::Smaller(smaller), most));
        }
        if self.model.is_none() {
            steps.extend(self.models(estimator, &request));
        }
        steps
    }

    /// The other models that take the request and bound it, in the order of the registry.
    pub(super) fn models(&self, estimator: &Estimator<'_>, request: &Request) -> Vec<(SuggestedChange, Charge)> {
        let others = estimator.on_other_models(request.as_ref(), Some(self.own_model));
        let bounded = |(model, estimate): (&Model, Result<Estimate, _>)| {
            Some((SuggestedChange::Model(model.id.clone()), estimate.ok()?.most()?))
        };
        others.filter_map(bounded).collect()
    }

    /// The changes as suggestions: the model first, unless it does not take the size that the item had. Empty if there are
    /// none.
    pub(super) fn suggestions(&self, estimator: &Estimator<'_>) -> Option<Vec<Suggestion>> {
        let last = estimator.estimate(&self.request()).ok()?;
        let model = self.model.clone().map(SuggestedChange::Model);
        let smaller = self.smaller.map(SuggestedChange::Smaller);
        let (Some(model), Some(smaller)) = (&model, &smaller) else {
            let change = model.or(smaller);
            return Some(change.map(|change| Suggestion { change, estimate: last }).into_iter().collect());
        };
        let (first, second, estimate) = match estimator.estimate(&self.with(self.model.as_ref(), None)) {
            Ok(estimate) => (model, smaller, estimate),
            Err(_) => (smaller, model, estimator.estimate(&self.with(None, self.smaller)).ok()?),
        };
        Some(vec![
            Suggestion { change: first.clone(), estimate },
            Suggestion { change: second.clone(), estimate: last },
        ])
    }
}

/// The least of a kind that the model of a request makes: the shortest answer that makes sense, the cheapest clip, the
/// cheapest image of the same quality. Speech is never cut.
fn smallest(estimator: &Estimator<'_>, request: &Request, shortest: u32) -> Option<LargestFit> {
    let model = estimator.registry.check(request).ok()??;
    match (&model.spec, request) {
        (Spec::Text(_), Request::Text(_)) => Some(LargestFit::MaxTokens(shortest)),
        (Spec::Video(spec), Request::Video(_)) => {
            let cheapest = spec.durations.iter().min_by_key(|price| (price.price.high, price.duration))?;
            Some(LargestFit::Duration(cheapest.duration))
        }
        (Spec::Image(spec), Request::Image(image)) => {
            let quality = image.quality.unwrap_or_default();
            let prices = spec.prices.iter().filter(|price| price.quality == quality);
            prices.min_by_key(|price| price.price.high).map(|price| LargestFit::Size(price.size))
        }
        _ => None,
    }
}
