//! What would make a request fit: a cheaper model, or less of the same.

use std::fmt;

use cosmic_ai_core::{Charge, LargestFit, ModelId, Request, RequestRef, Tokens};
use serde::{Serialize, Serializer};

use crate::compare::price;
use crate::estimate::{Estimate, Estimator};

/// A change to a request by which it would fit: see [`Estimator::cheaper`].
///
/// `Display` is one line, such as `use veo-3.1-fast-generate-preview (at most 288,016 tokens)` or `shorten to 4 s (at most
/// 144,016 tokens)`, with the money where the estimator has a rate. Serialises to `{"change": "use …", "estimate": {…}}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// What to change.
    pub change: SuggestedChange,
    /// What the request so changed costs; its upper bound is admitted.
    pub estimate: Estimate,
}

/// What to change about a request. `Display` and serde give it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SuggestedChange {
    /// Ask another model of the same modality, which takes the request as it is.
    Model(ModelId),
    /// Ask the same model for less.
    Smaller(LargestFit),
}

impl Estimator<'_> {
    /// What would make a request fit that is not admitted: the models of its modality that take it as it is and are
    /// admitted, cheapest expected first, then the [largest request](Self::largest_that_fits) of its own model that is.
    ///
    /// `admits` must be monotone, as for [`largest_that_fits`](Self::largest_that_fits). Only models that the API's page
    /// offers by id are suggested; all with [`with_unoffered_models`](Self::with_unoffered_models). Empty where the
    /// request is admitted as it is, where it is invalid, and where nothing helps.
    ///
    /// ```
    /// use cosmic_ai_core::{Registry, Tokens, VideoRequest};
    /// use cosmic_ai_pricing::Estimator;
    ///
    /// let film = VideoRequest::new("Waves at dusk").with_model("veo-3.1-generate-preview"); // 768,000
    /// let left = Tokens(600_000);
    /// let suggestions = Estimator::new(Registry::built_in()).cheaper(&film, |charge| charge.total() <= left);
    /// let lines: Vec<String> = suggestions.iter().map(ToString::to_string).collect();
    /// assert_eq!(
    ///     lines,
    ///     ["use veo-3.1-fast-generate-preview (at most 288,029 tokens)", "shorten to 6 s (at most 576,029 tokens)"]
    /// );
    /// ```
    pub fn cheaper<'a>(&self, request: impl Into<RequestRef<'a>>, admits: impl Fn(Charge) -> bool) -> Vec<Suggestion> {
        let request = request.into();
        let fits = |estimate: &Estimate| estimate.most().is_some_and(&admits);
        let Ok(own) = self.estimate(request) else { return Vec::new() };
        if fits(&own) {
            return Vec::new();
        }
        let others = self.on_other_models(request, Some(&own.model));
        let mut suggestions: Vec<_> = others
            .filter_map(|(model, estimate)| {
                let estimate = estimate.ok().filter(&fits)?;
                Some(Suggestion { change: SuggestedChange::Model(model.id.clone()), estimate })
            })
            .collect();
        suggestions.sort_by_key(|suggestion| price(&suggestion.estimate));
        let smaller = self.largest_that_fits(request, &admits).and_then(|largest| {
            let estimate = self.estimate(&resized(request, largest)?).ok().filter(fits)?;
            Some(Suggestion { change: SuggestedChange::Smaller(largest), estimate })
        });
        suggestions.extend(smaller);
        suggestions
    }
}

/// The request with the size that fits. `None` where nothing would be left of it.
fn resized(request: RequestRef<'_>, to: LargestFit) -> Option<Request> {
    Some(match (request, to) {
        (RequestRef::Text(request), LargestFit::MaxTokens(tokens)) => request.clone().with_max_tokens(tokens).into(),
        (RequestRef::Image(request), LargestFit::Size(size)) => request.clone().with_size(size).into(),
        (RequestRef::Video(request), LargestFit::Duration(duration)) => request.clone().with_duration(duration).into(),
        (RequestRef::Speech(request), LargestFit::Characters(most)) => {
            let mut shorter = request.clone();
            shorter.prompt.truncate(beginning(&request.prompt, most).len());
            shorter.into()
        }
        _ => return None,
    })
}

/// The beginning of `text` of at most `most` UTF-16 units, in whole characters.
fn beginning(text: &str, most: u64) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16() as u64;
        units > most
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change.fmt(f)?;
        if let Some(high) = self.estimate.deducted_tokens.high {
            write!(f, " (at most {high} tokens")?;
            if let Some(money) = self.estimate.money {
                write!(f, ", {money}")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl fmt::Display for SuggestedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(id) => write!(f, "use {id}"),
            Self::Smaller(LargestFit::MaxTokens(most)) => write!(f, "set max_tokens to {most}"),
            Self::Smaller(LargestFit::Duration(duration)) => write!(f, "shorten to {duration} s"),
            Self::Smaller(LargestFit::Size(size)) => write!(f, "reduce to {size}"),
            Self::Smaller(LargestFit::Characters(most)) => write!(f, "cut to {} characters", Tokens(*most)),
            Self::Smaller(other) => write!(f, "reduce to {other}"),
        }
    }
}

impl Serialize for SuggestedChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
