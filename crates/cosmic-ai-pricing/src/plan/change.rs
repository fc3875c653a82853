//! Changes by which a plan would fit.

use std::fmt;

use cosmic_ai_core::{LargestFit, Request};
use serde::Serialize;

use super::Plan;
use crate::suggest::{SuggestedChange, Suggestion};

/// A change of one item of a plan: see [`PlanFit`](super::PlanFit).
///
/// `Display` is one line, such as `clip: shorten to 4 s (at most 144,016 tokens)`. Serialises to `{"item", "suggestion":
/// {"change", "estimate"}}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlanChange {
    /// The name of the item.
    pub item: String,
    /// What to change about its request, and what the request so changed costs.
    pub suggestion: Suggestion,
}

impl PlanChange {
    pub(super) fn new(item: &str, suggestion: Suggestion) -> Self {
        Self { item: item.to_owned(), suggestion }
    }
}

impl Plan {
    /// The plan with one of its items changed. As it is, if it has no item of that name.
    #[must_use]
    pub fn with_change(mut self, change: &PlanChange) -> Self {
        if let Some(item) = self.items.iter_mut().find(|item| item.name == change.item) {
            apply(&mut item.request, &change.suggestion.change);
        }
        self
    }
}

/// Changes a request. A change that is none of its kind changes nothing.
pub(super) fn apply(request: &mut Request, change: &SuggestedChange) {
    match (request, change) {
        (Request::Text(request), SuggestedChange::Model(id)) => request.model = Some(id.clone()),
        (Request::Image(request), SuggestedChange::Model(id)) => request.model = Some(id.clone()),
        (Request::Video(request), SuggestedChange::Model(id)) => request.model = Some(id.clone()),
        (Request::Extend(request), SuggestedChange::Model(id)) => request.model = Some(id.clone()),
        (Request::Speech(request), SuggestedChange::Model(id)) => request.model = Some(id.clone()),
        (Request::Text(request), SuggestedChange::Smaller(LargestFit::MaxTokens(most))) => {
            request.max_tokens = Some(*most);
        }
        (Request::Image(request), SuggestedChange::Smaller(LargestFit::Size(size))) => request.size = Some(*size),
        (Request::Video(request), SuggestedChange::Smaller(LargestFit::Duration(duration))) => {
            request.duration = Some(*duration);
        }
        _ => {}
    }
}

impl fmt::Display for PlanChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.item, self.suggestion)
    }
}
