//! Plans: several requests that are priced, judged and reserved as a whole, before the first of them is sent.

mod change;
mod combine;
mod estimate;
mod fit;
mod invalid;
mod reservation;
mod room;

use cosmic_ai_core::Request;
use serde::{Deserialize, Serialize};

pub use self::change::PlanChange;
pub use self::estimate::{ItemEstimate, PlanEstimate, PlanTotal};
pub use self::fit::PlanFit;
pub use self::invalid::{InvalidItem, InvalidPlan};
pub use self::reservation::Reservation;

/// Named requests of any modality, such as the cover, the clips and the narration of an article.
///
/// Serialises to `{"items": [{"name": "cover", "request": {"kind": "image", …}}, …]}`. Names must differ and not be blank,
/// which is judged with the requests, when the plan is [priced](crate::Estimator::plan).
///
/// The continuation of a clip that does not exist yet takes any placeholder for its media id: prices do not depend on it.
///
/// ```
/// use cosmic_ai_core::{ExtensionRequest, ImageRequest, Registry, Tokens, VideoRequest};
/// use cosmic_ai_pricing::{Estimator, Plan};
///
/// let plan = Plan::new()
///     .with("cover", ImageRequest::new("A lighthouse at dusk"))
///     .with("clip", VideoRequest::new("Waves break on the rocks"))
///     .with("ending", ExtensionRequest::new("the clip", "The lamp lights up"));
/// let estimate = Estimator::new(Registry::built_in()).plan(&plan)?;
/// assert_eq!(estimate.total.deducted_tokens.expected, Some(Tokens(608_160))); // 32,160 + 2 x 288,000
/// # Ok::<(), cosmic_ai_pricing::InvalidPlan>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Plan {
    items: Vec<PlanItem>,
}

/// One request of a [`Plan`], by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanItem {
    /// What estimates, problems and changes call it.
    pub name: String,
    /// The request.
    pub request: Request,
}

impl Plan {
    /// A plan of nothing.
    pub const fn new() -> Self {
        Self { items: Vec::new() }
    }

    /// Adds a request.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, request: impl Into<Request>) -> Self {
        self.items.push(PlanItem { name: name.into(), request: request.into() });
        self
    }

    /// The requests, in the order in which they were added.
    pub fn items(&self) -> &[PlanItem] {
        &self.items
    }
}
