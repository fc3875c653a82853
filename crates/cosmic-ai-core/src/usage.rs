//! Usage as the API reports it, before any tier multiplier.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tokens::Tokens;

/// The tokens that a call used, as reported: before the tier multiplier of text models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the request.
    pub input_tokens: Tokens,
    /// Tokens of the answer; for media the fixed price.
    pub output_tokens: Tokens,
    /// The sum as reported, if it is. Never added on top of the other two.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<Tokens>,
}

impl Usage {
    /// Usage without a reported total, as of text.
    pub fn new(input_tokens: impl Into<Tokens>, output_tokens: impl Into<Tokens>) -> Self {
        Self { input_tokens: input_tokens.into(), output_tokens: output_tokens.into(), total_tokens: None }
    }

    /// Usage with its total reported, as of video and speech.
    #[must_use]
    pub fn with_total(mut self) -> Self {
        self.total_tokens = self.input_tokens.checked_add(self.output_tokens);
        self
    }
}
