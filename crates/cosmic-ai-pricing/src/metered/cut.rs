//! What is settled for a text that was cut after its request left.

use cosmic_ai_core::Charge;

/// A text that was cut: the stream broke or was dropped, or its answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cut {
    /// Whether it was streamed. If it was not, the service may have written and billed a whole answer that was lost.
    pub is_streamed: bool,
    /// The input at its upper bound, or as reported, and the output that was delivered, or reported if that is more.
    /// `None` where the price of the model is unknown.
    pub delivered: Option<Charge>,
    /// What the whole answer was expected to cost.
    pub expected: Option<Charge>,
    /// What is held for the call; `None` where it has no upper bound.
    pub held: Option<Charge>,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CutDecision {
    /// It is settled by this charge, marked as estimated; `None` where no price is known.
    Settle(Option<Charge>),
    /// It stays held and [unresolved](super::Meter::unresolved) until someone decides.
    Unresolved,
}

/// Settles what was delivered of a stream, and the whole hold of an answer in one piece. The default.
///
/// A service stops writing when the one who reads a stream goes away; an answer in one piece it writes to its end, so
/// anything less than the hold could be too little.
pub fn cut_settles_delivered(cut: &Cut) -> CutDecision {
    if cut.is_streamed { CutDecision::Settle(cut.delivered) } else { cut_settles_hold(cut) }
}

/// Settles the whole hold, or what was expected where the call has no upper bound, and never less than what was delivered.
pub fn cut_settles_hold(cut: &Cut) -> CutDecision {
    let whole = cut.held.or(cut.expected);
    CutDecision::Settle(match (whole, cut.delivered) {
        (Some(whole), Some(delivered)) => Some(whole.max_by_pool(delivered)),
        (whole, delivered) => whole.or(delivered),
    })
}

/// Leaves every cut text held and unresolved.
pub const fn cut_stays_unresolved(_: &Cut) -> CutDecision {
    CutDecision::Unresolved
}
