//! An account with two pools of tokens, which answers as the API does when one is used up.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    Charge, Error, ErrorKind, Modality, Outcome, Registry, Rejection, RequestRef, Tokens, TokensUsedUp,
};

/// What an account has left: a pool of input tokens and one of output tokens. Clones share their pools.
///
/// A mock [with an account](crate::MockBackendBuilder::with_account) deducts what it bills, also of answers that are
/// lost on the way, and refuses with [`ErrorKind::TokensUsedUp`] (status 402):
/// - text when either pool is empty; what the last answer costs beyond what was left is forgiven;
/// - media when a pool holds less than the price, which is known before they are made. (What the service does with a
///   rest is not documented; this is an assumption.)
///
/// ```
/// use cosmic_ai_core::{Call, ErrorKind, VideoGenerator, VideoRequest};
/// use cosmic_ai_mock::{Account, MockBackend};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cosmic_ai_core::Error> {
/// let account = Account::new(10_000_u32, 300_000_u32);
/// let mock = MockBackend::builder().with_account(account.clone()).build();
/// mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await?;
/// assert_eq!(account.left().output.get(), 12_000); // 288,000 for eight seconds of Veo Fast
///
/// let error = mock.generate_video(&Call::new(), &VideoRequest::new("Another kite")).await.unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::TokensUsedUp(_)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Account {
    left: Arc<Mutex<Charge>>,
}

impl Account {
    /// An account with so many input and output tokens.
    pub fn new(input: impl Into<Tokens>, output: impl Into<Tokens>) -> Self {
        Self { left: Arc::new(Mutex::new(Charge::new(input.into(), output.into()))) }
    }

    /// What is left in either pool. What media under way will cost is deducted already.
    pub fn left(&self) -> Charge {
        *self.pools()
    }

    /// Adds tokens to both pools, as a new month or a pack does; [`u64::MAX`] at most in each.
    pub fn add(&self, tokens: Charge) {
        let mut left = self.pools();
        left.input = left.input.saturating_add(tokens.input);
        left.output = left.output.saturating_add(tokens.output);
    }

    /// Admits a call, and holds its price if that is known beforehand. `None` if the tokens are used up.
    pub(crate) fn hold(&self, modality: Modality, price: Option<Charge>) -> Option<Charge> {
        let mut left = self.pools();
        match (modality, price) {
            (Modality::Text, _) => (left.input > Tokens::ZERO && left.output > Tokens::ZERO).then_some(Charge::ZERO),
            (_, None) => (left.output > Tokens::ZERO).then_some(Charge::ZERO),
            (_, Some(price)) => {
                *left = Charge::new(left.input.checked_sub(price.input)?, left.output.checked_sub(price.output)?);
                Some(price)
            }
        }
    }

    /// Deducts a charge in place of what was held for it; a pool that holds less is empty then.
    pub(crate) fn settle(&self, held: Charge, charge: Charge) {
        let mut left = self.pools();
        let settled = |left: Tokens, held: Tokens, charge: Tokens| {
            left.saturating_add(held).checked_sub(charge).unwrap_or_default()
        };
        left.input = settled(left.input, held.input, charge.input);
        left.output = settled(left.output, held.output, charge.output);
    }

    fn pools(&self) -> MutexGuard<'_, Charge> {
        // Both pools are written at once, so a panic elsewhere leaves them whole.
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("left", &self.left()).finish()
    }
}

/// The refusal of an account whose tokens are used up, worded as the API words it.
pub(crate) fn tokens_used_up(registry: &Registry, request: RequestRef<'_>) -> Error {
    let model = match request.model() {
        Some(named) => registry.find(named.as_str()),
        None => registry.default_model(request.modality()),
    };
    let tier = model.and_then(|model| match &model.spec {
        Spec::Text(spec) => Some(&spec.tier),
        _ => None,
    });
    let about = match (model, tier) {
        (Some(model), Some(tier)) => format!(" Model {} ({} tier, {} cost)", model.name, tier.name, tier.multiplier),
        (Some(model), None) => format!(" Model {}", model.name),
        (None, _) => String::new(),
    };
    let rejection =
        Rejection::new(format!("You have reached your token usage limit.{about}")).with_code("INSUFFICIENT_CREDITS");
    let mut used_up = TokensUsedUp::new(rejection);
    match (model, tier) {
        (Some(model), Some(tier)) => used_up = used_up.with_model(&*model.name, &*tier.name, tier.multiplier),
        (Some(model), None) => used_up.model = Some(model.name.clone().into_owned()),
        (None, _) => {}
    }
    Error::new(ErrorKind::TokensUsedUp(used_up), Outcome::Refused).with_status(402)
}
