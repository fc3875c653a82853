//! Usage as the API reports it, before any tier multiplier.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::tokens::Tokens;

/// The tokens that a call used, as reported: before the tier multiplier of text models.
///
/// Numbers are also read from text of digits (`"7"`) and from floats without a fraction (`7.0`). Other keys that a
/// service puts beside the three are not kept. Usage that lacks its input or output cannot be read: responses then say
/// `None` and keep the raw value under `usage` of their `extra`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the request.
    #[serde(deserialize_with = "crate::wire::count")]
    pub input_tokens: Tokens,
    /// Tokens of the answer; for media the fixed price.
    #[serde(deserialize_with = "crate::wire::count")]
    pub output_tokens: Tokens,
    /// The sum as reported, if it is. Never added on top of the other two.
    #[serde(default, deserialize_with = "crate::wire::lenient_count", skip_serializing_if = "Option::is_none")]
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

/// The `usage` of a response: read, or kept as it came.
#[derive(Default)]
pub(crate) struct Reported {
    usage: Option<Usage>,
    unread: Option<Value>,
}

impl Reported {
    /// The usage that was read. What could not be read goes to `extra`.
    pub(crate) fn read_or_kept(self, extra: &mut Map<String, Value>) -> Option<Usage> {
        if let Some(unread) = self.unread {
            extra.insert("usage".to_owned(), unread);
        }
        self.usage
    }
}

impl<'de> Deserialize<'de> for Reported {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let usage = Usage::deserialize(&value).ok();
        let unread = (usage.is_none() && !value.is_null()).then_some(value);
        Ok(Self { usage, unread })
    }
}
