//! What the same request costs on every model that can take it.

use std::cmp::Reverse;
use std::fmt;

use cosmic_ai_core::{InvalidRequest, Model, ModelId, Request, RequestRef, Tokens};
use serde::{Serialize, Serializer};

use crate::estimate::{Estimate, Estimator};

/// One request priced on several models: see [`Estimator::compare`].
///
/// `Display` is a line for each model, then one for each that was left out; serialises to `{"models": […], "left_out":
/// [{"model", "reason"}]}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparisons {
    /// The models that can take the request: cheapest expected first, those of unknown price last.
    pub models: Vec<Comparison>,
    /// The models that cannot, in the order of the registry, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// What the request costs on one model.
///
/// Serialises to `{"asked", "offered", "estimate": {…}}`. `Display` is one line, such as `1,022 expected, at most 1,120
/// tokens deducted (claude-opus-4-8, Standard 2.0x), as asked`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Whether this is the model that the request asks for, by name or by default.
    pub asked: bool,
    /// Whether the API's page offers the model by id.
    pub offered: bool,
    /// The price. Its `model` is the model compared.
    pub estimate: Estimate,
}

/// A model that cannot take the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// The model.
    pub model: ModelId,
    /// What of the request it does not take. Serialises to text.
    #[serde(serialize_with = "in_words")]
    pub reason: InvalidRequest,
}

fn in_words<S: Serializer>(reason: &InvalidRequest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(reason)
}

impl Estimator<'_> {
    /// Prices the request on all models of its modality, cheapest expected first; among equals the lower upper bound
    /// comes first, and those of unknown price come last.
    ///
    /// Only models that the API's page offers by id are looked at, and the one that the request asks for; all with
    /// [`with_unoffered_models`](Self::with_unoffered_models). A model that cannot take the request as it is (another
    /// size, say) is left out and named with the reason. What the request leaves open, each model decides for itself.
    ///
    /// # Errors
    /// What [`Registry::check`](cosmic_ai_core::Registry::check) finds wrong with the request on its own model.
    ///
    /// ```
    /// use cosmic_ai_core::{ClipSeconds, Registry, VideoRequest};
    /// use cosmic_ai_pricing::Estimator;
    ///
    /// let film = VideoRequest::new("Waves").with_duration(ClipSeconds::FOUR).with_model("veo-3.1-generate-preview");
    /// let compared = Estimator::new(Registry::built_in()).compare(&film)?;
    /// assert_eq!(
    ///     compared.to_string(),
    ///     "144,000 expected, at most 144,021 tokens deducted (veo-3.1-fast-generate-preview)\n\
    ///      384,000 expected, at most 384,021 tokens deducted (veo-3.1-generate-preview), as asked"
    /// );
    /// # Ok::<(), cosmic_ai_core::InvalidRequest>(())
    /// ```
    pub fn compare<'a>(&self, request: impl Into<RequestRef<'a>>) -> Result<Comparisons, InvalidRequest> {
        let request = request.into();
        let asked = self.estimate(request)?;
        let known = self.registry.find(asked.model.as_str()).filter(|model| model.modality() == request.modality());
        let offered = known.is_some_and(Model::is_offered);
        let (mut models, mut left_out) = (vec![Comparison { asked: true, offered, estimate: asked }], Vec::new());
        let own = known.map(|model| &model.id);
        for (model, priced) in self.on_other_models(request, own) {
            match priced {
                Ok(estimate) => models.push(Comparison { asked: false, offered: model.is_offered(), estimate }),
                Err(reason) => left_out.push(LeftOut { model: model.id.clone(), reason }),
            }
        }
        models.sort_by_key(|comparison| price(&comparison.estimate));
        Ok(Comparisons { models, left_out })
    }

    /// The request on each model of its modality but `own`, priced or refused, in the order of the registry.
    pub(crate) fn on_other_models(
        &self,
        request: RequestRef<'_>,
        own: Option<&ModelId>,
    ) -> impl Iterator<Item = (&Model, Result<Estimate, InvalidRequest>)> {
        // One copy, whose model changes: prompts may be long.
        let mut copy = request.to_owned();
        self.registry
            .models_of(request.modality())
            .filter(move |model| Some(&model.id) != own && (self.with_unoffered || model.is_offered()))
            .map(move |model| {
                set_model(&mut copy, &model.id);
                (model, self.estimate(&copy))
            })
    }
}

fn set_model(request: &mut Request, id: &ModelId) {
    let model = match request {
        Request::Text(request) => &mut request.model,
        Request::Image(request) => &mut request.model,
        Request::Video(request) => &mut request.model,
        Request::Extend(request) => &mut request.model,
        Request::Speech(request) => &mut request.model,
        // A kind of request that this crate does not know keeps its model, and is priced as unknown.
        _ => return,
    };
    *model = Some(id.clone());
}

/// What estimates are sorted by: what is expected, then the upper bound. What is unknown or unbounded comes last.
pub(crate) fn price(estimate: &Estimate) -> impl Ord + use<> {
    let known_first = |tokens: Option<Tokens>| (Reverse(tokens.is_some()), tokens);
    (known_first(estimate.deducted_tokens.expected), known_first(estimate.deducted_tokens.high))
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without an upper bound the estimate says itself what is expected.
        if let (Some(expected), Some(_)) = (self.estimate.deducted_tokens.expected, self.estimate.deducted_tokens.high)
        {
            write!(f, "{expected} expected, ")?;
        }
        self.estimate.fmt(f)?;
        if !self.offered && self.estimate.has_known_price() {
            f.write_str(", not offered by id")?;
        }
        if self.asked {
            f.write_str(", as asked")?;
        }
        Ok(())
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "left out: {}: {}", self.model, self.reason)
    }
}

impl fmt::Display for Comparisons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for comparison in &self.models {
            write!(f, "{separator}{comparison}")?;
            separator = "\n";
        }
        for model in &self.left_out {
            write!(f, "{separator}{model}")?;
            separator = "\n";
        }
        Ok(())
    }
}
